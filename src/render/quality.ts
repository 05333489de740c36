import type { QualityReport, QualityRow } from "../reports/quality.ts";
import { formatCount, formatPercent, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

/** The panels of `stats --quality`. */
export function renderQuality(report: QualityReport, terminal: Terminal): string {
  if (report.models.length === 0) return "No edits by agents in this selection.\n";
  const panels = [
    panel("Lines by model", "MODEL", report.models, terminal),
    panel("Lines by repo and model", "REPO AND MODEL", report.repos, terminal),
    panel(
      "Lines by session",
      "SESSION",
      report.sessions.map((row) => ({ ...row, name: row.name.slice(0, 8) })),
      terminal,
    ),
  ];
  const note =
    "Accepted: written lines that stand in a commit. Overridden: replaced or dropped before one. Kept: committed lines that the trunk still held 7 and 30 days later.";
  return `${panels.join("\n")}\n${paint(note, "dim", terminal)}\n`;
}

function panel(title: string, first: string, rows: readonly QualityRow[], terminal: Terminal): string {
  const table = renderTable({
    columns: [
      { title: first, align: "left", grow: 1, min: 10 },
      { title: "EDITS", align: "right", priority: 5 },
      { title: "REFUSED", align: "right", priority: 6 },
      { title: "WRITTEN", align: "right", priority: 2 },
      { title: "ACCEPTED", align: "right" },
      { title: "OVERRIDDEN", align: "right", priority: 3 },
      { title: "KEPT 7 D", align: "right", priority: 4 },
      { title: "KEPT 30 D", align: "right", priority: 4 },
      { title: "COST", align: "right", priority: 1 },
      { title: "$/LINE", align: "right" },
    ],
    rows: rows.map((row): Cell[] => [
      row.name,
      formatCount(row.edits),
      formatCount(row.refused),
      formatCount(row.linesWritten),
      percent(row.acceptance),
      percent(row.override),
      percent(row.keptAfter7Days),
      percent(row.keptAfter30Days),
      formatUsd(row.costNanoUsd),
      row.costPerLineNanoUsd === null ? "" : formatUsd(row.costPerLineNanoUsd),
    ]),
    terminal,
  });
  return `${title}\n${table}`;
}

function percent(share: number | null): string {
  return share === null ? "-" : formatPercent(share);
}
