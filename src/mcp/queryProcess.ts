import { Database } from "bun:sqlite";
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
  for await (const line of console) {
    if (line === "") continue;
    const reply = answer(JSON.parse(line) as QueryOrder);
    await Bun.write(Bun.stdout, `${JSON.stringify(reply)}\n`);
  }
  return 0;
}

function answer({ book, sql, maxRows }: QueryOrder): QueryReply {
  try {
    const db = new Database(book, { readonly: true, safeIntegers: true });
    try {
      db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
      return runQuery(db, sql, maxRows);
    } finally {
      db.close();
    }
  } catch (error) {
    return refusalOf(book, error);
  }
}
