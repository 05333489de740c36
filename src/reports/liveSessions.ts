import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import type { AlertRow } from "../ledger/alerts.ts";
import { passOf } from "../ledger/passes.ts";
import { type Burn, burnFrom, burnOf } from "./burn.ts";
import { addMeasures, noSums, rowsOf } from "./cells.ts";
import { type LiveRun, type LiveTool, latestTools, runsAtWork } from "./liveWork.ts";
import { loadNames, type Names } from "./names.ts";
import type { Sums } from "./types.ts";

/** Sessions as they stand while somebody works in them. */

/** Bits of `calls.flags`: the reply is complete; the call was an advisor's. */
const STOPPED = 16;
const ADVISOR = 128;

const MAX_TOOLS = 12;
const MAX_ALERTS = 5;

export interface LiveSession extends Sums, Burn {
  sessionId: string;
  agent: string;
  title: string | null;
  repo: string;
  /** Of its latest call, "" for none. */
  branch: string;
  /** The main thread's present one first, then by cost. */
  models: string[];
  startedAtMs: number | null;
  /** Last row of any kind: a prompt, a reply, a tool's result. */
  lastAtMs: number;
  /** `ended`: the agent said so; `waiting`: the last turn is over, and no prompt came since; else `working`. */
  state: "working" | "waiting" | "ended";
  todayNanoUsd: number;
  /** The latest prompt with all that followed; null where there is none. */
  prompt: { atMs: number; category: string; costNanoUsd: number; unpricedCalls: number; calls: number } | null;
  /** Tokens that the main thread's last call sent: input, cache reads and cache writes. */
  contextTokens: number | null;
  /** Sub-agents at work; none once the session has ended. */
  runs: LiveRun[];
  /** The latest first. */
  tools: LiveTool[];
  alerts: AlertRow[];
  /** Leave to go on beyond hard limits; `untilMs` null means for good. */
  pass: { fromMs: number; untilMs: number | null } | null;
}

export interface SessionsOptions {
  nowMs: number;
  todayFromMs: number;
  activeWithinMs: number;
  alerts: readonly AlertRow[];
}

interface Facts {
  id: number;
  session_id: string;
  agent: string;
  title: string | null;
  repo_id: number | null;
  started_ms: number | null;
  ended_ms: number | null;
  last_ms: number;
}

interface PromptFacts {
  id: number;
  at_ms: number;
  category: number;
}

/** Columns of {@link PASS} behind the measures. */
const AT = {
  run: 0,
  model: 1,
  measures: 2,
  today: 11,
  prompt: 12,
  promptUnpriced: 13,
  promptCalls: 14,
  last: 15,
} as const;

/** One pass over the calls of a session, by run and model. */
const PASS = `SELECT c.run_id, c.model_id, count(*), sum(c.cost_nano IS NULL), sum((c.flags & ${STOPPED}) = 0), sum(c.input), sum(c.output),
    sum(c.cache_read), sum(c.cache_write_5m), sum(c.cache_write_1h), sum(coalesce(c.cost_nano, 0)),
    sum(iif(c.at_ms >= ?2, coalesce(c.cost_nano, 0), 0)), sum(iif(c.prompt_id = ?3, coalesce(c.cost_nano, 0), 0)),
    sum(c.prompt_id = ?3 AND c.cost_nano IS NULL), sum(c.prompt_id = ?3), max(c.at_ms)
  FROM runs r CROSS JOIN calls c ON c.run_id = r.id WHERE r.session_id = ?1 GROUP BY c.run_id, c.model_id`;

/** Sessions by their ids in the book. */
export function liveSessions(db: Database, ids: readonly number[], options: SessionsOptions): LiveSession[] {
  if (ids.length === 0) return [];
  const names = loadNames(db);
  return ids.map((id) => liveSession(db, id, names, options));
}

