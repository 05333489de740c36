import type { UserError } from "../platform/errors.ts";
import { cleaned, DATA_NOTE, paragraphs, plain } from "./markdown.ts";
import { flag, type JsonSchema, nullable, object, optional, type Shape, text } from "./schema.ts";
import type { Answer, More, Page } from "./tool.ts";

/** Turns what a tool found into what goes over the wire: as many rows as fit, and how fresh it is. */

/** Bytes of a whole answer, text and structured content together, where the call does not say how many rows it wants. */
export const USUAL_BYTES = 4_096;
/** The same where it does. */
export const MAX_BYTES = 32_768;
/** Rows that are tried first where the call does not say. */
export const USUAL_ROWS = 50;

/** Longest text in structured content: a cursor. Characters. */
const LONGEST_TEXT = 3_000;

/** How fresh the book is. */
export interface Freshness {
  asOfMs: number | null;
  upToDate: boolean;
  /** Why it is not, for the person. */
  note: string | null;
}

/** Fields that every structured answer has. */
export const ENVELOPE = {
  asOf: nullable(text("when the logs were last looked at, UTC")),
  upToDate: flag("false: something may be missing, note says what"),
  note: optional(text()),
  dataNote: text(),
} as const;

/** What an MCP client is given. */
export interface Result {
  [key: string]: unknown;
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/** Schema of a tool's structured content. */
export function outputSchema(fields: Readonly<Record<string, Shape<unknown>>>): JsonSchema {
  return object({ ...fields, ...ENVELOPE }).json;
}

/** The answer with as many rows as fit into `bytes`. `cursorAt` makes the cursor for what is left. */
export function resultOf<O>(
  answer: Answer<O>,
  freshness: Freshness,
  { limit, bytes, cursorAt }: { limit: number; bytes: number; cursorAt: (rows: number) => string },
): Result {
  const beyond = answer.beyond ?? 0;
  for (let count = Math.min(limit, answer.rows); ; ) {
    const rows = answer.rows - count + beyond;
    const more: More | null = rows === 0 ? null : { rows, cursor: cursorAt(count) };
    const result = packed(answer.page(count, more), freshness);
    const size = sizeOf(result);
    if (size <= bytes || count === 0) return result;
    // Rows take about the same each; below that guess one by one.
    count = Math.max(0, Math.min(count - 1, Math.floor((count * bytes) / size) + 1));
  }
}

/** Bytes of a result on the wire. */
export function sizeOf(result: Result): number {
  return Buffer.byteLength(JSON.stringify(result));
}

function packed<O>({ structured, markdown }: Page<O>, { asOfMs, upToDate, note }: Freshness): Result {
  const asOf = asOfMs === null ? null : `${new Date(asOfMs).toISOString().slice(0, 19)}Z`;
  const stale = upToDate ? null : `Not up to date: ${note ?? "the logs have not been looked at yet"}.`;
  const fields = { asOf, upToDate, ...(note !== null && { note: plain(note, 300) }), dataNote: DATA_NOTE };
  return {
    content: [{ type: "text", text: paragraphs(markdown, stale, `_${DATA_NOTE}_`) }],
    // Tools cut and clean text themselves; whatever one forgot is cleaned here.
    structuredContent: { ...cleaned(structured, LONGEST_TEXT), ...fields },
  };
}

/** An error that a model can act on: what is wrong, and what to do. */
export function errorResult(error: UserError): Result {
  const said = [error.message, error.hint].filter((part) => part !== undefined).map((part) => withoutFlags(part));
  const [message = "", hint] = said.map((part) => plain(part, 700));
  const sentence = `cc-ledger: ${message}${/[.!?]$/.test(message) ? "" : "."}`;
  return { content: [{ type: "text", text: hint === undefined ? sentence : `${sentence}\n${hint}` }], isError: true };
}

/** Reports speak of the flags of commands; here they are arguments. */
function withoutFlags(message: string): string {
  return message.replace(/--(model|branch|agent|pr|warn|top|hard)\b/g, "$1").replace(/--repo\b/g, "project");
}
