import { UserError } from "../platform/errors.ts";

/** Where a list goes on. Opaque to the client: it holds the call that it belongs to, so that the next page is of the same list even if the
 *  clock has moved on. */
export interface Cursor {
  tool: string;
  args: Readonly<Record<string, unknown>>;
  /** Rows that were shown. */
  offset: number;
  /** Bounds of the period as they were, null where the tool has none. */
  bounds: { fromMs: number | null; toMs: number | null; label: string } | null;
}

const VERSION = 1;
const LONGEST = 2_000;

export function encodeCursor({ tool, args, offset, bounds }: Cursor): string {
  const packed = [VERSION, tool, args, offset, bounds === null ? null : [bounds.fromMs, bounds.toMs, bounds.label]];
  return Buffer.from(JSON.stringify(packed)).toString("base64url");
}

/** Reads a cursor of a tool. Throws a {@link UserError} for what is none; its arguments are still to be checked. */
export function decodeCursor(text: string, tool: string): Cursor {
  const wrong = new UserError(
    "this cursor is none of this tool",
    "Give back the cursor of an answer as it was, to the same tool; or leave it out.",
  );
  if (text.length > LONGEST) throw wrong;
  let packed: unknown;
  try {
    packed = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong;
    throw error;
  }
  if (!Array.isArray(packed) || packed[0] !== VERSION || packed[1] !== tool) throw wrong;
  const [, , args, offset, bounds] = packed as unknown[];
  if (typeof args !== "object" || args === null || Array.isArray(args)) throw wrong;
  if (typeof offset !== "number" || !Number.isInteger(offset) || offset < 0) throw wrong;
  return { tool, args: args as Record<string, unknown>, offset, bounds: boundsOf(bounds, wrong) };
}

function boundsOf(value: unknown, wrong: UserError): Cursor["bounds"] {
  if (value === null || value === undefined) return null;
  const [fromMs, toMs, label] = Array.isArray(value) ? value : [];
  const isTime = (ms: unknown): ms is number | null => ms === null || (typeof ms === "number" && Number.isInteger(ms));
  if (!isTime(fromMs) || !isTime(toMs) || typeof label !== "string") throw wrong;
  return { fromMs, toMs, label: label.slice(0, 100) };
}
