import { type Node, parseTree } from "jsonc-parser";
import { UserError } from "../../../platform/errors.ts";
import { isOwnName, programWord, shellWords } from "./command.ts";
import { append, type Layout, PARSING, remove } from "./jsonEdit.ts";

/** The statusline in settings.json. There can be only one: a command that is there is wrapped, not replaced, and given back to the byte. */

const KEY = "statusLine";
const HINT = "Mend it, or take it out to have the one of cc-ledger instead; nothing was written.";

/** What a settings text says of the statusline. */
export interface StatuslineEntry {
  /** The executable, where the command is ours. */
  binary: string | null;
  /** The command that ours wraps, or the one of somebody else; null for none. */
  original: string | null;
}

interface Found {
  /** The string of the command, quotes included, as it is written. */
  literal: string;
  offset: number;
  command: string;
}

/** Reads the statusline of a settings text that {@link readHooks} took; null where there is none, or one that cannot be told. */
export function readStatuslineEntry(body: string): StatuslineEntry | null {
  const found = find(body);
  if (found === null || "problem" in found) return null;
  return ownCommand(found.command) ?? { binary: null, original: found.command };
}

/** Makes our command the statusline, around the one that is there. Again it changes nothing, or only the path. Throws a {@link UserError}
 *  where the settings have one that cannot be wrapped. */
export function wireStatusline(body: string, binaryPath: string, layout: Layout): string {
  const found = find(body);
  const program = `${programWord(binaryPath)} statusline`;
  if (found === null) return append(body, [], KEY, { type: "command", command: program }, layout);
  if ("problem" in found) throw new UserError(`settings.json: ${found.problem}`, HINT);
  const own = ownCommand(found.command);
  if (own !== null && own.binary === ownCommand(program)?.binary) return body;
  const original = own === null ? found.literal.slice(1, -1) : unwrapped(found.literal);
  return replaceAt(body, found, original === null ? JSON.stringify(program) : wrapped(program, original));
}

/** Takes our command out again: the wrapped one stands as it stood, and what was only made to hold ours goes. */
export function unwireStatusline(body: string): string {
  const found = find(body);
  if (found === null || "problem" in found || ownCommand(found.command) === null) return body;
  const original = unwrapped(found.literal);
  return original === null ? remove(body, [KEY]) : replaceAt(body, found, `"${original}"`);
}

/** Our command taken apart: `cc-ledger statusline`, or `cc-ledger statusline --wrap '<command>'`; null for anybody else's. */
function ownCommand(command: string): { binary: string; original: string | null } | null {
  const words = shellWords(command);
  const [binary = "", verb, flag, original, ...more] = words ?? [];
  if (words === null || !isOwnName(binary) || verb !== "statusline" || more.length > 0) return null;
  if (flag === undefined) return { binary, original: null };
  return flag === "--wrap" && original !== undefined ? { binary, original } : null;
}

/** The statusline's command, or why there is a statusline whose command cannot be told; null for no statusline. */
function find(body: string): Found | { problem: string } | null {
  const root = parseTree(body, [], PARSING);
  const entries = root === undefined ? [] : members(root, KEY);
  const [entry] = entries;
  if (entry === undefined) return null;
  const commands = members(entry, "command");
  const [command] = commands;
  for (const [named, label] of [
    [entries, KEY],
    [commands, `${KEY}.command`],
  ] as const)
    if (named.length > 1) return { problem: `"${label}" stands there twice` };
  if (members(entry, "type").at(-1)?.value !== "command" || command?.type !== "string")
    return { problem: `"${KEY}" runs no command, so it cannot be wrapped` };
  const { offset, length } = command;
  return { literal: body.slice(offset, offset + length), offset, command: String(command.value) };
}

/** Values of the members of that name. */
function members(object: Node, key: string): Node[] {
  if (object.type !== "object") return [];
  return (object.children ?? []).flatMap(({ children }) =>
    children?.[0]?.value === key && children[1] ? [children[1]] : [],
  );
}

function replaceAt(body: string, { offset, literal }: Found, fresh: string): string {
  return body.slice(0, offset) + fresh + body.slice(offset + literal.length);
}

/** JSON of a single quote inside single quotes of the shell: `'\''`. */
const QUOTED = String.raw`'\\''`;
/** The same for one that is written as an escape, so that it can be told from the other. */
const QUOTED_ESCAPE = String.raw`'\\\u0027'`;

const ANY_QUOTED = /'\\\\(?:''|\\u0027')/g;

/** The string that wraps the command of another one. It is quoted as it is written, escapes and all, not as it reads. */
function wrapped(program: string, inner: string): string {
  const quoted = eachUnit(inner, (unit) => (unit === "'" ? QUOTED : unit === "\\u0027" ? QUOTED_ESCAPE : unit));
  return `"${JSON.stringify(`${program} --wrap `).slice(1, -1)}'${quoted}'"`;
}

/** The inside of the string that was wrapped, as it was written; null where ours wraps nothing. */
function unwrapped(literal: string): string | null {
  const command = JSON.parse(literal) as string;
  const own = ownCommand(command);
  if (own === null || own.original === null) return null;
  const inner = literal.slice(1, -1);
  const start = inner.indexOf(" --wrap '");
  const quoted = inner.slice(start + " --wrap '".length, -1);
  const written = quoted.replace(ANY_QUOTED, (unit) => (unit === QUOTED ? "'" : "\\u0027"));
  // Somebody may have quoted it otherwise since: then the words of it are kept.
  const asWritten = start >= 0 && inner.endsWith("'") && readsAs(written) === own.original;
  return asWritten ? written : JSON.stringify(own.original).slice(1, -1);
}

function readsAs(inner: string): string | null {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return null;
  }
}

/** Maps a JSON string unit by unit: a character, or an escape. */
function eachUnit(inner: string, map: (unit: string) => string): string {
  return inner.replace(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs, map);
}
