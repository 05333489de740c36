import type { Database } from "bun:sqlite";
import type { Moment, ToolUse } from "../guard/types.ts";
import type { Start } from "../guard/watch.ts";

/** Calls of a session as the guard sees them, in the order of time. */

/** Calls of the main thread that a live look goes back. */
const RECENT_MAIN = 100;
/** Sub-agents of the present prompt that a live look takes in, the latest first, and calls of each. */
const RECENT_RUNS = 60;
const RECENT_OF_RUN = 40;

/** Tools that only a person can answer, by the names that coding agents give them. */
const ANSWERED: ReadonlySet<string> = new Set(["AskUserQuestion", "ExitPlanMode"]);

interface CallRow {
  id: number;
  atMs: number;
  run: number;
  kind: "main" | "user" | "overhead";
  depth: number | null;
  promptId: number;
  promptMs: number | null;
  costNano: number;
  context: number;
  cacheWrite: number;
}

interface ToolRow {
  callId: number;
  tool: string;
  inputKey: number | null;
  shapeKey: number | null;
  failed: number | null;
  errorKey: number | null;
  changes: number;
  tookMs: number | null;
}

const CALL = `SELECT c.id, c.at_ms AS atMs, c.run_id AS run, r.kind, r.depth, coalesce(c.prompt_id, 0) AS promptId, p.at_ms AS promptMs,
    coalesce(c.cost_nano, 0) AS costNano, c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h AS context,
    c.cache_write_5m + c.cache_write_1h AS cacheWrite`;
const TOOL = `SELECT t.call_id AS callId, n.name AS tool, t.input_key AS inputKey, t.shape_key AS shapeKey, t.failed, t.error_key AS errorKey,
    EXISTS (SELECT 1 FROM edits e WHERE e.key = t.key) AS changes, t.duration_ms AS tookMs
  FROM tool_calls t JOIN tools n ON n.id = t.tool_id`;

/** All calls of a session. */
export function momentsOf(db: Database, sessionId: number): Moment[] {
  const calls = db
    .query<CallRow, [number]>(
      `${CALL} FROM runs r JOIN calls c ON c.run_id = r.id LEFT JOIN prompts p ON p.id = c.prompt_id
       WHERE r.session_id = ? ORDER BY c.at_ms, c.id`,
    )
    .all(sessionId);
  const tools = db
    .query<ToolRow, [number]>(
      `${TOOL} JOIN calls c ON c.id = t.call_id JOIN runs r ON r.id = c.run_id WHERE r.session_id = ? ORDER BY t.id`,
    )
    .all(sessionId);
  return join(db, sessionId, calls, tools);
}

/** The latest calls of a session and what came before them, in few rows whatever its length: for hooks. Null where it has no calls. */
export function recentMoments(db: Database, sessionId: number): { moments: Moment[]; start: Start } | null {
  const main = callsOf(db, "r.session_id = ? AND r.run_id = ''", sessionId, RECENT_MAIN);
  const sinceMs =
    db
      .query<{ atMs: number }, [number]>(
        "SELECT at_ms AS atMs FROM prompts WHERE session_id = ? AND seen = 1 ORDER BY at_ms DESC LIMIT 1",
      )
      .get(sessionId)?.atMs ?? 0;
  const runs = db
    .query<{ id: number }, [number, number]>(
      `SELECT id FROM runs WHERE session_id = ? AND run_id <> '' AND started_ms >= ? ORDER BY started_ms DESC LIMIT ${RECENT_RUNS}`,
    )
    .all(sessionId, sinceMs);
  const calls = [...main, ...runs.flatMap(({ id }) => callsOf(db, "r.id = ?", id, RECENT_OF_RUN))];
  if (calls.length === 0) return null;
  calls.sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  const ids = calls.map(({ id }) => id).join(",");
  const tools = db.query<ToolRow, []>(`${TOOL} WHERE t.call_id IN (${ids}) ORDER BY t.id`).all();
  const moments = join(db, sessionId, calls, tools);
  return { moments, start: startOf(db, sessionId, moments) };
}

function callsOf(db: Database, where: string, id: number, count: number): CallRow[] {
  return db
    .query<CallRow, [number]>(
      `${CALL} FROM runs r JOIN calls c ON c.run_id = r.id LEFT JOIN prompts p ON p.id = c.prompt_id
       WHERE ${where} ORDER BY c.id DESC LIMIT ${count}`,
    )
    .all(id);
}

