import type { Database } from "bun:sqlite";
import { type AlertRow, alertRows } from "../ledger/alerts.ts";
import { selectionOf } from "./cells.ts";
import { filtersOf } from "./filters.ts";
import type { LiveOptions } from "./live.ts";
import { type LiveSession, liveSessions } from "./liveSessions.ts";
import { type LiveTool, latestTools } from "./liveWork.ts";
import { calendarAt } from "./periods.ts";
import { type PromptRow, promptsOf, type SessionReport, timelineOf } from "./session.ts";
import { type RunRow, runsOf } from "./sessions.ts";

/** One session in full while somebody works in it. */

const MAX_PROMPTS = 200;
const MAX_RUNS = 200;
const MAX_TOOLS = 60;
const MAX_ALERTS = 20;

/** A run at its place in the tree. */
export interface TreeRun extends RunRow {
  /** 0 for the main thread. */
  depth: number;
  /** It made a call lately. */
  atWork: boolean;
}

export interface LiveDetail {
  session: LiveSession;
  cwd: string | null;
  clientVersion: string | null;
  /** The latest first; `number` counts from the first prompt. */
  prompts: PromptRow[];
  /** Every run behind the one that sent it out; among those the latest first. */
  runs: TreeRun[];
  /** The latest first. */
  tools: LiveTool[];
  /** The latest first. */
  alerts: AlertRow[];
  /** Cost from the first call to the last in equal steps. */
  timeline: SessionReport["timeline"];
}

/** A session by the agent's own name; null where the book has none. */
export function liveDetail(db: Database, sessionId: string, options: LiveOptions): LiveDetail | null {
  return db.transaction((): LiveDetail | null => {
    const { nowMs, timeZone, activeWithinMs } = options;
    const facts = db
      .query<{ id: number; cwd: string | null; client_version: string | null }, [string]>(
        "SELECT id, cwd, client_version FROM sessions WHERE session_id = ? AND last_ms IS NOT NULL ORDER BY last_ms DESC LIMIT 1",
      )
      .get(sessionId);
    if (facts === null) return null;
    const { id } = facts;
    const alerts = alertRows(db, { sinceMs: null, session: id, top: MAX_ALERTS });
    const todayFromMs = calendarAt(nowMs, timeZone).day.fromMs;
    const session = liveSessions(db, [id], { nowMs, todayFromMs, activeWithinMs, alerts })[0] as LiveSession;
    return {
      session,
      cwd: facts.cwd,
      clientVersion: facts.client_version,
      prompts: promptsOf(db, id).reverse().slice(0, MAX_PROMPTS),
      runs: treeOf(db, id, timeZone, new Set(session.runs.map(({ runId }) => runId))),
      tools: latestTools(db, id, 0, MAX_TOOLS),
      alerts,
      timeline: timelineOf(db, id),
    };
  })();
}

interface Parents {
  runId: string;
  parent: string | null;
}

/** Runs as a tree: a run's parent is the one that the agent names, else the one whose call sent it out, else the main thread. */
function treeOf(db: Database, id: number, timeZone: string, atWork: ReadonlySet<string>): TreeRun[] {
  const whole = selectionOf(db, filtersOf({ since: "all", timezone: timeZone }, 0));
  const runs = runsOf(db, id, whole);
  const known = new Set(runs.map(({ runId }) => runId));
  const parents = db
    .query<Parents, [number]>(
      `SELECT r.run_id AS runId, coalesce(r.parent_run_id,
         (SELECT o.run_id FROM tool_calls t JOIN calls c ON c.id = t.call_id JOIN runs o ON o.id = c.run_id WHERE t.key = r.spawned_by)) AS parent
       FROM runs r WHERE r.session_id = ? AND r.run_id <> ''`,
    )
    .all(id);
  const parentOf = new Map(
    parents.map(({ runId, parent }) => [runId, parent === null || parent === "" ? "main" : parent]),
  );
  const children = new Map<string, RunRow[]>();
  const roots: RunRow[] = [];
  for (const run of runs) {
    const parent = run.runId === "main" ? undefined : (parentOf.get(run.runId) ?? "main");
    if (parent === undefined || !known.has(parent) || parent === run.runId) roots.push(run);
    else children.set(parent, [...(children.get(parent) ?? []), run]);
  }
  const tree: TreeRun[] = [];
  const seen = new Set<string>();
  const visit = (run: RunRow, depth: number): void => {
    if (seen.has(run.runId) || tree.length === MAX_RUNS) return;
    seen.add(run.runId);
    tree.push({ ...run, depth, atWork: atWork.has(run.runId) });
    const below = children.get(run.runId) ?? [];
    for (const child of below.sort((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0))) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  // Runs that name each other as parents hang below no root.
  for (const run of runs) visit(run, 1);
  return tree;
}
