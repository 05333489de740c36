import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { Forecast } from "../../reports/forecast.ts";
import { iso, usd } from "./sums.ts";

/** A forecast as JSON shows it. */
export function forecastJson(one: Forecast): object {
  return {
    per: one.per,
    from: iso(one.fromMs),
    until: iso(one.toMs),
    elapsed: one.elapsed,
    spentNanoUsd: one.spentNanoUsd,
    spentUsd: usd(one.spentNanoUsd),
    projectedNanoUsd: one.projectedNanoUsd,
    projectedUsd: usd(one.projectedNanoUsd),
    method: one.methodName,
    methodText: one.method,
    error: one.error,
    candidates: one.candidates,
  };
}

/** Forecasts as CSV, a line for every method; the one that speaks is marked. */
export function forecastCsv(forecasts: readonly Forecast[]): string {
  const header = [
    "per",
    "from",
    "until",
    "elapsed",
    "spent_usd",
    "method",
    "chosen",
    "projected_usd",
    "median_error",
    "periods_tried",
  ];
  const rows = forecasts.flatMap((one) =>
    one.candidates.map((candidate) => [
      one.per,
      iso(one.fromMs) ?? "",
      iso(one.toMs) ?? "",
      one.elapsed.toFixed(6),
      usdString(one.spentNanoUsd),
      candidate.method,
      candidate.method === one.methodName ? "yes" : "",
      usdString(candidate.projectedNanoUsd),
      candidate.error?.medianAbsolutePercentageError.toFixed(4) ?? "",
      candidate.error?.periods ?? "",
    ]),
  );
  return csv(header, rows);
}
