import type { Sums } from "../../reports/types.ts";

/** Sums as JSON shows them: exact nano-dollars, and the same in dollars for convenience. */
export function sumsJson(sums: Sums): object {
  return {
    calls: sums.calls,
    tokens: sums.tokens,
    totalTokens: sums.totalTokens,
    costNanoUsd: sums.costNanoUsd,
    costUsd: usd(sums.costNanoUsd),
    unpricedCalls: sums.unpricedCalls,
    lowerBoundCalls: sums.lowerBoundCalls,
  };
}

/** Dollars of a sum in nano-dollars. */
export function usd(nano: number): number {
  return nano / 1e9;
}

/** Columns of {@link sumsCells}. */
export const SUMS_HEADER = [
  "calls",
  "input",
  "output",
  "cache_read",
  "cache_write_5m",
  "cache_write_1h",
  "total_tokens",
  "cost_usd",
  "unpriced_calls",
];

/** Sums as cells of a CSV line. */
export function sumsCells(sums: Sums, usdString: (nano: number) => string): (string | number)[] {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = sums.tokens;
  return [
    sums.calls,
    input,
    output,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h,
    sums.totalTokens,
    usdString(sums.costNanoUsd),
    sums.unpricedCalls,
  ];
}

/** ISO time, or null. */
export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Rows that were cut off, added up. */
export function leftJson(left: Sums & { rows: number }): object {
  return { rows: left.rows, ...sumsJson(left) };
}
