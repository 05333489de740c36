import type { ToolResultEvent, ToolUseEvent } from "../agents/events.ts";
import type { MergedCall } from "./merge.ts";

/** Packs the many small records of a stretch into arrays of numbers and lists of distinct strings: a worker hands those over
 *  without copying, where objects would be cloned one by one. Written out field by field, in one order for both ways,
 *  because a loop over names takes several times as long. */

export interface Packed {
  count: number;
  values: Float64Array;
  strings: string[];
}

const NO_HOLDERS: string[] = [];

/** Distinct strings by place; the one asked for last is mostly asked for again. */
class StringTable {
  readonly list: string[] = [];
  readonly #places = new Map<string, number>();

  place(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.list.length;
      this.#places.set(text, place);
      this.list.push(text);
    }
    return place;
  }
}

/** Calls; their holders travel apart, for few have any. */
export function packCalls(records: readonly MergedCall[]): Packed {
  const values = new Float64Array(records.length * 24);
  const strings = new StringTable();
  let at = 0;
  for (const record of records) {
    values[at++] = record.keyHigh;
    values[at++] = record.keyLow;
    values[at++] = record.requestHigh;
    values[at++] = record.requestLow;
    values[at++] = record.atMs;
    values[at++] = record.ownerMs;
    values[at++] = record.winnerMs;
    values[at++] = record.rank;
    values[at++] = record.flags;
    values[at++] = record.input;
    values[at++] = record.output;
    values[at++] = record.cacheRead;
    values[at++] = record.cacheWrite5m;
    values[at++] = record.cacheWrite1h;
    values[at++] = record.webSearches;
    values[at++] = record.copied ? 1 : 0;
    values[at++] = record.winnerStopped ? 1 : 0;
    values[at++] = strings.place(record.sessionId);
    values[at++] = strings.place(record.runId);
    values[at++] = strings.place(record.promptKey);
    values[at++] = strings.place(record.model);
    values[at++] = strings.place(record.cwd);
    values[at++] = strings.place(record.branch);
    values[at++] = strings.place(record.holder);
  }
  return { count: records.length, values, strings: strings.list };
}

/** The calls again, without holders. */
export function unpackCalls({ count, values, strings }: Packed): MergedCall[] {
  const records: MergedCall[] = [];
  for (let n = 0, at = 0; n < count; n++, at += 24) {
    records.push({
      keyHigh: values[at + 0] as number,
      keyLow: values[at + 1] as number,
      requestHigh: values[at + 2] as number,
      requestLow: values[at + 3] as number,
      atMs: values[at + 4] as number,
      ownerMs: values[at + 5] as number,
      winnerMs: values[at + 6] as number,
      rank: values[at + 7] as number,
      flags: values[at + 8] as number,
      input: values[at + 9] as number,
      output: values[at + 10] as number,
      cacheRead: values[at + 11] as number,
      cacheWrite5m: values[at + 12] as number,
      cacheWrite1h: values[at + 13] as number,
      webSearches: values[at + 14] as number,
      copied: values[at + 15] === 1,
      winnerStopped: values[at + 16] === 1,
      sessionId: strings[values[at + 17] as number] as string,
      runId: strings[values[at + 18] as number] as string,
      promptKey: strings[values[at + 19] as number] as string,
      model: strings[values[at + 20] as number] as string,
      cwd: strings[values[at + 21] as number] as string,
      branch: strings[values[at + 22] as number] as string,
      holder: strings[values[at + 23] as number] as string,
      holders: NO_HOLDERS,
    });
  }
  return records;
}

export function packToolUses(records: readonly ToolUseEvent[]): Packed {
  const values = new Float64Array(records.length * 13);
  const strings = new StringTable();
  let at = 0;
  for (const record of records) {
    values[at++] = record.keyHigh;
    values[at++] = record.keyLow;
    values[at++] = record.callHigh;
    values[at++] = record.callLow;
    values[at++] = record.atMs;
    values[at++] = record.inputKey;
    values[at++] = record.shapeKey;
    values[at++] = record.toolFlags;
    values[at++] = strings.place(record.sessionId);
    values[at++] = strings.place(record.promptKey);
    values[at++] = strings.place(record.runId);
    values[at++] = strings.place(record.name);
    values[at++] = strings.place(record.path);
  }
  return { count: records.length, values, strings: strings.list };
}

export function unpackToolUses({ count, values, strings }: Packed): ToolUseEvent[] {
  const records: ToolUseEvent[] = [];
  for (let n = 0, at = 0; n < count; n++, at += 13) {
    records.push({
      keyHigh: values[at + 0] as number,
      keyLow: values[at + 1] as number,
      callHigh: values[at + 2] as number,
      callLow: values[at + 3] as number,
      atMs: values[at + 4] as number,
      inputKey: values[at + 5] as number,
      shapeKey: values[at + 6] as number,
      toolFlags: values[at + 7] as number,
      sessionId: strings[values[at + 8] as number] as string,
      promptKey: strings[values[at + 9] as number] as string,
      runId: strings[values[at + 10] as number] as string,
      name: strings[values[at + 11] as number] as string,
      path: strings[values[at + 12] as number] as string,
    });
  }
  return records;
}

export function packToolResults(records: readonly ToolResultEvent[]): Packed {
  const values = new Float64Array(records.length * 7);
  let at = 0;
  for (const record of records) {
    values[at++] = record.keyHigh;
    values[at++] = record.keyLow;
    values[at++] = record.atMs;
    values[at++] = record.bytes;
    values[at++] = record.durationMs;
    values[at++] = record.failed ? 1 : 0;
    values[at++] = record.errorKey;
  }
  return { count: records.length, values, strings: [] };
}

export function unpackToolResults({ count, values }: Packed): ToolResultEvent[] {
  const records: ToolResultEvent[] = [];
  for (let n = 0, at = 0; n < count; n++, at += 7) {
    records.push({
      keyHigh: values[at + 0] as number,
      keyLow: values[at + 1] as number,
      atMs: values[at + 2] as number,
      bytes: values[at + 3] as number,
      durationMs: values[at + 4] as number,
      failed: values[at + 5] === 1,
      errorKey: values[at + 6] as number,
    });
  }
  return records;
}
