import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import { type FileEvents, noEvents } from "../agents/events.ts";
import { fs } from "../platform/builtins.ts";
import { collapse, type MergedCall } from "./merge.ts";
import type { SourceRecord } from "./sources.ts";

/** Events of one stretch of a file, its calls collapsed. */
export interface ReadStretch {
  events: Omit<FileEvents, "calls"> & { calls: MergedCall[] };
  source: SourceRecord;
  fresh: boolean;
  expectedOffset: number;
  /** Path under which the book knew the file before it was moved, or null. */
  movedFrom: string | null;
}

/** Counts of the work done, so that tests can assert what was not done. */
export interface ReadWork {
  opened: number;
  bytes: number;
}

const HEAD_BYTES = 1024;
const TAIL_BYTES = 256;
/** A stretch is read and written at once; larger files are read in several. */
const STRETCH_BYTES = 8 << 20;
/** Longer lines are counted and passed over. */
const MAX_LINE_BYTES = 256 << 20;

let shared = Buffer.alloc(0);

/** Buffer of at least `size` bytes, kept between files. */
function bufferOf(size: number): Buffer {
  if (shared.length < size) {
    const grown = Buffer.allocUnsafe(Math.max(size, 1 << 20));
    shared.copy(grown);
    shared = grown;
  }
  return shared;
}

/** Gives back the memory of an unusually long line. */
function shrinkBuffer(): void {
  if (shared.length > 2 * STRETCH_BYTES) shared = Buffer.alloc(0);
}

/** Reads what is new in a file since `known`, stretch by stretch. A file that shrank, or whose bytes before the bookmark
 *  changed, is read from its start: everything in the book is idempotent. Throws what the file system throws. */
export function* readNew(
  adapter: AgentAdapter,
  file: SourceFile,
  known: SourceRecord | null,
  work: ReadWork,
): Generator<ReadStretch> {
  const fd = fs().openSync(file.path, "r");
  work.opened++;
  try {
    const info = fs().fstatSync(fd);
    const size = info.size;
    const resume = known !== null && file.kind === "log" && stillStands(fd, known, size);
    let offset = resume ? known.offset : 0;
    let fresh = !resume;
    let movedFrom = resume && known.path !== file.path ? known.path : null;
    if (resume && offset === size) {
      yield { ...stretchOf(known, { ...file, size, mtimeMs: info.mtimeMs, inode: info.ino }, fd, offset), movedFrom };
      return;
    }
    const reader = adapter.reader(file.path, resume ? known.state : "");
    let pending = 0;
    let want = file.kind === "sidecar" ? Math.max(1, size) : STRETCH_BYTES;
    let expectedOffset = offset;
    while (offset + pending < size) {
      const length = Math.min(want, size - offset);
      const buffer = bufferOf(length);
      const got = fs().readSync(fd, buffer, pending, length - pending, offset + pending);
      work.bytes += got;
      const filled = pending + got;
      const final = got === 0 || offset + filled >= size;
      const used = reader.feed(buffer.subarray(0, filled), final);
      if (used === 0 && !final) {
        pending = filled;
        want = Math.min(want * 2, MAX_LINE_BYTES + STRETCH_BYTES);
        if (filled > MAX_LINE_BYTES) {
          const next = skipLine(fd, offset + filled, size, work);
          reader.skipOversized();
          offset = next;
          pending = 0;
          want = STRETCH_BYTES;
        }
        continue;
      }
      offset += used;
      pending = 0;
      want = STRETCH_BYTES;
      const source: SourceRecord = {
        path: file.path,
        inode: info.ino,
        size: final ? size : Math.min(size, offset),
        mtimeMs: info.mtimeMs,
        offset,
        headHash: hashAt(fd, 0, Math.min(HEAD_BYTES, offset)),
        tailHash: hashAt(fd, Math.max(0, offset - TAIL_BYTES), Math.min(TAIL_BYTES, offset)),
        state: reader.saveState(),
      };
      const events = reader.drain();
      yield { events: { ...events, calls: collapse(events.calls) }, source, fresh, expectedOffset, movedFrom };
      fresh = false;
      movedFrom = null;
      expectedOffset = offset;
      if (final) break;
    }
    if (size === 0) yield stretchOf(null, { ...file, size: 0, mtimeMs: info.mtimeMs, inode: info.ino }, fd, 0);
  } finally {
    fs().closeSync(fd);
    shrinkBuffer();
  }
}

