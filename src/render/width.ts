import stringWidth from "string-width";

export { printable } from "./printable.ts";

/** Columns that a text takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Cuts a text to `width` columns, with an ellipsis where something was cut off. */
export function truncate(text: string, width: number, ellipsis = "…"): string {
  if (widthOf(text) <= width) return text;
  let out = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)) {
    const next = widthOf(segment);
    if (used + next > width - ellipsis.length) break;
    out += segment;
    used += next;
  }
  return width >= ellipsis.length ? out + ellipsis : out;
}

/** Fills a text with blanks up to `width` columns. */
export function pad(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + blanks : blanks + text;
}
