import { fail } from "./lines.ts";

/** The output of a custom module of Waybar with `"return-type": "json"`, strictly by RETURN-TYPE of waybar-custom(5) (2026-08), and Pango's
 *  markup (https://docs.gtk.org/Pango/pango_markup.html) in what it shows. */

export interface Module {
  text: string;
  alt: string;
  tooltip: string;
  class: string | string[];
  percentage?: number;
  /** Lines of the tooltip as a person reads them. */
  lines: string[];
}

export function readWaybar(output: string): Module {
  if (!output.endsWith("\n") || output.indexOf("\n") !== output.length - 1) fail(output, "not one line");
  if (output.toWellFormed() !== output) fail(output, "not UTF-8");
  const value: unknown = JSON.parse(output);
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(output, "not an object");
  const row = value as Record<string, unknown>;
  for (const key of Object.keys(row))
    if (!["text", "alt", "tooltip", "class", "percentage"].includes(key)) fail(key, "a field that is not known");
  for (const key of ["text", "alt", "tooltip"]) if (typeof row[key] !== "string") fail(key, "not a text");
  const classes = Array.isArray(row.class) ? row.class : [row.class];
  if (!classes.every((one) => typeof one === "string" && /^[a-z][a-z0-9_-]*$/i.test(one)))
    fail(output, "not a CSS class");
  if (
    "percentage" in row &&
    !(Number.isInteger(row.percentage) && (row.percentage as number) >= 0 && (row.percentage as number) <= 100)
  )
    fail(output, "not a percentage");
  const module = row as unknown as Module;
  if (module.text === "") fail(output, "an empty text hides the module");
  if (readMarkup(module.text).includes("\r")) fail(module.text, "a title of several lines");
  return { ...module, lines: readMarkup(module.tooltip).split("\r") };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const TAGS = ["b", "big", "i", "s", "span", "sub", "sup", "small", "tt", "u"];

/** The text that markup shows. Throws where Pango would refuse it. Lines end with `\r`, as the manual has it. */
function readMarkup(markup: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
  if (/[\u0000-\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/.test(markup)) fail(markup, "a control character");
  const open: string[] = [];
  let shown = "";
  for (const [piece] of markup.matchAll(/<[^<>]*>|&[^;&<>]*;|[\s\S]/g)) {
    if (piece.length > 1 && piece.startsWith("<")) {
      const tag = /^<(\/?)([a-z]+)>$/.exec(piece);
      if (tag === null || !TAGS.includes(tag[2] as string)) fail(piece, "not a tag of Pango's");
      if (tag[1] === "") open.push(tag[2] as string);
      else if (open.pop() !== tag[2]) fail(markup, "tags that do not match");
    } else if (piece.length > 1 && piece.startsWith("&")) {
      const char = ENTITIES[piece.slice(1, -1)];
      if (char === undefined) fail(piece, "not an entity");
      shown += char;
    } else if (/[<>&]/.test(piece)) fail(markup, `a bare ${piece}`);
    else shown += piece;
  }
  if (open.length > 0) fail(markup, "a tag that nothing closes");
  return shown;
}
