import type { LimitPeriod } from "../ledger/limits.ts";

/** How the use of a plan's window compares with the time that has passed of it. Pure. */

const HOUR_MS = 3_600_000;

/** Length of a window, milliseconds. */
export const WINDOW_MS: Readonly<Record<LimitPeriod, number>> = { five_hour: 5 * HOUR_MS, seven_day: 168 * HOUR_MS };

/** Before this share of the window has passed, what was used so far says nothing of the rest. */
const EARLY = 0.05;

export interface Pace {
  /** Share of the window that has passed, 0..1. */
  elapsed: number;
  /** Used share over elapsed share: at 1 the window ends just as it is used up. Null early in the window. */
  ratio: number | null;
  /** Percent used at the reset, if it goes on as it did on average. Null early in the window. */
  projected: number | null;
  /** When the window would be used up at this pace; null where it lasts until the reset, or is used up already. */
  fullAtMs: number | null;
  leftMs: number;
}

/** Pace of a window that ends at `resetsMs`. Null where the moment lies outside of it: the window is over, or the clock is wrong. */
export function paceOf(window: { used: number; resetsMs: number; lengthMs: number; nowMs: number }): Pace | null {
  const { used, resetsMs, lengthMs, nowMs } = window;
  const leftMs = resetsMs - nowMs;
  const elapsed = 1 - leftMs / lengthMs;
  if (leftMs <= 0 || elapsed < 0) return null;
  if (elapsed < EARLY) return { elapsed, ratio: null, projected: null, fullAtMs: null, leftMs };
  const ratio = used / 100 / elapsed;
  const startMs = resetsMs - lengthMs;
  const fullAtMs = used < 100 && ratio > 1 ? Math.round(startMs + ((nowMs - startMs) * 100) / used) : null;
  return { elapsed, ratio, projected: used / elapsed, fullAtMs, leftMs };
}
