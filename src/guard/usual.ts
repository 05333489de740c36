import { MIN_SAMPLES, runawayThreshold } from "./outliers.ts";

/** What is usual for a person, from one's own history, and from where on something is not. */
export interface Usual {
  /** Null where the history is too short to say; then so is {@link largest}. */
  limit: number | null;
  median: number | null;
  largest: number | null;
  samples: number;
}

/** Measures of ordinary sessions and prompts: nano-dollars, and counts of sub-agents. */
export interface Baseline {
  session: Usual;
  prompt: Usual;
  /** Dearest ten minutes of a session. */
  burn: Usual;
  /** Most sub-agents at work at once in a session, and most that a prompt started; null where the history is too short. */
  running: number | null;
  started: number | null;
}

export const NOTHING_USUAL: Usual = { limit: null, median: null, largest: null, samples: 0 };
export const NO_BASELINE: Baseline = {
  session: NOTHING_USUAL,
  prompt: NOTHING_USUAL,
  burn: NOTHING_USUAL,
  running: null,
  started: null,
};

/** However widely one's costs are spread, nothing so many times the largest of them is ordinary. */
const MOST_TIMES = 25;

/** From where on a value is out of the ordinary: above the robust threshold of the ordinary ones (median and MAD of their logarithms, at
 *  least 20 of them), and between `times` and {@link MOST_TIMES} the largest of them. `ordinary` must leave out what ran away. */
export function usualOf(ordinary: readonly number[], times: number): Usual {
  const { thresholdNanoUsd, medianNanoUsd, samples } = runawayThreshold(ordinary);
  if (thresholdNanoUsd === null) return { limit: null, median: medianNanoUsd, largest: null, samples };
  const largest = largestOf(ordinary);
  const limit = Math.max(Math.min(thresholdNanoUsd, largest * MOST_TIMES), largest * times);
  return { limit: Math.round(limit), median: medianNanoUsd, largest, samples };
}

/** The largest of counts, null where there are too few of them to say what is usual. */
export function mostOf(counts: readonly number[]): number | null {
  return counts.length < MIN_SAMPLES ? null : largestOf(counts);
}

function largestOf(values: readonly number[]): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
