import { hostname } from "node:os";
import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import { ADAPTERS } from "../agents/registry.ts";
import { readGrown } from "../ledger/bringUpToDate.ts";
import { LogWatch } from "../ledger/logWatch.ts";
import { type Book, explain, isBusy, isNewer, openBook } from "../ledger/open.ts";
import { lastReadMs, pendingIn } from "../ledger/pending.ts";
import { loadPrices } from "../ledger/prices.ts";
import { hasSpooled } from "../ledger/spool.ts";
import { fs } from "../platform/builtins.ts";
import { messageOf, UserError } from "../platform/errors.ts";
import { logLine } from "../platform/log.ts";
import { type LedgerPaths, ledgerPaths } from "../platform/paths.ts";
import type { Freshness } from "./answer.ts";
import { type CatchUpProcess, startCatchUp } from "./catchUp.ts";
import { BUSY_MS } from "./tool.ts";
import type { World } from "./world.ts";

/** The book as the server sees it: open while the server runs, and brought up to date beside the calls. Little that was written since is read
 *  on the spot; much of it, or a whole history, by a process of its own, while calls are answered from what there is. */

/** Within this of the last look at the logs, calls do not look again. Milliseconds. */
const LOOK_MS = 500;
/** How often all logs are listed, not only those in use and their folders. Milliseconds. */
const LIST_MS = 60_000;
/** More than this is not read while a call waits. Bytes, files. */
const AT_ONCE_BYTES = 1 << 20;
const AT_ONCE_FILES = 16;
/** Where another process reads, a call waits for so long that it gets figures of now; what takes longer goes on beside it. Milliseconds. */
const PATIENCE_MS = 250;
/** A book that could not be read or written is tried again so often. Milliseconds. */
const RETRY_MS = 5_000;

interface Watched {
  adapter: AgentAdapter;
  watch: LogWatch;
}

export class Desk {
  readonly #world: World;
  readonly paths: LedgerPaths;
  #book: Book | null = null;
  #inode = 0;
  #triedMs = 0;
  #watched: Watched[] | null = null;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #asOfMs: number | null = null;
  #isBehind = true;
  #note: string | null = null;
  #reading: CatchUpProcess | null = null;
  /** Work done, for tests. */
  readonly work = { looks: 0, readAtOnce: 0, processes: 0 };

  constructor(world: World) {
    this.#world = world;
    this.paths = ledgerPaths(world.env);
  }

