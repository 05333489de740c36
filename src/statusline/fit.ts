/** Parts of a line laid out: coloured, and made to fit. Pure. */

export type Style = "plain" | "dim" | "red" | "yellow" | "green";

export interface Shown {
  text: string;
  style: Style;
}

/** A part with its text; `before` is the separator that ties it to the part before it. */
export interface TextPart {
  shown: Shown[];
  before: string;
  priority: number;
}

const CODES = { dim: 2, red: 31, yellow: 33, green: 32 } as const;
const RESET = "\u001b[0m";

/** Lays parts out in one line. Where there is no room for all, the most important ones that fit stay, of equals the first; one that fits
 *  nowhere alone is cut. */
export function fitLine(
  parts: readonly TextPart[],
  options: { width: number | null; color: boolean; unicode: boolean },
): string {
  const filled = parts.filter(({ shown }) => shown.some(({ text }) => text.trim() !== ""));
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const kept = widthOf(filled) <= width ? filled : fitting(filled, width);
  const line = runsOf(kept);
  const shown = widthOf(kept) <= width ? line : cutRuns(line, width, options.unicode);
  return shown.map(({ text, style }) => paint(text, style, options.color)).join("");
}

/** The parts that find room, in their order; the most important one in any case. */
function fitting(parts: readonly TextPart[], width: number): TextPart[] {
  const byWeight = [...parts].sort((a, b) => a.priority - b.priority);
  const chosen = new Set(byWeight.slice(0, 1));
  for (const part of byWeight) {
    const more = parts.filter((one) => one === part || chosen.has(one));
    if (widthOf(more) <= width) chosen.add(part);
  }
  return parts.filter((part) => chosen.has(part));
}

function widthOf(parts: readonly TextPart[]): number {
  return Bun.stringWidth(
    runsOf(parts)
      .map(({ text }) => text)
      .join(""),
  );
}

/** The pieces of a line in their order, separators among them, without blanks that a missing piece left behind. */
function runsOf(parts: readonly TextPart[]): Shown[] {
  return parts.flatMap(({ shown, before }, at) => {
    const separator: Shown[] = at === 0 ? [] : [{ text: before === "" ? " " : before, style: "dim" }];
    return [...separator, ...trimmed(shown)];
  });
}

function trimmed(shown: readonly Shown[]): Shown[] {
  const out: Shown[] = [];
  for (const { text, style } of shown) {
    const previous = out.at(-1)?.text ?? " ";
    const joined = previous.endsWith(" ") ? text.replace(/^ +/, "") : text;
    if (joined !== "") out.push({ text: joined, style });
  }
  const last = out.at(-1);
  if (last !== undefined) last.text = last.text.trimEnd();
  return out.filter(({ text }) => text !== "");
}

/** Cuts a line to a width, with an ellipsis. */
function cutRuns(line: readonly Shown[], width: number, unicode: boolean): Shown[] {
  const ellipsis = unicode ? "…" : "~";
  const out: Shown[] = [];
  let room = width - 1;
  for (const { text, style } of line) {
    let taken = "";
    for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)) {
      const next = Bun.stringWidth(segment);
      if (next > room) return [...out, { text: taken + ellipsis, style }];
      taken += segment;
      room -= next;
    }
    out.push({ text: taken, style });
  }
  return out;
}

function paint(text: string, style: Style, color: boolean): string {
  return color && style !== "plain" ? `\u001b[${CODES[style]}m${text}${RESET}` : text;
}
