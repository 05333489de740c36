import type { Database } from "bun:sqlite";

/** Commits and branches with what agents had in them. Money in nano-dollars. */

export interface CommitRow {
  repo: string;
  sha: string;
  subject: string;
  committedAtMs: number;
  /** A ref leads to it; false once it was amended, rebased or thrown away. */
  live: boolean;
  pullRequest: number | null;
  sessions: number;
  models: string[];
  aiLinesAdded: number;
  linesAdded: number;
  costNanoUsd: number;
}

export interface CommitFilter {
  repoIds: readonly number[] | null;
  fromMs: number | null;
  toMs: number | null;
  top: number;
  /** Also commits that no agent had a hand in. */
  all: boolean;
}

/** Commits, newest first. */
export function commitRows(db: Database, filter: CommitFilter): CommitRow[] {
  const where = ["1"];
  if (filter.repoIds !== null) where.push(`c.repo_id IN (${filter.repoIds.join(",")})`);
  if (filter.fromMs !== null) where.push(`c.committed_ms >= ${Math.floor(filter.fromMs)}`);
  if (filter.toMs !== null) where.push(`c.committed_ms < ${Math.ceil(filter.toMs)}`);
  if (!filter.all)
    where.push(
      "(c.session_id IS NOT NULL OR EXISTS (SELECT 1 FROM commit_lines l WHERE l.commit_id = c.id) OR EXISTS (SELECT 1 FROM allocations a WHERE a.commit_id = c.id))",
    );
  const rows = db
    .query<
      {
        id: number;
        repo: string;
        sha: string;
        subject: string;
        committed_ms: number;
        live: number;
        pull: number | null;
        added: number;
        ai: number;
        cost: number;
        sessions: number;
      },
      [number]
    >(
      `SELECT c.id, o.name AS repo, c.sha, c.subject, c.committed_ms, c.live, p.number AS pull, c.added,
         coalesce((SELECT sum(l.count) FROM commit_lines l WHERE l.commit_id = c.id AND l.grade <= 2), 0) AS ai,
         coalesce((SELECT sum(a.cost_nano) FROM allocations a WHERE a.commit_id = c.id), 0) AS cost,
         (SELECT count(DISTINCT a.session_id) FROM allocations a WHERE a.commit_id = c.id) AS sessions
       FROM commits c JOIN repos o ON o.id = c.repo_id LEFT JOIN pull_requests p ON p.id = c.pr_id
       WHERE ${where.join(" AND ")} ORDER BY c.committed_ms DESC, c.id DESC LIMIT ?`,
    )
    .all(filter.top);
  const models = db.query<{ name: string }, [number]>(
    `SELECT DISTINCT m.name FROM commit_lines l JOIN edits e ON e.id = l.edit_id JOIN tool_calls t ON t.key = e.key
     JOIN calls c ON c.id = t.call_id JOIN models m ON m.id = c.model_id WHERE l.commit_id = ? ORDER BY 1`,
  );
  return rows.map((row) => ({
    repo: row.repo,
    sha: row.sha,
    subject: row.subject,
    committedAtMs: row.committed_ms,
    live: row.live === 1,
    pullRequest: row.pull,
    sessions: row.sessions,
    models: models.all(row.id).map(({ name }) => name),
    aiLinesAdded: row.ai,
    linesAdded: row.added,
    costNanoUsd: row.cost,
  }));
}

export interface BranchRow {
  repo: string;
  branch: string;
  sessions: number;
  calls: number;
  totalTokens: number;
  /** All that was spent while standing on the branch. */
  costNanoUsd: number;
  /** Of the work that no pull request holds, what is filed under this branch. */
  withoutPullNanoUsd: number;
  pullRequests: number[];
  lastAtMs: number;
}

/** Branches by what was spent on them, largest first. */
export function branchRows(
  db: Database,
  repoIds: readonly number[] | null,
  fromMs: number | null,
  top: number,
): BranchRow[] {
  const repos = repoIds === null ? "1" : `b.repo_id IN (${repoIds.join(",")})`;
  const hours = fromMs === null ? "1" : `r.hour >= ${Math.floor(fromMs / 3_600_000)}`;
  const rows = db
    .query<
      {
        repoId: number;
        repo: string;
        branch: string;
        sessions: number;
        calls: number;
        tokens: number;
        cost: number;
        hour: number;
      },
      [number]
    >(
      `SELECT coalesce(h.id, o.id) AS repoId, coalesce(h.name, o.name) AS repo, b.name AS branch, count(DISTINCT r.session_id) AS sessions,
         sum(r.calls) AS calls, sum(r.input + r.output + r.cache_read + r.cache_write_5m + r.cache_write_1h) AS tokens,
         sum(r.cost_nano) AS cost, max(r.hour) AS hour
       FROM rollup_sessions r JOIN branches b ON b.id = r.branch_id JOIN repos o ON o.id = b.repo_id LEFT JOIN repos h ON h.id = o.same_as
       WHERE b.name <> '' AND ${repos} AND ${hours} GROUP BY 1, 3 ORDER BY cost DESC, branch LIMIT ?`,
    )
    .all(top);
  const pulls = db
    .query<{ repo_id: number; branch: string; number: number }, []>(
      "SELECT repo_id, branch, number FROM pull_requests ORDER BY number",
    )
    .all();
  const rest = db
    .query<{ repoId: number; branch: string; cost: number }, []>(
      `SELECT coalesce(o.same_as, o.id) AS repoId, b.name AS branch, sum(a.cost_nano) AS cost FROM allocations a
       JOIN branches b ON b.id = a.branch_id JOIN repos o ON o.id = b.repo_id
       WHERE a.pr_id IS NULL AND ${fromMs === null ? "1" : `a.at_ms >= ${Math.floor(fromMs / 3_600_000) * 3_600_000}`} GROUP BY 1, 2`,
    )
    .all();
  return rows.map((row) => ({
    repo: row.repo,
    branch: row.branch,
    sessions: row.sessions,
    calls: row.calls,
    totalTokens: row.tokens,
    costNanoUsd: row.cost,
    withoutPullNanoUsd: rest.find((one) => one.repoId === row.repoId && one.branch === row.branch)?.cost ?? 0,
    pullRequests: pulls
      .filter((pull) => pull.repo_id === row.repoId && pull.branch === row.branch)
      .map(({ number }) => number),
    lastAtMs: row.hour * 3_600_000,
  }));
}
