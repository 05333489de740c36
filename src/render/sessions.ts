import type { Filters } from "../reports/filters.ts";
import type { RunRow, SessionListRow, SessionsReport } from "../reports/sessions.ts";
import { money } from "./costTables.ts";
import { counted, formatCount, formatDateTime, formatTokens, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

/** The list of sessions; sub-agents indented below their session. */
export function renderSessions(report: SessionsReport, terminal: Terminal, filters: Filters): string {
  if (report.sessions.length === 0)
    return `No sessions in this selection (${filters.period}). \`cc-ledger sessions --since all\` lists all.\n`;
  const rows = report.sessions.flatMap((row) => [
    sessionCells(row, filters.timeZone),
    ...(row.runs ?? []).map(runCells),
  ]);
  const table = renderTable({
    columns: [
      { title: "SESSION", align: "left" },
      { title: "STARTED", align: "left", priority: 3 },
      { title: "TITLE", align: "left", grow: 2, min: 10, priority: 1 },
      { title: "REPO", align: "left", grow: 1, min: 10, priority: 4 },
      { title: "MODELS", align: "left", grow: 1, min: 10, priority: 5 },
      { title: "PROMPTS", align: "right", priority: 6 },
      { title: "CALLS", align: "right", priority: 2 },
      { title: "TOKENS", align: "right" },
      { title: "COST", align: "right" },
      { title: "", align: "left" },
    ],
    rows,
    terminal,
  });
  const more =
    report.matched > report.sessions.length
      ? `; ${formatCount(report.matched - report.sessions.length)} more, --top shows them`
      : "";
  const footer = `${counted(report.matched, "session")}, ${formatUsd(report.totals.costNanoUsd)}${report.totals.unpricedCalls > 0 ? " + unpriced" : ""}${more}`;
  return `${table}\n${paint(footer, "dim", terminal)}\n`;
}

function sessionCells(row: SessionListRow, timeZone: string): Cell[] {
  const mark: Cell = row.runaway ? { text: `RUNAWAY ${(row.timesMedian ?? 0).toFixed(0)}x`, color: "red" } : "";
  return [
    row.sessionId.slice(0, 8),
    formatDateTime(row.startedAtMs, timeZone),
    row.title ?? "",
    row.repo,
    row.models.join(", "),
    formatCount(row.prompts),
    formatCount(row.calls),
    formatTokens(row.totalTokens),
    money(row),
    mark,
  ];
}

function runCells(run: RunRow): Cell[] {
  const name =
    run.kind === "main"
      ? "main thread"
      : `${run.agentType ?? run.kind}${run.description === null ? "" : `: ${run.description}`}`;
  const color = run.kind === "overhead" ? "yellow" : "dim";
  return [
    { text: `- ${run.runId.slice(0, 12)}`, color },
    "",
    { text: name, color },
    { text: run.kind, color },
    "",
    "",
    { text: formatCount(run.calls), color },
    { text: formatTokens(run.totalTokens), color },
    { text: money(run), color },
    "",
  ];
}
