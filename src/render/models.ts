import type { Filters } from "../reports/filters.ts";
import type { ModelPeriod, ModelsReport } from "../reports/models.ts";
import {
  headline,
  left,
  leftNote,
  lines,
  money,
  nothingIn,
  panel,
  paragraphs,
  right,
  SUM_COLUMNS,
  sumCells,
  unpricedNote,
} from "./costTables.ts";
import { formatCount, formatPercent, formatUsd } from "./numbers.ts";
import type { Cell } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Models that a period names before the rest is "others". */
const NAMED = 4;
const CATEGORIES = 3;

/** Models whole, by kind of work, and over time. */
export function renderModels(report: ModelsReport, terminal: Terminal, filters: Filters): string {
  const { totals } = report;
  if (totals.calls === 0) return nothingIn(filters, "models");
  return paragraphs([
    headline(totals, "", terminal, filters),
    whole(report, terminal),
    work(report, terminal),
    overTime(report, terminal),
    unpricedNote(totals.unpriced, terminal),
  ]);
}

function whole(report: ModelsReport, terminal: Terminal): string {
  const table = {
    columns: [left("MODEL", { grow: 1, min: 12 }), right("SESSIONS", { priority: 3 }), ...SUM_COLUMNS],
    rows: report.models.map((row): Cell[] => [
      row.model,
      formatCount(row.sessions),
      ...sumCells(row, report.models.length, terminal),
    ]),
  };
  return lines([
    panel("Models", "which model did the work?", table, terminal),
    leftNote(report.modelsLeft, "model", terminal),
  ]);
}

function work(report: ModelsReport, terminal: Terminal): string {
  const table = {
    columns: [
      left("MODEL", { grow: 1, min: 12 }),
      right("MAIN"),
      right("SUB-AGENTS"),
      right("OVERHEAD"),
      left("MOST SPENT ON", { grow: 3, min: 16 }),
    ],
    rows: report.models.map((row): Cell[] => [
      row.model,
      ...row.kinds.map((kind) => (kind.calls === 0 ? "" : money(kind))),
      row.categories
        .slice(0, CATEGORIES)
        .map(({ category, share }) => `${category} ${formatPercent(share)}`)
        .join(", "),
    ]),
  };
  return panel("Work", "who called it, and for what?", table, terminal);
}

function overTime(report: ModelsReport, terminal: Terminal): string {
  const table = {
    columns: [
      left(report.per.toUpperCase()),
      right("CALLS", { priority: 2 }),
      right("COST"),
      left("MIX", { grow: 1, min: 20 }),
    ],
    rows: report.periods.map((row): Cell[] => [row.from, formatCount(row.calls), money(row), mixText(row)]),
  };
  const title = { day: "Days", week: "Weeks (from Monday)", month: "Months" }[report.per];
  return lines([
    panel(title, "how did the mix change?", table, terminal),
    leftNote(report.periodsLeft, report.per, terminal),
  ]);
}

function mixText({ models }: ModelPeriod): string {
  const named = models
    .slice(0, NAMED)
    .map(({ model, share, costNanoUsd }) =>
      costNanoUsd === 0 ? `${model} ${formatUsd(0)}` : `${model} ${formatPercent(share)}`,
    );
  return [...named, ...(models.length > NAMED ? [`${models.length - NAMED} others`] : [])].join(", ");
}
