import { printable } from "../render/width.ts";
import type { Menu, MenuItem } from "./menu.ts";

/** SwiftBar, xbar and Argos descend from one format: a line an item, `---` between sections, `--` before what is one level deeper, and
 *  parameters after the first `|`. Where they differ, each says so in its own file. */

export interface Dialect {
  /** A text without anything that the format would take for its own. */
  text(text: string): string;
  /** Parameters of a line, each `key=value` with the quotes that the format wants. */
  params(item: MenuItem): string[];
}

/** The whole output of a plugin. */
export function renderLines(menu: Menu, dialect: Dialect): string {
  const out = [lineOf({ text: menu.title, tone: menu.tone }, 0, dialect)];
  for (const section of [...menu.sections, menu.actions]) {
    out.push("---");
    for (const item of section) {
      out.push(lineOf(item, 0, dialect));
      for (const inner of item.items ?? []) out.push(lineOf(inner, 1, dialect));
    }
  }
  return `${out.join("\n")}\n`;
}

function lineOf(item: MenuItem, level: 0 | 1, dialect: Dialect): string {
  return `${"--".repeat(level)}${dialect.text(item.text)} | ${dialect.params(item).join(" ")}`;
}

/** One line without what all three formats take for theirs: a bar begins the parameters, dashes at the start make a deeper level or a
 *  separator. No format has a way to write them, so look-alikes stand in. Never empty. */
export function lineText(text: string): string {
  const clean = printable(text.toWellFormed())
    .replaceAll("|", "│")
    .replace(/^[-\s]+/, (start) => start.replaceAll("-", "‑"));
  return clean.trim() === "" ? "(untitled)" : clean;
}

/** Letters, digits and the few signs that neither a shell, nor AppleScript, nor a parameter's quotes could take for something else. */
const PLAIN = /^[\p{L}\p{N}_@%+=:,./ -]+$/u;

/** Whether a command can be written where there is no way to escape anything. Else its line is shown without it. */
export function isPlain(command: readonly string[], allowBlanks: "everywhere" | "program"): boolean {
  return command.every(
    (word, at) => PLAIN.test(word) && (allowBlanks === "everywhere" || at === 0 || !word.includes(" ")),
  );
}
