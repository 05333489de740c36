import { UserError } from "../../platform/errors.ts";
import { formatCount, formatPercent, formatUsd } from "../../platform/numbers.ts";
import { notAllocated } from "../../reports/attributionState.ts";
import { shareOf } from "../../reports/bounded.ts";
import { explainPull, type PullExplanation } from "../../reports/pullExplain.ts";
import { type PullRow, pullReport } from "../../reports/pullRequests.ts";
import { share, usd } from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, flag, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import { LEFT, leftFields, leftLine, PAGING, periodArgument, projectArgument, tool } from "../tool.ts";

const NAME = 60;
const TOP = 5;

export const prCost = tool({
  name: "pr_cost",
  title: "Cost of pull requests",
  description:
    "What pull requests cost, from agents' calls shared out by the lines that reached their commits: one by its number, those of a branch, or all of a project, the dearest first. With `explain` (and a number) also its sessions and the evidence. Reads what the ledger knows; asks neither git nor a forge.",
  input: object({
    pr: optional(whole({ min: 1 }, "Number of one pull request.")),
    project: projectArgument,
    branch: optional(text("Pull requests of this branch.", 300)),
    period: periodArgument("all; it must reach up to now"),
    explain: optional(flag("With pr: sessions, kinds of work and evidence. Default: false.")),
    ...PAGING,
  }),
  output: {
    totalUsd: number("of pull requests, branches without one, and the rest"),
    branchesUsd: number("work on branches that no pull request holds"),
    unattributedUsd: number("work outside of git"),
    notSharedOutUsd: number("spent since calls were last shared out; in none of the other figures"),
    pullRequests: list(
      object({
        project: text(),
        number: whole(),
        title: text(),
        state: choice(["open", "closed", "merged"]),
        branch: text(),
        url: text(),
        costUsd: number(),
        totalTokens: whole(),
        commits: whole(),
        sessions: whole(),
        aiLinesAdded: whole(),
        linesAdded: whole(),
        costPerAiLineUsd: nullable(number()),
        timesMedian: nullable(number("multiple of the project's median pull request")),
        outlier: flag(),
      }),
    ),
    explanation: optional(
      object({
        evidence: list(object({ method: text(), grade: text(), costUsd: number(), share: number() })),
        categories: list(object({ category: text(), costUsd: number() })),
        sessions: list(object({ sessionId: text(), title: nullable(text()), costUsd: number(), runs: whole() })),
      }),
    ),
    left: LEFT,
  },
  run(args, call) {
    const { db } = call;
    const project = call.project(args.project);
    const period = call.period(args.period, "all");
    if (period.toMs !== null && period.toMs < call.nowMs)
      throw new UserError(
        "what pull requests cost is told up to now",
        'Give a period such as "since October" or "this month".',
      );
    const report = pullReport(db, {
      repoIds: project?.repoIds ?? null,
      number: args.pr ?? null,
      branch: args.branch ?? null,
      fromMs: period.fromMs,
    });
    const behind = notAllocated(db);
    if (args.pr !== undefined && report.pullRequests.length === 0) throw unknownPull(args.pr, behind.sessions);
    const rows = report.pullRequests
      .filter((row) => args.pr !== undefined || row.costNanoUsd > 0 || row.aiLinesAdded > 0)
      .toSorted((a, b) => b.costNanoUsd - a.costNanoUsd)
      .slice(call.offset);
    const [first] = rows;
    if (args.explain === true && (args.pr === undefined || first === undefined || rows.length > 1))
      throw new UserError(
        "explain is for one pull request",
        rows.length > 1 && args.pr !== undefined
          ? "Several projects have one of that number: give project as well."
          : "Give pr.",
      );
    const explanation = args.explain === true && first !== undefined ? explainPull(db, first.id) : null;
    return {
      rows: rows.length,
      page(count, more) {
        const shown = rows.slice(0, count);
        const structured = {
          totalUsd: usd(report.totalNanoUsd),
          branchesUsd: usd(report.branchesNanoUsd),
          unattributedUsd: usd(report.unattributedNanoUsd),
          notSharedOutUsd: usd(behind.costNanoUsd),
          pullRequests: shown.map(pullFields),
          ...(explanation !== null && first !== undefined && { explanation: explanationFields(first, explanation) }),
          ...leftFields(more),
        };
        const stale =
          behind.sessions === 0
            ? null
            : `${formatUsd(behind.costNanoUsd)} of ${formatCount(behind.sessions)} sessions is not shared out yet: \`cc-ledger pr-cost\` does that.`;
        return {
          structured,
          markdown: paragraphs(
            `**Pull requests**${project === null ? "" : ` of ${code(project.name)}`}: ${formatUsd(report.totalNanoUsd)} in all, of that ${formatUsd(report.branchesNanoUsd)} on branches without one and ${formatUsd(report.unattributedNanoUsd)} unattributed.`,
            rows.length === 0 ? "No pull request with agents' work is known here." : pullTable(shown),
            explanation === null || first === undefined ? null : explained(first, explanation),
            leftLine(more, "pull requests"),
            stale,
          ),
        };
      },
    };
  },
});

