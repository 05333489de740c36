/** How fast money is being spent. Pure: calls in, figures out. */

const MINUTE_MS = 60_000;
/** Burn is told from this much of the past. */
const BURN_MS = 10 * MINUTE_MS;
const BURNS_PER_HOUR = 3_600_000 / BURN_MS;
/** Minutes of a series, the running one included. */
export const SERIES_MINUTES = 30;

export interface Burn {
  /** What an hour costs at the rate of the last ten minutes. */
  burnNanoUsdPerHour: number;
  /** Cost by minute of the clock, the oldest first, the running minute last. */
  series: number[];
}

/** First moment of a series that ends with the running minute: calls from here on are needed. */
export function burnFrom(nowMs: number): number {
  return (Math.floor(nowMs / MINUTE_MS) - SERIES_MINUTES + 1) * MINUTE_MS;
}

/** Burn of calls `[time, cost]`. What a clock that is ahead has stamped is spent now. */
export function burnOf(calls: readonly (readonly [number, number])[], nowMs: number): Burn {
  const fromMs = burnFrom(nowMs);
  const series = new Array<number>(SERIES_MINUTES).fill(0);
  let spent = 0;
  for (const [atMs, cost] of calls) {
    if (atMs >= nowMs - BURN_MS) spent += cost;
    const at = Math.min(SERIES_MINUTES - 1, Math.floor((atMs - fromMs) / MINUTE_MS));
    if (at >= 0) series[at] = (series[at] as number) + cost;
  }
  return { burnNanoUsdPerHour: spent * BURNS_PER_HOUR, series };
}
