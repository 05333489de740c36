import type { Database } from "bun:sqlite";
import type { ReadCounters } from "../agents/events.ts";

/** How far a log file has been read, and by what it is recognised when it changes. */
export interface SourceRecord {
  path: string;
  inode: number;
  size: number;
  mtimeMs: number;
  /** Bytes read: everything before is in the book. */
  offset: number;
  /** Hash of the first bytes, to see that the file is still the same one. */
  headHash: number;
  /** Hash of the last bytes before the offset, to see that what was read still stands. */
  tailHash: number;
  /** What the adapter must remember to read on. */
  state: string;
}

interface StoredSource {
  path: string;
  inode: number;
  size: number;
  mtime_ms: number;
  offset: number;
  head_hash: number;
  tail_hash: number;
  state: string;
}

/** All files of an agent that the book knows, by path. */
export function loadSources(db: Database, agentId: number): Map<string, SourceRecord> {
  const rows = db
    .query<StoredSource, [number]>(
      "SELECT path, inode, size, mtime_ms, offset, head_hash, tail_hash, state FROM source_files WHERE agent_id = ?",
    )
    .all(agentId);
  return new Map(rows.map((row) => [row.path, fromRow(row)]));
}

/** One file that the book knows, or null. */
export function loadSource(db: Database, path: string): SourceRecord | null {
  const row = db
    .query<StoredSource, [string]>(
      "SELECT path, inode, size, mtime_ms, offset, head_hash, tail_hash, state FROM source_files WHERE path = ?",
    )
    .get(path);
  return row === null ? null : fromRow(row);
}

function fromRow(row: StoredSource): SourceRecord {
  return {
    path: row.path,
    inode: row.inode,
    size: row.size,
    mtimeMs: row.mtime_ms,
    offset: row.offset,
    headHash: row.head_hash,
    tailHash: row.tail_hash,
    state: row.state,
  };
}

/** Saves how far a file was read. `fresh` replaces the counters (the file was read from its start), otherwise they add up.
 *  A reader that was overtaken by another one changes nothing: `expectedOffset` is where it believed to start. */
export function saveSource(
  db: Database,
  agentId: number,
  source: SourceRecord,
  counters: ReadCounters,
  options: { fresh: boolean; expectedOffset: number; nowMs: number },
): void {
  const known = db
    .query<{ offset: number; unknown: string }, [string]>("SELECT offset, unknown FROM source_files WHERE path = ?")
    .get(source.path);
  const overtaken = known !== null && !options.fresh && known.offset !== options.expectedOffset;
  if (overtaken) return;
  const unknown =
    options.fresh || known === null ? counters.unknownTypes : addCounts(known.unknown, counters.unknownTypes);
  const add = options.fresh ? 0 : 1;
  db.query(
    `INSERT INTO source_files (agent_id, path, inode, size, mtime_ms, offset, head_hash, tail_hash, state, lines, broken, absurd,
       client_made, oversized, unknown, read_at_ms)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
     ON CONFLICT (path) DO UPDATE SET inode = ?3, size = ?4, mtime_ms = ?5, offset = ?6, head_hash = ?7, tail_hash = ?8, state = ?9,
       lines = lines * ${add} + ?10, broken = broken * ${add} + ?11, absurd = absurd * ${add} + ?12,
       client_made = client_made * ${add} + ?13, oversized = oversized * ${add} + ?14, unknown = ?15, read_at_ms = ?16`,
  ).run(
    agentId,
    source.path,
    source.inode,
    source.size,
    source.mtimeMs,
    source.offset,
    source.headHash,
    source.tailHash,
    source.state,
    counters.lines,
    counters.broken,
    counters.absurd,
    counters.clientMade,
    counters.oversized,
    JSON.stringify(unknown),
    options.nowMs,
  );
}

function addCounts(stored: string, fresh: Readonly<Record<string, number>>): Record<string, number> {
  const sums = JSON.parse(stored) as Record<string, number>;
  for (const [name, count] of Object.entries(fresh)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
