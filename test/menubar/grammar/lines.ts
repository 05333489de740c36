import { decode } from "fast-png";

/** What the grammars of SwiftBar, xbar and Argos have in common. Written from their documentation, none of it from the program. */

export interface Line {
  /** 0 is the menu itself, 1 a menu of an item, and so on. */
  level: number;
  text: string;
  params: ReadonlyMap<string, string>;
}

export interface Plugin {
  /** Shown in the bar, cycled where there are several. */
  header: Line[];
  /** Items of the menu; "separator" for a line between them. */
  body: (Line | "separator")[];
}

export class GrammarError extends Error {}

export function fail(line: string, why: string): never {
  throw new GrammarError(`${why}: ${JSON.stringify(line.length > 300 ? `${line.slice(0, 300)}...` : line)}`);
}

/** Whatever any reader could take for the end of a line. */
const ENDS = /[\n\v\f\r\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/;

/** Splits the output of a plugin. `parse` reads what follows the first bar of a line. */
export function readPlugin(output: string, parse: (params: string, line: string) => Map<string, string>): Plugin {
  if (!output.endsWith("\n")) fail(output.slice(-100), "the last line has no end");
  if (output.toWellFormed() !== output) fail(output, "not UTF-8");
  const header: Line[] = [];
  const body: (Line | "separator")[] = [];
  let inBody = false;
  let depth = 0;
  for (const line of output.slice(0, -1).split("\n")) {
    if (ENDS.test(line) || CONTROLS.test(line)) fail(line, "a control character or an end of line inside a line");
    if (line === "") fail(line, "an empty line");
    if (line === "---") {
      if (inBody) body.push("separator");
      inBody = true;
      depth = 0;
      continue;
    }
    const bar = line.indexOf("|");
    const params = bar < 0 ? new Map<string, string>() : parse(line.slice(bar + 1), line);
    let text = bar < 0 ? line : line.slice(0, bar);
    let level = 0;
    for (; text.startsWith("--"); level++) text = text.slice(2);
    text = text.trim();
    if (text === "") fail(line, "an item without a text");
    if (/^-+$/.test(text) || text.startsWith("-")) fail(line, "a text that begins with a dash");
    if (!inBody && level > 0) fail(line, "a title inside another");
    const previous = body.at(-1);
    if (level > 0 && (previous === undefined || previous === "separator"))
      fail(line, "an item of a menu that nothing opens");
    if (level > depth + 1 || (level === depth + 1 && previous === undefined)) fail(line, "a level is skipped");
    depth = level;
    (inBody ? body : header).push({ level, text, params });
  }
  if (header.length === 0) fail(output, "no title");
  if (!inBody || body.length === 0) fail(output, "no menu");
  if (body.at(-1) === "separator") fail(output, "a separator with nothing after it");
  return { header, body };
}

/** Checks every line's parameters by a table of what each may hold. */
export function checkParams(plugin: Plugin, known: Readonly<Record<string, (value: string) => boolean>>): void {
  for (const line of [...plugin.header, ...plugin.body]) {
    if (line === "separator") continue;
    for (const [key, value] of line.params) {
      const check = /^param[0-9]+$/.test(key) ? () => true : known[key];
      if (check === undefined) fail(key, "a parameter that is not known");
      if (!check(value)) fail(`${key}=${value}`, "a value that the parameter does not take");
    }
  }
}

/** `paramN` are counted from 1 without gaps, and there is something that they are for. Answers the command, null where there is none. */
export function commandOf({ params }: Line, program: string): string[] | null {
  const numbers = [...params.keys()].filter((key) => /^param[0-9]+$/.test(key)).map((key) => Number(key.slice(5)));
  const first = params.get(program);
  if (first === undefined) {
    if (numbers.length > 0 || params.has("terminal")) fail(String([...params]), "arguments without a command");
    return null;
  }
  if (String(numbers) !== String(numbers.map((_, at) => at + 1))) fail(String(numbers), "arguments out of order");
  return [first, ...numbers.map((n) => params.get(`param${n}`) as string)];
}

export const isTruth = (value: string): boolean => value === "true" || value === "false";
export const isHex = (value: string): boolean => /^#(?:[0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value);

/** An absolute address that a browser opens. */
export function isAddress(value: string): boolean {
  return /^https?:\/\/[^\s|"'`<>\\]+$/.test(value) && URL.canParse(value);
}

export interface Picture {
  width: number;
  height: number;
  /** Red, green, blue, opacity, row by row. */
  data: ArrayLike<number>;
  /** Pixels per metre, as the file says. */
  perMetre: number | null;
}

/** A picture in base64. Throws where it is none. */
export function pictureOf(value: string): Picture {
  if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) fail(value, "no base64");
  const { width, height, data, channels, depth, resolution } = decode(Buffer.from(value, "base64"), { checkCrc: true });
  if (channels !== 4 || depth !== 8) fail(value, "not red, green, blue and opacity");
  return { width, height, data, perMetre: resolution?.x ?? null };
}

export function isPicture(value: string): boolean {
  const { width, height } = pictureOf(value);
  return width > 0 && height > 0;
}

/** macOS: "should consist of only black and clear pixels", at 144 dots per inch (5669 per metre) for fine displays. */
export function isTemplate(value: string): boolean {
  const { data, perMetre } = pictureOf(value);
  for (let at = 0; at < data.length; at += 4)
    if (data[at] !== 0 || data[at + 1] !== 0 || data[at + 2] !== 0) return false;
  return perMetre === 5669;
}
