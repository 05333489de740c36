import { isEventWord, kebab } from "./events.ts";

/** The command line of a hook: the executable's absolute path, quoted for a POSIX shell, and what it is to do. */
export function hookCommand(binaryPath: string, event: string): string {
  return `${programWord(binaryPath)} hook claude-code ${kebab(event)}`;
}

/** The executable as a word of a command line. */
export function programWord(binaryPath: string): string {
  return shellQuoted(withSlashes(binaryPath));
}

/** Whether an executable is called as this program is, whatever folder it lies in. */
export function isOwnName(binary: string): boolean {
  const base = binary.split(/[\\/]/).at(-1);
  return base === "cc-ledger" || base === "cc-ledger.exe";
}

/** A word that any POSIX shell reads back as it is: bare where nothing in it means anything, else within single quotes. */
export function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_@+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Windows paths with forward slashes: Git Bash, which runs hooks there, takes them; and without blanks they need no quotes, so that
 *  PowerShell, its stand-in, takes them too. */
function withSlashes(path: string): string {
  return /^([A-Za-z]:|\\)\\/.test(path) ? path.replaceAll("\\", "/") : path;
}

/** Path of the executable in a command line of ours, or null for anybody else's. Ours is what the shell would run as
 *  `cc-ledger hook claude-code <event>`, whatever folder it lies in; a path or a script that merely contains the words is not. */
export function ownBinary(command: string): string | null {
  const words = shellWords(command);
  if (words?.length !== 4) return null;
  const [binary = "", hook, agent, event = ""] = words;
  return isOwnName(binary) && hook === "hook" && agent === "claude-code" && isEventWord(event) ? binary : null;
}

/** A variable that only stands for a part of a path: kept as it is written. */
const VARIABLE = /\$(?:\w+|\{\w+\})/y;

/** Words of a simple shell command; null where it holds anything but words, quotes and plain variables. */
export function shellWords(command: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < command.length; at++) {
    const char = command.charAt(at);
    if (char === " " || char === "\t") {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    const part =
      char === "'" ? singleQuoted(command, at) : char === '"' ? doubleQuoted(command, at) : bare(command, at);
    if (part === null) return null;
    word = (word ?? "") + part.text;
    at = part.end;
  }
  if (word !== null) words.push(word);
  return words;
}

/** A piece of a word and the offset of its last character; null where the command is no plain one. */
type Part = { text: string; end: number } | null;

function singleQuoted(command: string, at: number): Part {
  const end = command.indexOf("'", at + 1);
  return end < 0 ? null : { text: command.slice(at + 1, end), end };
}

function doubleQuoted(command: string, at: number): Part {
  let text = "";
  for (let next = at + 1; next < command.length; next++) {
    const char = command.charAt(next);
    if (char === '"') return { text, end: next };
    if (char === "\\" && /["$`\\]/.test(command.charAt(next + 1))) text += command.charAt(++next);
    else {
      const part = char === "$" || char === "`" ? variable(command, next) : { text: char, end: next };
      if (part === null) return null;
      text += part.text;
      next = part.end;
    }
  }
  return null;
}

function bare(command: string, at: number): Part {
  const char = command.charAt(at);
  if (char === "$") return variable(command, at);
  if (char === "\\") return at + 1 < command.length ? { text: command.charAt(at + 1), end: at + 1 } : null;
  return /[;&|<>`(){}*?[\]!#\r\n]/.test(char) ? null : { text: char, end: at };
}

function variable(command: string, at: number): Part {
  VARIABLE.lastIndex = at;
  const text = VARIABLE.exec(command)?.[0];
  return text === undefined ? null : { text, end: at + text.length - 1 };
}
