import type { Database } from "bun:sqlite";
import type { LimitPeriod } from "../ledger/limits.ts";
import { type Pace, paceOf, WINDOW_MS } from "./pace.ts";

/** Use of a plan's window as it was last heard of. */
export interface LimitUse {
  period: LimitPeriod;
  /** When it was heard, to the minute. */
  atMs: number;
  /** Percent. */
  used: number;
  resetsMs: number;
  pace: Pace | null;
}

/** The windows that run at a moment, of those that the book has heard of. */
export function currentLimits(db: Database, nowMs: number): LimitUse[] {
  return (["five_hour", "seven_day"] as const).flatMap((period) => {
    const row = db
      .query<{ atMs: number; used: number; resetsMs: number }, [string]>(
        "SELECT at_ms AS atMs, used, resets_ms AS resetsMs FROM limits WHERE period = ? ORDER BY at_ms DESC LIMIT 1",
      )
      .get(period);
    return row === null ? [] : limitUse({ period, ...row }, nowMs);
  });
}

/** A sample with its pace; nothing where its window is over. */
export function limitUse(sample: Omit<LimitUse, "pace">, nowMs: number): LimitUse[] {
  const { used, resetsMs, period } = sample;
  if (resetsMs <= nowMs) return [];
  return [{ ...sample, pace: paceOf({ used, resetsMs, lengthMs: WINDOW_MS[period], nowMs }) }];
}
