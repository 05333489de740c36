import type { Database } from "bun:sqlite";
import type { BudgetStatus } from "../guard/types.ts";
import { type AlertRow, alertRows } from "../ledger/alerts.ts";
import { dayOf, startOfDay } from "../platform/time.ts";
import { clockCells, rowsOf, selectionOf } from "./cells.ts";
import { filtersOf } from "./filters.ts";
import { type LiveSession, liveSessions } from "./liveSessions.ts";
import { type LimitSample, type Pace, paceOf, WINDOW_MS } from "./pace.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Burn is told from this much of the past. */
export const BURN_MS = 10 * MINUTE_MS;
export const BURNS_PER_HOUR = 3_600_000 / BURN_MS;
/** Minutes of a {@link LiveReport.series}, the running one last. */
export const SERIES_MINUTES = 30;
/** More sessions than a person can look at; the newest are shown. */
const MAX_SESSIONS = 50;
const MAX_ALERTS = 100;

export interface LiveOptions {
  nowMs: number;
  timeZone: string;
  /** A session is active while its last row is no older than this. Milliseconds. */
  activeWithinMs: number;
}

/** What is going on just now. Money is nano-dollars, times are epoch milliseconds; sums leave unpriced calls out and count them. */
export interface LiveReport {
  nowMs: number;
  timeZone: string;
  activeWithinMs: number;
  /** Since midnight in the person's zone, as `stats --since today` has it. */
  today: { calls: number; costNanoUsd: number; unpricedCalls: number; totalTokens: number };
  /** What an hour costs at the rate of the last ten minutes. */
  burnNanoUsdPerHour: number;
  /** Cost by minute of the clock, the oldest first, the running minute last. */
  series: number[];
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
    const todayFromMs = startOfDay(dayOf(nowMs, timeZone), timeZone);
    const sessions = liveSessions(db, active.slice(0, MAX_SESSIONS), { nowMs, todayFromMs, activeWithinMs, alerts });
    return {
      nowMs,
      timeZone,
      activeWithinMs,
      today: todaySums(db, nowMs, timeZone),
      ...spending(db, nowMs),
      matched: active.length,
      sessions: sessions.sort((a, b) => b.costNanoUsd - a.costNanoUsd || (a.sessionId < b.sessionId ? -1 : 1)),
      alerts: alerts.filter((alert) => alert.sessionId === null),
      limits: {
        fiveHour: paceOf(latestSample(db, "five_hour"), WINDOW_MS.five_hour, nowMs),
        sevenDay: paceOf(latestSample(db, "seven_day"), WINDOW_MS.seven_day, nowMs),
      },
      budgets: [],
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

function todaySums(db: Database, nowMs: number, timeZone: string): LiveReport["today"] {
  const selection = selectionOf(db, filtersOf({ since: "today", timezone: timeZone }, nowMs));
  const row = rowsOf(
    db,
    `SELECT sum(calls), sum(cost_nano), sum(unpriced), sum(input + output + cache_read + cache_write_5m + cache_write_1h)
     FROM (${clockCells(selection)})`,
  )[0];
  return {
    calls: row?.[0] ?? 0,
    costNanoUsd: row?.[1] ?? 0,
    unpricedCalls: row?.[2] ?? 0,
    totalTokens: row?.[3] ?? 0,
  };
}

/** Burn and cost by minute over all sessions. A call is never later than its session's last row, so few sessions are visited. */
function spending(db: Database, nowMs: number): Pick<LiveReport, "burnNanoUsdPerHour" | "series"> {
  const fromMs = seriesFrom(nowMs);
  const rows = rowsOf(
    db,
    `SELECT c.at_ms, c.cost_nano FROM sessions s JOIN runs r ON r.session_id = s.id JOIN calls c ON c.run_id = r.id
     WHERE s.last_ms >= ?1 AND c.at_ms >= ?1 AND c.cost_nano IS NOT NULL`,
    Math.min(fromMs, nowMs - BURN_MS),
  );
  return seriesOf(rows as [number, number][], nowMs);
}

/** First moment of a series that ends with the running minute. */
export function seriesFrom(nowMs: number): number {
  return (Math.floor(nowMs / MINUTE_MS) - SERIES_MINUTES + 1) * MINUTE_MS;
}

/** Burn and cost by minute of calls `[at, cost]`. What a clock that is ahead has stamped is spent now. */
export function seriesOf(
  calls: readonly (readonly [number, number])[],
  nowMs: number,
): { burnNanoUsdPerHour: number; series: number[] } {
  const fromMs = seriesFrom(nowMs);
  const series = new Array<number>(SERIES_MINUTES).fill(0);
  let burn = 0;
  for (const [atMs, cost] of calls) {
    if (atMs >= nowMs - BURN_MS) burn += cost;
    const at = Math.min(SERIES_MINUTES - 1, Math.floor((atMs - fromMs) / MINUTE_MS));
    if (at >= 0) series[at] = (series[at] as number) + cost;
  }
  return { burnNanoUsdPerHour: burn * BURNS_PER_HOUR, series };
}

function latestSample(db: Database, period: keyof typeof WINDOW_MS): LimitSample | null {
  return db
    .query<LimitSample, [string]>(
      "SELECT used AS usedPercent, at_ms AS atMs, resets_ms AS resetsAtMs FROM limits WHERE period = ? ORDER BY at_ms DESC LIMIT 1",
    )
    .get(period);
}
