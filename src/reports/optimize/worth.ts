/** What is worth a person's time to read. */

/** Fifty cents: less than a minute of the time that it takes to follow the advice. */
export const LEAST_NANO = 500_000_000;
/** One part in a hundred of what was spent: less than that no one would see in the next period. */
export const LEAST_SHARE = 0.01;

/** The least saving that is advised, nano-dollars: both limits must be reached. */
export function leastWorth(spentNano: number): number {
  return Math.max(LEAST_NANO, Math.ceil(spentNano * LEAST_SHARE));
}
