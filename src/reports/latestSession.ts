import type { Database } from "bun:sqlite";

/** Name of the session that anything happened in last, in some repos or in all; null where there is none. */
export function latestSession(db: Database, repoIds: readonly number[] | null): string | null {
  const inRepos =
    repoIds === null
      ? "1"
      : `s.id IN (SELECT session_id FROM rollup_sessions WHERE branch_id IN (SELECT id FROM branches WHERE repo_id IN (${repoIds.join(",")})))`;
  const row = db
    .query<{ name: string }, []>(
      `SELECT s.session_id AS name FROM sessions s
       WHERE ${inRepos} AND EXISTS (SELECT 1 FROM rollup_sessions r WHERE r.session_id = s.id) ORDER BY s.last_ms DESC, s.id DESC LIMIT 1`,
    )
    .get();
  return row?.name ?? null;
}

/** Whether a session has calls of its own. */
export function hasCalls(db: Database, sessionId: string): boolean {
  const row = db.query(
    "SELECT 1 FROM sessions s JOIN rollup_sessions r ON r.session_id = s.id WHERE s.session_id = ? LIMIT 1",
  );
  return row.get(sessionId) !== null;
}