/** What {@link readNew} answers, for the case that a hook mostly meets and without loading the file system module: a log that the book
 *  knows, that is still the same one, and that gained no more than a stretch. Null where {@link readNew} has to look closer.
 *  Throws what the file system throws. */
export async function readAppended(
  adapter: AgentAdapter,
  file: SourceFile,
  known: SourceRecord,
  work: ReadWork,
): Promise<ReadStretch | null> {
  const gained = file.size - known.offset;
  if (file.kind !== "log" || file.inode !== known.inode || gained <= 0 || gained > STRETCH_BYTES) return null;
  const tailBytes = Math.min(TAIL_BYTES, known.offset);
  const from = known.offset - tailBytes;
  const blob = Bun.file(file.path);
  const [head, read] = await Promise.all([
    blob.slice(0, Math.min(HEAD_BYTES, file.size)).bytes(),
    blob.slice(from, file.size).bytes(),
  ]);
  if (read.length !== file.size - from) return null;
  if (Bun.hash.crc32(head.subarray(0, known.offset)) !== known.headHash) return null;
  if (Bun.hash.crc32(read.subarray(0, tailBytes)) !== known.tailHash) return null;
  work.opened++;
  work.bytes += gained;
  const reader = adapter.reader(file.path, known.state);
  const used = reader.feed(Buffer.from(read.buffer, read.byteOffset + tailBytes, gained), true);
  const offset = known.offset + used;
  const source: SourceRecord = {
    ...known,
    size: file.size,
    mtimeMs: file.mtimeMs,
    offset,
    headHash: Bun.hash.crc32(head.subarray(0, offset)),
    tailHash: Bun.hash.crc32(read.subarray(Math.max(0, offset - TAIL_BYTES) - from, offset - from)),
    state: reader.saveState(),
  };
  const events = reader.drain();
  return {
    events: { ...events, calls: collapse(events.calls) },
    source,
    fresh: false,
    expectedOffset: known.offset,
    movedFrom: null,
  };
}

/** A stretch without events: only the bookmark moves (the file was touched, but nothing was added). */
function stretchOf(known: SourceRecord | null, file: SourceFile, fd: number, offset: number): ReadStretch {
  const source: SourceRecord = {
    path: file.path,
    inode: file.inode,
    size: file.size,
    mtimeMs: file.mtimeMs,
    offset,
    headHash: known?.headHash ?? hashAt(fd, 0, 0),
    tailHash: known?.tailHash ?? hashAt(fd, 0, 0),
    state: known?.state ?? "",
  };
  const events = { ...noEvents(), calls: [] };
  return { events, source, fresh: known === null, expectedOffset: offset, movedFrom: null };
}

function stillStands(fd: number, known: SourceRecord, size: number): boolean {
  if (known.offset > size) return false;
  const headBytes = Math.min(HEAD_BYTES, known.offset);
  const tailBytes = Math.min(TAIL_BYTES, known.offset);
  return (
    hashAt(fd, 0, headBytes) === known.headHash && hashAt(fd, known.offset - tailBytes, tailBytes) === known.tailHash
  );
}

const small = Buffer.alloc(HEAD_BYTES);

function hashAt(fd: number, position: number, length: number): number {
  const got = length === 0 ? 0 : fs().readSync(fd, small, 0, length, position);
  return Bun.hash.crc32(small.subarray(0, got));
}

/** Position behind the next newline at or after `from`. */
function skipLine(fd: number, from: number, size: number, work: ReadWork): number {
  const piece = Buffer.allocUnsafe(1 << 20);
  for (let at = from; at < size; at += piece.length) {
    const got = fs().readSync(fd, piece, 0, piece.length, at);
    work.bytes += got;
    const newline = piece.subarray(0, got).indexOf(10);
    if (newline >= 0) return at + newline + 1;
  }
  return size;
}
