import { chartPng } from "./chart.ts";
import { isPlain, lineText, renderLines } from "./lines.ts";
import type { Menu, MenuItem, Tone } from "./menu.ts";

/** SwiftBar's plugin output: https://github.com/swiftbar/SwiftBar#plugin-api, read in November 2026.
 *  There is no escape for quotes in a value, so a value never holds any. */

/** `light,dark`. */
const COLOURS: Readonly<Record<Tone, string | null>> = {
  plain: null,
  dim: "#6e6e73,#98989d",
  warn: "#b25000,#ff9f0a",
  alert: "#c41e3a,#ff453a",
};

/** The menu as SwiftBar reads it. */
export function swiftbar(menu: Menu): string {
  return renderLines(menu, { text, params });
}

/** It undoes `\n` and its like in titles, though its documentation does not say so. */
function text(raw: string): string {
  return lineText(raw).replaceAll("\\", "⧵");
}

function params(item: MenuItem): string[] {
  const { tone, href, command, refresh, chart } = item;
  const colour = COLOURS[tone];
  const out: string[] = [];
  if (colour !== null) out.push(`color=${colour}`);
  if (chart !== undefined) out.push(`templateImage=${chartPng(chart, { ink: [0, 0, 0] })}`);
  if (href !== undefined) out.push(`href=${href}`);
  else if (command !== undefined && isPlain(command, "everywhere"))
    out.push(...command.map((word, at) => `${at === 0 ? "bash" : `param${at}`}="${word}"`), "terminal=true");
  if (refresh === true) out.push("refresh=true");
  // A title may hold `:name:`; it means nothing.
  return [...out, "emojize=false", "symbolize=false"];
}
