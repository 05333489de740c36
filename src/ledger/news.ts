import type { Database } from "bun:sqlite";
import type { FileEvents } from "../agents/events.ts";
import { toKey } from "../platform/hash.ts";

/** What a statusline was told, compared with the book: it is told the same again and again, and most of it is filed by a short way. */

/** What is new in it. */
export interface News {
  /** A larger count of the agent's own. */
  reported: boolean;
  /** A link, or a session that the book does not know: for the writer. */
  more: boolean;
}

/** Compares events of one session with the book. */
export function newsOf(db: Database, agent: string, events: Pick<FileEvents, "sessions" | "gits">): News {
  const session = db.query<{ id: number; reported: number | null }, [string, string]>(
    `SELECT id, reported_cost_nano AS reported FROM sessions
     WHERE agent_id = (SELECT id FROM agents WHERE name = ?) AND session_id = ?`,
  );
  const news = { reported: false, more: false };
  for (const { sessionId, reportedNanoUsd } of events.sessions) {
    const known = session.get(agent, sessionId);
    if (reportedNanoUsd === undefined || reportedNanoUsd <= (known?.reported ?? 0)) continue;
    news.reported = true;
    news.more ||= known === null;
  }
  for (const { keyHigh, keyLow, kind, sessionId, sha, branch, number, url, action } of events.gits) {
    const id = session.get(agent, sessionId)?.id ?? 0;
    const link = db.query<unknown, [bigint, string, number, string, string, number, string, string]>(
      `SELECT 1 FROM git_operations WHERE key = ? AND kind = ? AND session_id = ? AND sha = ? AND branch = ? AND number = ? AND url = ? AND action = ?`,
    );
    news.more ||= link.get(toKey(keyHigh, keyLow), kind, id, sha, branch, number, url, action) === null;
  }
  return news;
}

/** Files the agent's own count of sessions that the book knows: the largest counts, as elsewhere. */
export function fileReported(db: Database, agent: string, sessions: FileEvents["sessions"]): void {
  const raise = db.query(
    `UPDATE sessions SET reported_cost_nano = max(coalesce(reported_cost_nano, 0), ?)
     WHERE agent_id = (SELECT id FROM agents WHERE name = ?) AND session_id = ?`,
  );
  for (const { sessionId, reportedNanoUsd } of sessions)
    if (reportedNanoUsd !== undefined) raise.run(reportedNanoUsd, agent, sessionId);
}
