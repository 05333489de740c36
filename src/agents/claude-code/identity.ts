import { hash64, hashLow } from "../../platform/hash.ts";
import { type Row, textOf } from "./rows.ts";

/** Identity of a call: its message id, else the request id, else the row's uuid (rule 1); "" where it has none of them. */
export function identityOf(row: Row, message: Row): string {
  const id = textOf(message.id, 200);
  if (id !== "") return id;
  const requestId = textOf(row.requestId, 200);
  if (requestId !== "") return `request:${requestId}`;
  const uuid = textOf(row.uuid, 200);
  return uuid === "" ? "" : `row:${uuid}`;
}

/** Tells repeated tool inputs: a hash of their fields, long texts by their start and length. */
export function inputKeyOf(input: Row | null): number {
  let text = "";
  for (const name in input) {
    const value = input[name];
    text +=
      typeof value === "string"
        ? `${name}=${value.length}:${value.slice(0, 500)};`
        : `${name}=${JSON.stringify(value)?.slice(0, 500)};`;
  }
  hash64(text);
  return hashLow;
}

/** Tells near-identical tool inputs: as {@link inputKeyOf}, but for numbers and for texts that only explain. A file's name stays as it is:
 *  reading `page1.md` to `page9.md` is work, asking for page 1 to 9 of the same thing may be a loop. */
export function shapeKeyOf(input: Row | null): number {
  let text = "";
  for (const name in input) {
    if (name === "description" || name === "offset" || name === "limit") continue;
    const value = input[name];
    const shown = typeof value === "string" ? value.slice(0, 500) : (JSON.stringify(value)?.slice(0, 500) ?? "");
    text += `${name}=${NAMES_A_FILE.test(name) ? shown : withoutNumbers(shown)};`;
  }
  hash64(text);
  return hashLow;
}

const NAMES_A_FILE = /path$|^file/;
/** Beyond this an error text says nothing new. Characters. */
const MAX_ERROR = 400;

/** Tells the same error again, whatever line or time it names; never 0. */
export function errorKeyOf(text: string): number {
  hash64(withoutNumbers(text.slice(0, MAX_ERROR)));
  return hashLow || 1;
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "#");
}

/** Branch name of a row, "" for a detached head or no repository. */
export function branchOf(value: unknown): string {
  const name = textOf(value, 255);
  return name === "HEAD" ? "" : name;
}
