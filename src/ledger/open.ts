import { Database } from "bun:sqlite";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../platform/errors.ts";
import ledgerSchema from "./schema/0001_ledger.sql" with { type: "text" };

/** Migrations in order; `user_version` counts how many a book has seen. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [ledgerSchema];

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
    if (options.allowReadOnly && existsSync(path))
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
  const folder = mkdtempSync(join(tmpdir(), "cc-ledger-copy-"));
  try {
    const copy = join(folder, "ledger.db");
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    const db = new Database(copy, { readwrite: true, create: false, strict: true });
    assertOurs(db, path);
    return db;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Pages of log after which a commit folds it into the book, where connections do not fold it on closing. */
const FOLD_PAGES = 256;

/** Closes a book without folding the log into it, which would wait for the disk several times: a hook has no time for that. The log is
 *  as durable as the book, and the next command folds it. A second, read-only connection keeps this one from being the last. */
export function closeQuickly(db: Database, path: string): void {
  const guard = new Database(path, { readonly: true });
  guard.query("PRAGMA user_version").get();
  db.close();
}

/** Keeps the log short while {@link closeQuickly} is in use: whoever opens the book next reads it through. */
export function keepLogShort(db: Database): void {
  db.run(`PRAGMA wal_autocheckpoint = ${FOLD_PAGES}`);
}

function createFile(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  else {
    accessSync(path, constants.W_OK);
    if ((statSync(path).mode & 0o077) !== 0 && isOwn(path)) chmodSync(path, 0o600);
  }
}

function isOwn(path: string): boolean {
  return typeof process.getuid !== "function" || statSync(path).uid === process.getuid();
}

function versionOf(db: Database): number {
  return db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

/** Throws when the file is a database of some other program. */
function assertOurs(db: Database, path: string): void {
  const id = db.query<{ application_id: number }, []>("PRAGMA application_id").get()?.application_id ?? 0;
  if (id === APPLICATION_ID) return;
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
