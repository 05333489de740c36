import type { Database } from "bun:sqlite";
import { quantile } from "../guard/outliers.ts";
import { addDays, dayOf } from "../platform/time.ts";
import { type Selection, selectionOf } from "./cells.ts";
import type { Filters } from "./filters.ts";
import { calendarAt } from "./periods.ts";
import { SpendHistory } from "./spendHistory.ts";

/** What a day, week or month will have cost at its end, and how far such forecasts were off before.
 *
 *  Three ways are tried on past periods, each knowing no more than what was known at the same share of the period; the one whose
 *  median error was smallest speaks. `pace` goes on as the period went so far. The other two add to what was spent so far what the
 *  rest of today and each day to come usually cost: the median or the mean of the same weekday in the last eight weeks, or of all days
 *  where there are less than four weeks to go by. Days without work count as days of nothing. */

export type ForecastPer = "day" | "week" | "month";
export type ForecastMethod = "pace" | "typical-day" | "average-day";

/** How far a method was off in past periods. */
export interface ForecastError {
  /** Median of |forecast - actual| / actual: 0.2 is 20 %. */
  medianAbsolutePercentageError: number;
  /** Past periods that it was tried on; those without any spending cannot be measured and are left out. */
  periods: number;
}

export interface ForecastRequest {
  per: ForecastPer;
  nowMs: number;
  timeZone: string;
  /** What is counted; the whole book where absent. Bounds of time in it are not looked at. */
  selection?: Selection;
}

/** A forecast in the unit that was asked for. */
export interface AmountForecast {
  per: ForecastPer;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** Share of the period that has passed, 0..1. */
  elapsed: number;
  spent: number;
  projected: number;
  /** How the projection was made, for people. */
  method: string;
  methodName: ForecastMethod;
  /** Error of that method; null where fewer than {@link MIN_PERIODS} past periods can be measured. */
  error: ForecastError | null;
  /** Every method with what it says and how far it was off. */
  candidates: { method: ForecastMethod; projected: number; error: ForecastError | null }[];
}

/** A forecast in nano-dollars; unpriced calls are not in it. */
export interface Forecast extends Omit<AmountForecast, "spent" | "projected" | "candidates"> {
  spentNanoUsd: number;
  projectedNanoUsd: number;
  candidates: { method: ForecastMethod; projectedNanoUsd: number; error: ForecastError | null }[];
}

const DAY_MS = 86_400_000;
/** Fewer past periods than this tell nothing about the error. */
export const MIN_PERIODS = 2;
/** How many past periods are tried at most. */
const TRIED = { day: 56, week: 26, month: 12 } as const;
/** What is usual is taken from the last eight weeks, */
const MEMORY_DAYS = 56;
/** by weekday from four weeks on, */
const WEEKDAY_DAYS = 28;
/** and not at all from less than a week. */
const MIN_DAYS = 7;

const METHODS: readonly ForecastMethod[] = ["average-day", "typical-day", "pace"];

/** Forecasts of today, this week and this month. The period of the filters is not looked at. */
export function forecastsReport(db: Database, filters: Filters, nowMs: number): Forecast[] {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const { timeZone } = filters;
    return (["day", "week", "month"] as const).map((per) => forecastOf(db, { per, nowMs, timeZone, selection }));
  })();
}

/** Forecast of the current day, week (from Monday) or month in nano-dollars. */
export function forecastOf(db: Database, request: ForecastRequest): Forecast {
  const { spent, projected, candidates, ...rest } = forecastAmount(db, { ...request, unit: "usd" });
  return {
    ...rest,
    spentNanoUsd: spent,
    projectedNanoUsd: projected,
    candidates: candidates.map(({ projected: projectedNanoUsd, ...one }) => ({ ...one, projectedNanoUsd })),
  };
}

/** The same in nano-dollars or tokens. */
export function forecastAmount(db: Database, request: ForecastRequest & { unit: "usd" | "tokens" }): AmountForecast {
  const { per, nowMs, timeZone, unit } = request;
  const period = calendarAt(nowMs, timeZone)[per];
  const history = new SpendHistory(db, timeZone, unit, wholeTimeOf(request.selection), period.toMs);
  const forecaster = new Forecaster(history);
  const from = dayNumber(period.day);
  const to = dayNumber(dayOf(period.toMs, timeZone));
  const spent = history.exactly(period.fromMs, period.toMs);
  const elapsed = Math.min(1, Math.max(0, (nowMs - period.fromMs) / (period.toMs - period.fromMs)));
  const trials = trialsOf(history, per, from, elapsed);
  const candidates = METHODS.flatMap((method) => {
    const projected = forecaster.project(method, from, to, nowMs, spent);
    if (projected === null) return [];
    return [{ method, projected: Math.max(spent, Math.round(projected)), error: forecaster.errorOf(method, trials) }];
  });
  const best = candidates.reduce((a, b) => (errorSize(b.error) < errorSize(a.error) ? b : a));
  return {
    per,
    fromMs: period.fromMs,
    toMs: period.toMs,
    elapsed,
    spent,
    projected: best.projected,
    method: describe(
      best.method,
      best.error,
      history.daysBefore(dayNumber(dayOf(nowMs, timeZone)), MEMORY_DAYS).length,
    ),
    methodName: best.method,
    error: best.error,
    candidates,
  };
}

