import {
  checkParams,
  commandOf,
  fail,
  isAddress,
  isHex,
  isPicture,
  isTruth,
  type Plugin,
  readPlugin,
} from "./lines.ts";

/** The output of an Argos plugin, strictly by "Output format", "Rendering" and "Line attributes" of https://github.com/p-e-w/argos
 *  (README, 2026-04). */

const whole = (value: string): boolean => /^[0-9]+$/.test(value);

const KNOWN: Readonly<Record<string, (value: string) => boolean>> = {
  color: (value) => isHex(value) || /^[a-z]+$/.test(value),
  font: (value) => value !== "",
  size: (value) => /^[0-9]+(?:\.[0-9]+)?$/.test(value),
  iconName: (value) => /^[a-z0-9-]+$/.test(value),
  image: isPicture,
  templateImage: isPicture,
  imageWidth: whole,
  imageHeight: whole,
  length: whole,
  trim: isTruth,
  dropdown: isTruth,
  alternate: isTruth,
  emojize: isTruth,
  ansi: isTruth,
  useMarkup: isTruth,
  unescape: isTruth,
  bash: (value) => value !== "",
  terminal: isTruth,
  href: isAddress,
  refresh: isTruth,
};

/** Reads it; throws where it is not what Argos documents. `eval` is allowed by Argos and never by us. */
export function readArgos(output: string): Plugin {
  const plugin = readPlugin(output, readParams);
  checkParams(plugin, KNOWN);
  for (const line of [...plugin.header, ...plugin.body]) {
    if (line === "separator") continue;
    const { text, params } = line;
    commandOf(line, "bash");
    if (line.level > 1) fail(text, "GNOME Shell shows one level of menus only");
    if (params.has("imageHeight") && !params.has("image")) fail(text, "a size without an image");
    if (/[&<>]/.test(text) && params.get("useMarkup") !== "false") fail(text, "a text that would be markup");
    if (text.includes("\\") && params.get("unescape") !== "false") fail(text, "a text that would be unescaped");
    if (/:[\w+-]+:/.test(text) && params.get("emojize") !== "false") fail(text, "a text that would become an emoji");
  }
  return plugin;
}

function readParams(text: string, line: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const word of shellWords(text)) {
    const equals = word.indexOf("=");
    if (equals < 1) fail(line, `not an attribute: ${word.slice(0, 80)}`);
    const key = word.slice(0, equals);
    if (params.has(key)) fail(line, `${key} twice`);
    params.set(key, word.slice(equals + 1));
  }
  return params;
}

/** Words of a command line by the rules of the POSIX shell (2.2 Quoting). Throws at anything that would be more than a word. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === " " || char === "\t") {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) fail(text, "a quote that nothing closes");
      word = (word ?? "") + text.slice(at + 1, end);
      at = end;
    } else if (char === "\\") {
      if (at + 1 >= text.length) fail(text, "a backslash at the end");
      word = (word ?? "") + text[++at];
    } else if (/["`$;&|<>()*?[\]{}!\n~#]/.test(char)) fail(text, `${char} is not a part of a word`);
    else word = (word ?? "") + char;
  }
  if (word !== null) words.push(word);
  return words;
}
