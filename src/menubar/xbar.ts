import { chartPng } from "./chart.ts";
import { isPlain, lineText, renderLines } from "./lines.ts";
import type { Menu, MenuItem, Tone } from "./menu.ts";

/** xbar's plugin output: https://github.com/matryer/xbar-plugins/blob/main/CONTRIBUTING.md, read in November 2026. A parameter that it does
 *  not know makes the whole plugin an error. In a terminal it joins the parameters of a command with blanks, so none may hold any. */

/** One colour for light and dark menus. */
const COLOURS: Readonly<Record<Tone, string | null>> = {
  plain: null,
  dim: "#8e8e93",
  warn: "#e08600",
  alert: "#e5484d",
};

/** The menu as xbar reads it. */
export function xbar(menu: Menu): string {
  return renderLines(menu, { text: lineText, params });
}

function params(item: MenuItem): string[] {
  const { tone, href, command, refresh, chart } = item;
  const colour = COLOURS[tone];
  const out: string[] = [];
  if (colour !== null) out.push(`color=${colour}`);
  if (chart !== undefined) out.push(`templateImage=${chartPng(chart, { ink: [0, 0, 0] })}`);
  if (href !== undefined) out.push(`href=${href}`);
  else if (command !== undefined && isPlain(command, "program"))
    out.push(...command.map((word, at) => `${at === 0 ? "shell" : `param${at}`}="${word}"`), "terminal=true");
  if (refresh === true) out.push("refresh=true");
  // A title may hold `:name:` or a backslash; neither means anything.
  return [...out, "emojize=false", "ansi=false"];
}
