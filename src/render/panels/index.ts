import type { Filters } from "../../reports/filters.ts";
import type {
  CategoryRow,
  DailyRow,
  Distribution,
  ModelRow,
  RepoRow,
  SessionRow,
  StatsReport,
  Sums,
  Totals,
} from "../../reports/types.ts";
import { bar, heat } from "../bars.ts";
import { left, money, right } from "../costTables.ts";
import { counted, formatCount, formatDateTime, formatPercent, formatTokens, formatUsd } from "../numbers.ts";
import { type Cell, type Column, renderTable } from "../table.ts";
import { paint, type Terminal } from "../terminal.ts";
import { printable, truncate } from "../width.ts";

const BAR = 20;

/** The six panels, what they add up to, and what they leave out. */
export function renderStats(report: StatsReport, terminal: Terminal, filters: Filters): string {
  if (report.totals.calls === 0) return emptyState(filters);
  const panels = [
    daily(report.daily, terminal, filters),
    repos(report.repos, terminal),
    models(report.models, terminal),
    sessions(report.sessions, report.distribution, terminal, filters),
    distribution(report.distribution, terminal),
    categories(report.categories, terminal),
  ];
  return `${[headline(report.totals, terminal, filters), ...panels, notes(report, terminal)].filter((part) => part !== "").join("\n\n")}\n`;
}

function emptyState(filters: Filters): string {
  const where =
    filters.fromMs === null && filters.repo === null
      ? "The ledger is empty."
      : `Nothing in this selection (${filters.period}).`;
  return `${where}\n  cc-ledger stats --since all   the whole history\n  cc-ledger doctor              what was looked for, and where\n  cc-ledger demo                what this looks like with a made-up history\n`;
}

function panel(title: string, question: string, body: string, terminal: Terminal): string {
  const head = `${paint(title, "bold", terminal)}  ${paint(question, "dim", terminal)}`;
  return `${terminal.color ? head : truncate(head, terminal.width)}\n${body}`;
}

function headline(totals: Totals, terminal: Terminal, filters: Filters): string {
  const cost = `${formatUsd(totals.costNanoUsd)}${totals.unpricedCalls > 0 ? " + unpriced" : ""}`;
  const text = `${filters.period}  ${cost}  ${formatTokens(totals.totalTokens)} tokens  ${counted(totals.calls, "call")}  ${counted(totals.prompts, "prompt")}  ${counted(totals.sessions, "session")}`;
  return paint(truncate(text, terminal.width), "bold", terminal);
}

function barCell(value: number, most: number, rows: number, terminal: Terminal): Cell {
  const share = most === 0 ? 0 : value / most;
  return { text: bar(share, BAR, terminal), color: heat(share, rows) };
}

function mostOf(rows: readonly { costNanoUsd: number }[]): number {
  return Math.max(0, ...rows.map((row) => row.costNanoUsd));
}

/** A table of things with their sessions, calls, tokens and cost, and a bar for the cost. */
function costTable<R extends Sums & { sessions: number }>(
  first: Column,
  nameOf: (row: R) => string,
  rows: readonly R[],
  terminal: Terminal,
): string {
  const most = mostOf(rows);
  const columns = [
    first,
    right("SESSIONS", { priority: 3 }),
    right("CALLS", { priority: 2 }),
    right("TOKENS"),
    right("COST"),
    left("", { priority: 1 }),
  ];
  const cells = rows.map((row) => [
    nameOf(row),
    formatCount(row.sessions),
    formatCount(row.calls),
    formatTokens(row.totalTokens),
    money(row),
    barCell(row.costNanoUsd, most, rows.length, terminal),
  ]);
  return renderTable({ columns, rows: cells, terminal });
}

function daily(rows: readonly DailyRow[], terminal: Terminal, filters: Filters): string {
  const body = costTable(left("DAY"), (row) => row.day, rows, terminal);
  return panel("Daily activity", `when have I been using it? (${filters.timeZone})`, body, terminal);
}

function repos(rows: readonly RepoRow[], terminal: Terminal): string {
  return panel(
    "Top repos",
    "where am I spending?",
    costTable(left("REPO", { grow: 1, min: 12 }), (row) => row.repo, rows, terminal),
    terminal,
  );
}