function liveSession(db: Database, id: number, names: Names, options: SessionsOptions): LiveSession {
  const facts = db
    .query<Facts, [number]>(
      `SELECT s.id, s.session_id, a.name AS agent, s.title, s.repo_id, s.started_ms, s.ended_ms, s.last_ms
       FROM sessions s JOIN agents a ON a.id = s.agent_id WHERE s.id = ?`,
    )
    .get(id) as Facts;
  const prompt = db
    .query<PromptFacts, [number]>(
      "SELECT id, at_ms, category FROM prompts WHERE session_id = ? ORDER BY at_ms DESC, id DESC LIMIT 1",
    )
    .get(id);
  const sums = noSums();
  const byRun = new Map<number, Sums & { lastMs: number }>();
  const byModel = new Map<number, number>();
  const asked = { costNanoUsd: 0, unpricedCalls: 0, calls: 0 };
  let todayNanoUsd = 0;
  for (const row of rowsOf(db, PASS, id, options.todayFromMs, prompt?.id ?? 0)) {
    const runId = row[AT.run] as number;
    const run = byRun.get(runId) ?? { ...noSums(), lastMs: 0 };
    byRun.set(runId, run);
    addMeasures(run, row, AT.measures);
    addMeasures(sums, row, AT.measures);
    run.lastMs = Math.max(run.lastMs, row[AT.last] as number);
    const model = row[AT.model] as number;
    byModel.set(model, (byModel.get(model) ?? 0) + (row[AT.measures + 8] as number));
    todayNanoUsd += row[AT.today] as number;
    asked.costNanoUsd += row[AT.prompt] ?? 0;
    asked.unpricedCalls += row[AT.promptUnpriced] ?? 0;
    asked.calls += row[AT.promptCalls] ?? 0;
  }
  const latest = latestCall(db, id);
  const models = [...byModel].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([model]) => model);
  if (latest !== null) models.unshift(latest.modelId);
  const state = stateOf(facts, prompt, latest);
  const repoId = latest === null ? facts.repo_id : names.repoOfBranch.get(latest.branchId);
  return {
    ...sums,
    sessionId: facts.session_id,
    agent: facts.agent,
    title: facts.title,
    repo: names.repos.get(repoId ?? 0) ?? "(unknown)",
    branch: latest?.branch ?? "",
    models: [...new Set(models)].map((model) => names.models.get(model) ?? ""),
    startedAtMs: facts.started_ms,
    lastAtMs: facts.last_ms,
    state,
    todayNanoUsd,
    prompt:
      prompt === null ? null : { atMs: prompt.at_ms, category: CATEGORIES[prompt.category] ?? "general", ...asked },
    ...burnOfSession(db, id, options.nowMs),
    contextTokens: latest?.contextTokens ?? null,
    runs: state === "ended" ? [] : runsAtWork(db, id, byRun, options),
    tools: latestTools(db, id, (latest?.atMs ?? facts.last_ms) - options.activeWithinMs, MAX_TOOLS),
    alerts: options.alerts.filter((alert) => alert.sessionId === facts.session_id).slice(0, MAX_ALERTS),
    pass: passOf(db, facts.session_id, options.nowMs),
  };
}

interface LatestCall {
  modelId: number;
  branchId: number;
  branch: string;
  atMs: number;
  contextTokens: number;
  stopped: number;
  tools: number;
}

/** The last call of the main thread; of any thread where the main one has none. Advisors are asked beside it and do not count. */
function latestCall(db: Database, id: number): LatestCall | null {
  return db
    .query<LatestCall, [number]>(
      `SELECT c.model_id AS modelId, c.branch_id AS branchId, b.name AS branch, c.at_ms AS atMs, c.flags & ${STOPPED} AS stopped,
         c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h AS contextTokens,
         (SELECT count(*) FROM tool_calls t WHERE t.call_id = c.id) AS tools
       FROM runs r CROSS JOIN calls c ON c.run_id = r.id JOIN branches b ON b.id = c.branch_id
       WHERE r.session_id = ? AND (c.flags & ${ADVISOR}) = 0
       ORDER BY r.kind = 'main' DESC, c.at_ms DESC, c.id DESC LIMIT 1`,
    )
    .get(id);
}

function stateOf(facts: Facts, prompt: PromptFacts | null, latest: LatestCall | null): LiveSession["state"] {
  if (facts.ended_ms !== null && facts.ended_ms >= facts.last_ms) return "ended";
  if (latest === null || latest.stopped === 0 || latest.tools > 0) return "working";
  return prompt !== null && prompt.at_ms > latest.atMs ? "working" : "waiting";
}

function burnOfSession(db: Database, id: number, nowMs: number): Burn {
  const rows = rowsOf(
    db,
    `SELECT c.at_ms, c.cost_nano FROM runs r CROSS JOIN calls c ON c.run_id = r.id
     WHERE r.session_id = ? AND c.at_ms >= ? AND c.cost_nano IS NOT NULL`,
    id,
    burnFrom(nowMs),
  );
  return burnOf(rows as [number, number][], nowMs);
}
