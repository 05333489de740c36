import type { Database } from "bun:sqlite";
import { UserError } from "../../platform/errors.ts";
import { addDays, DayMap, dayOf, startOfDay } from "../../platform/time.ts";
import type { PriceBook } from "../../pricing/book.ts";
import type { Filters } from "../filters.ts";
import { adviseOn } from "./index.ts";
import { claimsByCall } from "./overlap.ts";
import type { AdvisedCall } from "./types.ts";

/** Whether a change did what it was made for: what each rule finds in the days before it and in as many days after it. */

/** Active days that each side needs: with fewer no order of days is beyond chance. */
export const LEAST_DAYS = 5;
/** Longer ago says little of a change. */
const MOST_DAYS = 90;
/** Two-sided 1 %: a dozen rules are looked at, and one in a hundred may differ by chance. */
const CLEARLY = 2.576;

export type Verdict = "less" | "more" | "within noise" | "too little to say";

/** A rule's findings on one side of the change. */
export interface Side {
  /** What the rule would have saved, nano-dollars, all of it and per active day. */
  savingNanoUsd: number;
  perDayNanoUsd: number;
  /** Of what was spent, 0..1. */
  share: number;
  calls: number;
}

export interface VerifyRow {
  rule: string;
  before: Side;
  after: Side;
  verdict: Verdict;
}

export interface VerifyReport {
  /** Day of the change: the first of the days after. */
  on: string;
  /** First day before the change, and last day after it. */
  from: string;
  to: string;
  /** Length of either side in days. */
  days: number;
  before: { activeDays: number; costNanoUsd: number };
  after: { activeDays: number; costNanoUsd: number };
  rules: VerifyRow[];
}

/** Compares what the rules find before and after a day `YYYY-MM-DD`, in equal spans of whole days; today is not over and left out. The rules see
 *  both spans at once, so that their thresholds are the same for both. Throws a UserError for a day that is none or not over. */
export function verifyReport(
  db: Database,
  filters: Filters,
  change: string,
  prices: PriceBook,
  nowMs: number,
): VerifyReport {
  const { timeZone } = filters;
  const on = dayNamed(change);
  const today = dayOf(nowMs, timeZone);
  if (on >= today) {
    throw new UserError(`--on ${on} is not over: there is no whole day after the change yet`, "Come back tomorrow.");
  }
  const days = Math.min(MOST_DAYS, Math.round((Date.parse(today) - Date.parse(on)) / 86_400_000));
  const from = addDays(on, -days);
  const end = addDays(on, days);
  const changeMs = startOfDay(on, timeZone);
  const span = { ...filters, fromMs: startOfDay(from, timeZone), toMs: startOfDay(end, timeZone) };
  return db.transaction(() => {
    const { context, advice } = adviseOn(db, span, prices, nowMs);
    const map = new DayMap(span.fromMs, span.toMs, timeZone);
    const isAfter = (call: AdvisedCall): boolean => call.atMs >= changeMs;
    const sides = {
      before: new Spending(
        context.calls.filter((call) => !isAfter(call)),
        map,
      ),
      after: new Spending(context.calls.filter(isAfter), map),
    };
    const calls = new Map(context.calls.map((call) => [call.id, call]));
    const byRule = new Map<string, Map<number, number>>();
    for (const one of advice) {
      const sum = byRule.get(one.rule) ?? new Map<number, number>();
      byRule.set(one.rule, sum);
      for (const [callId, saving] of claimsByCall(one, calls))
        sum.set(callId, Math.min(calls.get(callId)?.costNano ?? 0, (sum.get(callId) ?? 0) + saving));
    }
    const rules = [...byRule].map(([rule, claims]): VerifyRow => {
      const before = sides.before.measure(claims);
      const after = sides.after.measure(claims);
      return { rule, before: before.side, after: after.side, verdict: verdictOf(before.shares, after.shares) };
    });
    rules.sort((a, b) => b.before.savingNanoUsd - a.before.savingNanoUsd || (a.rule < b.rule ? -1 : 1));
    return {
      on,
      from,
      to: addDays(end, -1),
      days,
      before: sides.before.totals(),
      after: sides.after.totals(),
      rules,
    };
  })();
}

function dayNamed(text: string): string {
  const day = text.trim();
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isFinite(ms) && new Date(ms).toISOString().slice(0, 10) === day) return day;
  throw new UserError(`--on ${JSON.stringify(text)} is no day`, "Name the day of the change, such as 2026-11-20.");
}

/** What one side spent, day by day. */
class Spending {
  readonly #days = new Map<number, number>();
  readonly #dayOf = new Map<number, number>();
  #costNano = 0;

  constructor(calls: readonly AdvisedCall[], map: DayMap) {
    for (const call of [...calls].sort((a, b) => a.atMs - b.atMs)) {
      const cost = call.costNano ?? 0;
      const day = map.dayNumberOf(call.atMs);
      this.#dayOf.set(call.id, day);
      this.#costNano += cost;
      if (cost > 0) this.#days.set(day, (this.#days.get(day) ?? 0) + cost);
    }
  }

  totals(): { activeDays: number; costNanoUsd: number } {
    return { activeDays: this.#days.size, costNanoUsd: this.#costNano };
  }

  /** The part of the claims that falls on this side, and each active day's share of its cost. */
  measure(claims: ReadonlyMap<number, number>): { side: Side; shares: number[] } {
    const byDay = new Map<number, number>();
    const side = { savingNanoUsd: 0, perDayNanoUsd: 0, share: 0, calls: 0 };
    for (const [callId, saving] of claims) {
      const day = this.#dayOf.get(callId);
      if (day === undefined) continue;
      side.calls++;
      side.savingNanoUsd += saving;
      byDay.set(day, (byDay.get(day) ?? 0) + saving);
    }
    side.perDayNanoUsd = this.#days.size === 0 ? 0 : Math.round(side.savingNanoUsd / this.#days.size);
    side.share = this.#costNano === 0 ? 0 : side.savingNanoUsd / this.#costNano;
    return { side, shares: [...this.#days].map(([day, cost]) => (byDay.get(day) ?? 0) / cost) };
  }
}

/** Compares days by rank (Mann-Whitney, corrected for ties): one wild day does not make a difference. */
export function verdictOf(before: readonly number[], after: readonly number[]): Verdict {
  if (before.length < LEAST_DAYS || after.length < LEAST_DAYS) return "too little to say";
  const all = [
    ...before.map((value) => ({ value, isAfter: false })),
    ...after.map((value) => ({ value, isAfter: true })),
  ];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end]?.value === all[at]?.value) end++;
    const count = end - at;
    ties += count ** 3 - count;
    for (const one of all.slice(at, end)) if (one.isAfter) rankSum += (at + 1 + end) / 2;
    at = end;
  }
  const n = all.length;
  const product = before.length * after.length;
  const variance = (product / 12) * (n + 1 - ties / (n * (n - 1)));
  if (variance === 0) return "within noise";
  const z = (rankSum - (after.length * (after.length + 1)) / 2 - product / 2) / Math.sqrt(variance);
  return z < -CLEARLY ? "less" : z > CLEARLY ? "more" : "within noise";
}
