import { Database } from "bun:sqlite";
import { fs } from "../platform/builtins.ts";
import { UserError } from "../platform/errors.ts";
import { runQuery, type SqlValue } from "../reports/freeQuery.ts";
import { type Refusal, refusalOf } from "./reply.ts";

/** The process that runs queries: `cc-ledger mcp query`. It takes a line of JSON and answers one, until its input ends. SQLite cannot be
 *  interrupted here, so a query that takes too long is ended with its process. */

export interface QueryOrder {
  book: string;
  sql: string;
  maxRows: number;
}

export type QueryReply = { columns: string[]; rows: SqlValue[][]; hasMore: boolean } | Refusal;

/** Another process that holds the book is waited for so long. Milliseconds. */
const BUSY_MS = 200;

/** The process itself. Answers its exit code. */
export async function runQueryProcess(): Promise<number> {
  const books = new OpenBook();
  for await (const line of console) {
    if (line === "") continue;
    const reply = answer(books, JSON.parse(line) as QueryOrder);
    await Bun.write(Bun.stdout, `${JSON.stringify(reply)}\n`);
  }
  return 0;
}

/** The book, open from one query to the next, so that what was read of it stays at hand; another file in its place is opened anew. */
class OpenBook {
  #db: Database | null = null;
  #file = "";

  at(path: string): Database {
    const stat = fs().statSync(path, { throwIfNoEntry: false });
    const file = `${stat?.dev} ${stat?.ino} ${path}`;
    if (this.#db !== null && file === this.#file) return this.#db;
    this.close();
    const db = new Database(path, { readonly: true, safeIntegers: true });
    this.#db = db;
    this.#file = file;
    db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return db;
  }

  close(): void {
    this.#db?.close();
    this.#db = null;
  }
}

function answer(books: OpenBook, { book, sql, maxRows }: QueryOrder): QueryReply {
  try {
    return runQuery(books.at(book), sql, maxRows);
  } catch (error) {
    // A damaged book may have been mended when the next query comes.
    if (!(error instanceof UserError)) books.close();
    return refusalOf(book, error);
  }
}
