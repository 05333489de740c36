import type { Database } from "bun:sqlite";
import type { BudgetStatus } from "../guard/types.ts";
import { type AlertRow, alertRows } from "../ledger/alerts.ts";
import { type ActiveRepo, activeRepos } from "./active.ts";
import { budgetsReport } from "./budgets.ts";
import { hourCells, rowsOf, selectionOf } from "./cells.ts";
import { filtersOf } from "./filters.ts";
import { latestSample } from "./limits.ts";
import { loadNames, type Names } from "./names.ts";
import { type Pace, paceOf, WINDOW_MS } from "./pace.ts";
import { type RecentPull, recentPulls } from "./recentPulls.ts";
import { describeSessions, detailSessions, thresholdOf } from "./sessionSums.ts";
import { type DaySpend, dayTrend, type HourSpend, hourTrend, type Spend } from "./trend.ts";
import type { SessionRow, Unpriced } from "./types.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Alerts and pull requests beyond these are for their own commands. */
const MAX_ALERTS = 20;
const MAX_PULLS = 20;
const MAX_RUNAWAYS = 20;

/** Minutes without any activity after which nobody is taken to be working in a session. */
export const ACTIVE_MINUTES = 15;

/** What one wants to know in passing: for menu bars and whatever else has little room. Money is nano-dollars, times are epoch milliseconds. */
export interface Glance {
  nowMs: number;
  timeZone: string;
  /** Null while the book holds no call at all. */
  firstHourMs: number | null;
  limits: { fiveHour: Pace | null; sevenDay: Pace | null };
  today: Spend;
  last24h: Spend;
  last30d: Spend;
  /** Oldest first, without gaps; they add up to `last24h`. */
  hours: HourSpend[];
  /** Oldest first, without gaps; they add up to `last30d`, and the last one is `today`. */
  days: DaySpend[];
  activeMinutes: number;
  active: ActiveRepo[];
  /** Sessions far above one's own usual cost that made a call in the last 24 hours, the most expensive first. */
  runaways: SessionRow[];
  /** What the guard said in the last 24 hours, the newest first. */
  alerts: AlertRow[];
  budgets: BudgetStatus[];
  /** Of the last 30 days, the latest first. */
  pullRequests: RecentPull[];
  /** Models without a price in the last 30 days: the sums leave their calls out. */
  unpriced: Unpriced[];
}

export interface GlanceOptions {
  nowMs: number;
  timeZone: string;
  activeMinutes?: number;
}

/** One consistent look at the book. Every figure is that of `stats`, `session` or `pr-cost` for the same time. */
export function glanceReport(db: Database, options: GlanceOptions): Glance {
  const { nowMs, timeZone, activeMinutes = ACTIVE_MINUTES } = options;
  return db.transaction((): Glance => {
    const names = loadNames(db);
    const { total: last24h, hours } = hourTrend(db, nowMs, timeZone);
    const { total: last30d, days } = dayTrend(db, nowMs, timeZone);
    const { calls, costNanoUsd, unpricedCalls } = days.at(-1) as Spend;
    const sinceMs = nowMs - activeMinutes * 60_000;
    return {
      nowMs,
      timeZone,
      firstHourMs: firstHour(db),
      limits: {
        fiveHour: paceOf(latestSample(db, "five_hour"), WINDOW_MS.five_hour, nowMs),
        sevenDay: paceOf(latestSample(db, "seven_day"), WINDOW_MS.seven_day, nowMs),
      },
      today: { calls, costNanoUsd, unpricedCalls },
      last24h,
      last30d,
      hours,
      days,
      activeMinutes,
      active: activeRepos(db, names, { nowMs, timeZone, sinceMs }),
      runaways: recentRunaways(db, names, nowMs - DAY_MS),
      alerts: alertRows(db, { sinceMs: nowMs - DAY_MS, session: null, top: MAX_ALERTS }),
      budgets: budgetsReport(db, { nowMs, timeZone, forecasts: false }),
      pullRequests: recentPulls(db, nowMs - 30 * DAY_MS, MAX_PULLS),
      unpriced: last30d.unpricedCalls === 0 ? [] : unpricedModels(db, nowMs, timeZone, names),
    };
  })();
}

function firstHour(db: Database): number | null {
  const hour = db.query<{ hour: number | null }, []>("SELECT min(hour) AS hour FROM rollup_clock").get()?.hour ?? null;
  return hour === null ? null : hour * HOUR_MS;
}

/** The runaways of `stats --since 24h`: measured by their whole cost, shown when they made a call since `fromMs`. */
function recentRunaways(db: Database, names: Names, fromMs: number): SessionRow[] {
  const rows = rowsOf(
    db,
    "SELECT session_id, sum(cost_nano), max(hour), sum(input + output + cache_read + cache_write_5m + cache_write_1h) FROM rollup_sessions GROUP BY session_id",
  );
  const costs = new Map(rows.map((row) => [row[0] as number, row[1] as number]));
  const threshold = thresholdOf(costs);
  const limit = threshold.thresholdNanoUsd;
  if (limit === null) return [];
  const cutHour = Math.floor(fromMs / HOUR_MS);
  const latestCall = db.query<{ at: number }, [number]>(
    "SELECT max(c.at_ms) AS at FROM runs r JOIN calls c ON c.run_id = r.id WHERE r.session_id = ?",
  );
  const chosen = rows
    .filter((row) => (row[1] as number) > limit && (row[2] as number) >= cutHour)
    .map((row) => ({
      id: row[0] as number,
      costNanoUsd: row[1] as number,
      hour: row[2] as number,
      totalTokens: row[3] as number,
    }))
    .filter(({ id, hour }) => hour > cutHour || (latestCall.get(id)?.at ?? 0) >= fromMs)
    .sort((a, b) => b.costNanoUsd - a.costNanoUsd || a.id - b.id)
    .slice(0, MAX_RUNAWAYS);
  if (chosen.length === 0) return [];
  const whole = selectionOf(db, filtersOf({ since: "all", timezone: "UTC" }, fromMs));
  return describeSessions(db, detailSessions(db, whole, chosen, names), names, costs, threshold);
}

function unpricedModels(db: Database, nowMs: number, timeZone: string, names: Names): Unpriced[] {
  const selection = selectionOf(db, filtersOf({ since: "30d", timezone: timeZone }, nowMs));
  const rows = rowsOf(
    db,
    `SELECT model_id, sum(unpriced) FROM (${hourCells(selection)}) GROUP BY model_id HAVING sum(unpriced) > 0`,
  );
  return rows
    .map((row) => ({ model: names.models.get(row[0] as number) ?? "", calls: row[1] as number }))
    .sort((a, b) => b.calls - a.calls || (a.model < b.model ? -1 : 1));
}
