import type { Database } from "bun:sqlite";

/** A session at this moment, in few indexed rows: for hooks. */

/** What a session has cost. */
export function costOfSession(db: Database, sessionId: number): number {
  const row = db
    .query<{ cost: number | null }, [number]>("SELECT sum(cost_nano) AS cost FROM rollup_sessions WHERE session_id = ?")
    .get(sessionId);
  return row?.cost ?? 0;
}

/** How many sub-agents of a session began since a moment. */
export function subagentsSince(db: Database, sessionId: number, sinceMs: number): number {
  return (
    db
      .query<{ n: number }, [number, number]>(
        "SELECT count(*) AS n FROM runs WHERE session_id = ? AND run_id <> '' AND started_ms >= ?",
      )
      .get(sessionId, sinceMs)?.n ?? 0
  );
}

/** How many tool uses of the main thread's latest calls have no result yet: sub-agents that were just sent out are among them before anything
 *  else is known of them. */
export function pendingToolUses(db: Database, sessionId: number): number {
  return (
    db
      .query<{ n: number }, [number]>(
        `SELECT count(*) AS n FROM tool_calls t JOIN (SELECT c.id FROM runs r JOIN calls c ON c.run_id = r.id
           WHERE r.session_id = ? AND r.run_id = '' ORDER BY c.id DESC LIMIT 3) c ON t.call_id = c.id WHERE t.failed IS NULL`,
      )
      .get(sessionId)?.n ?? 0
  );
}

/** Cost of the dearest of the latest calls of a session's main thread and its latest sub-agents. */
export function dearestOfLatest(db: Database, sessionId: number): number {
  const runs = db
    .query<{ id: number }, [number]>(
      "SELECT id FROM runs WHERE session_id = ? ORDER BY run_id = '' DESC, started_ms DESC LIMIT 6",
    )
    .all(sessionId);
  const latest = db.query<{ cost: number | null }, [number]>(
    "SELECT max(cost_nano) AS cost FROM (SELECT cost_nano FROM calls WHERE run_id = ? ORDER BY id DESC LIMIT 8)",
  );
  return Math.max(0, ...runs.map(({ id }) => latest.get(id)?.cost ?? 0));
}
