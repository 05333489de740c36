import type { ToolResultEvent, ToolUseEvent } from "../agents/events.ts";
import type { MergedCall } from "./merge.ts";
import { type Packed, pack, type Shape, unpack } from "./pack.ts";
import type { ReadStretch } from "./stretches.ts";

/** How stretches travel from a worker to the thread that writes. */

type FlatCall = Omit<MergedCall, "holders">;

const CALL: Shape<FlatCall> = {
  numbers: [
    "keyHigh",
    "keyLow",
    "requestHigh",
    "requestLow",
    "atMs",
    "ownerMs",
    "winnerMs",
    "rank",
    "flags",
    "input",
    "output",
    "cacheRead",
    "cacheWrite5m",
    "cacheWrite1h",
    "webSearches",
  ],
  booleans: ["copied", "winnerStopped"],
  strings: ["sessionId", "runId", "promptKey", "model", "cwd", "branch", "holder"],
};

const TOOL_USE: Shape<ToolUseEvent> = {
  numbers: ["keyHigh", "keyLow", "callHigh", "callLow", "atMs", "inputKey", "toolFlags"],
  booleans: [],
  strings: ["sessionId", "promptKey", "runId", "name", "path"],
};

const TOOL_RESULT: Shape<ToolResultEvent> = {
  numbers: ["keyHigh", "keyLow", "atMs", "bytes", "durationMs"],
  booleans: ["failed"],
  strings: [],
};

/** A stretch as it is handed over. */
export interface PackedStretch {
  calls: Packed;
  /** Holders of the few calls that have any, by position. */
  holders: [number, string[]][];
  toolUses: Packed;
  toolResults: Packed;
  rest: Omit<ReadStretch["events"], "calls" | "toolUses" | "toolResults">;
  source: ReadStretch["source"];
  fresh: boolean;
  expectedOffset: number;
  movedFrom: string | null;
}

/** Packs a stretch; the second value lists the buffers to be moved, not copied. */
export function packStretch({ events, ...bookmark }: ReadStretch): [PackedStretch, ArrayBuffer[]] {
  const { calls, toolUses, toolResults, ...rest } = events;
  const holders: [number, string[]][] = [];
  calls.forEach((call, at) => {
    if (call.holders.length > 0) holders.push([at, call.holders]);
  });
  const packed = {
    calls: pack<FlatCall>(calls, CALL),
    holders,
    toolUses: pack(toolUses, TOOL_USE),
    toolResults: pack(toolResults, TOOL_RESULT),
    rest,
    ...bookmark,
  };
  const moved = [packed.calls, packed.toolUses, packed.toolResults].map(({ values }) => values.buffer as ArrayBuffer);
  return [packed, moved];
}

/** The stretch again. */
export function unpackStretch({
  calls,
  holders,
  toolUses,
  toolResults,
  rest,
  ...bookmark
}: PackedStretch): ReadStretch {
  const flat = unpack(calls, CALL) as MergedCall[];
  for (const call of flat) call.holders = NO_HOLDERS;
  for (const [at, names] of holders) (flat[at] as MergedCall).holders = names;
  return {
    events: {
      ...rest,
      calls: flat,
      toolUses: unpack(toolUses, TOOL_USE),
      toolResults: unpack(toolResults, TOOL_RESULT),
    },
    ...bookmark,
  };
}

const NO_HOLDERS: string[] = [];
