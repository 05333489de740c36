import type { Database } from "bun:sqlite";
import type { BudgetStatus } from "../guard/types.ts";
import { type AlertRow, alertRows } from "../ledger/alerts.ts";
import { budgetsReport } from "./budgets.ts";
import { type Burn, burnFrom, burnOf } from "./burn.ts";
import { rowsOf } from "./cells.ts";
import { type LiveSession, liveSessions } from "./liveSessions.ts";
import { type LimitSample, type Pace, paceOf, WINDOW_MS } from "./pace.ts";
import { calendarAt } from "./periods.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** More sessions than a person can look at; the newest are shown. */
const MAX_SESSIONS = 50;
const MAX_ALERTS = 100;

/** Calls of sessions with a late enough last row: no call is later than that. Left to itself, SQLite begins with all calls. */
const SESSIONS_FIRST = "sessions s CROSS JOIN runs r ON r.session_id = s.id CROSS JOIN calls c ON c.run_id = r.id";

export interface LiveOptions {
  nowMs: number;
  timeZone: string;
  /** A session is active while its last row is no older than this. Milliseconds. */
  activeWithinMs: number;
}

/** What is going on just now. Money is nano-dollars, times are epoch milliseconds; sums leave unpriced calls out and count them. */
export interface LiveReport extends Burn {
  nowMs: number;
  timeZone: string;
  activeWithinMs: number;
  /** Since midnight in the person's zone, as `stats --since today` has it. */
  today: { calls: number; costNanoUsd: number; unpricedCalls: number; totalTokens: number };
  /** Active sessions; `sessions` are the first of them. */
  matched: number;
  /** The most expensive first. */
  sessions: LiveSession[];
  /** What the guard said in the last 24 hours about no session, the newest first. */
  alerts: AlertRow[];
  limits: { fiveHour: Pace | null; sevenDay: Pace | null };
  budgets: BudgetStatus[];
}

/** One consistent look at what is going on. Reads the rows of active sessions and today's rollups, whatever the size of the book. */
export function liveReport(db: Database, options: LiveOptions): LiveReport {
  return db.transaction((): LiveReport => {
    const { nowMs, timeZone, activeWithinMs } = options;
    const alerts = alertRows(db, { sinceMs: nowMs - DAY_MS, session: null, top: MAX_ALERTS });
    const active = activeIds(db, nowMs - activeWithinMs);
    const todayFromMs = calendarAt(nowMs, timeZone).day.fromMs;
    const sessions = liveSessions(db, active.slice(0, MAX_SESSIONS), { nowMs, todayFromMs, activeWithinMs, alerts });
    return {
      nowMs,
      timeZone,
      activeWithinMs,
      today: todaySums(db, nowMs, timeZone),
      ...burnOfAll(db, nowMs),
      matched: active.length,
      sessions: sessions.sort((a, b) => b.costNanoUsd - a.costNanoUsd || (a.sessionId < b.sessionId ? -1 : 1)),
      alerts: alerts.filter((alert) => alert.sessionId === null),
      limits: {
        fiveHour: paceOf(latestSample(db, "five_hour"), WINDOW_MS.five_hour, nowMs),
        sevenDay: paceOf(latestSample(db, "seven_day"), WINDOW_MS.seven_day, nowMs),
      },
      budgets: budgetsReport(db, { nowMs, timeZone }),
    };
  })();
}

/** Sessions with any row since `sinceMs`, the latest first. The table is small: twenty thousand sessions are read in half a millisecond. */
function activeIds(db: Database, sinceMs: number): number[] {
  return db
    .query<{ id: number }, [number]>("SELECT id FROM sessions WHERE last_ms >= ? ORDER BY last_ms DESC, id DESC")
    .all(sinceMs)
    .map(({ id }) => id);
}

/** Whole hours from the rollup; where midnight falls inside an hour, the rest of that hour call by call. */
function todaySums(db: Database, nowMs: number, timeZone: string): LiveReport["today"] {
  const { fromMs } = calendarAt(nowMs, timeZone).day;
  const firstHour = Math.ceil(fromMs / HOUR_MS);
  const row = rowsOf(
    db,
    `SELECT sum(calls), sum(cost_nano), sum(unpriced), sum(tokens) FROM (
       SELECT calls, cost_nano, unpriced, input + output + cache_read + cache_write_5m + cache_write_1h AS tokens
       FROM rollup_clock WHERE hour >= ?2
       UNION ALL
       SELECT 1, coalesce(c.cost_nano, 0), c.cost_nano IS NULL, c.input + c.output + c.cache_read + c.cache_write_5m + c.cache_write_1h
       FROM ${SESSIONS_FIRST} WHERE ?1 < ?2 * ${HOUR_MS} AND s.last_ms >= ?1 AND c.at_ms >= ?1 AND c.at_ms < ?2 * ${HOUR_MS})`,
    fromMs,
    firstHour,
  )[0];
  return {
    calls: row?.[0] ?? 0,
    costNanoUsd: row?.[1] ?? 0,
    unpricedCalls: row?.[2] ?? 0,
    totalTokens: row?.[3] ?? 0,
  };
}

/** Over all sessions. */
function burnOfAll(db: Database, nowMs: number): Burn {
  const rows = rowsOf(
    db,
    `SELECT c.at_ms, c.cost_nano FROM ${SESSIONS_FIRST}
     WHERE s.last_ms >= ?1 AND c.at_ms >= ?1 AND c.cost_nano IS NOT NULL`,
    burnFrom(nowMs),
  );
  return burnOf(rows as [number, number][], nowMs);
}

function latestSample(db: Database, period: keyof typeof WINDOW_MS): LimitSample | null {
  return db
    .query<LimitSample, [string]>(
      "SELECT used AS usedPercent, at_ms AS atMs, resets_ms AS resetsAtMs FROM limits WHERE period = ? ORDER BY at_ms DESC LIMIT 1",
    )
    .get(period);
}
