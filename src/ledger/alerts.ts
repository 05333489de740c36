import type { Database } from "bun:sqlite";

/** Something that the guard has to say. It is said once per subject and level. */
export interface NewAlert {
  subject: string;
  rule: string;
  level: string;
  atMs: number;
  sessionId: number | null;
  promptId: number | null;
  budgetId: number | null;
  message: string;
  costNano: number;
}

/** An alert that is in the book. */
export interface AlertRow {
  id: number;
  rule: string;
  level: string;
  atMs: number;
  /** The agent's own name of the session, null where it is about none. */
  sessionId: string | null;
  message: string;
  costNanoUsd: number;
  shownAtMs: number | null;
}

const COLUMNS = `a.id, a.rule, a.level, a.at_ms AS atMs, s.session_id AS sessionId, a.message, a.cost_nano AS costNanoUsd, a.shown_ms AS shownAtMs`;

/** Writes what was not said before; answers how many that were. */
export function raiseAlerts(db: Database, alerts: readonly NewAlert[]): number {
  let raised = 0;
  for (const alert of alerts) {
    const { subject, rule, level, atMs, sessionId, promptId, budgetId, message, costNano } = alert;
    raised += db
      .query(
        `INSERT INTO alerts (subject, rule, level, at_ms, session_id, prompt_id, budget_id, message, cost_nano)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject, level) DO NOTHING`,
      )
      .run(subject, rule, level, atMs, sessionId, promptId, budgetId, message.slice(0, 1000), costNano).changes;
  }
  return raised;
}

/** Whether it was said already. */
export function isSaid(db: Database, subject: string, level: string): boolean {
  return db.query("SELECT 1 FROM alerts WHERE subject = ? AND level = ?").get(subject, level) !== null;
}

/** What some rules said of a session in its present prompt, or of the session as a whole. */
export function rulesThatSpoke(
  db: Database,
  { sessionId, promptId }: { sessionId: number; promptId: number | null },
  rules: readonly string[],
): { rule: string; message: string }[] {
  return db
    .query<{ rule: string; message: string }, [number, number | null]>(
      "SELECT rule, message FROM alerts WHERE session_id = ? AND (prompt_id IS ? OR rule = 'session-cost') ORDER BY id DESC LIMIT 20",
    )
    .all(sessionId, promptId)
    .filter(({ rule }) => rules.includes(rule));
}

/** Messages that wait to be put before the person who works in a session: its own and those about no session. They are marked as shown;
 *  one that two prompts raised in the same words is put once. */
export function takeUnshown(db: Database, sessionId: number, nowMs: number): string[] {
  const rows = db
    .query<{ id: number; message: string }, [number]>(
      "SELECT id, message FROM alerts WHERE shown_ms IS NULL AND (session_id IS NULL OR session_id = ?) ORDER BY id LIMIT 8",
    )
    .all(sessionId);
  // Hooks that run at the same time have found the same: whoever marks it says it.
  const taken = rows.filter(
    ({ id }) => db.query("UPDATE alerts SET shown_ms = ? WHERE id = ? AND shown_ms IS NULL").run(nowMs, id).changes > 0,
  );
  return [...new Set(taken.map(({ message }) => message))];
}

/** Alerts since a moment, the newest first. */
export function alertRows(
  db: Database,
  options: { sinceMs: number | null; session: number | null; top: number },
): AlertRow[] {
  return db
    .query<AlertRow, [number, number | null, number]>(
      `SELECT ${COLUMNS} FROM alerts a LEFT JOIN sessions s ON s.id = a.session_id
       WHERE a.at_ms >= ?1 AND (?2 IS NULL OR a.session_id = ?2) ORDER BY a.at_ms DESC, a.id DESC LIMIT ?3`,
    )
    .all(options.sinceMs ?? 0, options.session, options.top);
}
