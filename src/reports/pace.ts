/** How fast a plan's window is being used up. Pure: figures in, figures out. */

const HOUR_MS = 3_600_000;

/** Lengths of the windows, by the names they have in the table `limits`. */
export const WINDOW_MS = { five_hour: 5 * HOUR_MS, seven_day: 168 * HOUR_MS } as const;

/** Before this share of a window is over, what was used says too little about the rest. */
const MIN_ELAPSED = 0.05;

/** What the agent last said of a window. */
export interface LimitSample {
  /** 0..100, as the agent gives it; it may go beyond. */
  usedPercent: number;
  atMs: number;
  resetsAtMs: number;
}

export interface Pace {
  usedPercent: number;
  /** How much of the window's time is gone, 0..1. */
  elapsedShare: number;
  /** Percent that will be used at the reset if it goes on like this; null while the window is too young to say. */
  projectedPercent: number | null;
  resetsAtMs: number;
  sampledAtMs: number;
  /** `over`: all is used; `fast`: it will be before the reset; `ok` otherwise. */
  state: "ok" | "fast" | "over";
}

/** Sets what was used beside how much of the window is over at `nowMs`. Null without a sample, and once the window of the sample is over:
 *  what the next one holds, nobody has said yet. A sample is only kept when it says something new, so the last one holds until now. */
export function paceOf(sample: LimitSample | null, windowMs: number, nowMs: number): Pace | null {
  if (sample === null || nowMs >= sample.resetsAtMs) return null;
  const { usedPercent, resetsAtMs } = sample;
  const elapsedShare = Math.max(0, 1 - (resetsAtMs - nowMs) / windowMs);
  const projectedPercent = elapsedShare < MIN_ELAPSED ? null : usedPercent / elapsedShare;
  const fast = projectedPercent !== null && projectedPercent > 100;
  return {
    usedPercent,
    elapsedShare,
    projectedPercent,
    resetsAtMs,
    sampledAtMs: sample.atMs,
    state: usedPercent >= 100 ? "over" : fast ? "fast" : "ok",
  };
}

/** When a window will be used up if it goes on like this; null where it lasts until its reset, is used up already, or is too young to say. */
export function fullAtMs(pace: Pace, windowMs: number): number | null {
  const { state, usedPercent, elapsedShare, resetsAtMs } = pace;
  if (state !== "fast") return null;
  return Math.round(resetsAtMs - windowMs + (elapsedShare * windowMs * 100) / usedPercent);
}
