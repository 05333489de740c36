import type { Database } from "bun:sqlite";
import { hostname } from "node:os";
import type { CommandContext as StricliContext, StricliProcess } from "@stricli/core";
import { ADAPTERS } from "../agents/registry.ts";
import { bringUpToDate } from "../ledger/bringUpToDate.ts";
import type { CatchUp } from "../ledger/catchup.ts";
import { type Book, openBook } from "../ledger/open.ts";
import { loadPrices } from "../ledger/prices.ts";
import { deliverAfterCommand } from "../notify/start.ts";
import { type Env, type LedgerPaths, ledgerPaths } from "../platform/paths.ts";
import { createProgress } from "../platform/progress.ts";
import type { PriceBook } from "../pricing/book.ts";

/** What every command is handed: the world outside, so that a test can take it away. */
export interface Context extends StricliContext {
  readonly process: StricliProcess & Pick<NodeJS.Process, "stdout" | "stderr" | "platform">;
  readonly env: Env;
  readonly now: () => number;
}

/** Waiting time for another writer, milliseconds. */
const BUSY_MS = 5_000;

/** The book as a command finds it, brought up to date. */
export interface OpenLedger {
  db: Database;
  book: Book;
  paths: LedgerPaths;
  prices: PriceBook;
  caughtUp: CatchUp | null;
}

/** Opens the book, reads what the logs gained since it was last open, hands it to `use`, closes it. Where the book can only be
 *  read, that is said on stderr, `use` sees it as it stands, and the exit code says that it may be behind. */
export async function withLedger<T>(
  context: Context,
  use: (ledger: OpenLedger) => T | Promise<T>,
  options: { catchUp?: boolean; fresh?: boolean } = {},
): Promise<T> {
  const paths = ledgerPaths(context.env);
  const prices = await loadPrices(context.env, paths);
  const book = openBook(paths.db, { busyTimeoutMs: BUSY_MS, allowReadOnly: true });
  try {
    let caughtUp: CatchUp | null = null;
    if (!book.writable) {
      context.process.stderr.write(`cc-ledger: ${book.readOnlyReason}; these figures may be behind\n`);
      context.process.exitCode = 1;
    } else if (options.catchUp !== false) {
      const stream = context.process.stderr;
      const progress = createProgress({
        stream,
        enabled: stream.isTTY === true && context.env.CI === undefined,
        label: "reading history",
        now: context.now,
      });
      caughtUp = await bringUpToDate(book.db, ADAPTERS, {
        env: context.env,
        paths,
        prices,
        machine: { host: hostname(), os: context.process.platform },
        now: context.now,
        fresh: options.fresh === true,
        onProgress: (done, total) => progress.update(done, total, ""),
      });
      progress.finish();
    }
    const result = await use({ db: book.db, book, paths, prices, caughtUp });
    if (book.writable) await deliverAfterCommand(context.env, paths, book.db, context.now());
    return result;
  } finally {
    book.db.close();
  }
}
