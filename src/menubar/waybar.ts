import { sparkline } from "../render/bars.ts";
import { printable } from "../render/width.ts";
import type { Menu, MenuItem, Tone } from "./menu.ts";

/** Output of a custom module of Waybar with `"return-type": "json"`: waybar-custom(5), read in November 2026. One object on one line; `text`
 *  and `tooltip` are Pango markup, and the lines of a tooltip are parted by `\r`. It takes no image and no menu: the tooltip is the menu. */

const CLASSES: Readonly<Record<Tone, string>> = { plain: "ok", dim: "ok", warn: "warning", alert: "critical" };
const PLAIN_TERMINAL = { width: 80, color: false, unicode: true, isTTY: false };

/** The menu as Waybar reads it. */
export function waybar(menu: Menu): string {
  const sections = menu.sections.map((section) =>
    section.flatMap((item) => [lineOf(item), ...(item.items ?? []).map(inner)]),
  );
  return `${JSON.stringify({
    text: markup(menu.title),
    alt: CLASSES[menu.tone],
    tooltip: sections.map((section) => section.join("\r")).join("\r\r"),
    class: CLASSES[menu.tone],
    ...(menu.percentage !== null && { percentage: menu.percentage }),
  })}\n`;
}

function lineOf({ text, tone, chart }: MenuItem): string {
  const trend = chart === undefined ? "" : `  <tt>${sparkline(chart, PLAIN_TERMINAL)}</tt>`;
  const shown = `${markup(text)}${trend}`;
  return tone === "alert" ? `<b>${shown}</b>` : shown;
}

function inner(item: MenuItem): string {
  return `   ${lineOf(item)}`;
}

/** Text as Pango markup. */
function markup(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return printable(text.toWellFormed()).replace(/[&<>"']/g, (char) => names[char] as string);
}
