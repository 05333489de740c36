/** What is worth a person's time to read. */

/** Fifty cents: less than a minute of the time that it takes to follow the advice. */
export const LEAST_NANO = 500_000_000;
/** One part in a hundred of what was spent: less than that no one would see in the next period. */
export const LEAST_SHARE = 0.01;

/** Five dollars are worth a change of habit, however much was spent besides. */
export const ALWAYS_NANO = 5_000_000_000;

/** The least saving that is advised, nano-dollars: it must be worth the reading, and be seen in the sum or in the purse. */
export function leastWorth(spentNano: number): number {
  return Math.max(LEAST_NANO, Math.min(ALWAYS_NANO, Math.ceil(spentNano * LEAST_SHARE)));
}
