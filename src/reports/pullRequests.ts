import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import { quantile, runawayThreshold } from "../guard/outliers.ts";
import type { TokenSums } from "./types.ts";

/** What pull requests cost: from the allocations that `attribution/` keeps. All money in nano-dollars. */

/** What to look at. Without any of these: the whole book. */
export interface PullSelection {
  /** Rows of `repos` (a repo and those it continues), null for all. */
  repoIds: readonly number[] | null;
  number: number | null;
  branch: string | null;
  /** Only what was spent from this moment on (cut at full hours), epoch milliseconds. */
  fromMs: number | null;
}

export interface Evidence {
  method: string;
  grade: string;
  costNanoUsd: number;
}

export interface PullRow {
  id: number;
  repo: string;
  number: number;
  url: string;
  title: string;
  branch: string;
  state: "open" | "closed" | "merged";
  mergeCommit: string | null;
  openedAtMs: number | null;
  endedAtMs: number | null;
  commits: number;
  sessions: number;
  aiLinesAdded: number;
  /** Of these, lines that a formatter changed. */
  aiLinesFormatted: number;
  /** Lines by a shell command of the session that committed them, or by the word of a git-ai note; not among the AI lines. */
  otherAgentLines: number;
  linesAdded: number;
  tokens: TokenSums;
  totalTokens: number;
  costNanoUsd: number;
  costPerAiLineNanoUsd: number | null;
  /** Multiple of the median cost of the repo's pull requests that cost anything; null below three of them. */
  medianRatio: number | null;
  outlier: boolean;
  evidence: Evidence[];
  categories: { category: string; costNanoUsd: number }[];
}

export interface BranchCost {
  repo: string;
  branch: string;
  costNanoUsd: number;
  sessions: number;
  totalTokens: number;
  lastAtMs: number;
}

export interface PullReport {
  totalNanoUsd: number;
  unattributedNanoUsd: number;
  /** Work on branches that no pull request holds, and its sum. */
  branches: BranchCost[];
  branchesNanoUsd: number;
  pullRequests: PullRow[];
  /** How outliers were told. */
  outlierMethod: string;
}

/** Fewer pull requests than this have no median worth comparing with. */
const MIN_FOR_MEDIAN = 3;

interface AllocationSum {
  pr_id: number | null;
  branch_id: number | null;
  method: string;
  grade: string;
  category: number;
  input: number;
  output: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  cost_nano: number;
}

/** The report. Pull requests, branches and the rest add up to the total by construction; it is checked all the same. */
export function pullReport(db: Database, selection: PullSelection): PullReport {
  const { where, values } = conditionsOf(selection);
  const bySession = selection.fromMs !== null || (selection.repoIds !== null && hasUnattributed(db));
  const sums = bySession ? summedByHour(db, where, values) : summed(db, where, values);
  const totalNanoUsd = sums.reduce((sum, row) => sum + row.cost_nano, 0);
  const pullRequests = pullRows(db, selection, sums);
  const branches = branchRows(db, selection);
  const unattributedNanoUsd = sums
    .filter((row) => row.pr_id === null && row.branch_id === null)
    .reduce((sum, row) => sum + row.cost_nano, 0);
  const branchesNanoUsd = branches.reduce((sum, row) => sum + row.costNanoUsd, 0);
  const parts = unattributedNanoUsd + branchesNanoUsd + pullRequests.reduce((sum, row) => sum + row.costNanoUsd, 0);
  if (parts !== totalNanoUsd)
    throw new Error(
      `pull requests, branches and the rest add up to ${parts}, their calls to ${totalNanoUsd} nano-dollars`,
    );
  const outlierMethod = markOutliers(db, pullRequests, where === "1");
  return { totalNanoUsd, unattributedNanoUsd, branches, branchesNanoUsd, pullRequests, outlierMethod };
}

/** Whether anything was spent outside of git: only its sessions tell which folder it belongs to. */
function hasUnattributed(db: Database): boolean {
  return (
    db.query("SELECT 1 FROM allocation_sums WHERE pr_id = 0 AND branch_id = 0 AND cost_nano <> 0 LIMIT 1").get() !==
    null
  );
}

/** From the sums that are kept. `where` speaks of ids that are null where there is none. */
function summed(db: Database, where: string, values: (number | string)[]): AllocationSum[] {
  return db
    .query<AllocationSum, (number | string)[]>(
      `SELECT * FROM (SELECT nullif(pr_id, 0) AS pr_id, nullif(branch_id, 0) AS branch_id, method, grade, category, input, output, cache_read,
         cache_write_5m, cache_write_1h, cost_nano, NULL AS session_id FROM allocation_sums) a WHERE ${where}`,
    )
    .all(...values)
    .filter((row) => row.cost_nano !== 0 || row.input + row.output + row.cache_read !== 0);
}

