import { basename } from "node:path";
import { readSetting } from "../../ledger/config.ts";
import { UserError } from "../../platform/errors.ts";
import { readHead } from "../../platform/repo.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { usdString } from "../../render/numbers.ts";
import { renderExplanation, renderPulls } from "../../render/pulls.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { DEFAULT_TOP, filtersOf } from "../../reports/filters.ts";
import { explainPull } from "../../reports/pullExplain.ts";
import { type PullReport, type PullSelection, pullReport } from "../../reports/pullRequests.ts";
import { repoIdsAt, repoIdsNamed, withAttribution } from "../attribution.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { pullJson } from "../output/pullJson.ts";
import { iso } from "../output/sums.ts";
import type { PrCostFlags } from "../prCost.ts";

export async function run(this: Context, flags: PrCostFlags): Promise<void> {
  if (flags.pr !== undefined && (!Number.isInteger(flags.pr) || flags.pr < 1))
    throw new UserError(`--pr must be the number of a pull request, but is ${flags.pr}`);
  if (flags.top !== undefined && !(Number.isInteger(flags.top) && flags.top > 0))
    throw new UserError(`--top must be a whole number from 1, but is ${flags.top}`);
  await withLedger(this, async (ledger) => {
    await withAttribution(this, ledger, flags);
    const { selection, what } = select(this, ledger, flags);
    const report = pullReport(ledger.db, selection);
    if (flags.pr !== undefined && report.pullRequests.length === 0)
      throw new UserError(
        `the ledger knows no pull request #${flags.pr}`,
        "cc-ledger pr-cost --all lists those it knows.",
      );
    const explained = flags.explain
      ? report.pullRequests
          .filter((row) => row.costNanoUsd > 0)
          .map((row) => ({ row, explanation: explainPull(ledger.db, row.id) }))
      : [];
    if (flags.json) {
      const body = {
        selection: what,
        totalNanoUsd: report.totalNanoUsd,
        unattributedNanoUsd: report.unattributedNanoUsd,
        branches: report.branches.map(({ lastAtMs, ...rest }) => ({ ...rest, lastAt: iso(lastAtMs) })),
        outliers: report.outlierMethod,
        pullRequests: report.pullRequests.map((row) => ({
          ...pullJson(row),
          ...(flags.explain && { explanation: explained.find((one) => one.row.id === row.id)?.explanation ?? null }),
        })),
      };
      await writeOut(envelope("pr-cost", body, this.now()));
    } else if (flags.csv) await writeOut(pullsCsv(report));
    else {
      const terminal = terminalOf(this.process.stdout, this.env);
      await writeOut(renderPulls(report, what, flags.top ?? DEFAULT_TOP, terminal));
      for (const { row, explanation } of explained) await writeOut(renderExplanation(row, explanation, terminal));
    }
  });
}

/** What the flags select. A person standing on a branch asks for its pull requests; JSON and CSV give the whole book unless told otherwise. */
function select(context: Context, { db }: OpenLedger, flags: PrCostFlags): { selection: PullSelection; what: string } {
  const filters = filtersOf(
    withDefaults({ since: flags.since, timezone: flags.timezone }, readSetting(db, "timezone")),
    context.now(),
    "all",
  );
  const base: PullSelection = {
    repoIds: null,
    number: flags.pr ?? null,
    branch: flags.branch ?? null,
    fromMs: filters.fromMs,
  };
  const chosen = flags.pr !== undefined || flags.branch !== undefined;
  if (flags.repo !== undefined)
    return {
      selection: { ...base, repoIds: repoIdsNamed(db, flags.repo) },
      what: `repo ${flags.repo}${chosen ? wordsOf(flags) : ""}`,
    };
  if (flags.all) return { selection: base, what: "all repos" };
  const cwd = process.cwd();
  const here = repoIdsAt(db, cwd);
  if (chosen)
    return {
      selection: { ...base, repoIds: here },
      what: `${here === null ? "all repos" : basename(cwd)}${wordsOf(flags)}`,
    };
  if (flags.json || flags.csv || here === null) return { selection: base, what: "all repos" };
  const branch = readHead(cwd);
  if (branch !== null) {
    const own = db.query(`SELECT 1 FROM pull_requests WHERE repo_id IN (${here.join(",")}) AND branch = ?`).get(branch);
    if (own !== null) return { selection: { ...base, repoIds: here, branch }, what: `branch ${branch}` };
  }
  return { selection: { ...base, repoIds: here }, what: `repo ${basename(cwd)}` };
}

function wordsOf(flags: PrCostFlags): string {
  return `${flags.pr === undefined ? "" : `, #${flags.pr}`}${flags.branch === undefined ? "" : `, branch ${flags.branch}`}`;
}

function pullsCsv(report: PullReport): string {
  const header = [
    "repo",
    "pull_request",
    "title",
    "branch",
    "state",
    "merge_commit",
    "commits",
    "sessions",
    "ai_lines",
    "lines_added",
    "tokens",
    "cost_usd",
    "cost_per_ai_line_usd",
    "x_median",
    "outlier",
    "grades",
  ];
  const rows = report.pullRequests.map((row) => [
    row.repo,
    row.number,
    row.title,
    row.branch,
    row.state,
    row.mergeCommit ?? "",
    row.commits,
    row.sessions,
    row.aiLinesAdded,
    row.linesAdded,
    row.totalTokens,
    usdString(row.costNanoUsd),
    row.costPerAiLineNanoUsd === null ? "" : usdString(row.costPerAiLineNanoUsd),
    row.medianRatio === null ? "" : row.medianRatio.toFixed(2),
    row.outlier ? "yes" : "",
    row.evidence.map((one) => `${one.method}:${one.grade}:${usdString(one.costNanoUsd)}`).join(" "),
  ]);
  const rest = [
    ...report.branches.map((row) => [
      row.repo,
      "",
      "",
      row.branch,
      "branch",
      "",
      "",
      row.sessions,
      "",
      "",
      row.totalTokens,
      usdString(row.costNanoUsd),
      "",
      "",
      "",
      "",
    ]),
    ["", "", "", "", "unattributed", "", "", "", "", "", "", usdString(report.unattributedNanoUsd), "", "", "", ""],
  ];
  return csv(header, [...rows, ...rest]);
}
