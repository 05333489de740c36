import type { Database } from "bun:sqlite";
import { addMeasures, noSums, rowsOf, type Selection, SUM_MEASURES, sessionCells } from "./cells.ts";
import type { Names } from "./names.ts";
import { runawayThreshold } from "./outliers.ts";
import type { Runaway, SessionRow, Sums } from "./types.ts";

/** Sums of one session inside a selection. */
export interface SessionSums {
  id: number;
  sums: Sums;
  /** Cost by model, to name the most used first. */
  models: Map<number, number>;
  repos: Map<number, number>;
}

/** Sums by session, with what tells sessions per repo and per model apart. */
export interface SessionsInSelection {
  sessions: SessionSums[];
  perModel: Map<number, number>;
  perRepo: Map<number, number>;
}

/** Adds up the cells of a selection by session. */
export function sumSessions(db: Database, selection: Selection, names: Names): SessionsInSelection {
  const rows = rowsOf(
    db,
    `SELECT session_id, branch_id, model_id, ${SUM_MEASURES} FROM (${sessionCells(selection)}) GROUP BY session_id, branch_id, model_id`,
  );
  const sessions: SessionSums[] = [];
  const perModel = new Map<number, number>();
  const perRepo = new Map<number, number>();
  let current: SessionSums | null = null;
  for (const row of rows) {
    const id = row[0] as number;
    if (current === null || current.id !== id) {
      current = { id, sums: noSums(), models: new Map(), repos: new Map() };
      sessions.push(current);
    }
    const repo = names.repoOfBranch.get(row[1] as number) ?? 0;
    const model = row[2] as number;
    const cost = row[row.length - 1] as number;
    if (!current.models.has(model)) perModel.set(model, (perModel.get(model) ?? 0) + 1);
    if (!current.repos.has(repo)) perRepo.set(repo, (perRepo.get(repo) ?? 0) + 1);
    current.models.set(model, (current.models.get(model) ?? 0) + cost);
    current.repos.set(repo, (current.repos.get(repo) ?? 0) + cost);
    addMeasures(current.sums, row, 3);
  }
  return { sessions, perModel, perRepo };
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

interface SessionFacts {
  id: number;
  agent: string;
  session_id: string;
  title: string | null;
  started_ms: number | null;
  last_ms: number | null;
  prompts: number;
}

/** Rows for people: facts of the given sessions beside their sums. */
export function describeSessions(
  db: Database,
  chosen: readonly SessionSums[],
  names: Names,
  costs: ReadonlyMap<number, number>,
  threshold: Omit<Runaway, "count">,
): SessionRow[] {
  const facts = new Map<number, SessionFacts>();
  const query = db.query<SessionFacts, [number]>(
    `SELECT s.id, a.name AS agent, s.session_id, s.title, s.started_ms, s.last_ms,
       (SELECT count(*) FROM prompts p WHERE p.session_id = s.id AND p.calls > 0) AS prompts
     FROM sessions s JOIN agents a ON a.id = s.agent_id WHERE s.id = ?`,
  );
  for (const { id } of chosen) {
    const row = query.get(id);
    if (row !== null) facts.set(id, row);
  }
  return chosen.map(({ id, sums, models, repos }) => {
    const fact = facts.get(id);
    const whole = costs.get(id) ?? 0;
    const { thresholdNanoUsd, medianNanoUsd } = threshold;
    return {
      ...sums,
      sessionId: fact?.session_id ?? "",
      agent: fact?.agent ?? "",
      title: fact?.title ?? null,
      repo: names.repos.get(mostOf(repos)) ?? "(unknown)",
      startedAtMs: fact?.started_ms ?? null,
      lastAtMs: fact?.last_ms ?? null,
      models: [...models].sort((a, b) => b[1] - a[1]).map(([model]) => names.models.get(model) ?? ""),
      prompts: fact?.prompts ?? 0,
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
