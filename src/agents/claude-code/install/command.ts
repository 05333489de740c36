import { EVENT_NAMES, kebab } from "./events.ts";

/** The command line of a hook: the executable's path, quoted for `sh -c`, and what it is to do. */
export function hookCommand(binaryPath: string, event: string): string {
  return `${shellQuoted(binaryPath)} hook claude-code ${kebab(event)}`;
}

/** A word that any POSIX shell reads back as it is: within single quotes, or bare where nothing needs them. */
export function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Path of the executable in a command line of ours, or null for anybody else's. Ours is what the shell would run as
 *  `cc-ledger hook claude-code <event>`; a path that merely contains the name is not. */
export function ownBinary(command: string): string | null {
  const words = shellWords(command);
  if (words === null || words.length !== 4) return null;
  const [binary = "", hook, agent, event = ""] = words;
  const base = binary.split(/[\\/]/).at(-1);
  const known = EVENT_NAMES.some((name) => kebab(name) === event);
  return (base === "cc-ledger" || base === "cc-ledger.exe") && hook === "hook" && agent === "claude-code" && known
    ? binary
    : null;
}

/** Words of a simple shell command; null where it holds anything but words and quotes. */
function shellWords(command: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < command.length; at++) {
    const char = command[at] as string;
    if (char === " " || char === "\t") {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === "'") {
      const end = command.indexOf("'", at + 1);
      if (end < 0) return null;
      word = (word ?? "") + command.slice(at + 1, end);
      at = end;
    } else if (char === '"') {
      const end = command.indexOf('"', at + 1);
      if (end < 0 || /[$`\\]/.test(command.slice(at + 1, end))) return null;
      word = (word ?? "") + command.slice(at + 1, end);
      at = end;
    } else if (char === "\\") {
      word = (word ?? "") + (command[++at] ?? "");
    } else if (/[;&|<>$`(){}*?#\n]/.test(char)) return null;
    else word = (word ?? "") + char;
  }
  if (word !== null) words.push(word);
  return words;
}
