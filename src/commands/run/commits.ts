import { readSetting } from "../../ledger/config.ts";
import { renderBranches, renderCommits } from "../../render/commits.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { usdString } from "../../render/numbers.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { branchRows, commitRows } from "../../reports/commits.ts";
import { type Filters, filtersOf } from "../../reports/filters.ts";
import { repoIdsAt, repoIdsNamed, withAttribution } from "../attribution.ts";
import type { CommitsFlags, HistoryFlags } from "../commits.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { iso, usd } from "../output/sums.ts";

const MACHINE_TOP = 100_000;

export async function runCommits(this: Context, flags: CommitsFlags): Promise<void> {
  await withLedger(this, async (ledger) => {
    const { filters, repoIds } = await prepare(this, ledger, flags);
    const { fromMs, toMs, top, timeZone } = filters;
    const rows = commitRows(ledger.db, { repoIds, fromMs, toMs, top, all: flags.all });
    if (flags.json) {
      const commits = rows.map(({ committedAtMs, ...row }) => ({
        ...row,
        committedAt: iso(committedAtMs),
        costUsd: usd(row.costNanoUsd),
      }));
      await writeOut(envelope("commits", { commits }, this.now()));
    } else if (flags.csv) {
      const header = [
        "repo",
        "sha",
        "committed",
        "subject",
        "live",
        "pull_request",
        "sessions",
        "models",
        "ai_lines",
        "lines_added",
        "cost_usd",
      ];
      const cells = rows.map((row) => [
        row.repo,
        row.sha,
        iso(row.committedAtMs) ?? "",
        row.subject,
        row.live ? "yes" : "no",
        row.pullRequest ?? "",
        row.sessions,
        row.models.join(" "),
        row.aiLinesAdded,
        row.linesAdded,
        usdString(row.costNanoUsd),
      ]);
      await writeOut(csv(header, cells));
    } else await writeOut(renderCommits(rows, terminalOf(this.process.stdout, this.env), timeZone));
  });
}

export async function runBranches(this: Context, flags: HistoryFlags): Promise<void> {
  await withLedger(this, async (ledger) => {
    const { filters, repoIds } = await prepare(this, ledger, flags);
    const rows = branchRows(ledger.db, repoIds, filters.fromMs, filters.top);
    if (flags.json) {
      const branches = rows.map(({ lastAtMs, ...row }) => ({
        ...row,
        lastAt: iso(lastAtMs),
        costUsd: usd(row.costNanoUsd),
      }));
      await writeOut(envelope("branches", { branches }, this.now()));
    } else if (flags.csv) {
      const header = [
        "repo",
        "branch",
        "pull_requests",
        "sessions",
        "calls",
        "tokens",
        "cost_usd",
        "without_pull_request_usd",
      ];
      const cells = rows.map((row) => [
        row.repo,
        row.branch,
        row.pullRequests.join(" "),
        row.sessions,
        row.calls,
        row.totalTokens,
        usdString(row.costNanoUsd),
        usdString(row.withoutPullNanoUsd),
      ]);
      await writeOut(csv(header, cells));
    } else await writeOut(renderBranches(rows, terminalOf(this.process.stdout, this.env), filters.timeZone));
  });
}

async function prepare(
  context: Context,
  ledger: OpenLedger,
  flags: HistoryFlags,
): Promise<{ filters: Filters; repoIds: number[] | null }> {
  await withAttribution(context, ledger, { offline: flags.offline, recompute: false });
  const machine = flags.json || flags.csv;
  const { since, until, timezone } = flags;
  const top = flags.top ?? (machine ? MACHINE_TOP : undefined);
  const filters = filtersOf(
    withDefaults({ since, until, timezone, top }, readSetting(ledger.db, "timezone")),
    context.now(),
    "all",
  );
  const repoIds =
    flags.repo !== undefined
      ? repoIdsNamed(ledger.db, flags.repo)
      : machine
        ? null
        : repoIdsAt(ledger.db, process.cwd());
  return { filters, repoIds };
}
