import type { Database } from "bun:sqlite";
import { availableParallelism } from "node:os";
import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import { logLine } from "../platform/log.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import type { PriceBook } from "../pricing/book.ts";
import { type CatchUp, type OnProgress, pendingBytes, planCatchUp, readInline } from "./catchup.ts";
import { markHistoryRead } from "./history.ts";
import { isBusy, isUnwritable } from "./open.ts";
import type { Machine } from "./sessions.ts";
import { loadSource } from "./sources.ts";
import { hasSpooled, readSpool, removeSpooled, type Spooled } from "./spool.ts";
import { type Stretch, Writer } from "./writer.ts";

/** Below this, starting workers costs more than it saves. Bytes. */
const PARALLEL_BYTES = 24 << 20;
const MAX_WORKERS = 4;
/** From here on, what is read dirties more pages than SQLite keeps by default. */
const BULK_BYTES = 8 << 20;

/** Pages stay in memory until the transaction ends, and the log is folded into the book once instead of every few megabytes. */
function prepareForBulk(db: Database): void {
  db.run("PRAGMA cache_size = -65536");
  db.run("PRAGMA wal_autocheckpoint = 16384");
}

export interface UpToDateOptions {
  env: Env;
  paths: LedgerPaths;
  prices: PriceBook;
  machine: Machine;
  now: () => number;
  /** Read every file from its start, whatever the bookmarks say. */
  fresh: boolean;
  onProgress: OnProgress;
}

/** Drains the spool and reads what every agent's logs gained. Throws what the book throws; troubles with single files are listed. */
export async function bringUpToDate(
  db: Database,
  adapters: readonly AgentAdapter[],
  options: UpToDateOptions,
): Promise<CatchUp> {
  const total: CatchUp = { roots: [], files: 0, changed: 0, work: { opened: 0, bytes: 0 }, problems: [] };
  for (const adapter of adapters) {
    const writer = writerOf(db, adapter, options);
    drainSpool(adapter, writer, options);
    await catchUpAgent(db, adapter, writer, options, total);
  }
  markHistoryRead(db, options.now());
  return total;
}

/** Reads what the named files gained and looks at no others: for those who know which logs grew. Throws what the book throws; troubles with
 *  single files are listed. */
export function readGrown(
  db: Database,
  adapter: AgentAdapter,
  files: readonly SourceFile[],
  options: Omit<UpToDateOptions, "fresh" | "onProgress">,
): CatchUp {
  const result: CatchUp = { roots: [], files: files.length, changed: 0, work: { opened: 0, bytes: 0 }, problems: [] };
  const pending = files
    .map((file) => ({ file, known: loadSource(db, file.path) }))
    .filter(({ file, known }) => known === null || known.size !== file.size || known.mtimeMs !== file.mtimeMs);
  result.changed = pending.length;
  if (pending.length > 0) readInline(adapter, pending, writerOf(db, adapter, options), result, () => undefined);
  return result;
}

function writerOf(db: Database, adapter: AgentAdapter, options: Omit<UpToDateOptions, "fresh" | "onProgress">): Writer {
  return new Writer(db, {
    agent: adapter.name,
    ...options,
    ...(options.env.CC_LEDGER_BILLING ? { billing: options.env.CC_LEDGER_BILLING } : {}),
  });
}

async function catchUpAgent(
  db: Database,
  adapter: AgentAdapter,
  writer: Writer,
  options: UpToDateOptions,
  total: CatchUp,
): Promise<void> {
  const roots = adapter.roots(options.env);
  const listing = adapter.list(roots);
  const agentId = db.query<{ id: number }, [string]>("SELECT id FROM agents WHERE name = ?").get(adapter.name)?.id ?? 0;
  const pending = options.fresh
    ? listing.files.map((file) => ({ file, known: null }))
    : planCatchUp(db, agentId, listing.files);
  total.roots.push(...roots);
  total.files += listing.files.length;
  total.changed += pending.length;
  total.problems.push(...listing.problems);
  if (pending.length === 0) return;
  const bytes = pending.reduce((sum, item) => sum + pendingBytes(item), 0);
  if (bytes > BULK_BYTES) prepareForBulk(db);
  if (bytes < PARALLEL_BYTES || pending.length < 2) readInline(adapter, pending, writer, total, options.onProgress);
  else {
    const { readParallel } = await import("./readParallel.ts");
    const workers = Math.max(1, Math.min(MAX_WORKERS, availableParallelism() - 1));
    await readParallel(adapter, pending, workers, writer, total, options.onProgress);
  }
}

/** Files the payloads that hooks could not. A payload leaves the spool when it is in the book, not before. */
function drainSpool(adapter: AgentAdapter, writer: Writer, { paths, now }: UpToDateOptions): void {
  if (!hasSpooled(paths.spool)) return;
  const waiting = readSpool(paths.spool, (path, message) =>
    logLine(paths.log, now(), `spool: ${path} set aside: ${message}`),
  );
  const own = waiting.filter((entry) => entry.agent === adapter.name);
  const stretches: Stretch[] = [];
  const filed: Spooled[] = [];
  for (const entry of own) {
    const payload = adapter.payload(entry.event, entry.payload, entry.atMs, undefined);
    filed.push(entry);
    if (payload === null) continue;
    stretches.push({
      events: { ...payload.events, calls: [] },
      source: null,
      fresh: false,
      expectedOffset: 0,
      movedFrom: null,
    });
  }
  try {
    if (stretches.length > 0) writer.write(stretches);
  } catch (error) {
    if (isBusy(error) || isUnwritable(error)) throw error;
    logLine(paths.log, now(), `spool: ${String(error)}`);
    return;
  }
  for (const entry of filed) removeSpooled(entry);
}
