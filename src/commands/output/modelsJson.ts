import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { Filters } from "../../reports/filters.ts";
import type { ModelsReport } from "../../reports/models.ts";
import { coverageJson, filtersJson } from "./statsJson.ts";
import { leftJson, SUMS_HEADER, sumsCells, sumsJson } from "./sums.ts";

/** The body of `models --json`. */
export function modelsJson(report: ModelsReport, filters: Filters): object {
  return {
    filters: filtersJson(filters),
    coverage: coverageJson(report.coverage),
    totals: { ...sumsJson(report.totals), unpriced: report.totals.unpriced },
    models: report.models.map((row) => ({
      model: row.model,
      sessions: row.sessions,
      ...sumsJson(row),
      share: row.share,
      kinds: row.kinds.map((kind) => ({ kind: kind.kind, ...sumsJson(kind) })),
      categories: row.categories.map((part) => ({ category: part.category, ...sumsJson(part), share: part.share })),
    })),
    modelsLeft: leftJson(report.modelsLeft),
    per: report.per,
    periods: report.periods.map((row) => ({
      from: row.from,
      ...sumsJson(row),
      models: row.models.map((part) => ({ model: part.model, ...sumsJson(part), share: part.share })),
    })),
    periodsLeft: leftJson(report.periodsLeft),
  };
}

/** Models whole, by kind of run, by category and by period, as one table. */
export function modelsCsv(report: ModelsReport): string {
  const rows = [
    ...report.models.flatMap((row) => [
      ["model", "", row.model, ...sumsCells(row, usdString)],
      ...row.kinds.map((kind) => ["kind", kind.kind, row.model, ...sumsCells(kind, usdString)]),
      ...row.categories.map((part) => ["category", part.category, row.model, ...sumsCells(part, usdString)]),
    ]),
    ...report.periods.flatMap((row) =>
      row.models.map((part) => [report.per, row.from, part.model, ...sumsCells(part, usdString)]),
    ),
  ];
  return csv(["panel", "name", "model", ...SUMS_HEADER], rows);
}
