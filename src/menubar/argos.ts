import { CHART_HEIGHT, chartPng } from "./chart.ts";
import { lineText, renderLines } from "./lines.ts";
import type { Menu, MenuItem, Tone } from "./menu.ts";
import { isOneLine, shellQuoted } from "./shell.ts";

/** Argos' plugin output: https://github.com/p-e-w/argos#output-format, read in November 2026. Values are quoted as a shell would; `bash` is a
 *  command line of its own, so its words are quoted once for it and once more for the value. Markup, escapes and emoji codes are switched
 *  off: what a title holds is shown as it is. */

/** Readable on the dark panel and in light menus. GNOME knows no template images, so the chart has a colour as well. */
const COLOURS: Readonly<Record<Tone, string | null>> = {
  plain: null,
  dim: "#9a9996",
  warn: "#e5a50a",
  alert: "#f66151",
};
const INK = [0x62, 0xa0, 0xea] as const;

/** The menu as Argos reads it. */
export function argos(menu: Menu): string {
  return renderLines(menu, { text: lineText, params });
}

function params(item: MenuItem): string[] {
  const { tone, href, command, refresh, chart } = item;
  const colour = COLOURS[tone];
  const out: string[] = [];
  if (colour !== null) out.push(`color='${colour}'`);
  if (chart !== undefined) out.push(`image=${chartPng(chart, { ink: INK })}`, `imageHeight=${CHART_HEIGHT}`);
  if (href !== undefined) out.push(`href=${shellQuoted(href)}`);
  else if (command?.every(isOneLine))
    out.push(`bash=${shellQuoted(command.map(shellQuoted).join(" "))}`, "terminal=true");
  if (refresh === true) out.push("refresh=true");
  return [...out, "useMarkup=false", "ansi=false", "emojize=false", "unescape=false"];
}
