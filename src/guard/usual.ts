import { runawayThreshold } from "./outliers.ts";

/** What is usual for a person, from one's own history, and from where on something is not. */
export interface Usual {
  /** Null where the history is too short to say. */
  limit: number | null;
  median: number | null;
  samples: number;
}

/** Measures of ordinary sessions and prompts, nano-dollars. */
export interface Baseline {
  session: Usual;
  prompt: Usual;
  /** Dearest ten minutes of a session. */
  burn: Usual;
}

export const NOTHING_USUAL: Usual = { limit: null, median: null, samples: 0 };
export const NO_BASELINE: Baseline = {
  session: NOTHING_USUAL,
  prompt: NOTHING_USUAL,
  burn: NOTHING_USUAL,
};

/** However widely one's costs are spread, nothing so many times the largest of them is ordinary. */
const MOST_TIMES = 25;

/** From where on a value is out of the ordinary: above the robust threshold of the ordinary ones (median and MAD of their logarithms, at
 *  least 20 of them), and between `times` and {@link MOST_TIMES} the largest of them. `ordinary` must leave out what ran away. */
export function usualOf(ordinary: readonly number[], times: number): Usual {
  const { thresholdNanoUsd, medianNanoUsd, samples } = runawayThreshold(ordinary);
  if (thresholdNanoUsd === null) return { limit: null, median: medianNanoUsd, samples };
  let largest = 0;
  for (const value of ordinary) if (value > largest) largest = value;
  const limit = Math.max(Math.min(thresholdNanoUsd, largest * MOST_TIMES), largest * times);
  return { limit: Math.round(limit), median: medianNanoUsd, samples };
}
