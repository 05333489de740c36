import { Database } from "bun:sqlite";
import { fs } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import { folderOf, under } from "../platform/plainPaths.ts";

/** What statuslines remember from one run to the next, by session, in a small file of its own: it must be there when the book is locked or broken.
 *  It is a cache; losing it costs nothing. */
export interface Glances {
  /** What was stored of a session, null for nothing. */
  read(session: string): Remembered | null;
  /** Claims the work on a session for this process; false where another one is at it. */
  claim(session: string, pid: number, nowMs: number): boolean;
  /** Stores, and gives a claim back. */
  store(session: string, body: string, nowMs: number): void;
  close(): void;
}

export interface Remembered {
  atMs: number;
  body: string;
}

/** A claim is void after this time, whatever became of its process. Milliseconds. */
const CLAIM_MS = 5_000;
/** Sessions remembered; the one that was not looked at for longest goes. */
const MAX_SESSIONS = 200;
/** Another process writes a row for less than this. Milliseconds. */
const BUSY_MS = 40;

interface Row {
  atMs: number;
  body: string;
  by: number;
  since: number;
}

const READ = "SELECT at_ms AS atMs, body, claimed_by AS by, claimed_ms AS since FROM glances WHERE session = ?";
const SCHEMA = `CREATE TABLE IF NOT EXISTS glances (
  session    TEXT PRIMARY KEY,
  at_ms      INTEGER NOT NULL,
  body       TEXT NOT NULL,
  claimed_by INTEGER NOT NULL DEFAULT 0,
  claimed_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID`;

/** The file in the ledger's home. */
export function glancesPath(home: string): string {
  return under(home, "statusline.db");
}

/** Opens the memory. A broken file is made anew; where there can be none (no folder, full disk) nothing is remembered, and every claim is granted. */
export function openGlances(path: string, log: (text: string) => void): Glances {
  let db: Database | null = null;
  try {
    db = open(path);
  } catch (error) {
    log(`statusline memory: ${messageOf(error)}`);
  }
  const guarded = <T>(otherwise: T, work: (db: Database) => T): T => {
    if (db === null) return otherwise;
    try {
      return work(db);
    } catch (error) {
      log(`statusline memory: ${messageOf(error)}`);
      return otherwise;
    }
  };
  return {
    read: (session) =>
      guarded<Remembered | null>(null, (one) => {
        const row = one.query<Row, [string]>(READ).get(session);
        return row === null || row.body === "" ? null : row;
      }),
    claim: (session, pid, nowMs) => guarded(true, (one) => claim(one, session, pid, nowMs)),
    store: (session, body, nowMs) => guarded(undefined, (one) => store(one, session, body, nowMs)),
    close: () => guarded(undefined, (one) => one.close()),
  };
}

function open(path: string): Database {
  try {
    return prepare(create(path));
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (/CANTOPEN/.test(code) && !fs().existsSync(folderOf(path))) {
      fs().mkdirSync(folderOf(path), { recursive: true, mode: 0o700 });
      return prepare(create(path));
    }
    if (!/CORRUPT|NOTADB/.test(code)) throw error;
    // Nothing is lost with it.
    for (const suffix of ["", "-wal", "-shm"]) fs().rmSync(path + suffix, { force: true });
    return prepare(create(path));
  }
}

/** A new file is the person's alone. */
function create(path: string): Database {
  const mask = process.umask(0o077);
  try {
    return new Database(path, { readwrite: true, create: true, strict: true });
  } finally {
    process.umask(mask);
  }
}

/** The journal is kept in memory and nobody waits for the disk: a file that a crash left broken is made anew. */
function prepare(db: Database): Database {
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY`);
    try {
      db.query(READ);
    } catch {
      // No table yet; a broken file fails here as well, and says so.
      db.run(SCHEMA);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function claim(db: Database, session: string, pid: number, nowMs: number): boolean {
  const held = db.query<Row, [string]>(READ).get(session);
  if (held !== null && held.by !== 0 && Math.abs(nowMs - held.since) < CLAIM_MS && isAlive(held.by)) return false;
  const taken = db
    .query(
      `INSERT INTO glances (session, at_ms, body, claimed_by, claimed_ms) VALUES (?1, 0, '', ?2, ?3)
       ON CONFLICT (session) DO UPDATE SET claimed_by = ?2, claimed_ms = ?3 WHERE claimed_by = ?4 AND claimed_ms = ?5`,
    )
    .run(session, pid, nowMs, held?.by ?? 0, held?.since ?? 0);
  if (held === null) trim(db);
  return taken.changes > 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function store(db: Database, session: string, body: string, nowMs: number): void {
  const { changes } = db
    .query("UPDATE glances SET at_ms = ?, body = ?, claimed_by = 0, claimed_ms = 0 WHERE session = ?")
    .run(nowMs, body, session);
  if (changes > 0) return;
  db.query("INSERT OR REPLACE INTO glances (session, at_ms, body) VALUES (?, ?, ?)").run(session, nowMs, body);
}

/** Forgets the sessions that were not looked at for longest, where there are too many. */
function trim(db: Database): void {
  db.query(
    "DELETE FROM glances WHERE session NOT IN (SELECT session FROM glances ORDER BY max(at_ms, claimed_ms) DESC LIMIT ?)",
  ).run(MAX_SESSIONS);
}
