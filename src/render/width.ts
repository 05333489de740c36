import stringWidth from "string-width";

const MAX_CELL = 400;
/** Control characters, escape sequences and direction overrides: nothing ingested may steer a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters to be removed
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])|\u009b[0-?]*[ -/]*[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g;

/** Ingested text as it may be shown: one line, no control or escape sequences, at most `max` characters. */
export function printable(text: string, max = MAX_CELL): string {
  const clean = text
    .slice(0, max * 4)
    .replace(ESCAPES, "")
    .replace(CONTROLS, " ")
    .trim();
  return clean.length > max ? `${clean.slice(0, max - 1)}…` : clean;
}

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
