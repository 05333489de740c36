import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { StatsReport } from "../../reports/types.ts";
import { SUMS_HEADER, sumsCells } from "./sums.ts";

/** The rows of the panels as one table: which panel, what it is about, and its sums. */
export function statsCsv(report: StatsReport): string {
  const rows: (string | number)[][] = [
    ...report.daily.map((row) => ["day", row.day, row.sessions, ...sumsCells(row, usdString)]),
    ...report.repos.map((row) => ["repo", row.repo, row.sessions, ...sumsCells(row, usdString)]),
    ...report.models.map((row) => ["model", row.model, row.sessions, ...sumsCells(row, usdString)]),
    ...report.sessions.map((row) => ["session", row.sessionId, 1, ...sumsCells(row, usdString)]),
    ...report.categories.map((row) => [
      "category",
      row.category,
      "",
      row.calls,
      "",
      "",
      "",
      "",
      "",
      row.totalTokens,
      usdString(row.costNanoUsd),
      "",
    ]),
  ];
  return csv(["panel", "name", "sessions", ...SUMS_HEADER], rows);
}
