import type { SessionReport } from "../reports/session.ts";
import { sparkline } from "./bars.ts";
import { counted, formatCount, formatDateTime, formatDuration, formatTokens, formatUsd } from "./numbers.ts";
import { renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { printable, truncate } from "./width.ts";

/** One session in full. */
export function renderSession(report: SessionReport, terminal: Terminal, timeZone: string): string {
  const parts = [
    heading(report, terminal, timeZone),
    prompts(report, terminal, timeZone),
    runs(report, terminal),
    tools(report, terminal),
  ];
  if (report.calls !== null) parts.push(calls(report, terminal, timeZone));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function heading({ session, timeline, events }: SessionReport, terminal: Terminal, timeZone: string): string {
  const lines = [
    paint(truncate(printable(session.title ?? session.sessionId), terminal.width), "bold", terminal),
    `session   ${session.sessionId}`,
    `repo      ${printable(session.repo)}${session.cwd === null ? "" : `  ${printable(session.cwd)}`}`,
    `time      ${formatDateTime(session.startedAtMs, timeZone)} to ${formatDateTime(session.lastAtMs, timeZone)}`,
    `client    ${[session.agent, session.clientVersion, session.entrypoint, session.billing]
      .filter((part) => part !== null)
      .map((part) => printable(part ?? ""))
      .join(", ")}`,
    `cost      ${formatUsd(session.costNanoUsd)}${session.unpricedCalls > 0 ? ` + ${session.unpricedCalls} unpriced calls` : ""}, ${formatTokens(session.totalTokens)} tokens in ${counted(session.calls, "call")}`,
    `over time ${sparkline(
      timeline.map((step) => step.costNanoUsd),
      terminal,
    )}`,
  ];
  if (session.runaway)
    lines.push(paint(`runaway   ${(session.timesMedian ?? 0).toFixed(1)} times your median session`, "red", terminal));
  if (session.lowerBoundCalls > 0)
    lines.push(`          at least: ${session.lowerBoundCalls} calls never got a final output count`);
  if ((session.residualNanoUsd ?? 0) > 0)
    lines.push(
      `          ${formatUsd(session.residualNanoUsd)} more by the client's own count, in calls it never wrote down`,
    );
  if (session.inheritedCalls > 0)
    lines.push(
      `          carries ${session.inheritedCalls} calls of ${session.forkedFrom ?? "another session"} as history, at no cost`,
    );
  for (const event of events.slice(0, 12))
    lines.push(
      paint(
        `${event.kind.padEnd(14)} ${formatDateTime(event.atMs, timeZone)} ${printable(event.detail, 120)}`,
        "dim",
        terminal,
      ),
    );
  return lines.map((line) => (terminal.color ? line : truncate(line, terminal.width))).join("\n");
}

function prompts(report: SessionReport, terminal: Terminal, timeZone: string): string {
  if (report.prompts.length === 0) return "";
  const body = renderTable({
    columns: [
      { title: "#", align: "right" },
      { title: "ASKED", align: "left" },
      { title: "CATEGORY", align: "left" },
      { title: "CALLS", align: "right", priority: 1 },
      { title: "TOKENS", align: "right" },
      { title: "COST", align: "right" },
    ],
    rows: report.prompts.map((row) => [
      String(row.number),
      row.atMs === 0 ? "-" : formatDateTime(row.atMs, timeZone),
      row.category,
      formatCount(row.calls),
      formatTokens(row.totalTokens),
      formatUsd(row.costNanoUsd),
    ]),
    terminal,
  });
  return `${paint("Prompts", "bold", terminal)}\n${body}`;
}

function runs({ session }: SessionReport, terminal: Terminal): string {
  if (session.runs === null || session.runs.length < 2) return "";
  const body = renderTable({
    columns: [
      { title: "RUN", align: "left" },
      { title: "KIND", align: "left" },
      { title: "TYPE", align: "left", grow: 1, min: 8, priority: 1 },
      { title: "DESCRIPTION", align: "left", grow: 2, min: 11, priority: 2 },
      { title: "CALLS", align: "right", priority: 3 },
      { title: "TOKENS", align: "right" },
      { title: "COST", align: "right" },
    ],
    rows: session.runs.map((run) => [
      run.runId,
      run.kind,
      run.agentType ?? "",
      run.description ?? "",
      formatCount(run.calls),
      formatTokens(run.totalTokens),
      formatUsd(run.costNanoUsd),
    ]),
    terminal,
  });
  return `${paint("Runs", "bold", terminal)}\n${body}`;
}

function tools(report: SessionReport, terminal: Terminal): string {
  if (report.tools.length === 0) return "";
  const body = renderTable({
    columns: [
      { title: "TOOL", align: "left", grow: 1, min: 8 },
      { title: "CALLS", align: "right" },
      { title: "FAILED", align: "right" },
      { title: "TIME", align: "right", priority: 1 },
      { title: "RESULTS", align: "right", priority: 2 },
    ],
    rows: report.tools.map((row) => [
      row.tool,
      formatCount(row.calls),
      row.failed === 0 ? "" : formatCount(row.failed),
      row.durationMs === null ? "-" : formatDuration(row.durationMs),
      `${(row.resultBytes / 1000).toFixed(1)} kB`,
    ]),
    terminal,
  });
  return `${paint("Tools", "bold", terminal)}\n${body}`;
}

function calls(report: SessionReport, terminal: Terminal, timeZone: string): string {
  const body = renderTable({
    columns: [
      { title: "AT", align: "left" },
      { title: "RUN", align: "left", grow: 1, min: 6, priority: 3 },
      { title: "MODEL", align: "left", grow: 1, min: 8, priority: 2 },
      { title: "INPUT", align: "right", priority: 4 },
      { title: "OUTPUT", align: "right" },
      { title: "READ", align: "right", priority: 5 },
      { title: "WRITTEN", align: "right", priority: 5 },
      { title: "COST", align: "right" },
    ],
    rows: (report.calls ?? []).map((call) => [
      formatDateTime(call.atMs, timeZone),
      call.runId,
      call.model,
      formatCount(call.tokens.input),
      `${formatCount(call.tokens.output)}${call.lowerBound ? "+" : ""}`,
      formatTokens(call.tokens.cacheRead),
      formatTokens(call.tokens.cacheWrite5m + call.tokens.cacheWrite1h),
      formatUsd(call.costNanoUsd),
    ]),
    terminal,
  });
  return `${paint("Calls", "bold", terminal)}\n${body}`;
}
