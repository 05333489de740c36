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

/** The output of an xbar plugin, strictly by "Plugin API" and "Parameters" of
 *  https://github.com/matryer/xbar-plugins/blob/main/CONTRIBUTING.md (2026). xbar refuses the whole output over one unknown parameter. */

const whole = (value: string): boolean => /^[0-9]+$/.test(value);

const KNOWN: Readonly<Record<string, (value: string) => boolean>> = {
  key: (value) => /^[A-Za-z0-9+]+$/.test(value),
  href: isAddress,
  color: (value) => isHex(value) || /^[a-z]+$/.test(value),
  font: (value) => value !== "",
  size: whole,
  shell: (value) => value.startsWith("/"),
  terminal: isTruth,
  refresh: isTruth,
  dropdown: isTruth,
  length: whole,
  trim: isTruth,
  alternate: isTruth,
  templateImage: isTemplate,
  image: isPicture,
  emojize: isTruth,
  ansi: isTruth,
  disabled: isTruth,
};

/** Reads it; throws where it is not what xbar documents. */
export function readXbar(output: string): Plugin {
  const plugin = readPlugin(output, readParams);
  checkParams(plugin, KNOWN);
  for (const line of [...plugin.header, ...plugin.body]) {
    if (line === "separator") continue;
    const command = commandOf(line, "shell");
    // In a terminal the program is quoted, and its arguments are joined with blanks as they are.
    if (
      line.params.get("terminal") === "true" &&
      command?.slice(1).some((word) => !/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word))
    )
      fail(String(command), "an argument that a shell would take apart");
    if (/:[^\s:]+:/.test(line.text) && line.params.get("emojize") !== "false")
      fail(line.text, "a text that would become an emoji");
    if (line.text.includes("\\") && line.params.get("ansi") !== "false")
      fail(line.text, "a backslash that would be an escape");
  }
  return plugin;
}

/** `key=value`, parted by blanks or bars. A value in quotes ends at the same quote; nothing is escaped. */
function readParams(text: string, line: string): Map<string, string> {
  const params = new Map<string, string>();
  let rest = text.trim();
  while (rest !== "") {
    const match = /^\|?\s*([A-Za-z][A-Za-z0-9]*)=(?:"([^"|]*)"|'([^'|]*)'|([^\s"'|]+))(?:\s+|$)/.exec(rest);
    if (match === null) fail(line, `not a parameter: ${rest.slice(0, 80)}`);
    const [all, key = "", double, single, bare] = match;
    if (params.has(key)) fail(line, `${key} twice`);
    if (key === "param0") fail(line, "arguments count from 1");
    params.set(key, double ?? single ?? bare ?? "");
    rest = rest.slice(all.length);
  }
  return params;
}
