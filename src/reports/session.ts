import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import { UserError } from "../platform/errors.ts";
import { addMeasures, noSums, rowsOf } from "./cells.ts";
import type { Filters } from "./filters.ts";
import { type SessionListRow, sessionsReport } from "./sessions.ts";
import type { Sums } from "./types.ts";

export interface PromptRow extends Sums {
  /** Position in the session, from 1. */
  number: number;
  atMs: number;
  category: string;
}

export interface CallRow {
  atMs: number;
  runId: string;
  model: string;
  branch: string;
  tokens: { input: number; output: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number };
  costNanoUsd: number | null;
  lowerBound: boolean;
  advisor: boolean;
}

export interface ToolRow {
  tool: string;
  calls: number;
  failed: number;
  durationMs: number | null;
  resultBytes: number;
}

export interface SessionReport {
  session: SessionListRow;
  prompts: PromptRow[];
  tools: ToolRow[];
  /** Cost over time in equal steps from the first call to the last. */
  timeline: { fromMs: number; toMs: number; costNanoUsd: number; calls: number }[];
  events: { atMs: number; kind: string; detail: string }[];
  /** Single calls, oldest first; null unless asked for. */
  calls: CallRow[] | null;
}

const TIMELINE_STEPS = 40;

/** One session in full. `wanted` is its id or an unambiguous start of it. */
export function sessionReport(
  db: Database,
  wanted: string,
  filters: Filters,
  options: { calls: boolean },
): SessionReport {
  const { id, name } = findSession(db, wanted);
  const all = {
    ...filters,
    fromMs: null,
    toMs: null,
    repo: null,
    branch: null,
    model: null,
    agent: null,
    top: Number.MAX_SAFE_INTEGER,
  };
  return db.transaction(() => {
    const report = sessionsReport(db, all, { runs: true, order: "recent", only: id });
    const session = report.sessions[0];
    if (session === undefined) {
      throw new UserError(
        `session ${name} has no calls of its own`,
        "It may only hold history that was copied from another session.",
      );
    }
    return {
      session,
      prompts: promptsOf(db, id),
      tools: toolsOf(db, id),
      timeline: timelineOf(db, id),
      events: db
        .query<{ atMs: number; kind: string; detail: string }, [number]>(
          "SELECT at_ms AS atMs, kind, detail FROM events WHERE session_id = ? ORDER BY at_ms, id",
        )
        .all(id),
      calls: options.calls ? callsOf(db, id) : null,
    };
  })();
}

/** The session of that id, or of which that is an unambiguous start. Throws a {@link UserError} elsewhere. */
export function findSession(db: Database, wanted: string): { id: number; name: string } {
  const rows = db
    .query<{ id: number; name: string }, [string, string]>(
      `SELECT id, session_id AS name FROM sessions WHERE session_id = ? OR substr(session_id, 1, length(?2)) = ?2 ORDER BY session_id LIMIT 20`,
    )
    .all(wanted, wanted);
  const exact = rows.find((row) => row.name === wanted);
  const [first, second] = rows;
  if (exact !== undefined) return exact;
  if (wanted === "" || first === undefined) {
    throw new UserError(`no session begins with ${JSON.stringify(wanted)}`, "`cc-ledger sessions` lists them.");
  }
  if (second !== undefined) {
    const names = rows.slice(0, 5).map((row) => row.name);
    throw new UserError(`${JSON.stringify(wanted)} fits several sessions: ${names.join(", ")}`, "Give more of the id.");
  }
  return first;
}

const SESSION_CALLS = "calls c JOIN runs r ON r.id = c.run_id WHERE r.session_id = ?";
const MEASURE_SUMS = `count(*), sum(c.cost_nano IS NULL), sum((c.flags & 16) = 0), sum(c.input), sum(c.output), sum(c.cache_read),
  sum(c.cache_write_5m), sum(c.cache_write_1h), sum(coalesce(c.cost_nano, 0))`;

/** Prompts of a session with all that followed each, the earliest first. */
export function promptsOf(db: Database, id: number): PromptRow[] {
  const rows = rowsOf(
    db,
    `SELECT p.at_ms, p.category, ${MEASURE_SUMS} FROM calls c JOIN runs r ON r.id = c.run_id LEFT JOIN prompts p ON p.id = c.prompt_id
     WHERE r.session_id = ? GROUP BY c.prompt_id ORDER BY p.at_ms`,
    id,
  );
  return rows.map((row, at) => {
    const sums = noSums();
    addMeasures(sums, row, 2);
    return { ...sums, number: at + 1, atMs: row[0] ?? 0, category: CATEGORIES[row[1] ?? -1] ?? "general" };
  });
}

function toolsOf(db: Database, id: number): ToolRow[] {
  return db
    .query<ToolRow, [number]>(
      `SELECT n.name AS tool, count(*) AS calls, coalesce(sum(t.failed), 0) AS failed, sum(t.duration_ms) AS durationMs,
         coalesce(sum(t.result_bytes), 0) AS resultBytes
       FROM runs r JOIN calls c ON c.run_id = r.id JOIN tool_calls t ON t.call_id = c.id JOIN tools n ON n.id = t.tool_id
       WHERE r.session_id = ? GROUP BY n.name ORDER BY count(*) DESC, n.name`,
    )
    .all(id);
}

/** Cost of a session from its first call to its last in equal steps. */
export function timelineOf(db: Database, id: number): SessionReport["timeline"] {
  const span = rowsOf(db, `SELECT min(c.at_ms), max(c.at_ms) FROM ${SESSION_CALLS}`, id)[0];
  const [first, last] = span ?? [];
  if (first === undefined || first === null || last === undefined || last === null) return [];
  const step = Math.max(60_000, Math.ceil((last - first + 1) / TIMELINE_STEPS));
  const rows = rowsOf(
    db,
    `SELECT (c.at_ms - ${first}) / ${step}, sum(coalesce(c.cost_nano, 0)), count(*) FROM ${SESSION_CALLS} GROUP BY 1`,
    id,
  );
  const steps = Math.floor((last - first) / step) + 1;
  const timeline = Array.from({ length: steps }, (_, at) => ({
    fromMs: first + at * step,
    toMs: first + (at + 1) * step,
    costNanoUsd: 0,
    calls: 0,
  }));
  for (const [at, cost, calls] of rows) {
    const entry = timeline[at as number];
    if (entry !== undefined) Object.assign(entry, { costNanoUsd: cost as number, calls: calls as number });
  }
  return timeline;
}

function callsOf(db: Database, id: number): CallRow[] {
  const rows = db
    .query(
      `SELECT c.at_ms, r.run_id, m.name, b.name, c.input, c.output, c.cache_read, c.cache_write_5m, c.cache_write_1h, c.cost_nano, c.flags
       FROM runs r JOIN calls c ON c.run_id = r.id JOIN models m ON m.id = c.model_id JOIN branches b ON b.id = c.branch_id
       WHERE r.session_id = ? ORDER BY c.at_ms, c.id`,
    )
    .values(id) as [number, string, string, string, number, number, number, number, number, number | null, number][];
  return rows.map(
    ([atMs, runId, model, branch, input, output, cacheRead, cacheWrite5m, cacheWrite1h, costNanoUsd, flags]) => ({
      atMs,
      runId: runId === "" ? "main" : runId,
      model,
      branch,
      tokens: { input, output, cacheRead, cacheWrite5m, cacheWrite1h },
      costNanoUsd,
      lowerBound: (flags & 16) === 0,
      advisor: (flags & 128) !== 0,
    }),
  );
}
