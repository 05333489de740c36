import type { Database } from "bun:sqlite";

/** What was spent since it was last shared out among pull requests and branches: `pr-cost` does that, not whoever only reads. */
export function notAllocated(db: Database): { sessions: number; costNanoUsd: number } {
  const row = db
    .query<{ sessions: number; cost: number }, []>(
      `SELECT count(*) AS sessions, coalesce(sum(t.cost - coalesce(a.cost_nano, 0)), 0) AS cost
       FROM (SELECT session_id, sum(calls) AS calls, sum(cost_nano) AS cost FROM rollup_sessions GROUP BY session_id) t
       LEFT JOIN allocated a ON a.session_id = t.session_id
       WHERE a.session_id IS NULL OR a.calls <> t.calls OR a.cost_nano <> t.cost`,
    )
    .get();
  return { sessions: row?.sessions ?? 0, costNanoUsd: row?.cost ?? 0 };
}
