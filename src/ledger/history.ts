import type { Database } from "bun:sqlite";

const KEY = "history.read";

/** Whether all logs were read at least once. Until then the book holds what hooks brought, and a sum over time may miss sessions. */
export function isHistoryRead(db: Database): boolean {
  return db.query("SELECT 1 FROM meta WHERE key = ?").get(KEY) !== null;
}

/** Remembers that all logs were read. */
export function markHistoryRead(db: Database, nowMs: number): void {
  if (!isHistoryRead(db)) db.query("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)").run(KEY, String(nowMs));
}
