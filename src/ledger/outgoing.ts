import { Database } from "bun:sqlite";
import { isBusy } from "./open.ts";

/** Alerts on their way out of the book: to the desktop and to the webhook. */

/** An alert that was handed to nobody yet, with what may be said about it. */
export interface OutgoingAlert {
  id: number;
  subject: string;
  rule: string;
  level: string;
  atMs: number;
  message: string;
  /** Cost of the session when it was said. */
  costNanoUsd: number;
  /** The agent's own name of the session, null where it is about none. */
  sessionId: string | null;
  repo: string | null;
  /** Only sent where a person asked for details. */
  title: string | null;
  cwd: string | null;
}

/** Whether an alert since that moment waits to be handed over. */
export function hasUnsent(db: Database, sinceMs: number): boolean {
  return db.query("SELECT 1 FROM alerts WHERE sent_ms IS NULL AND at_ms > ? LIMIT 1").get(sinceMs) !== null;
}

/** Hands over the oldest alerts since a moment that wait, at most `limit`, and marks them as sent. `keep` must have put them where they
 *  survive when it returns; if it throws, none is marked. One transaction: two who hand over at once hand over different alerts.
 *  Answers what was handed over. */
export function handOver(
  db: Database,
  options: { sinceMs: number; nowMs: number; limit: number },
  keep: (alerts: readonly OutgoingAlert[]) => void,
): OutgoingAlert[] {
  db.run("BEGIN IMMEDIATE");
  try {
    const alerts = db
      .query<OutgoingAlert, [number, number]>(
        `SELECT a.id, a.subject, a.rule, a.level, a.at_ms AS atMs, a.message, a.cost_nano AS costNanoUsd,
           s.session_id AS sessionId, r.name AS repo, s.title, s.cwd
         FROM alerts a LEFT JOIN sessions s ON s.id = a.session_id LEFT JOIN repos r ON r.id = s.repo_id
         WHERE a.sent_ms IS NULL AND a.at_ms > ? ORDER BY a.at_ms, a.id LIMIT ?`,
      )
      .all(options.sinceMs, options.limit);
    if (alerts.length > 0) keep(alerts);
    for (const { id } of alerts) db.query("UPDATE alerts SET sent_ms = ? WHERE id = ?").run(options.nowMs, id);
    db.run("COMMIT");
    return alerts;
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
}

/** Counts everything that waits as sent: a webhook begins with what comes after it was set. */
export function passOverUnsent(db: Database, nowMs: number): void {
  db.query("UPDATE alerts SET sent_ms = ? WHERE sent_ms IS NULL").run(nowMs);
}

/** Takes a lock that the operating system gives back when its holder dies, however it dies: an exclusive transaction on an empty database.
 *  Answers how to give it back, or null where another process has it. Throws what the file system throws. */
export function takeLock(path: string): (() => void) | null {
  const db = new Database(path, { readwrite: true, create: true });
  try {
    db.run("PRAGMA busy_timeout = 0");
    db.run("PRAGMA journal_mode = MEMORY");
    db.run("BEGIN EXCLUSIVE");
    return () => db.close();
  } catch (error) {
    db.close();
    if (isBusy(error)) return null;
    throw error;
  }
}
