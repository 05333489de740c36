import type { MergedCall } from "./merge.ts";
import {
  type Packed,
  packCalls,
  packToolResults,
  packToolUses,
  unpackCalls,
  unpackToolResults,
  unpackToolUses,
} from "./pack.ts";
import type { ReadStretch } from "./stretches.ts";

/** How stretches travel from a worker to the thread that writes. */

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
    calls: packCalls(calls),
    holders,
    toolUses: packToolUses(toolUses),
    toolResults: packToolResults(toolResults),
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
  const flat = unpackCalls(calls);
  for (const [at, names] of holders) (flat[at] as MergedCall).holders = names;
  return {
    events: {
      ...rest,
      calls: flat,
      toolUses: unpackToolUses(toolUses),
      toolResults: unpackToolResults(toolResults),
    },
    ...bookmark,
  };
}
