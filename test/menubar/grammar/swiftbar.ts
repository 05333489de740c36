import {
  checkParams,
  commandOf,
  fail,
  isAddress,
  isHex,
  isPicture,
  isTemplate,
  isTruth,
  type Plugin,
  readPlugin,
} from "./lines.ts";

/** The output of a SwiftBar plugin, strictly by "Script Output" and "Parameters" of https://github.com/swiftbar/SwiftBar (README, 2026-08). */

const whole = (value: string): boolean => /^[0-9]+$/.test(value);
const colours = (value: string): boolean =>
  value.split(",").length <= 2 && value.split(",").every((one) => isHex(one) || /^[a-z]+$/.test(one));
const only =
  (wanted: string) =>
  (value: string): boolean =>
    value.toLowerCase() === wanted;

const KNOWN: Readonly<Record<string, (value: string) => boolean>> = {
  color: colours,
  sfcolor: colours,
  font: (value) => value !== "",
  size: whole,
  md: only("true"),
  sfsize: whole,
  length: whole,
  trim: isTruth,
  ansi: only("true"),
  emojize: only("false"),
  symbolize: only("false"),
  dropdown: only("false"),
  alternate: only("true"),
  image: (value) => value.split(",").length <= 2 && value.split(",").every(isPicture),
  templateImage: isTemplate,
  sfimage: (value) => /^[a-z0-9.]+$/.test(value),
  checked: only("true"),
  tooltip: (value) => value !== "",
  badge: (value) => value !== "",
  refresh: only("true"),
  href: isAddress,
  bash: (value) => value.startsWith("/"),
  terminal: isTruth,
};

/** Reads it; throws where it is not what SwiftBar documents. */
export function readSwiftbar(output: string): Plugin {
  const plugin = readPlugin(output, readParams);
  checkParams(plugin, KNOWN);
  for (const line of [...plugin.header, ...plugin.body]) {
    if (line === "separator") continue;
    commandOf(line, "bash");
    const plain = line.params.get("symbolize") === "false" && line.params.get("emojize") === "false";
    if (/:[^\s:]+:/.test(line.text) && !plain) fail(line.text, "a text that would become a symbol");
    if (line.params.has("emojize") && !line.params.has("symbolize")) fail(line.text, "emojize goes with symbolize");
    // Not documented, but done: a backslash in a title is taken for an escape.
    if (line.text.includes("\\")) fail(line.text, "a backslash");
  }
  return plugin;
}

/** `key=value` parted by blanks. A value with blanks stands in quotes; there is no way to write a quote in one. */
function readParams(text: string, line: string): Map<string, string> {
  const params = new Map<string, string>();
  let rest = text.trim();
  while (rest !== "") {
    const match = /^([A-Za-z][A-Za-z0-9]*)=(?:"([^"'\\|]*)"|'([^"'\\|]*)'|([^\s"'\\|]+))(?:\s+|$)/.exec(rest);
    if (match === null) fail(line, `not a parameter: ${rest.slice(0, 80)}`);
    const [all, key = "", double, single, bare] = match;
    if (params.has(key)) fail(line, `${key} twice`);
    params.set(key, double ?? single ?? bare ?? "");
    rest = rest.slice(all.length);
  }
  return params;
}
