import { appendFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { HookPayload, SourceFile } from "../agents/adapter.ts";
import { claudeCode } from "../agents/claude-code/index.ts";
import { kindOf } from "../agents/claude-code/layout.ts";
import { type Book, closeQuickly, keepLogShort, openBook } from "../ledger/open.ts";
import { loadPrices } from "../ledger/prices.ts";
import { loadSource } from "../ledger/sources.ts";
import { spool } from "../ledger/spool.ts";
import { type ReadStretch, readNew } from "../ledger/stretches.ts";
import { type Stretch, Writer } from "../ledger/writer.ts";
import { messageOf } from "../platform/errors.ts";
import { logLine } from "../platform/log.ts";
import { type Env, type LedgerPaths, ledgerPaths } from "../platform/paths.ts";
import { PriceBook } from "../pricing/book.ts";

/** Another writer is waited for no longer than this; then the payload goes to the spool. Milliseconds. */
const BUSY_MS = 400;
const EVENT = /^[a-z][a-z-]{1,40}$/;

/** `hook claude-code EVENT`: files what a hook payload says and what its session's transcripts gained. Prints nothing and
 *  never fails: what cannot be written now is spooled, what cannot be spooled is logged; the transcripts stay the truth. */
export async function runHook(args: readonly string[], env: Env, readStdin: () => Promise<string>): Promise<void> {
  let paths: LedgerPaths;
  try {
    paths = ledgerPaths(env);
  } catch (error) {
    if (env.CC_LEDGER_DEBUG) process.stderr.write(`cc-ledger: ${messageOf(error)}\n`);
    return;
  }
  const nowMs = Date.now();
  const [agent = "", event = ""] = args;
  const log = (text: string): void => {
    logLine(paths.log, nowMs, `hook ${event.slice(0, 40)}: ${text}`);
  };
  try {
    const text = await readStdin();
    if (agent !== claudeCode.name || !EVENT.test(event)) {
      log(`unknown agent or event: ${args.join(" ").slice(0, 100)}`);
      return;
    }
    if (env.CC_LEDGER_AUDIT === "1") archive(paths, event, text, nowMs, log);
    const payload = claudeCode.payload(event, text, nowMs, env.CC_LEDGER_BILLING || undefined);
    if (payload === null) {
      log(`payload is no JSON object with a session_id (${text.length} characters)`);
      return;
    }
    try {
      await file(payload, env, paths, log);
    } catch (error) {
      log(`spooled: ${messageOf(error)}`);
      spool(paths.spool, { agent, event, atMs: nowMs, payload: text }, process.pid);
    }
  } catch (error) {
    log(messageOf(error));
  }
}

async function file(payload: HookPayload, env: Env, paths: LedgerPaths, log: (text: string) => void): Promise<void> {
  const book = openBook(paths.db, { busyTimeoutMs: BUSY_MS, allowReadOnly: false });
  try {
    keepLogShort(book.db);
    const writer = new Writer(book.db, {
      agent: claudeCode.name,
      machine: { host: hostname(), os: process.platform },
      prices: await pricesOf(env, paths, log),
      now: Date.now,
    });
    writer.write([...readPayloadFiles(book, payload, log), ofPayload(payload)]);
  } finally {
    closeQuickly(book.db, paths.db);
  }
}

/** A bad price file must not lose a call: it is filed with the built-in prices, and the log says so. */
async function pricesOf(env: Env, paths: LedgerPaths, log: (text: string) => void): Promise<PriceBook> {
  try {
    return await loadPrices(env, paths);
  } catch (error) {
    log(`price file passed over: ${messageOf(error)}`);
    return PriceBook.builtIn();
  }
}

/** The payload's own facts as a stretch without a file. */
export function ofPayload({ events }: HookPayload): Stretch {
  return { events: { ...events, calls: [] }, source: null, fresh: false, expectedOffset: 0, movedFrom: null };
}

/** What the files of a payload gained since they were last read. */
export function readPayloadFiles(book: Book, payload: HookPayload, log: (text: string) => void): ReadStretch[] {
  const stretches: ReadStretch[] = [];
  const work = { opened: 0, bytes: 0 };
  const sidecars = payload.files.slice(1).map((path) => path.replace(/\.jsonl$/, ".meta.json"));
  const paths = new Set([...payload.files, ...sidecars, ...listSubagents(payload.subagentsDir)]);
  for (const path of paths) {
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info?.isFile()) continue;
    const kind = kindOf(path.slice(path.lastIndexOf("/") + 1)) ?? "log";
    const source: SourceFile = { path, inode: info.ino, size: info.size, mtimeMs: info.mtimeMs, kind };
    const known = loadSource(book.db, path);
    if (known !== null && known.size === info.size && known.mtimeMs === info.mtimeMs && known.inode === info.ino)
      continue;
    try {
      stretches.push(...readNew(claudeCode, source, known, work));
    } catch (error) {
      log(`${path}: ${messageOf(error)}`);
    }
  }
  return stretches;
}

function listSubagents(folder: string | null): string[] {
  if (folder === null || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && kindOf(entry.name) !== null)
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Keeps the payload as it came, for inspection. */
function archive(paths: LedgerPaths, event: string, text: string, nowMs: number, log: (text: string) => void): void {
  try {
    mkdirSync(paths.audit, { recursive: true, mode: 0o700 });
    appendFileSync(join(paths.audit, `${nowMs}-${event}-${process.pid}.json`), text, { mode: 0o600 });
  } catch (error) {
    log(`audit: ${messageOf(error)}`);
  }
}
