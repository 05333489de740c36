import type { Database } from "bun:sqlite";
import { runawayThreshold } from "../guard/outliers.ts";
import type { DayMap } from "../platform/time.ts";
import { heaviest } from "./bounded.ts";
import { addMeasures, noSums, rowsOf, type Selection, SUM_MEASURES, sessionCells } from "./cells.ts";
import type { Names } from "./names.ts";
import type { Runaway, SessionRow, Sums } from "./types.ts";

/** Sums of one session inside a selection. */
export interface SessionSums {
  id: number;
  sums: Sums;
  /** Cost by model, to name the most used first. */
  models: Map<number, number>;
  repos: Map<number, number>;
}

/** What tells sessions apart at a glance. */
export interface SessionCost {
  id: number;
  totalTokens: number;
  costNanoUsd: number;
}

/** Sessions of a selection, and how many of them used each model and worked in each repo. */
export interface SessionsInSelection {
  sessions: SessionCost[];
  perModel: Map<number, number>;
  perRepo: Map<number, number>;
  /** Sessions active on each day, by day number. */
  perDay: Map<number, number>;
}

const HOUR_MS = 3_600_000;

/** More sessions than this are read in one pass over all of them. */
const MAX_NAMED = 500;

/** Adds up the cells of a selection by session. `days` tells the day of an hour. */
export function sumSessions(
  db: Database,
  selection: Selection,
  names: Names,
  days: DayMap | null,
): SessionsInSelection {
  const rows = rowsOf(
    db,
    `SELECT session_id, branch_id, model_id, hour, input + output + cache_read + cache_write_5m + cache_write_1h, cost_nano
     FROM (${sessionCells(selection)})${isOrdered(selection) ? "" : " ORDER BY session_id"}`,
  );
  const sessions: SessionCost[] = [];
  const perModel = new Map<number, number>();
  const perRepo = new Map<number, number>();
  const perDay = new Map<number, number>();
  let current: SessionCost | null = null;
  let models: number[] = [];
  let repos: number[] = [];
  let active: number[] = [];
  for (const row of rows) {
    const id = row[0] as number;
    if (current === null || current.id !== id) {
      current = { id, totalTokens: 0, costNanoUsd: 0 };
      sessions.push(current);
      models = [];
      repos = [];
      active = [];
    }
    current.totalTokens += row[4] as number;
    current.costNanoUsd += row[5] as number;
    countOnce(models, row[2] as number, perModel);
    countOnce(repos, names.repoOfBranch.get(row[1] as number) ?? 0, perRepo);
    if (days !== null) countOnce(active, days.dayNumberOf((row[3] as number) * HOUR_MS), perDay);
  }
  return { sessions, perModel, perRepo, perDay };
}

/** Rollup rows come session by session; only pieces of hours, read from calls, have to be sorted in. */
function isOrdered({ fromMs, toMs, runType }: Selection): boolean {
  return runType === null && (fromMs ?? 0) % HOUR_MS === 0 && (toMs ?? 0) % HOUR_MS === 0;
}

function countOnce(seen: number[], id: number, counts: Map<number, number>): void {
  if (seen.includes(id)) return;
  seen.push(id);
  counts.set(id, (counts.get(id) ?? 0) + 1);
}

/** All sums of chosen sessions, in their order. */
export function detailSessions(
  db: Database,
  selection: Selection,
  chosen: readonly SessionCost[],
  names: Names,
): SessionSums[] {
  const found = new Map<number, SessionSums>(
    chosen.map(({ id }) => [id, { id, sums: noSums(), models: new Map(), repos: new Map() }]),
  );
  const some = chosen.length <= MAX_NAMED ? `WHERE session_id IN (${chosen.map(({ id }) => id).join(",")})` : "";
  const rows = rowsOf(
    db,
    `SELECT session_id, branch_id, model_id, ${SUM_MEASURES} FROM (${sessionCells(selection)}) ${some} GROUP BY session_id, branch_id, model_id`,
  );
  for (const row of rows) {
    const session = found.get(row[0] as number);
    if (session === undefined) continue;
    const repo = names.repoOfBranch.get(row[1] as number) ?? 0;
    const model = row[2] as number;
    const cost = row[row.length - 1] as number;
    session.models.set(model, (session.models.get(model) ?? 0) + cost);
    session.repos.set(repo, (session.repos.get(repo) ?? 0) + cost);
    addMeasures(session.sums, row, 3);
  }
  return chosen.map(({ id }) => found.get(id) as SessionSums);
}

/** Costs by session id. */
export function costsOf(sessions: readonly SessionCost[]): Map<number, number> {
  return new Map(sessions.map(({ id, costNanoUsd }) => [id, costNanoUsd]));
}

/** Cost of every whole session of the book: one's own history, which runaways are measured against. */
export function wholeSessionCosts(db: Database): Map<number, number> {
  const rows = rowsOf(db, "SELECT session_id, sum(cost_nano) FROM rollup_sessions GROUP BY session_id");
  return new Map(rows.map((row) => [row[0] as number, row[1] as number]));
}

/** The threshold of one's own history. */
export function thresholdOf(costs: ReadonlyMap<number, number>): Omit<Runaway, "count"> {
  return runawayThreshold([...costs.values()]);
}

/** What is known of a session beside its sums. */
export type SessionFacts = Omit<SessionRow, keyof Sums | "runaway" | "timesMedian">;

interface FactsRow {
  agent: string;
  session_id: string;
  title: string | null;
  started_ms: number | null;
  last_ms: number | null;
  prompts: number;
}

/** Facts of a session for people. */
export function describeSession(db: Database, { id, models, repos }: SessionSums, names: Names): SessionFacts {
  const facts = db
    .query<FactsRow, [number]>(
      `SELECT a.name AS agent, s.session_id, s.title, s.started_ms, s.last_ms,
         (SELECT count(*) FROM prompts p WHERE p.session_id = s.id AND p.calls > 0) AS prompts
       FROM sessions s JOIN agents a ON a.id = s.agent_id WHERE s.id = ?`,
    )
    .get(id);
  return {
    sessionId: facts?.session_id ?? "",
    agent: facts?.agent ?? "",
    title: facts?.title ?? null,
    repo: names.repos.get(mostOf(repos)) ?? "(unknown)",
    startedAtMs: facts?.started_ms ?? null,
    lastAtMs: facts?.last_ms ?? null,
    models: heaviest(models, names.models),
    prompts: facts?.prompts ?? 0,
  };
}

/** Rows for people: facts of the given sessions beside their sums. */
export function describeSessions(
  db: Database,
  chosen: readonly SessionSums[],
  names: Names,
  costs: ReadonlyMap<number, number>,
  threshold: Omit<Runaway, "count">,
): SessionRow[] {
  const { thresholdNanoUsd, medianNanoUsd } = threshold;
  return chosen.map((session) => {
    const whole = costs.get(session.id) ?? 0;
    return {
      ...session.sums,
      ...describeSession(db, session, names),
      runaway: thresholdNanoUsd !== null && whole > thresholdNanoUsd,
      timesMedian:
        thresholdNanoUsd === null || medianNanoUsd === null || medianNanoUsd === 0 ? null : whole / medianNanoUsd,
    };
  });
}

function mostOf(weights: ReadonlyMap<number, number>): number {
  let best = 0;
  let most = -1;
  for (const [id, weight] of weights) {
    if (weight > most) {
      most = weight;
      best = id;
    }
  }
  return best;
}