function unknownPull(number: number, waiting: number): UserError {
  const hint =
    waiting > 0
      ? "Sessions wait to be shared out: run `cc-ledger pr-cost` in a terminal, then ask again."
      : "pr_cost without a number lists those that are known.";
  return new UserError(`the ledger knows no pull request #${number} here`, hint);
}

function pullFields(row: PullRow) {
  return {
    project: plain(row.repo, NAME),
    number: row.number,
    title: plain(row.title),
    state: row.state,
    branch: plain(row.branch, NAME),
    url: plain(row.url, 120),
    costUsd: usd(row.costNanoUsd),
    totalTokens: row.totalTokens,
    commits: row.commits,
    sessions: row.sessions,
    aiLinesAdded: row.aiLinesAdded,
    linesAdded: row.linesAdded,
    costPerAiLineUsd: row.costPerAiLineNanoUsd === null ? null : usd(row.costPerAiLineNanoUsd),
    timesMedian: row.medianRatio === null ? null : Math.round(row.medianRatio * 100) / 100,
    outlier: row.outlier,
  };
}

function pullTable(rows: readonly PullRow[]): string {
  return table(
    ["PR", "Title", "State", "AI lines", "Sessions", "Cost"],
    rows.map((row) => [
      `#${row.number}${row.outlier ? " (outlier)" : ""}`,
      code(row.title || row.branch, 48),
      row.state,
      `${formatCount(row.aiLinesAdded)} of ${formatCount(row.linesAdded)}`,
      formatCount(row.sessions),
      formatUsd(row.costNanoUsd),
    ]),
  );
}

function explanationFields(row: PullRow, { sessions }: PullExplanation) {
  return {
    evidence: row.evidence.slice(0, TOP).map((one) => ({
      method: one.method,
      grade: one.grade,
      costUsd: usd(one.costNanoUsd),
      share: share(shareOf(one, row)),
    })),
    categories: row.categories.slice(0, TOP).map((one) => ({ category: one.category, costUsd: usd(one.costNanoUsd) })),
    sessions: sessions.slice(0, TOP).map((one) => ({
      sessionId: plain(one.sessionId, NAME),
      title: one.title === null ? null : plain(one.title),
      costUsd: usd(one.costNanoUsd),
      runs: one.runs.length,
    })),
  };
}

function explained(row: PullRow, { sessions }: PullExplanation): string {
  const evidence = row.evidence
    .slice(0, TOP)
    .map((one) => `${one.method} (${one.grade}) ${formatPercent(shareOf(one, row))}`);
  const work = row.categories.slice(0, TOP).map((one) => `${one.category} ${formatUsd(one.costNanoUsd)}`);
  return [
    `- Evidence: ${evidence.join(", ") || "none"}`,
    `- Work: ${work.join(", ") || "none"}`,
    ...sessions
      .slice(0, TOP)
      .map(
        (one) =>
          `- Session ${code(one.title ?? one.sessionId)}: ${formatUsd(one.costNanoUsd)}, ${one.runs.length} threads`,
      ),
  ].join("\n");
}