/** What the moments do not show: the rest of the session, and of each prompt. */
function startOf(db: Database, sessionId: number, moments: readonly Moment[]): Start {
  const whole =
    db
      .query<{ cost: number | null }, [number]>(
        "SELECT sum(cost_nano) AS cost FROM rollup_sessions WHERE session_id = ?",
      )
      .get(sessionId)?.cost ?? 0;
  const shown = moments.reduce((sum, { costNano }) => sum + costNano, 0);
  const prompts = new Map<number, { cost: number; calls: number; subagents: number }>();
  for (const promptId of new Set(moments.map((moment) => moment.promptId))) {
    const row = db
      .query<{ cost: number; calls: number; subagents: number }, [number]>(
        `SELECT cost_nano AS cost, calls, (SELECT count(*) FROM runs r WHERE r.session_id = p.session_id AND r.kind = 'user' AND r.started_ms >= p.at_ms
           AND r.started_ms < coalesce((SELECT min(n.at_ms) FROM prompts n WHERE n.session_id = p.session_id AND n.seen = 1 AND n.at_ms > p.at_ms), 1e15)) AS subagents
         FROM prompts p WHERE id = ?`,
      )
      .get(promptId);
    const own = moments.filter((moment) => moment.promptId === promptId);
    const seen = new Set(own.filter(({ isMain, isOverhead }) => !isMain && !isOverhead).map(({ run }) => run)).size;
    prompts.set(promptId, {
      cost: Math.max(0, (row?.cost ?? 0) - own.reduce((sum, { costNano }) => sum + costNano, 0)),
      calls: Math.max(0, (row?.calls ?? 0) - own.length),
      subagents: Math.max(0, (row?.subagents ?? 0) - seen),
    });
  }
  return { sessionCost: Math.max(0, whole - shown), prompts };
}

function join(db: Database, sessionId: number, calls: readonly CallRow[], tools: readonly ToolRow[]): Moment[] {
  const usesByCall = new Map<number, ToolUse[]>();
  for (const row of tools) {
    const use: ToolUse = {
      tool: row.tool,
      inputKey: row.inputKey ?? 0,
      shapeKey: row.shapeKey ?? row.inputKey ?? 0,
      failed: row.failed === null ? null : row.failed === 1,
      errorKey: row.errorKey ?? 0,
      changes: row.changes === 1,
      tookMs: row.tookMs ?? 0,
      byPerson: row.failed === 0 && ANSWERED.has(row.tool),
    };
    const uses = usesByCall.get(row.callId);
    if (uses === undefined) usesByCall.set(row.callId, [use]);
    else uses.push(use);
  }
  const promptOf = personsPrompts(db, sessionId);
  const first = calls[0]?.atMs ?? 0;
  const compactions = db
    .query<{ atMs: number }, [number, number]>(
      "SELECT at_ms AS atMs FROM events WHERE session_id = ? AND kind = 'compaction' AND at_ms >= ? ORDER BY at_ms",
    )
    .all(sessionId, first);
  let at = 0;
  return calls.map((row): Moment => {
    let compacted = 0;
    const isMain = row.kind === "main";
    if (isMain)
      while (at < compactions.length && (compactions[at] as { atMs: number }).atMs <= row.atMs) {
        at++;
        compacted++;
      }
    return {
      atMs: row.atMs,
      run: row.run,
      isMain,
      isOverhead: row.kind === "overhead",
      depth: isMain ? 0 : (row.depth ?? 1),
      ...promptOf(row),
      costNano: row.costNano,
      context: row.context,
      cacheWrite: row.cacheWrite,
      tools: usesByCall.get(row.id) ?? NO_TOOLS,
      compactions: compacted,
    };
  });
}

/** The prompt of a person that a call belongs to. A client gives a notification of its own a prompt's key, and what a sub-agent that it wakes
 *  does is filed under it: for the guard that is still the work of what a person asked last. */
function personsPrompts(db: Database, sessionId: number): (row: CallRow) => { promptId: number; promptMs: number } {
  const asked = db
    .query<{ id: number; atMs: number }, [number]>(
      "SELECT id, at_ms AS atMs FROM prompts WHERE session_id = ? AND seen = 1 ORDER BY at_ms",
    )
    .all(sessionId);
  const known = new Set(asked.map(({ id }) => id));
  return ({ promptId, promptMs, atMs }) => {
    if (known.has(promptId) || asked.length === 0) return { promptId, promptMs: promptMs ?? atMs };
    const latest = asked.findLast((one) => one.atMs <= (promptMs ?? atMs));
    return latest === undefined ? { promptId: 0, promptMs: atMs } : { promptId: latest.id, promptMs: latest.atMs };
  };
}

const NO_TOOLS: readonly ToolUse[] = [];