function summedByHour(db: Database, where: string, values: (number | string)[]): AllocationSum[] {
  return db
    .query<AllocationSum, (number | string)[]>(
      `SELECT a.pr_id, a.branch_id, a.method, a.grade, a.category, sum(a.input) AS input, sum(a.output) AS output,
         sum(a.cache_read) AS cache_read, sum(a.cache_write_5m) AS cache_write_5m, sum(a.cache_write_1h) AS cache_write_1h,
         sum(a.cost_nano) AS cost_nano
       FROM allocations a WHERE ${where} GROUP BY 1, 2, 3, 5`,
    )
    .all(...values);
}

function conditionsOf({ repoIds, number, branch, fromMs }: PullSelection): {
  where: string;
  values: (number | string)[];
} {
  const parts = ["1"];
  const values: (number | string)[] = [];
  if (repoIds !== null) {
    const list = repoIds.join(",");
    parts.push(
      `(a.pr_id IN (SELECT id FROM pull_requests WHERE repo_id IN (${list})) OR a.branch_id IN (SELECT id FROM branches WHERE repo_id IN (${list}))
        OR (a.pr_id IS NULL AND a.branch_id IS NULL AND a.session_id IN (SELECT id FROM sessions WHERE repo_id IN (${list}))))`,
    );
  }
  if (number !== null) {
    parts.push("a.pr_id IN (SELECT id FROM pull_requests WHERE number = ?)");
    values.push(number);
  }
  if (branch !== null) {
    parts.push(
      "(a.pr_id IN (SELECT id FROM pull_requests WHERE branch = ?) OR a.branch_id IN (SELECT id FROM branches WHERE name = ?))",
    );
    values.push(branch, branch);
  }
  if (fromMs !== null) {
    parts.push("a.at_ms >= ?");
    values.push(Math.floor(fromMs / 3_600_000) * 3_600_000);
  }
  return { where: parts.join(" AND "), values };
}

function branchRows(db: Database, selection: PullSelection): BranchCost[] {
  const { where, values } = conditionsOf(selection);
  return db
    .query<BranchCost, (number | string)[]>(
      `SELECT coalesce(h.name, o.name) AS repo, b.name AS branch, sum(a.cost_nano) AS costNanoUsd, count(DISTINCT a.session_id) AS sessions,
         sum(a.input + a.output + a.cache_read + a.cache_write_5m + a.cache_write_1h) AS totalTokens, max(a.at_ms) AS lastAtMs
       FROM allocations a JOIN branches b ON b.id = a.branch_id JOIN repos o ON o.id = b.repo_id LEFT JOIN repos h ON h.id = o.same_as
       WHERE a.pr_id IS NULL AND ${where} GROUP BY coalesce(h.id, o.id), b.name ORDER BY costNanoUsd DESC, branch`,
    )
    .all(...values);
}

interface StoredPull {
  id: number;
  repo: string;
  repoId: number;
  number: number;
  url: string;
  title: string;
  branch: string;
  state: PullRow["state"];
  merge_sha: string;
  opened_ms: number | null;
  ended_ms: number | null;
  commits: number;
  added: number;
  exact: number;
  formatted: number;
  told: number;
}

function pullRows(db: Database, selection: PullSelection, sums: readonly AllocationSum[]): PullRow[] {
  const conditions = ["1"];
  const values: (number | string)[] = [];
  if (selection.repoIds !== null) conditions.push(`p.repo_id IN (${selection.repoIds.join(",")})`);
  if (selection.number !== null) {
    conditions.push("p.number = ?");
    values.push(selection.number);
  }
  if (selection.branch !== null) {
    conditions.push("p.branch = ?");
    values.push(selection.branch);
  }
  const stored = db
    .query<StoredPull, (number | string)[]>(
      `SELECT p.id, o.name AS repo, p.repo_id AS repoId, p.number, p.url, p.title, p.branch, p.state, p.merge_sha, p.opened_ms, p.ended_ms, p.commits,
         p.added, p.exact, p.formatted, p.told
       FROM pull_requests p JOIN repos o ON o.id = p.repo_id WHERE ${conditions.join(" AND ")} ORDER BY o.name, p.number`,
    )
    .all(...values);
  const byPull = new Map<number, AllocationSum[]>();
  for (const row of sums) if (row.pr_id !== null) byPull.set(row.pr_id, [...(byPull.get(row.pr_id) ?? []), row]);
  const sessions = new Map(
    db
      .query<{ id: number; n: number }, []>(
        "SELECT pr_id AS id, count(DISTINCT session_id) AS n FROM allocations WHERE pr_id IS NOT NULL GROUP BY pr_id",
      )
      .all()
      .map(({ id, n }) => [id, n]),
  );
  const kept =
    selection.fromMs === null
      ? stored
      : stored.filter(({ id, ended_ms }) => byPull.has(id) || (ended_ms ?? 0) >= (selection.fromMs ?? 0));
  return kept.map((pull) => pullRow(pull, byPull.get(pull.id) ?? [], sessions.get(pull.id) ?? 0));
}

