import { statSync } from "node:fs";
import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import { bringUpToDate, readGrown } from "../ledger/bringUpToDate.ts";
import { LogWatch } from "../ledger/logWatch.ts";
import { type Book, dataVersionOf, explain, isBusy, openBook, rowsWritten } from "../ledger/open.ts";
import { allowSession, forbidSession } from "../ledger/passes.ts";
import type { Machine } from "../ledger/sessions.ts";
import { hasSpooled } from "../ledger/spool.ts";
import { messageOf } from "../platform/errors.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import type { PriceBook } from "../pricing/book.ts";
import { type LiveReport, liveReport } from "../reports/live.ts";
import { type LiveDetail, liveDetail } from "../reports/liveDetail.ts";

/** How long is waited between two looks: longer the longer nothing happened. Milliseconds. */
const PACES = [
  { quietMs: 0, waitMs: 1_000 },
  { quietMs: 60_000, waitMs: 2_000 },
  { quietMs: 600_000, waitMs: 4_000 },
] as const;
/** Burn falls by itself, and sessions drop out: so often the book is asked again though nothing landed. Milliseconds. */
const REFRESH_MS = 10_000;
/** After trouble with the book. Milliseconds. */
const RETRY_MS = 4_000;
/** A book that cannot be written is opened anew so often, in case that it can be, or that it is only a copy. Milliseconds. */
const REOPEN_MS = 10_000;
/** Another writer holds up the view no longer than this. Milliseconds. */
const BUSY_MS = 200;

/** What the view shows. */
export interface Shown {
  report: LiveReport;
  /** The session that is open, null for none. */
  detail: LiveDetail | null;
  /** What is wrong with the book, null for nothing. What is shown is then as it was before. */
  trouble: string | null;
}

/** How the view gets at the book. */
export interface Feed {
  shown(): Shown;
  /** Calls back whenever {@link shown} answers something else; answers how to end that. */
  subscribe(changed: () => void): () => void;
  /** Which session is shown in full, null for none. */
  open(sessionId: string | null): void;
  pause(paused: boolean): void;
  /** Lets a session go on beyond hard limits, until a moment or (null) for good. Answers what to tell the person. */
  allow(sessionId: string, untilMs: number | null): string;
  /** Takes that back. */
  forbid(sessionId: string): string;
}

export interface SourceOptions {
  adapters: readonly AgentAdapter[];
  env: Env;
  paths: LedgerPaths;
  prices: PriceBook;
  machine: Machine;
  timeZone: string;
  activeWithinMs: number;
  now: () => number;
}

/** Follows the book: turns that hooks file in other processes, and what the logs gained where there are no hooks. */
export class LiveSource implements Feed {
  readonly #options: SourceOptions;
  readonly #listeners = new Set<() => void>();
  readonly #logs: { adapter: AgentAdapter; watch: LogWatch }[];
  #book: Book | null = null;
  #inode = 0;
  #openedMs = 0;
  #dataVersion = -1;
  #shown: Shown;
  #key = "";
  #openSession: string | null = null;
  #askedMs = 0;
  #changedMs: number;
  /** Not everything that grew could be read: look at all logs. */
  #behind = true;
  #readAllMs = 0;
  #paused = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  /** Work done, for tests. */
  readonly work = { looks: 0, reads: 0, asked: 0 };

