import type { Database } from "bun:sqlite";

/** Name of the session that anything happened in last, in some repos or in all; null where there is none. */
export function latestSession(db: Database, repoIds: readonly number[] | null): string | null {
  const inRepos =
    repoIds === null
      ? "1"
      : `id IN (SELECT session_id FROM rollup_sessions WHERE branch_id IN (SELECT id FROM branches WHERE repo_id IN (${repoIds.join(",")})))`;
  const sessions = db.query<{ id: number; name: string }, []>(
    `SELECT id, session_id AS name FROM sessions WHERE ${inRepos} ORDER BY last_ms DESC, id DESC`,
  );
  const calls = db.query("SELECT 1 FROM rollup_sessions WHERE session_id = ? LIMIT 1");
  // The latest mostly has calls: the others need not be asked.
  for (const { id, name } of sessions.iterate()) if (calls.get(id) !== null) return name;
  return null;
}

/** Whether a session has calls of its own. */
export function hasCalls(db: Database, sessionId: string): boolean {
  const row = db.query(
    "SELECT 1 FROM sessions s JOIN rollup_sessions r ON r.session_id = s.id WHERE s.session_id = ? LIMIT 1",
  );
  return row.get(sessionId) !== null;
}
