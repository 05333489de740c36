import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { Filters } from "../../reports/filters.ts";
import type { ToolsReport } from "../../reports/tools.ts";
import { coverageJson, filtersJson } from "./statsJson.ts";
import { usd } from "./sums.ts";

/** The body of `tools --json`. */
export function toolsJson(report: ToolsReport, filters: Filters): object {
  return {
    filters: filtersJson(filters),
    coverage: coverageJson(report.coverage),
    method: report.method,
    totals: { ...report.totals, costUsd: usd(report.totals.costNanoUsd) },
    tools: report.tools.map((row) => ({ ...row, costUsd: usd(row.costNanoUsd) })),
    toolsLeft: { ...report.toolsLeft, costUsd: usd(report.toolsLeft.costNanoUsd) },
    withoutTools: { ...report.withoutTools, costUsd: usd(report.withoutTools.costNanoUsd) },
  };
}

/** Tools as CSV; those left out and calls without tools stand below. */
export function toolsCsv(report: ToolsReport): string {
  const header = [
    "tool",
    "uses",
    "failures",
    "repeats",
    "duration_median_ms",
    "duration_p95_ms",
    "result_bytes",
    "result_tokens_estimated",
    "calls",
    "sessions",
    "total_tokens",
    "cost_usd",
    "share",
  ];
  const rows: (string | number)[][] = report.tools.map((row) => [
    row.tool,
    row.uses,
    row.failures,
    row.repeats,
    row.durationMedianMs ?? "",
    row.durationP95Ms ?? "",
    row.resultBytes,
    row.resultTokensEstimated,
    row.calls,
    row.sessions,
    row.totalTokens,
    usdString(row.costNanoUsd),
    row.share.toFixed(6),
  ]);
  const { toolsLeft, withoutTools } = report;
  const blank = Array<string>(6).fill("");
  if (toolsLeft.rows > 0)
    rows.push([
      "(others)",
      toolsLeft.uses,
      ...blank,
      "",
      "",
      toolsLeft.totalTokens,
      usdString(toolsLeft.costNanoUsd),
      "",
    ]);
  rows.push([
    "(no tool)",
    "",
    ...blank,
    withoutTools.calls,
    "",
    withoutTools.totalTokens,
    usdString(withoutTools.costNanoUsd),
    "",
  ]);
  return csv(header, rows);
}
