import { widthOf } from "../../src/render/width.ts";

/** A terminal's screen as far as the program uses one: what was written becomes a grid of cells. */

export interface Look {
  /** Index of one of the eight colours, null for the default. */
  color: number | null;
  bold: boolean;
  dim: boolean;
  inverse: boolean;
}

export interface ScreenCell extends Look {
  /** "" is the second half of a wide character. */
  text: string;
}

const PLAIN: Look = { color: null, bold: false, dim: false, inverse: false };
const BLANK: ScreenCell = { text: " ", ...PLAIN };

const ESC = "\u001b";
const CONTROL = "[\\x00-\\x1f]";
/** What a terminal acts on: sequences, single control characters, and text. */
const TOKEN = new RegExp(
  [
    `${ESC}\\[([?>]?[0-9;]*)([@-~])`,
    `${ESC}[()][0-9A-B]`,
    `${ESC}[=>78]`,
    `${ESC}\\][^\\x07]*\\x07`,
    CONTROL,
    "[^\\x00-\\x1f]+",
  ].join("|"),
  "g",
);
/** A sequence that is cut off at the end of a piece. */
const CUT = new RegExp(`${ESC}(?:\\[[?>]?[0-9;]*)?$`);
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Takes what a program writes to its terminal. */
export class TerminalScreen {
  width: number;
  height: number;
  cells: ScreenCell[][];
  /** What stood on the main screen while the alternate one is shown. */
  #main: ScreenCell[][] | null = null;
  #look: Look = PLAIN;
  #x = 0;
  #y = 0;
  #pending = "";
  #wraps = true;
  cursorShown = true;
  /** Text was written beyond the right edge: a line did not fit. */
  overruns = 0;
  /** Rows that anything was written into, by writing: what a person could see flicker. */
  rowsWritten = 0;
  /** Sequences that are not known here, for tests. */
  readonly unknown: string[] = [];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.cells = this.#blank();
  }

  get isAlternate(): boolean {
    return this.#main !== null;
  }

  get wraps(): boolean {
    return this.#wraps;
  }

  /** Lines as text, without trailing blanks. */
  lines(): string[] {
    return this.cells.map((row) =>
      row
        .map((cell) => cell.text)
        .join("")
        .trimEnd(),
    );
  }

  text(): string {
    return this.lines().join("\n");
  }

  resize(width: number, height: number): void {
    const fit = (grid: ScreenCell[][]): ScreenCell[][] =>
      Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => grid[y]?.[x] ?? BLANK));
    this.width = width;
    this.height = height;
    this.cells = fit(this.cells);
    if (this.#main !== null) this.#main = fit(this.#main);
    this.#x = Math.min(this.#x, width - 1);
    this.#y = Math.min(this.#y, height - 1);
  }

  write(data: string): void {
    const text = this.#pending + data;
    const cut = CUT.exec(text);
    this.#pending = cut === null ? "" : cut[0];
    const whole = cut === null ? text : text.slice(0, cut.index);
    for (const [token, parameters = "", final = ""] of whole.matchAll(TOKEN)) {
      if (final !== "") this.#control(parameters, final);
      else if (token.startsWith(ESC) && token.length > 1) continue;
      else if (token < " ") this.#move(token);
      else this.#print(token);
    }
  }

  #blank(): ScreenCell[][] {
    return Array.from({ length: this.height }, () => new Array<ScreenCell>(this.width).fill(BLANK));
  }

  #move(token: string): void {
    if (token === "\r") this.#x = 0;
    else if (token === "\b") this.#x = Math.max(0, this.#x - 1);
    else if (token === "\n") this.#down();
  }

  #down(): void {
    if (this.#y < this.height - 1) this.#y++;
    else {
      this.cells.shift();
      this.cells.push(new Array<ScreenCell>(this.width).fill(BLANK));
    }
  }

  #print(text: string): void {
    this.rowsWritten++;
    for (const { segment } of segmenter.segment(text)) {
      const width = widthOf(segment);
      if (width === 0) continue;
      if (this.#x + width > this.width) {
        this.overruns++;
        if (this.#wraps) {
          this.#x = 0;
          this.#down();
        } else this.#x = this.width - width;
      }
      const row = this.cells[this.#y] as ScreenCell[];
      row[this.#x] = { text: segment, ...this.#look };
      for (let n = 1; n < width; n++) row[this.#x + n] = { text: "", ...this.#look };
      this.#x += width;
    }
  }

  #control(parameters: string, final: string): void {
    const [first = 0, second = 0] = parameters.replace(/^[?>]/, "").split(";").map(Number);
    const count = Math.max(1, first);
    if (parameters.startsWith("?")) this.#mode(first, final === "h");
    else if (final === "m") this.#style(parameters);
    else if (final === "H") {
      this.#y = Math.min(this.height, count) - 1;
      this.#x = Math.min(this.width, Math.max(1, second)) - 1;
    } else if (final === "A") this.#y = Math.max(0, this.#y - count);
    else if (final === "B") this.#y = Math.min(this.height - 1, this.#y + count);
    else if (final === "C") this.#x = Math.min(this.width - 1, this.#x + count);
    else if (final === "D") this.#x = Math.max(0, this.#x - count);
    else if (final === "E") {
      this.#y = Math.min(this.height - 1, this.#y + count);
      this.#x = 0;
    } else if (final === "G") this.#x = Math.min(this.width, count) - 1;
    else if (final === "K") this.#eraseLine(first);
    else if (final === "J") this.#eraseScreen(first);
    else this.unknown.push(`${parameters}${final}`);
  }

  #mode(mode: number, on: boolean): void {
    if (mode === 25) this.cursorShown = on;
    else if (mode === 7) this.#wraps = on;
    else if (mode === 1049) {
      if (on && this.#main === null) {
        this.#main = this.cells;
        this.cells = this.#blank();
      } else if (!on && this.#main !== null) {
        this.cells = this.#main;
        this.#main = null;
      }
    } else if (mode !== 2026 && mode !== 2004) this.unknown.push(`?${mode}`);
  }

  #style(parameters: string): void {
    for (const code of (parameters === "" ? "0" : parameters).split(";").map(Number)) {
      const look = this.#look;
      if (code === 0) this.#look = PLAIN;
      else if (code === 1) this.#look = { ...look, bold: true };
      else if (code === 2) this.#look = { ...look, dim: true };
      else if (code === 7) this.#look = { ...look, inverse: true };
      else if (code === 22) this.#look = { ...look, bold: false, dim: false };
      else if (code === 27) this.#look = { ...look, inverse: false };
      else if (code >= 30 && code <= 37) this.#look = { ...look, color: code - 30 };
      else if (code === 39) this.#look = { ...look, color: null };
      else this.unknown.push(`${code}m`);
    }
  }

  #eraseLine(how: number): void {
    const row = this.cells[this.#y] as ScreenCell[];
    const from = how === 0 ? this.#x : 0;
    const to = how === 1 ? this.#x + 1 : this.width;
    row.fill(BLANK, from, to);
  }

  #eraseScreen(how: number): void {
    if (how === 0) {
      this.#eraseLine(0);
      for (let y = this.#y + 1; y < this.height; y++) this.cells[y] = new Array<ScreenCell>(this.width).fill(BLANK);
    } else if (how === 2) this.cells = this.#blank();
  }
}
