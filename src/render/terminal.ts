import type { Env } from "../platform/paths.ts";

/** What the output goes to. */
export interface Terminal {
  width: number;
  color: boolean;
  unicode: boolean;
  isTTY: boolean;
}

const MIN_WIDTH = 40;
const MAX_WIDTH = 300;
const DEFAULT_WIDTH = 100;

/** Reads what the stream can show: `NO_COLOR`, `FORCE_COLOR`, `COLUMNS`, `TERM=dumb` and the locale are respected. */
export function terminalOf(stream: { isTTY?: boolean; columns?: number }, env: Env): Terminal {
  const isTTY = stream.isTTY === true;
  const asked = Number(env.COLUMNS);
  const columns =
    Number.isInteger(asked) && asked > 0 ? asked : isTTY ? (stream.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  const color = !env.NO_COLOR && (forced || (isTTY && env.TERM !== "dumb"));
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns)),
    color,
    unicode: locale === "" ? true : /utf-?8/i.test(locale),
    isTTY,
  };
}

const CODES = { dim: 2, bold: 1, inverse: 7, red: 31, yellow: 33, green: 32, cyan: 36 } as const;

export type Style = keyof typeof CODES;

/** Text in a colour, where the terminal shows colours. */
export function paint(text: string, style: Style, terminal: Terminal): string {
  return terminal.color && text !== "" ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}
