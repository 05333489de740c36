import { addSums, type Left } from "./bounded.ts";
import type { Sums } from "./types.ts";

/** What a list's rows beyond the first `shown` add up to, with those that the report left out itself. */
export function leftAfter(rows: readonly Sums[], shown: number, left: Left): Left {
  const tokens = { ...left.tokens };
  const sum: Left = { ...left, tokens };
  for (const row of rows.slice(shown)) {
    addSums(sum, row);
    sum.rows++;
  }
  return sum;
}
