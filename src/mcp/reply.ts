import { explain } from "../ledger/open.ts";
import { UserError } from "../platform/errors.ts";

/** How a process of the server's tells it what went wrong. */
export interface Refusal {
  error: string;
  hint?: string;
  /** It is the program's fault, not that of who asked. */
  isFault?: boolean;
}

/** What is sent for an error that came up on a book. */
export function refusalOf(book: string, error: unknown): Refusal {
  const known = explain(book, error);
  if (!(known instanceof UserError)) return { error: known.message, isFault: true };
  return { error: known.message, ...(known.hint !== undefined && { hint: known.hint }) };
}

/** The error that was sent. */
export function errorOf({ error, hint, isFault }: Refusal): Error {
  return isFault === true ? new Error(error) : new UserError(error, hint);
}
