import { Database } from "bun:sqlite";
import { fs, os } from "../platform/builtins.ts";
import { messageOf, UserError } from "../platform/errors.ts";
import { folderOf, under } from "../platform/plainPaths.ts";
import ledgerSchema from "./schema/0001_ledger.sql" with { type: "text" };
import attributionSchema from "./schema/0002_attribution.sql" with { type: "text" };
import guardSchema from "./schema/0003_guard.sql" with { type: "text" };
import sourcesSchema from "./schema/0004_sources.sql" with { type: "text" };
import serversSchema from "./schema/0005_servers.sql" with { type: "text" };
import runTypesSchema from "./schema/0006_run_types.sql" with { type: "text" };

/** Closing a connection ends the statements that it remembers; one that outlives it would keep it open. No process makes more. */
Database.MAX_QUERY_CACHE_SIZE = 500;

/** Migrations in order; `user_version` counts how many a book has seen. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [
  ledgerSchema,
  attributionSchema,
  guardSchema,
  sourcesSchema,
  serversSchema,
  runTypesSchema,
];

/** Version of the schema that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Marks the file as ours ("ccLg"), so that a `ledger.db` of another tool is told from it. */
const APPLICATION_ID = 0x63634c67;

/** An open book. `writable` is false where the file or its folder cannot be written, or a newer program wrote it. */
export interface Book {
  db: Database;
  writable: boolean;
  /** Why the book is only read, for the person who asks. */
  readOnlyReason: string | null;
}

export interface OpenOptions {
  /** How long to wait for another writer, milliseconds. */
  busyTimeoutMs: number;
  /** Answer a read-only book where it cannot be written, instead of an error. */
  allowReadOnly: boolean;
}

/** Opens the book at `path`, creating it and its folder (0700, file 0600) when there is none, and brings its schema up to date.
 *  Throws a {@link UserError} for a damaged file, another tool's file, or a folder that cannot be used. */
