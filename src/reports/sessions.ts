import type { Database } from "bun:sqlite";
import {
  addMeasures,
  noSums,
  rowsOf,
  runCondition,
  type Selection,
  SUM_MEASURES,
  selectionOf,
  sessionCells,
  timelessCells,
} from "./cells.ts";
import { coverageOf, INHERITED_COST } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames } from "./names.ts";
import {
  describeSessions,
  detailSessions,
  type SessionCost,
  sumSessions,
  thresholdOf,
  wholeSessionCosts,
} from "./sessionSums.ts";
import type { Coverage, Runaway, SessionRow, Sums, Unpriced } from "./types.ts";

/** One thread of a session. */
export interface RunRow extends Sums {
  /** The agent's id of a sub-agent, "main" for the main thread. */
  runId: string;
  kind: "main" | "user" | "overhead";
  agentType: string | null;
  description: string | null;
  startedAtMs: number | null;
}

export interface SessionListRow extends SessionRow {
  unpriced: Unpriced[];
  /** Calls of other sessions that this one carries as copied history, at no cost. */
  inheritedCalls: number;
  forkedFrom: string | null;
  cwd: string | null;
  clientVersion: string | null;
  entrypoint: string | null;
  host: string | null;
  os: string | null;
  billing: string | null;
  /** What the agent itself says the session cost, and how much more that is than the calls on record. */
  reportedNanoUsd: number | null;
  residualNanoUsd: number | null;
  runs: RunRow[] | null;
}

export interface SessionsReport {
  sessions: SessionListRow[];
  /** Sessions in the selection, of which `sessions` may be the first few. */
  matched: number;
  totals: Sums;
  runaway: Runaway;
  coverage: Coverage;
}

export type SessionOrder = "cost" | "tokens" | "recent";

interface ExtraFacts {
  forked_from: string | null;
  cwd: string | null;
  client_version: string | null;
  entrypoint: string | null;
  host: string | null;
  os: string | null;
  billing: string | null;
  reported_cost_nano: number | null;
  inherited: number;
  inherited_cost: number | null;
}

/** Sessions of a selection with their sums; with `runs` also every thread of each. */
export function sessionsReport(
  db: Database,
  filters: Filters,
  options: { runs: boolean; order: SessionOrder; only?: number },
): SessionsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const { only } = options;
    const sessions =
      only === undefined ? sumSessions(db, selection, names, null).sessions : oneSession(db, selection, only);
    const costs = wholeSessionCosts(db);
    const threshold = thresholdOf(costs);
    const lastMs = options.order === "recent" && sessions.length > 1 ? lastTimes(db) : new Map<number, number>();
    const ordered = [...sessions].sort((a, b) => {
      const key = (one: typeof a): number =>
        options.order === "cost"
          ? one.costNanoUsd
          : options.order === "tokens"
            ? one.totalTokens
            : (lastMs.get(one.id) ?? 0);
      return key(b) - key(a) || a.id - b.id;
    });
    const chosen = ordered.slice(0, filters.top);
    const rows = describeSessions(db, detailSessions(db, selection, chosen, names), names, costs, threshold);
    const totals = noSums();
    for (const row of rowsOf(db, `SELECT ${SUM_MEASURES} FROM (${timelessCells(selection)})`))
      addMeasures(totals, row, 0);
    const unpriced = unpricedIn(db, selection, only);
    const extra = db.query<ExtraFacts, [number]>(
      `SELECT forked_from, cwd, client_version, entrypoint, host, os, billing, reported_cost_nano,
         (SELECT count(*) FROM inherited_calls i WHERE i.session_id = s.id) AS inherited,
         CASE WHEN reported_cost_nano IS NOT NULL THEN (SELECT cost FROM (${INHERITED_COST}) i WHERE i.session_id = s.id) END AS inherited_cost
       FROM sessions s WHERE s.id = ?`,
    );
    const list = chosen.map(({ id }, at): SessionListRow => {
      const facts = extra.get(id);
      const reported = facts?.reported_cost_nano ?? null;
      return {
        ...(rows[at] as SessionRow),
        unpriced: unpriced.get(id) ?? [],
        inheritedCalls: facts?.inherited ?? 0,
        forkedFrom: facts?.forked_from ?? null,
        cwd: facts?.cwd ?? null,
        clientVersion: facts?.client_version ?? null,
        entrypoint: facts?.entrypoint ?? null,
        host: facts?.host ?? null,
        os: facts?.os ?? null,
        billing: facts?.billing ?? null,
        reportedNanoUsd: reported,
        residualNanoUsd:
          reported === null ? null : Math.max(0, reported - (costs.get(id) ?? 0) - (facts?.inherited_cost ?? 0)),
        runs: options.runs ? runsOf(db, id, selection) : null,
      };
    });
    const limit = threshold.thresholdNanoUsd;
    const count = limit === null ? 0 : sessions.filter(({ id }) => (costs.get(id) ?? 0) > limit).length;
    return {
      sessions: list,
      matched: sessions.length,
      totals,
      runaway: { ...threshold, count },
      coverage: coverageOf(db, totals),
    };
  })();
}

