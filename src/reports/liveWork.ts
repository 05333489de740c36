import type { Database } from "bun:sqlite";
import { isAtWork, OUTING, type Outing } from "./atWork.ts";
import type { Sums } from "./types.ts";

/** What a session is doing: its sub-agents at work, and the tools that it used last. */

/** For every tool that is wanted so many uses are looked through: equal ones in a row are one. */
const USES_PER_TOOL = 5;

/** A sub-agent at work. */
export interface LiveRun {
  runId: string;
  agentType: string | null;
  description: string | null;
  startedAtMs: number | null;
  lastAtMs: number;
  calls: number;
  costNanoUsd: number;
  unpricedCalls: number;
}

/** A tool, used once or several times in a row in the same way. */
export interface LiveTool {
  name: string;
  path: string | null;
  count: number;
  /** Null while the result of the last one is not known. */
  failed: boolean | null;
  atMs: number;
  durationMs: number | null;
  /** Type of the sub-agent that used it, null for the main thread. */
  agentType: string | null;
}

interface RunFacts extends Outing {
  id: number;
  run_id: string;
  agent_type: string | null;
  description: string | null;
  started_ms: number | null;
}

/** Sub-agents at work that a person's work sent out, the one with the latest call first. */
export function runsAtWork(
  db: Database,
  id: number,
  sums: ReadonlyMap<number, Sums & { lastMs: number }>,
  { nowMs, activeWithinMs }: { nowMs: number; activeWithinMs: number },
): LiveRun[] {
  return db
    .query<RunFacts, [number]>(
      `SELECT r.id, r.run_id, r.agent_type, r.description, r.started_ms, ${OUTING}
       FROM runs r WHERE r.session_id = ? AND r.kind = 'user'`,
    )
    .all(id)
    .flatMap((run): LiveRun[] => {
      const own = sums.get(run.id);
      if (own === undefined || !isAtWork(run, own.lastMs, nowMs, nowMs - activeWithinMs)) return [];
      return [
        {
          runId: run.run_id,
          agentType: run.agent_type,
          description: run.description,
          startedAtMs: run.started_ms,
          lastAtMs: own.lastMs,
          calls: own.calls,
          costNanoUsd: own.costNanoUsd,
          unpricedCalls: own.unpricedCalls,
        },
      ];
    })
    .sort((a, b) => b.lastAtMs - a.lastAtMs || (a.runId < b.runId ? -1 : 1));
}

interface ToolFacts {
  name: string;
  path: string | null;
  failed: number | null;
  at_ms: number;
  duration_ms: number | null;
  agent_type: string | null;
  kind: string;
}

/** The last tools that a session used since a moment, the latest first; equal ones in a row are counted. */
export function latestTools(db: Database, id: number, sinceMs: number, top: number): LiveTool[] {
  const rows = db
    .query<ToolFacts, [number, number, number]>(
      `SELECT n.name, p.path, t.failed, coalesce(t.at_ms, c.at_ms) AS at_ms, t.duration_ms, r.agent_type, r.kind
       FROM runs r CROSS JOIN calls c ON c.run_id = r.id JOIN tool_calls t ON t.call_id = c.id JOIN tools n ON n.id = t.tool_id
       LEFT JOIN paths p ON p.id = t.path_id
       WHERE r.session_id = ? AND r.kind <> 'overhead' AND c.at_ms >= ?
       ORDER BY coalesce(t.at_ms, c.at_ms) DESC, t.id DESC LIMIT ?`,
    )
    .all(id, sinceMs, top * USES_PER_TOOL);
  const tools: LiveTool[] = [];
  for (const row of rows) {
    const failed = row.failed === null ? null : row.failed !== 0;
    const agentType = row.kind === "main" ? null : (row.agent_type ?? "sub-agent");
    const last = tools.at(-1);
    const again =
      last !== undefined && last.name === row.name && last.path === row.path && last.agentType === agentType;
    if (again && last.failed === failed) {
      last.count++;
      continue;
    }
    if (tools.length === top) break;
    tools.push({
      name: row.name,
      path: row.path,
      count: 1,
      failed,
      atMs: row.at_ms,
      durationMs: row.duration_ms,
      agentType,
    });
  }
  return tools;
}