function pullRow(pull: StoredPull, sums: readonly AllocationSum[], sessions: number): PullRow {
  const total = (field: keyof AllocationSum): number => sums.reduce((sum, row) => sum + (row[field] as number), 0);
  const tokens = {
    input: total("input"),
    output: total("output"),
    cacheRead: total("cache_read"),
    cacheWrite5m: total("cache_write_5m"),
    cacheWrite1h: total("cache_write_1h"),
  };
  const costNanoUsd = total("cost_nano");
  const aiLinesAdded = pull.exact + pull.formatted;
  return {
    id: pull.id,
    repo: pull.repo,
    number: pull.number,
    url: pull.url,
    title: pull.title,
    branch: pull.branch,
    state: pull.state,
    mergeCommit: pull.merge_sha === "" ? null : pull.merge_sha,
    openedAtMs: pull.opened_ms,
    endedAtMs: pull.ended_ms,
    commits: pull.commits,
    sessions,
    aiLinesAdded,
    aiLinesFormatted: pull.formatted,
    otherAgentLines: pull.told,
    linesAdded: pull.added,
    tokens,
    totalTokens: Object.values(tokens).reduce((sum, value) => sum + value, 0),
    costNanoUsd,
    costPerAiLineNanoUsd: aiLinesAdded === 0 ? null : Math.round(costNanoUsd / aiLinesAdded),
    medianRatio: null,
    outlier: false,
    evidence: grouped(sums, (row) => `${row.method} ${row.grade}`).map(([row, cost]) => ({
      method: row.method,
      grade: row.grade,
      costNanoUsd: cost,
    })),
    categories: grouped(sums, (row) => String(row.category)).map(([row, cost]) => ({
      category: CATEGORIES[row.category] ?? "general",
      costNanoUsd: cost,
    })),
  };
}

/** Costs by a key, largest first, each with one of its rows. */
function grouped(sums: readonly AllocationSum[], keyOf: (row: AllocationSum) => string): [AllocationSum, number][] {
  const groups = new Map<string, [AllocationSum, number]>();
  for (const row of sums) {
    const group = groups.get(keyOf(row)) ?? [row, 0];
    group[1] += row.cost_nano;
    groups.set(keyOf(row), group);
  }
  return [...groups.values()].sort((a, b) => b[1] - a[1]);
}

/** Compares every pull request with all of its repo, whatever part was selected. */
function markOutliers(db: Database, rows: PullRow[], isWhole: boolean): string {
  const all = isWhole
    ? rows.map(({ id, repo, costNanoUsd }) => ({ id, repo, cost: costNanoUsd })).filter(({ cost }) => cost > 0)
    : db
        .query<{ id: number; repo: string; cost: number }, []>(
          `SELECT p.id, o.name AS repo, a.cost FROM (SELECT pr_id, sum(cost_nano) AS cost FROM allocations WHERE pr_id IS NOT NULL GROUP BY 1) a
           JOIN pull_requests p ON p.id = a.pr_id JOIN repos o ON o.id = p.repo_id WHERE a.cost > 0`,
        )
        .all();
  all.sort((a, b) => a.cost - b.cost);
  const whole = new Map(all.map(({ id, cost }) => [id, cost]));
  let method = "";
  for (const repo of new Set(rows.map((row) => row.repo))) {
    const sorted = all.filter((row) => row.repo === repo).map(({ cost }) => cost);
    const median = quantile(sorted, 0.5);
    const found = runawayThreshold(sorted);
    method = found.method.replaceAll("sessions", "pull requests");
    for (const row of rows) {
      const cost = whole.get(row.id);
      if (row.repo !== repo || cost === undefined) continue;
      if (sorted.length >= MIN_FOR_MEDIAN && median > 0) row.medianRatio = cost / median;
      row.outlier = found.thresholdNanoUsd !== null && cost > found.thresholdNanoUsd;
    }
  }
  return method;
}