function oneSession(db: Database, selection: Selection, id: number): SessionCost[] {
  const sql = `SELECT sum(input + output + cache_read + cache_write_5m + cache_write_1h), sum(cost_nano), count(*)
    FROM (${sessionCells(selection)}) WHERE session_id = ${id}`;
  const [totalTokens, costNanoUsd, cells] = rowsOf(db, sql)[0] ?? [];
  return cells ? [{ id, totalTokens: totalTokens ?? 0, costNanoUsd: costNanoUsd ?? 0 }] : [];
}

function lastTimes(db: Database): Map<number, number> {
  return new Map(
    rowsOf(db, "SELECT session_id, max(hour) FROM rollup_sessions GROUP BY session_id").map((row) => [
      row[0] as number,
      row[1] as number,
    ]),
  );
}

/** Models without a price by session, by name. */
function unpricedIn(db: Database, selection: Selection, only: number | undefined): Map<number, Unpriced[]> {
  const rows = db
    .query<{ session: number; model: string; calls: number }, []>(
      `SELECT x.session_id AS session, m.name AS model, sum(x.unpriced) AS calls FROM (${sessionCells(selection)}) x JOIN models m ON m.id = x.model_id
       WHERE x.unpriced > 0 AND ${only === undefined ? "1" : `x.session_id = ${only}`} GROUP BY x.session_id, m.name ORDER BY m.name`,
    )
    .all();
  const found = new Map<number, Unpriced[]>();
  for (const { session, ...unpriced } of rows) {
    const list = found.get(session);
    if (list === undefined) found.set(session, [unpriced]);
    else list.push(unpriced);
  }
  return found;
}

/** Threads of one session with their sums in the selection, the main thread first, then by cost. */
export function runsOf(db: Database, sessionId: number, selection: Selection): RunRow[] {
  const time = [
    selection.fromMs === null ? "1" : `c.at_ms >= ${selection.fromMs}`,
    selection.toMs === null ? "1" : `c.at_ms < ${selection.toMs}`,
  ].join(" AND ");
  const place =
    selection.wherePlace === "1"
      ? "1"
      : selection.wherePlace.replaceAll("branch_id", "c.branch_id").replaceAll("model_id", "c.model_id");
  const run = selection.runType === null ? "1" : runCondition(selection.runType);
  const rows = db
    .query(
      `SELECT r.run_id, r.kind, r.agent_type, r.description, r.started_ms, count(*), sum(c.cost_nano IS NULL), sum((c.flags & 16) = 0),
         sum(c.input), sum(c.output), sum(c.cache_read), sum(c.cache_write_5m), sum(c.cache_write_1h), sum(coalesce(c.cost_nano, 0))
       FROM runs r JOIN calls c ON c.run_id = r.id
       WHERE r.session_id = ? AND ${time} AND ${place} AND ${run} GROUP BY r.id`,
    )
    .values(sessionId) as (string | number | null)[][];
  const runs = rows.map((row): RunRow => {
    const sums = noSums();
    addMeasures(sums, row as (number | null)[], 5);
    return {
      ...sums,
      runId: row[0] === "" ? "main" : (row[0] as string),
      kind: row[1] as RunRow["kind"],
      agentType: row[2] as string | null,
      description: row[3] as string | null,
      startedAtMs: row[4] as number | null,
    };
  });
  return runs.sort(
    (a, b) =>
      Number(b.kind === "main") - Number(a.kind === "main") ||
      b.costNanoUsd - a.costNanoUsd ||
      (a.runId < b.runId ? -1 : 1),
  );
}
