import type { ScreenCell, TerminalScreen } from "../../test/terminal/screen.ts";

/** A terminal's screen as an SVG picture: a grid of cells, every text stretched to its cells, so that it looks the same in every font. */

const CELL = { width: 8.4, height: 18 };
const FONT = 14;
const PAD = 14;
const BACK = "#11151c";
const FRONT = "#c9d1d9";
const DIM = "#7d8794";
const COLORS = ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#f0f6fc"];
/** Drawn as boxes: eighths of a cell from the left, and from below. */
const LEFT = " ▏▎▍▌▋▊▉█";
const BELOW = " ▁▂▃▄▅▆▇█";

interface Colors {
  front: string;
  back: string | null;
}

function colorsOf({ color, dim, bold, inverse }: ScreenCell): Colors {
  const plain = color === null ? (bold ? "#f0f6fc" : FRONT) : (COLORS[color] as string);
  const front = dim && color === null ? DIM : plain;
  return inverse ? { front: BACK, back: front } : { front, back: null };
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const figure = (value: number): string => String(Math.round(value * 100) / 100);

/** The picture; `title` is read to those who cannot see it. Empty lines at the end are left out. */
export function svgOf(screen: TerminalScreen, title: string): string {
  const rows = screen.cells.slice(0, Math.max(1, screen.lines().findLastIndex((line) => line !== "") + 1));
  const width = screen.width * CELL.width + 2 * PAD;
  const height = rows.length * CELL.height + 2 * PAD;
  const body = rows.flatMap((row, y) => rowOf(row, y));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${figure(width)}" height="${figure(height)}" viewBox="0 0 ${figure(width)} ${figure(height)}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="100%" height="100%" rx="8" fill="${BACK}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT}" xml:space="preserve">`,
    ...body,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

interface Run {
  text: string;
  from: number;
  cells: number;
  look: ScreenCell;
  /** Wide characters stand alone. */
  closed: boolean;
}

function rowOf(row: readonly ScreenCell[], y: number): string[] {
  const runs: Run[] = [];
  for (const [x, cell] of row.entries()) {
    if (cell.text === "") {
      const wide = runs.at(-1);
      if (wide !== undefined) Object.assign(wide, { cells: wide.cells + 1, closed: true });
      continue;
    }
    const last = runs.at(-1);
    const isBox = boxOf(cell.text) !== null;
    const wide = row[x + 1]?.text === "";
    // Whole boxes are one; texts end where two blanks follow each other, for a picture swallows blanks.
    const goesOn = isBox
      ? last?.text === cell.text && "█░─".includes(cell.text)
      : last !== undefined &&
        !last.closed &&
        !(last.text.endsWith(" ") && cell.text === " ") &&
        !(last.text === " " && cell.text !== " ");
    if (last !== undefined && !wide && goesOn && alike(last.look, cell)) {
      if (!isBox) last.text += cell.text;
      last.cells++;
    } else runs.push({ text: cell.text, from: x, cells: 1, look: cell, closed: isBox || wide });
  }
  return [...backsOf(row, y), ...runs.flatMap((run) => drawn(run, y))];
}

/** Backgrounds, in one piece each, so that no seams show. */
function backsOf(row: readonly ScreenCell[], y: number): string[] {
  const backs: { from: number; cells: number; fill: string }[] = [];
  for (const [x, cell] of row.entries()) {
    const fill = colorsOf(cell).back;
    if (fill === null) continue;
    const last = backs.at(-1);
    if (last !== undefined && last.fill === fill && last.from + last.cells === x) last.cells++;
    else backs.push({ from: x, cells: 1, fill });
  }
  return backs.map(({ from, cells, fill }) =>
    rect(PAD + from * CELL.width, PAD + y * CELL.height, cells * CELL.width, CELL.height, fill, 1),
  );
}

function alike(a: ScreenCell, b: ScreenCell): boolean {
  return a.color === b.color && a.bold === b.bold && a.dim === b.dim && a.inverse === b.inverse;
}

/** A box inside a cell in parts of it, or null where the character is a letter. */
function boxOf(text: string): { x: number; y: number; width: number; height: number; opacity: number } | null {
  const left = LEFT.indexOf(text);
  const below = BELOW.indexOf(text);
  // A little air between lines.
  const top = 0.08;
  const full = 1 - 2 * top;
  if (text === "░") return { x: 0, y: top, width: 1, height: full, opacity: 0.25 };
  if (text === "─") return { x: 0, y: 0.5, width: 1, height: 0.06, opacity: 1 };
  if (left > 0) return { x: 0, y: top, width: left / 8, height: full, opacity: 1 };
  if (below > 0) return { x: 0, y: 1 - top - (below / 8) * full, width: 1, height: (below / 8) * full, opacity: 1 };
  return null;
}

function drawn({ text, from, cells, look }: Run, y: number): string[] {
  const { front } = colorsOf(look);
  const x = PAD + from * CELL.width;
  const top = PAD + y * CELL.height;
  const box = boxOf(text);
  if (box !== null)
    return [
      rect(
        x + box.x * CELL.width,
        top + box.y * CELL.height,
        box.width * cells * CELL.width,
        box.height * CELL.height,
        front,
        box.opacity,
      ),
    ];
  const shown = text.trim();
  if (shown === "") return [];
  const lead = text.length - text.trimStart().length;
  const taken = cells - (text.length - shown.length);
  return [
    `<text x="${figure(x + lead * CELL.width)}" y="${figure(top + 13.5)}" textLength="${figure(taken * CELL.width)}" lengthAdjust="spacingAndGlyphs" fill="${front}"${look.bold ? ' font-weight="bold"' : ""}>${escaped(shown)}</text>`,
  ];
}

function rect(x: number, y: number, width: number, height: number, fill: string, opacity: number): string {
  const faint = opacity === 1 ? "" : ` fill-opacity="${opacity}"`;
  return `<rect x="${figure(x)}" y="${figure(y)}" width="${figure(width)}" height="${figure(height)}" fill="${fill}"${faint}/>`;
}