function models(rows: readonly ModelRow[], terminal: Terminal): string {
  const body = costTable(left("MODEL", { grow: 1, min: 12 }), (row) => row.model, rows, terminal);
  return panel("Top models", "which model is doing the work?", body, terminal);
}

function sessions(rows: readonly SessionRow[], spread: Distribution, terminal: Terminal, filters: Filters): string {
  const body = renderTable({
    columns: [
      left("SESSION"),
      left("STARTED", { priority: 3 }),
      left("TITLE", { grow: 2, min: 10, priority: 1 }),
      left("REPO", { grow: 1, min: 10, priority: 4 }),
      left("MODEL", { grow: 1, min: 10, priority: 5 }),
      right("PROMPTS", { priority: 6 }),
      right("TOKENS"),
      right("COST"),
      left("", { priority: 0 }),
    ],
    rows: rows.map((row) => [
      row.sessionId.slice(0, 8),
      formatDateTime(row.startedAtMs, filters.timeZone),
      row.title ?? "",
      row.repo,
      row.models[0] ?? "",
      formatCount(row.prompts),
      formatTokens(row.totalTokens),
      money(row),
      row.runaway ? { text: `RUNAWAY ${(row.timesMedian ?? 0).toFixed(0)}x median`, color: "red" as const } : "",
    ]),
    terminal,
  });
  const limit = spread.runaway.thresholdNanoUsd;
  const question =
    limit === null
      ? "which sessions are the heavy hitters?"
      : `which are the heavy hitters? (runaway above ${formatUsd(limit)})`;
  return panel("Top sessions by token burn", question, body, terminal);
}

function distribution(spread: Distribution, terminal: Terminal): string {
  const { runaway } = spread;
  const figures = [
    `sessions ${formatCount(spread.sessions)}`,
    `p50 ${formatUsd(spread.p50NanoUsd)}`,
    `p95 ${formatUsd(spread.p95NanoUsd)}`,
    `p99 ${formatUsd(spread.p99NanoUsd)}`,
    `max ${formatUsd(spread.maxNanoUsd)}`,
  ].join("   ");
  const mark =
    runaway.thresholdNanoUsd === null
      ? `runaways: not judged (${runaway.method.replace(/^none: /, "")})`
      : `runaways: ${runaway.count} above ${formatUsd(runaway.thresholdNanoUsd)} (your median ${formatUsd(runaway.medianNanoUsd)}; ${runaway.method})`;
  return panel(
    "Session spend",
    "what does a session cost, and how bad does it get?",
    `${truncate(figures, terminal.width)}\n${paint(truncate(mark, terminal.width), "dim", terminal)}`,
    terminal,
  );
}

function categories(rows: readonly CategoryRow[], terminal: Terminal): string {
  const body = renderTable({
    columns: [
      left("CATEGORY"),
      right("PROMPTS", { priority: 2 }),
      right("CALLS", { priority: 3 }),
      right("COST"),
      right("SHARE"),
      left("", { priority: 1 }),
    ],
    rows: rows.map((row) => [
      row.category,
      formatCount(row.prompts),
      formatCount(row.calls),
      formatUsd(row.costNanoUsd),
      formatPercent(row.share),
      barCell(row.costNanoUsd, mostOf(rows), rows.length, terminal),
    ]),
    terminal,
  });
  return panel("Activity", "what kind of work?", body, terminal);
}

/** What the figures leave out or are unsure of, by name. */
function notes({ totals, coverage }: StatsReport, terminal: Terminal): string {
  const lines: string[] = [];
  if (totals.unpriced.length > 0) {
    lines.push(
      `unpriced, left out of all costs (+): ${totals.unpriced.map(({ model, calls }) => `${printable(model)} (${counted(calls, "call")})`).join(", ")}`,
    );
  }
  if (totals.lowerBoundCalls > 0) {
    lines.push(
      `lower bounds: ${formatPercent(totals.lowerBoundCalls / totals.calls)} of the calls never got a final output count`,
    );
  }
  if (coverage.residualNanoUsd > 0)
    lines.push(
      `not in the logs: ${formatUsd(coverage.residualNanoUsd)} by the client's own count (compaction, web search, titles)`,
    );
  return lines.map((line) => paint(truncate(line, terminal.width), "dim", terminal)).join("\n");
}