  /** Opens the book and looks at the logs as far as that is due, then hands the book to `use`, and how fresh it is: told beforehand, since what
   *  another process files while an answer is worked out may not be in it. Throws a {@link UserError} where there is no book to be read just now;
   *  the next call tries again. */
  async use<T>(use: (book: Book, freshness: Freshness) => T | Promise<T>): Promise<T> {
    try {
      const book = this.#opened();
      // Whoever comes while somebody looks waits for that.
      this.#looking ??= this.#look(book).finally(() => {
        this.#looking = null;
      });
      await this.#looking;
      if (this.#reading !== null) await this.#reading.within(PATIENCE_MS);
      return await use(book, this.freshness());
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** How fresh the book is. */
  freshness(): Freshness {
    const upToDate = !this.#isBehind && this.#reading === null;
    return { asOfMs: this.#asOfMs, upToDate, note: upToDate ? null : this.#note };
  }

  close(): void {
    this.#reading?.stop();
    this.#reading = null;
    this.#drop();
  }

  /** The open book; another file in its place, one that a newer program has taken over, or one that may have become writable, is opened anew. */
  #opened(): Book {
    const nowMs = this.#world.now();
    if (this.#book !== null) {
      const isOther = inodeOf(this.paths.db) !== this.#inode || (this.#book.writable && isNewer(this.#book.db));
      if (!isOther && (this.#book.writable || nowMs - this.#triedMs < RETRY_MS)) return this.#book;
      this.#drop();
    }
    this.#triedMs = nowMs;
    const book = openBook(this.paths.db, { busyTimeoutMs: BUSY_MS, allowReadOnly: true });
    this.#book = book;
    this.#inode = inodeOf(this.paths.db);
    this.#asOfMs = lastReadMs(book.db);
    this.#lookedMs = Number.NEGATIVE_INFINITY;
    this.#watched = null;
    return book;
  }

  #drop(): void {
    this.#book?.db.close();
    this.#book = null;
  }

  async #look(book: Book): Promise<void> {
    const nowMs = this.#world.now();
    if (!book.writable) {
      this.#behind(`${book.readOnlyReason}; what is new cannot be filed`);
      return;
    }
    if (this.#reading !== null || nowMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs;
    this.work.looks++;
    try {
      await this.#catchUp(book, nowMs);
    } catch (error) {
      // The book can still be read: what was not filed is filed at the next look.
      if (!isBusy(error)) throw error;
      this.#watched = null;
      this.#behind("another process is writing into the ledger");
    }
  }

  async #catchUp(book: Book, nowMs: number): Promise<void> {
    const { env } = this.#world;
    const isFirst = this.#watched === null;
    this.#watched ??= ADAPTERS.map((adapter) => ({ adapter, watch: new LogWatch(adapter, env, nowMs, LIST_MS) }));
    const grown = this.#watched.map(({ adapter, watch }) => {
      const files: readonly SourceFile[] = isFirst ? watch.files() : watch.grown(nowMs);
      return files.length === 0 ? { adapter, files: [], bytes: 0 } : { adapter, ...pendingIn(book.db, adapter, files) };
    });
    const files = grown.reduce((sum, one) => sum + one.files.length, 0);
    const bytes = grown.reduce((sum, one) => sum + one.bytes, 0);
    if (hasSpooled(this.paths.spool) || files > AT_ONCE_FILES || bytes > AT_ONCE_BYTES) {
      this.#startReading();
      return;
    }
    if (files > 0) {
      this.work.readAtOnce++;
      const options = {
        env,
        paths: this.paths,
        prices: await loadPrices(env, this.paths),
        machine: { host: hostname(), os: process.platform },
        now: this.#world.now,
      };
      for (const one of grown) {
        const { problems } = readGrown(book.db, one.adapter, one.files, options);
        const [problem] = problems;
        if (problem !== undefined) {
          this.#failed(`${problem.path} cannot be read: ${problem.message}`);
          return;
        }
      }
    }
    this.#caughtUp(nowMs);
  }

  /** Reads in a process of its own, which takes the memory that it needs with it when it ends. */
  #startReading(): void {
    const startedMs = this.#world.now();
    this.work.processes++;
    this.#behind("the agents' logs are being read; figures grow until that is done");
    this.#reading = startCatchUp(this.#world, (trouble) => {
      this.#reading = null;
      if (trouble !== null) this.#failed(trouble);
      else this.#caughtUp(startedMs);
    });
  }

  #caughtUp(asOfMs: number): void {
    this.#asOfMs = asOfMs;
    this.#isBehind = false;
    this.#note = null;
  }

  /** All logs are looked at again, but not at once. */
  #failed(note: string): void {
    this.#behind(note);
    this.#watched = null;
    this.#lookedMs = this.#world.now() + RETRY_MS - LOOK_MS;
  }

  #behind(note: string): void {
    this.#isBehind = true;
    this.#note = note;
  }

  #explained(error: unknown): Error {
    if (error instanceof UserError) return error;
    const known = explain(this.paths.db, error);
    if (known instanceof UserError && !isBusy(error)) this.#drop();
    if (!(known instanceof UserError))
      logLine(this.paths.log, this.#world.now(), `mcp: ${known.stack ?? messageOf(known)}`);
    return known;
  }
}

function inodeOf(path: string): number {
  return fs().statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}
