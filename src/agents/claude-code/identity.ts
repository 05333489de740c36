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

/** Branch name of a row, "" for a detached head or no repository. */
export function branchOf(value: unknown): string {
  const name = textOf(value, 255);
  return name === "HEAD" ? "" : name;
}
