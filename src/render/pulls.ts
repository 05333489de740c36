import type { PullExplanation } from "../reports/pullExplain.ts";
import type { PullReport, PullRow } from "../reports/pullRequests.ts";
import { formatCount, formatPercent, formatTokens, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

/** The list of pull requests, the branches without one, and what is left. */
export function renderPulls(report: PullReport, what: string, top: number, terminal: Terminal): string {
  const pulls = report.pullRequests.filter((row) => row.costNanoUsd > 0 || row.aiLinesAdded > 0);
  if (pulls.length === 0 && report.branches.length === 0) {
    return `No pull requests with agents' work in this selection (${what}).\n  cc-ledger pr-cost --all   those of all repos\n  cc-ledger branches         work by branch\n`;
  }
  const sorted = [...pulls].sort((a, b) => b.costNanoUsd - a.costNanoUsd);
  const table = renderTable({
    columns: [
      { title: "PR", align: "right" },
      { title: "TITLE / BRANCH", align: "left", grow: 2, min: 10 },
      { title: "REPO", align: "left", grow: 1, min: 8, priority: 9 },
      { title: "STATE", align: "left", priority: 5 },
      { title: "COMMITS", align: "right", priority: 7 },
      { title: "SESSIONS", align: "right", priority: 4 },
      { title: "AI LINES", align: "right", priority: 2 },
      { title: "SHARE", align: "right", priority: 3 },
      { title: "TOKENS", align: "right", priority: 6 },
      { title: "COST", align: "right" },
      { title: "$/LINE", align: "right", priority: 6 },
      { title: "MOSTLY", align: "left", priority: 8 },
      { title: "x MEDIAN", align: "right", priority: 1 },
      { title: "", align: "left" },
    ],
    rows: sorted.slice(0, top).map(pullCells),
    terminal,
  });
  const branches = report.branches
    .slice(0, 5)
    .map((row) => `  ${row.repo} ${row.branch}  ${formatUsd(row.costNanoUsd)}`);
  const more = report.branches.length > 5 ? `  and ${report.branches.length - 5} more: cc-ledger branches\n` : "";
  const inPulls = pulls.reduce((sum, row) => sum + row.costNanoUsd, 0);
  const inBranches = report.branches.reduce((sum, row) => sum + row.costNanoUsd, 0);
  const foot = [
    sorted.length > top
      ? paint(`${formatCount(sorted.length - top)} cheaper pull requests more; --top shows them`, "dim", terminal)
      : "",
    paint(
      `${what}: pull requests ${formatUsd(inPulls)} + branches without one ${formatUsd(inBranches)} + unattributed ${formatUsd(report.unattributedNanoUsd)} = ${formatUsd(report.totalNanoUsd)}`,
      "dim",
      terminal,
    ),
    paint(weakness(pulls), "dim", terminal),
  ];
  const rest =
    branches.length === 0
      ? ""
      : `\n${paint("Branches without a pull request", "dim", terminal)}\n${branches.join("\n")}\n${more}`;
  return `${pulls.length === 0 ? "" : `${table}\n`}${rest}${foot.filter((line) => line !== "").join("\n")}\n`;
}

/** How much of the money stands on weaker evidence than lines. */
function weakness(pulls: readonly PullRow[]): string {
  const total = pulls.reduce((sum, row) => sum + row.costNanoUsd, 0);
  const weak = pulls
    .flatMap((row) => row.evidence)
    .filter((one) => one.grade === "C")
    .reduce((sum, one) => sum + one.costNanoUsd, 0);
  if (total === 0 || weak === 0) return "";
  return `${formatPercent(weak / total)} of the pull requests' cost is known by its branch alone (grade C); --explain shows which`;
}

function pullCells(row: PullRow): Cell[] {
  const share = row.linesAdded === 0 ? "" : formatPercent(Math.min(1, row.aiLinesAdded / row.linesAdded));
  return [
    `#${row.number}`,
    row.title || row.branch,
    row.repo,
    row.state,
    formatCount(row.commits),
    formatCount(row.sessions),
    formatCount(row.aiLinesAdded),
    share,
    formatTokens(row.totalTokens),
    formatUsd(row.costNanoUsd),
    row.costPerAiLineNanoUsd === null ? "" : formatUsd(row.costPerAiLineNanoUsd),
    row.categories[0]?.category ?? "",
    row.medianRatio === null ? "" : `${row.medianRatio.toFixed(1)}x`,
    row.outlier ? { text: "OUTLIER", color: "red" } : "",
  ];
}

/** Sessions, runs and calls behind one pull request. */
export function renderExplanation(row: PullRow, explanation: PullExplanation, terminal: Terminal): string {
  const out = [`\n#${row.number} ${row.title || row.branch}: ${formatUsd(row.costNanoUsd)}`];
  out.push(
    renderTable({
      columns: [
        { title: "COMMIT", align: "left" },
        { title: "SUBJECT", align: "left", grow: 1, min: 10 },
        { title: "IN IT BY", align: "left", priority: 2 },
        { title: "LINES", align: "right", priority: 1 },
        { title: "AI LINES", align: "right" },
        { title: "COST", align: "right" },
      ],
      rows: explanation.commits.map((one) => [
        one.sha.slice(0, 9),
        one.subject,
        one.method,
        formatCount(one.added),
        formatCount(one.aiLines),
        formatUsd(one.costNanoUsd),
      ]),
      terminal,
    }),
  );
  for (const session of explanation.sessions) {
    out.push(`\n${session.sessionId.slice(0, 8)} ${session.title ?? ""}  ${formatUsd(session.costNanoUsd)}`);
    out.push(
      renderTable({
        columns: [
          { title: "RUN", align: "left", grow: 1, min: 8 },
          { title: "EVIDENCE", align: "left" },
          { title: "GRADE", align: "left" },
          { title: "CALLS", align: "right" },
          { title: "COST", align: "right" },
        ],
        rows: session.runs.flatMap((run) =>
          run.evidence.map((one): Cell[] => [
            run.kind === "main" ? "main thread" : `${run.agentType ?? run.kind} ${run.runId.slice(0, 8)}`,
            one.method,
            one.grade,
            formatCount(one.calls),
            formatUsd(one.costNanoUsd),
          ]),
        ),
        terminal,
      }),
    );
    for (const one of session.elsewhere)
      out.push(paint(`  the rest of it: ${formatUsd(one.costNanoUsd)} ${one.what}`, "dim", terminal));
  }
  return `${out.join("\n")}\n`;
}
