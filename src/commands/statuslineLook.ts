import type { Database } from "bun:sqlite";
import { AGENT_NAME } from "../agents/claude-code/name.ts";
import { factsOf } from "../agents/claude-code/statusline.ts";
import type { LimitSample, StatuslineInput } from "../agents/statusline.ts";
import { readSettings } from "../ledger/config.ts";
import { keepSamples, newSamples } from "../ledger/limits.ts";
import { fileReported, newsOf } from "../ledger/news.ts";
import { isLogLong, openBook, openExisting, openToRead } from "../ledger/open.ts";
import { loadSource } from "../ledger/sources.ts";
import { identityOf } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { keepCalendar } from "../reports/periods.ts";
import { type StatuslineReport, statuslineReport } from "../reports/statusline.ts";
import { DEFAULT_TEMPLATE } from "../statusline/template.ts";
import { calendarOf } from "./calendar.ts";

/** Another writer is waited for no longer than this; then the line shows what can be read. Milliseconds. */
const BUSY_MS = 60;

/** Where nothing else is filed, the agent's own count is so seldom: its log holds the last one when it ends. Milliseconds. */
const REPORTED_MS = 60_000;

const NO_NEWS = { reported: false, more: false };

/** Size and time of a log. */
export interface LogMark {
  size: number;
  /** Whole milliseconds. */
  modifiedMs: number;
}

/** What a look at the book found. */
export interface Look {
  report: StatuslineReport | null;
  /** The session's log holds more than the book. */
  behind: boolean;
  reportedMs: number;
  template: string;
}

export interface Question {
  input: StatuslineInput;
  /** The session's log, null where there is none. */
  logMark: LogMark | null;
  /** When the agent's own count was filed last. */
  reportedMs: number;
  /** What the session told of the plan's windows the last time. */
  heard: readonly LimitSample[] | null;
  env: Env;
  paths: LedgerPaths;
  nowMs: number;
  log: (text: string) => void;
}

/** Files what the session's log gained and what the input says, then asks. The book is read first and written only where there is something
 *  to write. Where it cannot be written, the figures are those that can be read. Throws where there is no book to be read. */
export async function lookAt({ input, logMark, reportedMs, heard, env, paths, nowMs, log }: Question): Promise<Look> {
  const facts = factsOf(input, nowMs);
  const book = new Book(paths, log);
  try {
    const { db } = book;
    const settings = readSettings(db);
    const filing = { db, write: (work: (db: Database) => void) => book.write(work), env, paths, log };
    let behind = isBehind(db, input.transcript, logMark);
    let filedMs = reportedMs;
    const samples = newSamples(db, input.limits, heard, nowMs);
    const news = facts === null ? NO_NEWS : newsOf(db, AGENT_NAME, facts.events);
    if (facts !== null && (news.more || behind)) {
      const { fileGains } = await import("./statuslineFiling.ts");
      const filed = await fileGains(filing, { ...facts, subagentsDir: null }, news.more || news.reported);
      behind &&= !filed || isBehind(db, input.transcript, logMark);
      filedMs = news.reported && filed ? nowMs : filedMs;
    } else if (facts !== null && news.reported && Math.abs(nowMs - reportedMs) >= REPORTED_MS) {
      if (book.write((writable) => fileReported(writable, AGENT_NAME, facts.events.sessions))) filedMs = nowMs;
    }
    if (samples.length > 0) book.write((writable) => keepSamples(writable, samples, nowMs));
    const calendar = calendarOf(db, settings.get("timezone") ?? null, env, nowMs, (fresh, toldBy) =>
      book.write((writable) => keepCalendar(writable, fresh, toldBy)),
    );
    const ask = (): StatuslineReport =>
      statuslineReport(db, {
        agent: AGENT_NAME,
        sessionId: input.sessionId,
        promptKey: input.promptKey,
        clientNanoUsd: input.costNanoUsd,
        calendar,
        nowMs,
      });
    let report = ask();
    // Where the client counts otherwise, sub-agents may have gone on since a hook read their logs.
    if (report.differs && facts?.subagentsDir != null && (await identityOf(facts.subagentsDir)) !== null) {
      const { fileGains } = await import("./statuslineFiling.ts");
      if (await fileGains(filing, facts, false)) report = ask();
    }
    return {
      report,
      behind,
      reportedMs: filedMs,
      template: settings.get("statusline.template") ?? DEFAULT_TEMPLATE,
    };
  } finally {
    book.close();
  }
}

/** The book as a statusline holds it: open to be read, and to be written from the moment when there is something to write. */
class Book {
  readonly db: Database;
  readonly #path: string;
  readonly #log: (text: string) => void;
  #writable: Database | null = null;
  #refused = false;

  constructor(paths: LedgerPaths, log: (text: string) => void) {
    this.#path = paths.db;
    this.#log = log;
    this.db = openToRead(paths.db, BUSY_MS) ?? this.#openOther();
  }

  /** There is no book yet, or one of an older program: it is made. One that can only be read is. Throws for one that openBook explains. */
  #openOther(): Database {
    const { db, writable, readOnlyReason } = openBook(this.#path, { busyTimeoutMs: BUSY_MS, allowReadOnly: true });
    if (!writable) {
      this.#refused = true;
      this.#log(`not filed: ${readOnlyReason ?? "the book cannot be written"}`);
      return db;
    }
    db.close();
    const made = openToRead(this.#path, BUSY_MS);
    if (made === null) throw new Error(`${this.#path} cannot be read`);
    return made;
  }

  /** Writes into the book; false where that does not work now. It is then not tried again by this process: the logs stay the truth. */
  write(work: (db: Database) => void): boolean {
    if (this.#refused) return false;
    try {
      this.#writable ??= openExisting(this.#path, BUSY_MS);
      if (this.#writable === null) throw new Error("the book cannot be opened to be written");
      work(this.#writable);
      return true;
    } catch (error) {
      this.#refused = true;
      this.#log(`not filed: ${messageOf(error)}`);
      return false;
    }
  }

  /** A connection that only reads is closed last: it cannot fold the log into the book, so that nothing waits for the disk. Where the log has
   *  grown long, the other one is, and folds it. */
  close(): void {
    if (this.#writable === null || !isLogLong(this.#path)) {
      this.#writable?.close();
      this.db.close();
    } else {
      this.db.close();
      this.#writable.close();
    }
  }
}

/** Whether a log is not as it was when it was read. */
function isBehind(db: Database, path: string | null, mark: LogMark | null): boolean {
  if (path === null || mark === null) return false;
  const known = loadSource(db, path);
  return known === null || known.size !== mark.size || Math.floor(known.mtimeMs) !== mark.modifiedMs;
}
