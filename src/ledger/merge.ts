import { CALL_FLAG, type CallLine } from "../agents/events.ts";

/** Bits of `calls.flags` that only the book knows, above those of {@link CALL_FLAG}. */
export const BOOK_FLAG = {
  /** The winning line itself carried a `stop_reason`; `stopped` says that some line did. */
  winnerStopped: 256,
  /** The owner's line said of itself that it is a copy. */
  copied: 512,
  rankShift: 10,
} as const;

/** A call as all lines seen so far describe it. Usage comes whole from the winning line, place from the owner's line. */
export interface MergedCall extends CallLine {
  ownerMs: number;
  winnerMs: number;
  winnerStopped: boolean;
  /** Sessions other than the owner that hold the call as copied history. */
  holders: string[];
}

/** A line as a call of its own. */
export function fromLine(line: CallLine): MergedCall {
  const winnerStopped = (line.flags & CALL_FLAG.stopped) !== 0;
  return {
    ...line,
    ownerMs: line.atMs,
    winnerMs: line.atMs,
    winnerStopped,
    holders: line.holder === "" ? [] : [line.holder],
  };
}

/** Joins two descriptions of the same call. Commutative, associative and idempotent, so that neither the order of files
 *  nor reading something twice can change the book. (docs/accounting.md, rules 1-3) */
export function mergeCalls(a: MergedCall, b: MergedCall): MergedCall {
  const owner = compareOwners(a, b) <= 0 ? a : b;
  const winner = compareWinners(a, b) >= 0 ? a : b;
  const holders =
    a.sessionId === b.sessionId && a.holders.length === 0 && b.holders.length === 0
      ? a.holders
      : holdersOf(a, b, owner);
  return {
    ...winner,
    sessionId: owner.sessionId,
    runId: owner.runId,
    promptKey: owner.promptKey,
    cwd: owner.cwd,
    branch: owner.branch,
    copied: owner.copied,
    holder: owner.holder,
    ownerMs: owner.ownerMs,
    atMs: Math.min(a.atMs, b.atMs),
    flags: winner.flags | ((a.flags | b.flags) & CALL_FLAG.stopped),
    holders,
  };
}

function holdersOf(a: MergedCall, b: MergedCall, owner: MergedCall): string[] {
  const all = new Set([...a.holders, ...b.holders, a.sessionId, b.sessionId]);
  all.delete(owner.sessionId);
  return [...all].sort();
}

/** Negative when `a` owns the call: main thread before sidechain, original before declared copy, then the earlier line.
 *  Between two lines that say nothing more, the session's name decides, so that the answer never depends on the order. */
function compareOwners(a: MergedCall, b: MergedCall): number {
  return (
    b.rank - a.rank ||
    Number(a.copied) - Number(b.copied) ||
    a.ownerMs - b.ownerMs ||
    compareText(a.sessionId, b.sessionId) ||
    compareText(a.runId, b.runId) ||
    Number(a.promptKey === "") - Number(b.promptKey === "") ||
    compareText(a.cwd, b.cwd) ||
    compareText(a.branch, b.branch)
  );
}

/** Positive when `a` wins: highest output, then the later line, then a final line, then the larger one. */
function compareWinners(a: MergedCall, b: MergedCall): number {
  return (
    a.rank - b.rank ||
    a.output - b.output ||
    a.winnerMs - b.winnerMs ||
    Number(a.winnerStopped) - Number(b.winnerStopped) ||
    totalOf(a) - totalOf(b) ||
    a.cacheWrite1h - b.cacheWrite1h ||
    a.cacheWrite5m - b.cacheWrite5m ||
    a.cacheRead - b.cacheRead ||
    a.webSearches - b.webSearches ||
    withoutStop(a.flags) - withoutStop(b.flags) ||
    compareText(a.model, b.model) ||
    a.requestHigh - b.requestHigh ||
    a.requestLow - b.requestLow
  );
}

function withoutStop(flags: number): number {
  return flags & ~CALL_FLAG.stopped;
}

function totalOf(call: CallLine): number {
  return call.input + call.output + call.cacheRead + call.cacheWrite5m + call.cacheWrite1h;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Collapses the lines of one stretch of one file: most calls have several. */
export function collapse(lines: readonly CallLine[]): MergedCall[] {
  const calls: MergedCall[] = [];
  const places = new Map<number, number | number[]>();
  for (const line of lines) {
    const call = fromLine(line);
    const found = findCall(calls, places.get(line.keyLow), call);
    if (found >= 0) calls[found] = mergeCalls(calls[found] as MergedCall, call);
    else {
      const known = places.get(line.keyLow);
      if (known === undefined) places.set(line.keyLow, calls.length);
      else if (typeof known === "number") places.set(line.keyLow, [known, calls.length]);
      else known.push(calls.length);
      calls.push(call);
    }
  }
  return calls;
}

function findCall(calls: MergedCall[], places: number | number[] | undefined, call: CallLine): number {
  if (places === undefined) return -1;
  const candidates = typeof places === "number" ? [places] : places;
  return candidates.find((at) => calls[at]?.keyHigh === call.keyHigh) ?? -1;
}
