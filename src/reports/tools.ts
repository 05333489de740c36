import type { Database } from "bun:sqlite";
import { quantile } from "../guard/outliers.ts";
import { shareOf } from "./bounded.ts";
import { addMeasures, noSums, rowsOf, type Selection, SUM_MEASURES, selectionOf, timelessCells } from "./cells.ts";
import { coverageOf } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { forEachToolCall, TOOL_METHOD, type ToolShare } from "./toolShares.ts";
import type { Coverage } from "./types.ts";

/** Which tools were used, how they did, and what the calls that asked for them cost. */

/** A part of what was spent. */
export interface Spent {
  totalTokens: number;
  costNanoUsd: number;
}

export interface ToolUseRow extends Spent {
  tool: string;
  uses: number;
  failures: number;
  /** Uses whose very input had been used before in the same prompt. */
  repeats: number;
  /** Milliseconds from the use to its result; null where no result was seen. */
  durationMedianMs: number | null;
  durationP95Ms: number | null;
  /** Size of the results as they were logged, envelope included. */
  resultBytes: number;
  /** An estimate: {@link BYTES_PER_TOKEN} bytes to a token. */
  resultTokensEstimated: number;
  /** Calls that asked for it; a call may ask for several tools. */
  calls: number;
  sessions: number;
  share: number;
}

export interface ToolsReport {
  method: string;
  totals: Spent & { calls: number };
  tools: ToolUseRow[];
  /** Rows beyond `top`, added up. */
  toolsLeft: Spent & { rows: number; uses: number };
  /** Calls that asked for no tool. */
  withoutTools: Spent & { calls: number };
  coverage: Coverage;
}

/** What a token of text and code takes, roughly: good for comparing tools, not for a bill. */
export const BYTES_PER_TOKEN = 4;

/** Tools of a selection, the dearest first. Rows, rows left out and calls without tools add up to the totals. */
export function toolsReport(db: Database, filters: Filters): ToolsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const totals = noSums();
    const [all] = rowsOf(db, `SELECT ${SUM_MEASURES} FROM (${timelessCells(selection)})`);
    if (all !== undefined) addMeasures(totals, all, 0);
    const { gathered, calls } = gather(db, selection);
    const rows = rowsFrom(db, gathered, totals.costNanoUsd);
    const left = rows.slice(filters.top);
    return {
      method: TOOL_METHOD,
      totals: { calls: totals.calls, totalTokens: totals.totalTokens, costNanoUsd: totals.costNanoUsd },
      tools: rows.slice(0, filters.top),
      toolsLeft: {
        rows: left.length,
        uses: sum(left, (row) => row.uses),
        totalTokens: sum(left, (row) => row.totalTokens),
        costNanoUsd: sum(left, (row) => row.costNanoUsd),
      },
      withoutTools: {
        calls: totals.calls - calls,
        totalTokens: totals.totalTokens - sum(rows, (row) => row.totalTokens),
        costNanoUsd: totals.costNanoUsd - sum(rows, (row) => row.costNanoUsd),
      },
      coverage: coverageOf(db, totals),
    };
  })();
}

function sum(rows: readonly ToolUseRow[], of: (row: ToolUseRow) => number): number {
  return rows.reduce((all, row) => all + of(row), 0);
}

interface Gathered extends Spent {
  uses: number;
  failures: number;
  repeats: number;
  durations: number[];
  resultBytes: number;
  calls: number;
  lastCall: number;
  sessions: number;
  lastSession: number;
}

function gather(db: Database, selection: Selection): { gathered: Map<number, Gathered>; calls: number } {
  const gathered = new Map<number, Gathered>();
  let calls = 0;
  let session = -1;
  const seen = new Set<string>();
  forEachToolCall(db, selection, (uses) => {
    calls++;
    for (const use of uses) {
      // Prompts do not reach beyond their session.
      if (use.sessionId !== session) seen.clear();
      session = use.sessionId;
      addUse(gathered, use, seen);
    }
  });
  return { gathered, calls };
}

function addUse(gathered: Map<number, Gathered>, use: ToolShare, seen: Set<string>): void {
  let tool = gathered.get(use.toolId);
  if (tool === undefined) {
    const none = {
      uses: 0,
      failures: 0,
      repeats: 0,
      resultBytes: 0,
      calls: 0,
      sessions: 0,
      totalTokens: 0,
      costNanoUsd: 0,
    };
    tool = { ...none, durations: [], lastCall: -1, lastSession: -1 };
    gathered.set(use.toolId, tool);
  }
  tool.uses++;
  tool.failures += use.failed ?? 0;
  tool.resultBytes += use.resultBytes ?? 0;
  tool.totalTokens += use.tokens;
  tool.costNanoUsd += use.costNanoUsd;
  if (use.durationMs !== null) tool.durations.push(use.durationMs);
  if (tool.lastCall !== use.callId) tool.calls++;
  if (tool.lastSession !== use.sessionId) tool.sessions++;
  tool.lastCall = use.callId;
  tool.lastSession = use.sessionId;
  if (use.inputKey === null) return;
  const input = `${use.promptId ?? -use.runId} ${use.toolId} ${use.inputKey}`;
  if (seen.has(input)) tool.repeats++;
  else seen.add(input);
}

function rowsFrom(db: Database, gathered: ReadonlyMap<number, Gathered>, totalNano: number): ToolUseRow[] {
  const name = db.query<{ name: string }, [number]>("SELECT name FROM tools WHERE id = ?");
  const rows = [...gathered].map(([id, tool]): ToolUseRow => {
    const durations = Float64Array.from(tool.durations).sort();
    const quantileOf = (share: number): number | null =>
      durations.length === 0 ? null : Math.round(quantile(durations, share));
    return {
      tool: name.get(id)?.name ?? "(unknown)",
      uses: tool.uses,
      failures: tool.failures,
      repeats: tool.repeats,
      durationMedianMs: quantileOf(0.5),
      durationP95Ms: quantileOf(0.95),
      resultBytes: tool.resultBytes,
      resultTokensEstimated: Math.round(tool.resultBytes / BYTES_PER_TOKEN),
      calls: tool.calls,
      sessions: tool.sessions,
      totalTokens: tool.totalTokens,
      costNanoUsd: tool.costNanoUsd,
      share: shareOf(tool, { costNanoUsd: totalNano }),
    };
  });
  return rows.sort((a, b) => b.costNanoUsd - a.costNanoUsd || b.uses - a.uses || (a.tool < b.tool ? -1 : 1));
}