export function openBook(path: string, options: OpenOptions): Book {
  try {
    createFile(path);
  } catch (error) {
    if (options.allowReadOnly && fs().existsSync(path))
      return openReadOnly(path, `${path} cannot be written: ${messageOf(error)}`);
    throw new UserError(
      `cannot write ${path}: ${messageOf(error)}`,
      "Make the folder writable, or set CC_LEDGER_HOME to another one.",
    );
  }
  let db: Database;
  try {
    db = new Database(path, { readwrite: true, create: false, strict: true });
  } catch (error) {
    throw explain(path, error);
  }
  try {
    db.run(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    const version = versionOf(db);
    if (version !== SCHEMA_VERSION) {
      if (version > SCHEMA_VERSION) {
        db.close();
        const reason = `${path} was written by a newer cc-ledger (schema ${version}, this program knows ${SCHEMA_VERSION})`;
        if (options.allowReadOnly) return openReadOnly(path, reason);
        throw new UserError(reason, "Update cc-ledger.");
      }
      migrate(db, path);
    } else assertOurs(db, path);
    db.run("PRAGMA synchronous = NORMAL");
    return { db, writable: true, readOnlyReason: null };
  } catch (error) {
    db.close();
    const translated = explain(path, error);
    if (options.allowReadOnly && isUnwritable(error))
      return openReadOnly(path, `${path} cannot be written: ${messageOf(error)}`);
    throw translated;
  }
}

/** Opens an existing book for reading only. Where its log cannot be read in place (a read-only file system), a copy is read. */
function openReadOnly(path: string, reason: string): Book {
  try {
    const db = new Database(path, { readonly: true, strict: true });
    assertOurs(db, path);
    return { db, writable: false, readOnlyReason: reason };
  } catch (error) {
    if (error instanceof UserError) throw error;
    try {
      return { db: openCopy(path), writable: false, readOnlyReason: reason };
    } catch {
      throw explain(path, error);
    }
  }
}

/** A copy of the book and its log in the temporary folder. Its files are removed at once; the connection keeps them alive. */
function openCopy(path: string): Database {
  const folder = fs().mkdtempSync(under(os().tmpdir(), "cc-ledger-copy-"));
  try {
    const copy = under(folder, "ledger.db");
    fs().copyFileSync(path, copy);
    if (fs().existsSync(`${path}-wal`)) fs().copyFileSync(`${path}-wal`, `${copy}-wal`);
    const db = new Database(copy, { readwrite: true, create: false, strict: true });
    assertOurs(db, path);
    return db;
  } finally {
    fs().rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a book that is there and whose schema this program writes, with few questions: for hooks. Null in any other case, which
 *  {@link openBook} deals with or explains. */
export function openExisting(path: string, busyTimeoutMs: number): Database | null {
  let db: Database;
  try {
    db = new Database(path, { readwrite: true, create: false, strict: true });
  } catch {
    return null;
  }
  try {
    db.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    if (versionOf(db) === SCHEMA_VERSION && applicationIdOf(db) === APPLICATION_ID) {
      db.run("PRAGMA synchronous = NORMAL");
      return db;
    }
  } catch {
    // Damaged, locked or no database at all: openBook says which.
  }
  db.close();
  return null;
}

/** Opens a book that is there and whose schema this program writes, only to read it; null in any other case. */
export function openToRead(path: string, busyTimeoutMs: number): Database | null {
  try {
    const db = new Database(path, { readonly: true, create: false, strict: true });
    db.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    if (versionOf(db) === SCHEMA_VERSION && applicationIdOf(db) === APPLICATION_ID) return db;
    db.close();
  } catch {
    // Damaged, locked or missing: there is nothing to read.
  }
  return null;
}

/** A log of this many bytes is folded all the same: whoever opens the book next reads it through. */
const FOLD_BYTES = 512 << 10;

/** Whether the log of a book should be folded into it. */
export function isLogLong(path: string): boolean {
  return Bun.file(`${path}-wal`).size > FOLD_BYTES;
}

/** Closes a book without folding the log into it, which would wait for the disk several times: a hook has no time for that. The log is
 *  as durable as the book, and the next command folds it. A second, read-only connection keeps this one from being the last; it cannot
 *  fold the log itself, and must be closed as well, for the runtime folds the log of every connection that it finds open at the end. */
export function closeQuickly(db: Database, path: string): void {
  if (isLogLong(path)) {
    db.close();
    return;
  }
  const guard = new Database(path, { readonly: true });
  guard.query("PRAGMA user_version").get();
  db.close();
  guard.close();
}

/** How long a connection waits for another writer, milliseconds. */
export function setBusyTimeout(db: Database, ms: number): void {
  db.run(`PRAGMA busy_timeout = ${ms}`);
}

function createFile(path: string): void {
  const folder = folderOf(path);
  if (!fs().existsSync(folder)) fs().mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!fs().existsSync(path)) fs().closeSync(fs().openSync(path, "a", 0o600));
  else {
    fs().accessSync(path, fs().constants.W_OK);
    if ((fs().statSync(path).mode & 0o077) !== 0 && isOwn(path)) fs().chmodSync(path, 0o600);
  }
}

function isOwn(path: string): boolean {
  return typeof process.getuid !== "function" || fs().statSync(path).uid === process.getuid();
}

function versionOf(db: Database): number {
  return db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

/** Whether a newer program has brought the book up to its own schema since it was opened. */
export function isNewer(db: Database): boolean {
  return versionOf(db) > SCHEMA_VERSION;
}

/** Throws a {@link UserError} where {@link isNewer}: rows of this program would lack what the newer one keeps. Call inside the transaction that
 *  is to write, for a program may run for days. */
export function assertNotNewer(db: Database): void {
  if (!isNewer(db)) return;
  throw new UserError(
    `the ledger is a newer cc-ledger's by now (schema ${versionOf(db)}, this program knows ${SCHEMA_VERSION})`,
    "Restart what still runs the older one.",
  );
}

/** A number that changes when another connection has changed the book. */
export function dataVersionOf(db: Database): number {
  return db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? 0;
}

/** Rows that this connection has written so far. */
export function rowsWritten(db: Database): number {
  return db.query<{ n: number }, []>("SELECT total_changes() AS n").get()?.n ?? 0;
}

function applicationIdOf(db: Database): number {
  return db.query<{ application_id: number }, []>("PRAGMA application_id").get()?.application_id ?? 0;
}

/** Throws when the file is a database of some other program. */
function assertOurs(db: Database, path: string): void {
  if (applicationIdOf(db) === APPLICATION_ID) return;
  const tables = db
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name LIMIT 6")
    .all();
  if (tables.length === 0) return;
  const names = tables.map((table) => table.name).join(", ");
  throw new UserError(
    `${path} belongs to another program (its tables: ${names}); it was left untouched`,
    "Set CC_LEDGER_HOME to a folder of its own, or move that file away.",
  );
}

function migrate(db: Database, path: string): void {
  assertOurs(db, path);
  db.run("PRAGMA journal_mode = WAL");
  db.run("BEGIN EXCLUSIVE");
  try {
    const from = versionOf(db);
    for (const sql of MIGRATIONS.slice(from)) db.run(sql);
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.run(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.run("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}

/** Whether the error says that the book cannot be written just now or at all, while it may still be read. */
export function isUnwritable(error: unknown): boolean {
  return /READONLY|CANTOPEN|FULL|IOERR|EROFS|EACCES|ENOSPC/.test(codeOf(error));
}

/** Whether the error says that another process holds the book. */
export function isBusy(error: unknown): boolean {
  return /BUSY|LOCKED/.test(codeOf(error));
}

/** Turns SQLite's errors into sentences that say what to do. */
export function explain(path: string, error: unknown): Error {
  const code = codeOf(error);
  if (error instanceof UserError) return error;
  if (/CORRUPT|NOTADB/.test(code)) {
    return new UserError(
      `${path} is damaged or no database: ${messageOf(error)}`,
      "Move it aside (keep it) and run any cc-ledger command: the book is built anew from the transcripts that still exist.",
    );
  }
  if (isBusy(error)) return new UserError(`${path} is locked by another process`, "Try again when it has finished.");
  if (/FULL|ENOSPC/.test(code))
    return new UserError(`the disk is full: ${path} cannot grow`, "Free some space and run the command again.");
  if (isUnwritable(error))
    return new UserError(`cannot use ${path}: ${messageOf(error)}`, "Check that the folder can be read and written.");
  return error instanceof Error ? error : new Error(String(error));
}
