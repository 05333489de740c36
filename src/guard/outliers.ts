/** What is usual for a person, and from where on it is not. */
export interface Threshold {
  /** Null where the history is too short to say. */
  thresholdNanoUsd: number | null;
  medianNanoUsd: number | null;
  samples: number;
  method: string;
}

/** Fewer sessions than this say nothing about what is usual. */
export const MIN_SAMPLES = 20;
/** Chance that a history without outliers has anybody marked at all. */
const FALSE_ALARM = 0.01;
/** Nobody is a runaway below this multiple of the median, however alike the other sessions are. */
const MIN_RATIO = 4;
/** Turns a median absolute deviation into the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/** Threshold above which a value stands out from one's own history: a robust z-test of the logarithms, whose limit grows
 *  with the number of samples, so that the largest of many is not marked just for being the largest.
 *  `values` are costs of whole sessions (or prompts, pull requests), nano-dollars; only positive ones count. */
export function runawayThreshold(values: readonly number[]): Threshold {
  const logs = Float64Array.from(values)
    .filter((value) => value > 0)
    .map(Math.log)
    .sort();
  const samples = logs.length;
  if (samples < MIN_SAMPLES) {
    const median = samples === 0 ? null : Math.round(Math.exp(quantile(logs, 0.5)));
    const method = `none: ${samples} of the ${MIN_SAMPLES} sessions that a comparison needs`;
    return { thresholdNanoUsd: null, medianNanoUsd: median, samples, method };
  }
  const median = quantile(logs, 0.5);
  // Costs have a long right tail; spread is taken from the half above the median, or an even history would be too narrow.
  const above = logs.filter((value) => value >= median).map((value) => value - median);
  const mad = quantile(logs.map((value) => Math.abs(value - median)).sort(), 0.5);
  const sigma = MAD_TO_SIGMA * Math.max(mad, quantile(above, 0.5));
  const z = upperQuantile(FALSE_ALARM / samples) * (1 + 4 / Math.sqrt(samples) / 3);
  const ratio = Math.max(MIN_RATIO, Math.exp(z * sigma));
  const thresholdNanoUsd = Math.round(Math.exp(median) * ratio);
  const method = `log-cost above median + ${z.toFixed(2)} robust standard deviations (MAD) of ${samples} sessions, at least ${MIN_RATIO} x the median`;
  return { thresholdNanoUsd, medianNanoUsd: Math.round(Math.exp(median)), samples, method };
}

/** Quantile of sorted values by linear interpolation between the closest ranks (type 7); 0 for none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return 0;
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

/** The z above which a normal variable lies with probability `p` (0 < p < 0.5): Newton's method on the tail. */
export function upperQuantile(p: number): number {
  let z = Math.sqrt(-2 * Math.log(p));
  for (let round = 0; round < 50; round++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const step = (normalTail(z) - p) / density;
    z += step;
    if (Math.abs(step) < 1e-12) break;
  }
  return z;
}

/** Upper tail of the normal distribution by its continued fraction (Laplace), good for z above 1. */
function normalTail(z: number): number {
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}
