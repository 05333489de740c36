import type { Database } from "bun:sqlite";
import type { LimitPeriod } from "../ledger/limits.ts";
import { type LimitSample, type Pace, paceOf, WINDOW_MS } from "./pace.ts";

/** Use of one of the plan's windows that runs at present. */
export interface LimitUse extends Pace {
  period: LimitPeriod;
}

/** What was last heard of a window, null where nothing was. */
export function latestSample(db: Database, period: LimitPeriod): LimitSample | null {
  return db
    .query<LimitSample, [string]>(
      "SELECT used AS usedPercent, at_ms AS atMs, resets_ms AS resetsAtMs FROM limits WHERE period = ? ORDER BY at_ms DESC LIMIT 1",
    )
    .get(period);
}

/** The windows that run at a moment, as far as the book has heard of them. */
export function currentLimits(db: Database, nowMs: number): LimitUse[] {
  return (["five_hour", "seven_day"] as const).flatMap((period) => limitUse(period, latestSample(db, period), nowMs));
}

/** A sample with its pace; nothing where its window is over. */
export function limitUse(period: LimitPeriod, sample: LimitSample | null, nowMs: number): LimitUse[] {
  const pace = paceOf(sample, WINDOW_MS[period], nowMs);
  return pace === null ? [] : [{ ...pace, period }];
}
