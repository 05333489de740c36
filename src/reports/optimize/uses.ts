import { type Selection, selectedCalls } from "../cells.ts";
import { byRun } from "./calls.ts";
import type { AdvisedCall, RuleContext } from "./types.ts";

/** Tool uses beside the calls that asked for them, for rules that follow a run from call to call. */

export interface AdvisedUse {
  callId: number;
  tool: string;
  /** 0 for none. */
  pathId: number;
  inputKey: number | null;
  /** 1 or 0, null where no result was seen. */
  failed: number | null;
  resultBytes: number;
}

/** A call with what it asked for and what happened before the next call of its run. */
export interface Step {
  call: AdvisedCall;
  uses: AdvisedUse[];
  /** Files that the call's tools changed. */
  wrote: Set<number>;
  /** Whether the session's window was compacted between this call and the next one. */
  compacted: boolean;
}

const known = new WeakMap<RuleContext, Step[][]>();

/** Runs of the period step by step, worked out once for all rules. */
export function stepsByRun(context: RuleContext): Step[][] {
  let runs = known.get(context);
  if (runs === undefined) {
    runs = load(context);
    known.set(context, runs);
  }
  return runs;
}

/** A file that a run of a session changed, and when. */
export interface Write {
  pathId: number;
  atMs: number;
}

/** What all runs of each session wrote: what a sub-agent changed is news to the main thread, too. */
export function writesBySession(context: RuleContext): Map<number, Write[]> {
  const found = new Map<number, Write[]>();
  for (const run of stepsByRun(context)) {
    for (const { call, wrote } of run) {
      if (wrote.size === 0) continue;
      const list = found.get(call.sessionId) ?? [];
      found.set(call.sessionId, list);
      for (const pathId of wrote) list.push({ pathId, atMs: call.atMs });
    }
  }
  return found;
}

/** Whether anything, or one file, was written from one moment to another, both included. */
export function wasWritten(writes: readonly Write[], fromMs: number, toMs: number, pathId?: number): boolean {
  return writes.some(
    (write) => write.atMs >= fromMs && write.atMs <= toMs && (pathId === undefined || write.pathId === pathId),
  );
}

function load({ db, calls, selection }: RuleContext): Step[][] {
  const uses = usesByCall(db, selection);
  const wrote = writesByCall(db, selection);
  const compactions = eventsBySession(db, "compaction");
  return byRun(calls).map((run) =>
    run.map((call, at) => ({
      call,
      uses: uses.get(call.id) ?? [],
      wrote: wrote.get(call.id) ?? new Set(),
      // Only the main thread's window is compacted by what the session's log says.
      compacted:
        call.runKind === "main" &&
        isBetween(compactions.get(call.sessionId) ?? [], call.atMs, run[at + 1]?.atMs ?? null),
    })),
  );
}

function usesByCall(db: RuleContext["db"], selection: Selection): Map<number, AdvisedUse[]> {
  const found = new Map<number, AdvisedUse[]>();
  const rows = db
    .query<AdvisedUse, []>(
      `SELECT t.call_id AS callId, n.name AS tool, coalesce(t.path_id, 0) AS pathId, t.input_key AS inputKey, t.failed,
         coalesce(t.result_bytes, 0) AS resultBytes
       FROM (${selectedCalls(selection)}) x CROSS JOIN tool_calls t ON t.call_id = x.call_id JOIN tools n ON n.id = t.tool_id ORDER BY t.call_id, t.key`,
    )
    .iterate();
  for (const row of rows) {
    const list = found.get(row.callId);
    if (list === undefined) found.set(row.callId, [row]);
    else list.push(row);
  }
  return found;
}

function writesByCall(db: RuleContext["db"], selection: Selection): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  const rows = db
    .query<{ callId: number; pathId: number }, []>(
      `SELECT t.call_id AS callId, e.path_id AS pathId FROM (${selectedCalls(selection)}) x
       CROSS JOIN tool_calls t ON t.call_id = x.call_id JOIN edits e ON e.key = t.key WHERE coalesce(t.failed, 0) = 0`,
    )
    .all();
  for (const { callId, pathId } of rows) {
    const list = found.get(callId);
    if (list === undefined) found.set(callId, new Set([pathId]));
    else list.add(pathId);
  }
  return found;
}

/** When something of a kind happened in each session, the earliest first. */
export function eventsBySession(db: RuleContext["db"], kind: "compaction" | "session-start"): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const rows = db
    .query<{ sessionId: number; atMs: number }, [string]>(
      "SELECT session_id AS sessionId, at_ms AS atMs FROM events WHERE kind = ? ORDER BY at_ms",
    )
    .all(kind);
  for (const { sessionId, atMs } of rows) {
    const list = found.get(sessionId);
    if (list === undefined) found.set(sessionId, [atMs]);
    else list.push(atMs);
  }
  return found;
}

function isBetween(moments: readonly number[], fromMs: number, toMs: number | null): boolean {
  return toMs !== null && moments.some((atMs) => atMs >= fromMs && atMs < toMs);
}
