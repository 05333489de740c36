import type { BlameRow } from "../reports/blame.ts";
import type { BranchRow, CommitRow } from "../reports/commits.ts";
import { formatCount, formatDateTime, formatPercent, formatTokens, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

/** Commits, newest first. */
export function renderCommits(rows: readonly CommitRow[], terminal: Terminal, timeZone: string): string {
  if (rows.length === 0)
    return "No commits with agents' work in this selection.\n  cc-ledger commits --all   those of people as well\n";
  const table = renderTable({
    columns: [
      { title: "COMMIT", align: "left" },
      { title: "WHEN", align: "left", priority: 4 },
      { title: "SUBJECT", align: "left", grow: 2, min: 10 },
      { title: "REPO", align: "left", grow: 1, min: 8, priority: 6 },
      { title: "PR", align: "right", priority: 2 },
      { title: "MODELS", align: "left", grow: 1, min: 8, priority: 5 },
      { title: "SESSIONS", align: "right", priority: 3 },
      { title: "AI LINES", align: "right" },
      { title: "SHARE", align: "right", priority: 1 },
      { title: "COST", align: "right" },
      { title: "", align: "left", priority: 2 },
    ],
    rows: rows.map((row): Cell[] => [
      row.sha.slice(0, 9),
      formatDateTime(row.committedAtMs, timeZone),
      row.subject,
      row.repo,
      row.pullRequest === null ? "" : `#${row.pullRequest}`,
      row.models.join(", "),
      formatCount(row.sessions),
      formatCount(row.aiLinesAdded),
      row.linesAdded === 0 ? "" : formatPercent(Math.min(1, row.aiLinesAdded / row.linesAdded)),
      formatUsd(row.costNanoUsd),
      row.live ? "" : { text: "rewritten", color: "dim" },
    ]),
    terminal,
  });
  return `${table}\n`;
}

/** Branches, dearest first. */
export function renderBranches(rows: readonly BranchRow[], terminal: Terminal, timeZone: string): string {
  if (rows.length === 0) return "No work on any branch in this selection.\n";
  const table = renderTable({
    columns: [
      { title: "BRANCH", align: "left", grow: 2, min: 10 },
      { title: "REPO", align: "left", grow: 1, min: 8, priority: 3 },
      { title: "PR", align: "left", priority: 1 },
      { title: "LAST", align: "left", priority: 4 },
      { title: "SESSIONS", align: "right", priority: 2 },
      { title: "CALLS", align: "right", priority: 5 },
      { title: "TOKENS", align: "right", priority: 3 },
      { title: "COST", align: "right" },
      { title: "WITHOUT PR", align: "right" },
    ],
    rows: rows.map((row): Cell[] => [
      row.branch,
      row.repo,
      row.pullRequests.map((number) => `#${number}`).join(" "),
      formatDateTime(row.lastAtMs, timeZone),
      formatCount(row.sessions),
      formatCount(row.calls),
      formatTokens(row.totalTokens),
      formatUsd(row.costNanoUsd),
      formatUsd(row.withoutPullNanoUsd),
    ]),
    terminal,
  });
  return `${table}\n`;
}

/** A file's lines with who wrote them. */
export function renderBlame(rows: readonly BlameRow[], terminal: Terminal): string {
  const table = renderTable({
    columns: [
      { title: "LINE", align: "right" },
      { title: "BY", align: "left" },
      { title: "SESSION", align: "left", priority: 1 },
      { title: "MODEL", align: "left", priority: 3 },
      { title: "FOR", align: "left", priority: 4 },
      { title: "COST", align: "right", priority: 2 },
      { title: "COMMIT", align: "left", priority: 5 },
      { title: "TEXT", align: "left", grow: 5, min: 16 },
    ],
    rows: rows.map((row): Cell[] => [
      String(row.line),
      row.by === "agent"
        ? { text: row.grade === "exact" ? "agent" : `agent (${row.grade ?? ""})`, color: "cyan" }
        : row.by === "human"
          ? "human"
          : { text: "unknown", color: "dim" },
      row.sessionId?.slice(0, 8) ?? "",
      row.model ?? "",
      row.category ?? "",
      row.costNanoUsd === null ? "" : formatUsd(row.costNanoUsd),
      /^0+$/.test(row.sha) ? "(open)" : row.sha.slice(0, 9),
      indented(row.text),
    ]),
    terminal,
  });
  const agent = rows.filter((row) => row.by === "agent").length;
  const human = rows.filter((row) => row.by === "human").length;
  const foot = `${formatCount(rows.length)} lines: ${formatCount(agent)} by agents, ${formatCount(human)} by people, ${formatCount(rows.length - agent - human)} older than the ledger`;
  return `${table}\n${paint(foot, "dim", terminal)}\n`;
}

/** Tables trim their cells; a line of code keeps its indentation. */
function indented(text: string): string {
  return text.replaceAll("\t", "    ").replace(/^ +/, (spaces) => "\u00a0".repeat(spaces.length));
}
