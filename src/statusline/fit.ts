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

/** Lays parts out in one line. What does not fit goes, the least important first, of equals the last; the one that stays is cut. */
export function fitLine(
  parts: readonly TextPart[],
  options: { width: number | null; color: boolean; unicode: boolean },
): string {
  let kept = parts.filter(({ shown }) => shown.some(({ text }) => text.trim() !== ""));
  const width = options.width ?? Number.POSITIVE_INFINITY;
  while (kept.length > 1 && widthOf(kept) > width) {
    const least = Math.max(...kept.map(({ priority }) => priority));
    const at = kept.findLastIndex(({ priority }) => priority === least);
    kept = kept.filter((_, other) => other !== at);
  }
  const line = runsOf(kept);
  const cut =
    Bun.stringWidth(line.map(({ text }) => text).join("")) <= width ? line : cutRuns(line, width, options.unicode);
  return cut.map(({ text, style }) => paint(text, style, options.color)).join("");
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
