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

/** Breaks a text at blanks into lines of at most `width` columns; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Fills a text with blanks up to `width` columns. */
export function pad(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + blanks : blanks + text;
}
