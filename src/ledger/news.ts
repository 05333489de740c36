import type { Database } from "bun:sqlite";
import type { FileEvents } from "../agents/events.ts";
import { toKey } from "../platform/hash.ts";

/** Whether events that come again and again, as a statusline's do, say something that the book does not hold yet: a larger count of the
 *  agent's own, or a link that was not seen. Spares a transaction where they do not. */
export function isNews(db: Database, agent: string, events: Pick<FileEvents, "sessions" | "gits">): boolean {
  const session = db.query<{ id: number; reported: number | null }, [string, string]>(
    `SELECT id, reported_cost_nano AS reported FROM sessions
     WHERE agent_id = (SELECT id FROM agents WHERE name = ?) AND session_id = ?`,
  );
  for (const { sessionId, reportedNanoUsd } of events.sessions) {
    if (reportedNanoUsd !== undefined && reportedNanoUsd > (session.get(agent, sessionId)?.reported ?? 0)) return true;
  }
  const link = db.query<unknown, [bigint, string, number, string, string, number, string, string]>(
    `SELECT 1 FROM git_operations WHERE key = ? AND kind = ? AND session_id = ? AND sha = ? AND branch = ? AND number = ? AND url = ? AND action = ?`,
  );
  for (const { keyHigh, keyLow, kind, sessionId, sha, branch, number, url, action } of events.gits) {
    const id = session.get(agent, sessionId)?.id ?? 0;
    if (link.get(toKey(keyHigh, keyLow), kind, id, sha, branch, number, url, action) === null) return true;
  }
  return false;
}