function wholeTimeOf(selection: Selection | undefined): Selection {
  const nothing = { where: "1", wherePlace: "1", agentId: null, runType: null };
  return { ...(selection ?? nothing), fromMs: null, toMs: null };
}

/** Without a measured error the first method in the list that can speak does. */
function errorSize(error: ForecastError | null): number {
  return error === null ? Number.POSITIVE_INFINITY : error.medianAbsolutePercentageError;
}

function describe(method: ForecastMethod, error: ForecastError | null, days: number): string {
  const usual = days >= WEEKDAY_DAYS ? "of the same weekday in the last 8 weeks" : `of the last ${days} days`;
  const how = {
    pace: "goes on at the pace of the period so far",
    "typical-day": `spent so far, and for the rest of today and each day to come the median ${usual}`,
    "average-day": `spent so far, and for the rest of today and each day to come the mean ${usual}`,
  }[method];
  const why =
    error === null
      ? "too few past periods to compare methods"
      : `best of ${METHODS.length} on ${error.periods} past periods`;
  return `${how} (${why})`;
}

/** A past period, cut at a moment: what was spent by then, and in the end. */
interface Trial {
  from: number;
  to: number;
  atMs: number;
  spent: number;
  actual: number;
}

/** The past periods of the same kind that began after the first week of history, cut where the current one stands. */
function trialsOf(history: SpendHistory, per: ForecastPer, current: number, elapsed: number): Trial[] {
  const trials: Trial[] = [];
  const first = history.firstDay;
  if (first === null) return trials;
  let to = current;
  for (let n = 0; n < TRIED[per]; n++) {
    const from = startBefore(per, to);
    if (from < first + MIN_DAYS) break;
    const actual = history.ofDays(from, to);
    const fromMs = history.startOf(from);
    const atMs = fromMs + elapsed * (history.startOf(to) - fromMs);
    if (actual > 0) trials.push({ from, to, atMs, actual, spent: history.about(fromMs, atMs) });
    to = from;
  }
  return trials;
}

/** First day of the period that ends before day `to`. */
function startBefore(per: ForecastPer, to: number): number {
  if (per === "day") return to - 1;
  if (per === "week") return to - 7;
  const last = addDays(new Date(to * DAY_MS).toISOString().slice(0, 10), -1);
  return dayNumber(`${last.slice(0, 7)}-01`);
}

function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

class Forecaster {
  readonly #history: SpendHistory;

  constructor(history: SpendHistory) {
    this.#history = history;
  }

  /** What the days `[from, to)` will have cost, told at `atMs` when `spent` was spent; null where the method cannot say. */
  project(method: ForecastMethod, from: number, to: number, atMs: number, spent: number): number | null {
    const history = this.#history;
    if (method === "pace") {
      const start = history.startOf(from);
      const elapsed = (atMs - start) / (history.startOf(to) - start);
      return elapsed <= 0 ? spent : spent / Math.min(1, elapsed);
    }
    const today = Math.min(history.dayOf(atMs), to - 1);
    if (history.daysBefore(today, MIN_DAYS).length < MIN_DAYS) return null;
    const middle = method === "typical-day" ? median : mean;
    const share = (atMs - history.startOf(today)) / (history.startOf(today + 1) - history.startOf(today));
    let projected = spent + middle(this.#like(today, today).map((day) => history.restOf(day, Math.min(1, share))));
    for (let day = today + 1; day < to; day++)
      projected += middle(this.#like(day, today).map((past) => history.ofDay(past)));
    return projected;
  }

  /** Past days that a day is likely to resemble. */
  #like(day: number, today: number): number[] {
    const past = this.#history.daysBefore(today, MEMORY_DAYS);
    return past.length < WEEKDAY_DAYS ? past : past.filter((one) => (day - one) % 7 === 0);
  }

  errorOf(method: ForecastMethod, trials: readonly Trial[]): ForecastError | null {
    const errors: number[] = [];
    for (const { from, to, atMs, spent, actual } of trials) {
      const projected = this.project(method, from, to, atMs, spent);
      if (projected !== null) errors.push(Math.abs(projected - actual) / actual);
    }
    if (errors.length < MIN_PERIODS) return null;
    return { medianAbsolutePercentageError: median(errors), periods: errors.length };
  }
}

function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
