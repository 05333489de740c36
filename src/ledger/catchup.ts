import type { Database } from "bun:sqlite";
import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import { messageOf } from "../platform/errors.ts";
import { Batch } from "./batch.ts";
import { isFileError } from "./fileErrors.ts";
import { loadSources, type SourceRecord } from "./sources.ts";
import { type ReadWork, readNew } from "./stretches.ts";
import type { Writer } from "./writer.ts";

/** What a catch-up did. */
export interface CatchUp {
  roots: string[];
  files: number;
  changed: number;
  work: ReadWork;
  problems: { path: string; message: string }[];
}

/** A file to read, and what the book knows of it. */
export interface Pending {
  file: SourceFile;
  known: SourceRecord | null;
}

/** Told how many of how many bytes are done. */
export type OnProgress = (doneBytes: number, totalBytes: number) => void;

/** Compares the files on disk with the bookmarks: what is new or changed, biggest first. Moved files are recognised by
 *  their inode, so they are not read twice. */
export function planCatchUp(db: Database, agentId: number, files: readonly SourceFile[]): Pending[] {
  const known = loadSources(db, agentId);
  const pending: Pending[] = [];
  const unknown: SourceFile[] = [];
  for (const file of files) {
    const record = known.get(file.path);
    if (record === undefined) unknown.push(file);
    else if (record.size !== file.size || record.mtimeMs !== file.mtimeMs || record.inode !== file.inode) {
      pending.push({ file, known: record });
    }
  }
  if (unknown.length > 0) {
    const present = new Set(files.map((file) => file.path));
    const moved = new Map(
      [...known.values()].filter((record) => !present.has(record.path)).map((record) => [record.inode, record]),
    );
    for (const file of unknown) pending.push({ file, known: moved.get(file.inode) ?? null });
  }
  return pending.sort((a, b) => b.file.size - a.file.size);
}

/** Bytes that are left to read in a file. */
export function pendingBytes({ file, known }: Pending): number {
  return known === null || known.offset > file.size ? file.size : file.size - known.offset;
}

/** Reads the pending files in this thread and writes them. A file that cannot be read is reported, not fatal. */
export function readInline(
  adapter: AgentAdapter,
  pending: readonly Pending[],
  writer: Pick<Writer, "write">,
  result: CatchUp,
  onProgress: OnProgress,
): void {
  const total = pending.reduce((sum, item) => sum + pendingBytes(item), 0);
  const batch = new Batch(writer);
  for (const { file, known } of pending) {
    try {
      for (const stretch of readNew(adapter, file, known, result.work)) {
        batch.add(stretch);
        onProgress(result.work.bytes, total);
      }
    } catch (error) {
      if (!isFileError(error)) throw error;
      result.problems.push({ path: file.path, message: messageOf(error) });
    }
  }
  batch.flush();
}
