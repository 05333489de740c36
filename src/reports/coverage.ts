import type { Database } from "bun:sqlite";
import type { Coverage } from "./types.ts";

/** First and last hour that the book has calls in, or null for an empty book. */
export function hourSpan(db: Database): { first: number; last: number } | null {
  const row = db
    .query<{ first: number | null; last: number | null }, []>(
      "SELECT (SELECT min(hour) FROM rollup_clock) AS first, (SELECT max(hour) FROM rollup_clock) AS last",
    )
    .get();
  return row === null || row.first === null || row.last === null ? null : { first: row.first, last: row.last };
}

/** What a fork took over: its agent goes on counting from all that the other session had cost by then, sub-agents included. */
export const INHERITED_COST = inheritedCost("1");

function inheritedCost(holder: string): string {
  return `
  SELECT f.session_id, sum(c.cost_nano) AS cost
  FROM (SELECT h.session_id, o.session_id AS owner, max(o.at_ms) AS until FROM inherited_calls h JOIN calls o ON o.id = h.call_id
        WHERE ${holder} GROUP BY h.session_id, o.session_id) f
  JOIN runs r ON r.session_id = f.owner
  JOIN calls c ON c.run_id = r.id AND c.at_ms <= f.until
  GROUP BY f.session_id`;
}

/** What one session took over, nano-dollars. */
export function inheritedCostOf(db: Database, sessionId: number): number {
  return db.query<{ cost: number | null }, [number]>(inheritedCost("h.session_id = ?")).get(sessionId)?.cost ?? 0;
}

/** What is known to be missing or uncertain in the whole book. `filesGone` needs the file system and is filled in by `doctor`. */
export function coverageOf(db: Database, sums: { unpricedCalls: number; lowerBoundCalls: number }): Coverage {
  const { unpricedCalls, lowerBoundCalls } = sums;
  return { ...wholeBook(db), lowerBoundCalls, unpricedCalls };
}

type WholeBook = Omit<Coverage, "lowerBoundCalls" | "unpricedCalls">;

const known = new WeakMap<Database, { state: string; found: WholeBook }>();

/** The same for every question as long as nobody writes: a process that answers many need not look again. */
function wholeBook(db: Database): WholeBook {
  const state = stateOf(db);
  const last = known.get(db);
  if (last?.state === state) return last.found;
  const found = lookAt(db);
  known.set(db, { state, found });
  return found;
}

/** Changes when this connection or another one has written. No report is asked in the midst of a change that may yet be taken back. */
function stateOf(db: Database): string {
  const others = db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? 0;
  const own = db.query<{ n: number }, []>("SELECT total_changes() AS n").get()?.n ?? 0;
  return `${others}/${own}`;
}

function lookAt(db: Database): WholeBook {
  const hours = hourSpan(db);
  const files = db
    .query<{ files: number; broken: number; absurd: number }, []>(
      "SELECT count(*) AS files, coalesce(sum(broken), 0) AS broken, coalesce(sum(absurd), 0) AS absurd FROM source_files",
    )
    .get();
  const reported = db
    .query<{ sessions: number; residual: number }, []>(
      `SELECT count(*) AS sessions, coalesce(sum(max(0, s.reported_cost_nano - coalesce(t.cost, 0) - coalesce(i.cost, 0))), 0) AS residual
       FROM sessions s
       LEFT JOIN (SELECT session_id, sum(cost_nano) AS cost FROM rollup_sessions GROUP BY session_id) t ON t.session_id = s.id
       LEFT JOIN (${INHERITED_COST}) i ON i.session_id = s.id
       WHERE s.reported_cost_nano IS NOT NULL`,
    )
    .get();
  const inherited = db.query<{ n: number }, []>("SELECT count(DISTINCT call_id) AS n FROM inherited_calls").get();
  return {
    firstCallAtMs: hours === null ? null : hours.first * 3_600_000,
    lastCallAtMs: hours === null ? null : hours.last * 3_600_000,
    files: files?.files ?? 0,
    filesGone: 0,
    brokenLines: files?.broken ?? 0,
    absurdLines: files?.absurd ?? 0,
    reportedSessions: reported?.sessions ?? 0,
    residualNanoUsd: reported?.residual ?? 0,
    inheritedCalls: inherited?.n ?? 0,
  };
}