  constructor(options: SourceOptions) {
    this.#options = options;
    const nowMs = options.now();
    this.#changedMs = nowMs;
    this.#logs = options.adapters.map((adapter) => ({ adapter, watch: new LogWatch(adapter, options.env, nowMs) }));
    this.#reopen(nowMs);
    const report = liveReport((this.#book as unknown as Book).db, this.#asking(nowMs));
    this.#shown = { report, detail: null, trouble: this.#readOnly() };
  }

  shown(): Shown {
    return this.#shown;
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Looks now and then until {@link stop}. */
  start(): void {
    const next = async (): Promise<void> => {
      const waitMs = this.#paused ? PACES[0].waitMs : await this.look();
      if (!this.#stopped) this.#timer = setTimeout(next, waitMs);
    };
    this.#timer = setTimeout(next, 0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#book?.db.close();
    this.#book = null;
  }

  open(sessionId: string | null): void {
    this.#openSession = sessionId;
    this.#guarded(() => this.#ask(this.#options.now()));
  }

  pause(paused: boolean): void {
    this.#paused = paused;
  }

  allow(sessionId: string, untilMs: number | null): string {
    return this.#act(
      (book) => allowSession(book.db, sessionId, this.#options.now(), untilMs),
      untilMs === null ? "It may go on beyond hard limits, for good." : "It may go on beyond hard limits for one hour.",
    );
  }

  forbid(sessionId: string): string {
    return this.#act((book) => {
      forbidSession(book.db, sessionId);
    }, "Its leave was taken back.");
  }

  #act(act: (book: Book) => void, done: string): string {
    if (this.#book === null || !this.#book.writable) return "Not possible: the book cannot be written just now.";
    try {
      act(this.#book);
    } catch (error) {
      return `Not possible: ${explain(this.#options.paths.db, error).message}`;
    }
    this.#guarded(() => this.#ask(this.#options.now()));
    return done;
  }

  /** One look: reads what grew, asks the book anew where it changed, tells the listeners where what is shown changed. Never throws; answers
   *  how long to wait for the next look, in milliseconds. */
  async look(): Promise<number> {
    const nowMs = this.#options.now();
    this.work.looks++;
    try {
      this.#reopenIfDue(nowMs);
      const read = await this.#catchUp(nowMs);
      const version = dataVersionOf((this.#book as Book).db);
      const changed = read || version !== this.#dataVersion;
      if (changed) this.#changedMs = nowMs;
      if (changed || nowMs - this.#askedMs >= REFRESH_MS) {
        this.#ask(nowMs);
        this.#dataVersion = version;
      }
    } catch (error) {
      this.#trouble(error);
      return RETRY_MS;
    }
    const quietMs = nowMs - this.#changedMs;
    return (PACES.findLast((pace) => quietMs >= pace.quietMs) ?? PACES[0]).waitMs;
  }

  /** Opens the book anew where there is none, where another file has taken its place, or where it may have become writable. */
  #reopenIfDue(nowMs: number): void {
    const book = this.#book;
    if (book !== null) {
      const isOther = inodeOf(this.#options.paths.db) !== this.#inode;
      if (!isOther && (book.writable || nowMs - this.#openedMs < REOPEN_MS)) return;
      if (isOther) this.#behind = true;
    }
    this.#reopen(nowMs);
  }

  #reopen(nowMs: number): void {
    this.#book?.db.close();
    this.#book = null;
    this.#book = openBook(this.#options.paths.db, { busyTimeoutMs: BUSY_MS, allowReadOnly: true });
    this.#inode = inodeOf(this.#options.paths.db);
    this.#openedMs = nowMs;
    this.#dataVersion = -1;
  }

  /** Reads what the logs gained, and files what hooks could not; answers whether anything was written. */
  async #catchUp(nowMs: number): Promise<boolean> {
    const { adapters, paths } = this.#options;
    const { db, writable } = this.#book as Book;
    if (!writable) return false;
    const grown = this.#logs.map(({ adapter, watch }): { adapter: AgentAdapter; files: SourceFile[] } => ({
      adapter,
      files: watch.grown(nowMs),
    }));
    // What cannot be filed stays in the spool: it is tried now and then.
    const isSpooled = nowMs - this.#readAllMs >= REFRESH_MS && hasSpooled(paths.spool);
    const isAll = this.#behind || isSpooled;
    if (!isAll && grown.every(({ files }) => files.length === 0)) return false;
    // Until all of it is in the book.
    this.#behind = true;
    this.work.reads++;
    const before = rowsWritten(db);
    if (isAll) {
      this.#readAllMs = nowMs;
      await bringUpToDate(db, adapters, { ...this.#options, fresh: false, onProgress: () => undefined });
    } else for (const { adapter, files } of grown) readGrown(db, adapter, files, this.#options);
    this.#behind = false;
    return rowsWritten(db) !== before;
  }

  #asking(nowMs: number): { nowMs: number; timeZone: string; activeWithinMs: number } {
    const { timeZone, activeWithinMs } = this.#options;
    return { nowMs, timeZone, activeWithinMs };
  }

  #ask(nowMs: number): void {
    if (this.#book === null) return;
    const { db } = this.#book;
    this.work.asked++;
    this.#askedMs = nowMs;
    const asking = this.#asking(nowMs);
    const report = liveReport(db, asking);
    const detail = this.#openSession === null ? null : liveDetail(db, this.#openSession, asking);
    this.#show({ report, detail, trouble: this.#readOnly() });
  }

  #readOnly(): string | null {
    const reason = this.#book?.readOnlyReason ?? null;
    return reason === null ? null : `${reason}; these figures may be behind`;
  }

  #trouble(error: unknown): void {
    const { db } = this.#options.paths;
    const busy = isBusy(error);
    if (!busy) {
      this.#book?.db.close();
      this.#book = null;
    }
    const said = busy ? "another process holds the book" : explain(db, error).message;
    this.#show({ ...this.#shown, trouble: `${said || messageOf(error)}; trying again` });
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** Shows something, unless the person would see no difference. */
  #show(shown: Shown): void {
    const { nowMs, ...report } = shown.report;
    // Ages are shown by the minute, the clock as well.
    const key = JSON.stringify([Math.floor(nowMs / REFRESH_MS), report, shown.detail, shown.trouble]);
    if (key === this.#key) return;
    this.#key = key;
    this.#shown = shown;
    for (const changed of this.#listeners) changed();
  }
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}
