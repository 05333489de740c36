import type { Database } from "bun:sqlite";
import { addDays, DayMap, dayOf, dayText } from "../platform/time.ts";
import { cellsOfHours, clockCells, rowsOf, type Selection, selectionOf } from "./cells.ts";
import { filtersOf } from "./filters.ts";

/** What was spent lately, step by step, without gaps. The bounds are those of `stats --since 24h` and `--since 30d`. */

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const HOURS = 24;
const DAYS = 30;

/** Sums of a stretch of time. Dollars leave unpriced calls out; they are counted beside. */
export interface Spend {
  calls: number;
  costNanoUsd: number;
  unpricedCalls: number;
}

export interface HourSpend extends Spend {
  fromMs: number;
}

export interface DaySpend extends Spend {
  /** `YYYY-MM-DD` in the person's zone. */
  day: string;
}

/** The last 24 hours to the minute, by full hours of the clock (UTC's, so that a change of the clock moves nothing). The first and the
 *  last one are mostly cut. They add up to the total. */
export function hourTrend(db: Database, nowMs: number, timeZone: string): { total: Spend; hours: HourSpend[] } {
  const selection = selectionOf(db, filtersOf({ since: `${HOURS}h`, timezone: timeZone }, nowMs));
  const fromMs = selection.fromMs as number;
  const first = Math.floor(fromMs / HOUR_MS);
  const last = Math.floor((nowMs - 1) / HOUR_MS);
  const hours = Array.from({ length: last - first + 1 }, (_, at) => ({
    ...noSpend(),
    fromMs: Math.max(fromMs, (first + at) * HOUR_MS),
  }));
  const total = noSpend();
  for (const row of hourRows(db, selection)) {
    // What a clock that is ahead has stamped is spent all the same.
    add(hours[Math.min(row[0] as number, last) - first] as Spend, row);
    add(total, row);
  }
  return { total, hours };
}

/** Today and the 29 days before, as the person's calendar has them, oldest first, and their total. */
export function dayTrend(db: Database, nowMs: number, timeZone: string): { total: Spend; days: DaySpend[] } {
  const selection = selectionOf(db, filtersOf({ since: `${DAYS}d`, timezone: timeZone }, nowMs));
  const map = new DayMap(selection.fromMs as number, nowMs + DAY_MS, timeZone);
  const today = dayOf(nowMs, timeZone);
  const days = Array.from({ length: DAYS }, (_, at) => ({ ...noSpend(), day: addDays(today, at + 1 - DAYS) }));
  const placeOf = new Map(days.map(({ day }, at) => [day, at]));
  const total = noSpend();
  const count = (dayNumber: number, row: readonly (number | null)[]): void => {
    add(days[placeOf.get(dayText(dayNumber)) ?? DAYS - 1] as Spend, row);
    add(total, row);
  };
  const cut: number[] = [];
  for (const row of hourRows(db, selection)) {
    const day = map.dayNumberOfHour(row[0] as number);
    if (day === null) cut.push(row[0] as number);
    else count(day, row);
  }
  if (cut.length > 0)
    for (const row of rowsOf(db, `SELECT at_ms, calls, unpriced, cost_nano FROM (${cellsOfHours(selection, cut)})`))
      count(map.dayNumberOf(row[0] as number), row);
  return { total, days };
}

/** `[hour, calls, unpriced, cost]` for every hour of a selection that holds anything. */
function hourRows(db: Database, selection: Selection): (number | null)[][] {
  return rowsOf(
    db,
    `SELECT hour, sum(calls), sum(unpriced), sum(cost_nano) FROM (${clockCells(selection)}) GROUP BY hour`,
  );
}

function noSpend(): Spend {
  return { calls: 0, costNanoUsd: 0, unpricedCalls: 0 };
}

function add(spend: Spend, row: readonly (number | null)[]): void {
  spend.calls += row[1] ?? 0;
  spend.unpricedCalls += row[2] ?? 0;
  spend.costNanoUsd += row[3] ?? 0;
}
