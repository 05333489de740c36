import type { Database } from "bun:sqlite";

/** Leave for a session to go on beyond hard limits; `untilMs` null means for good. A later one replaces an earlier one. */
export function allowSession(db: Database, session: string, nowMs: number, untilMs: number | null): void {
  db.query("INSERT OR REPLACE INTO guard_passes (session_id, from_ms, until_ms) VALUES (?, ?, ?)").run(
    session,
    nowMs,
    untilMs,
  );
}

/** Takes the leave back; answers whether there was one. */
export function forbidSession(db: Database, session: string): boolean {
  return db.query("DELETE FROM guard_passes WHERE session_id = ?").run(session).changes > 0;
}

/** The leave that a session has at a moment, null for none. */
export function passOf(
  db: Database,
  session: string,
  nowMs: number,
): { fromMs: number; untilMs: number | null } | null {
  return db
    .query<{ fromMs: number; untilMs: number | null }, [string, number]>(
      "SELECT from_ms AS fromMs, until_ms AS untilMs FROM guard_passes WHERE session_id = ? AND (until_ms IS NULL OR until_ms > ?)",
    )
    .get(session, nowMs);
}
