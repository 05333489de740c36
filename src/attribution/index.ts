import type { Database } from "bun:sqlite";
import type { Env } from "../platform/paths.ts";
import { Allocator } from "./allocate.ts";
import { askForges } from "./forges.ts";
import { CommitGraph } from "./graph.ts";
import { keepHeadMoves } from "./heads.ts";
import { joinMovedRepos, learnFirstCommits, placeEditedFiles } from "./places.ts";
import { PullBook, REPO_OF_LINK } from "./pulls.ts";
import { metaOf, reposToScan, type ScannedRepo, setMeta } from "./repos.ts";
import { scanRepo } from "./scan.ts";

/** What bringing the attribution up to date came to. */
export interface AttributionUpdate {
  repos: number;
  commits: number;
  sessions: number;
  problems: { repo: string; message: string }[];
}

export interface AttributionOptions {
  env: Env;
  now: () => number;
  /** Ask no remote and no forge. */
  offline: boolean;
  /** Match and allocate everything anew. */
  recompute: boolean;
}

/** Reads what repos gained, finds pull requests, and allocates the sessions that are concerned. Throws when what is allocated does not add
 *  up to what was spent. */
export async function bringAttributionUpToDate(db: Database, options: AttributionOptions): Promise<AttributionUpdate> {
  const update: AttributionUpdate = { repos: 0, commits: 0, sessions: 0, problems: [] };
  if (options.recompute) db.run("DELETE FROM file_places");
  placeEditedFiles(db);
  await learnFirstCommits(db, options.env);
  let heirs = new Set<number>();
  inTransaction(db, () => {
    heirs = joinMovedRepos(db);
  });
  const dirty = new Set<number>();
  const repos = reposToScan(db);
  // Forges are asked all at once: together they take no longer than the slowest.
  const answers = options.offline ? [] : await Promise.all(repos.map((repo) => askForges(db, repo, options)));
  for (const [at, repo] of repos.entries()) {
    const operations = operationsState(db, repo.members);
    const said = answers[at] ?? [];
    const marker = `pulls.${repo.id}`;
    const known = metaOf(db, marker);
    const mayRest = said.length === 0 && known?.startsWith(`${operations} `) === true;
    const fresh = options.recompute || heirs.has(repo.id);
    const result = await scanRepo(db, repo, options.env, { fresh, mayRest, nowMs: options.now() });
    if (result.problem !== null) update.problems.push({ repo: repo.name, message: result.problem });
    const { refs } = result;
    if (refs === null) continue;
    update.repos++;
    update.commits += result.commits;
    for (const sessionId of result.dirty) dirty.add(sessionId);
    const stamp = `${operations} ${result.commits} ${refs.refs.length}`;
    if (result.commits === 0 && said.length === 0 && known === stamp && result.dirty.size === 0) continue;
    inTransaction(db, () => {
      const before = branchPulls(db, repo.id);
      keepHeadMoves(db, repo, dirty);
      const graph = result.graph ?? CommitGraph.load(db, repo.id);
      new PullBook(db, repo, graph, refs).settle(said, result.freshFrom ?? 0, dirty);
      if (branchPulls(db, repo.id) !== before) for (const id of sessionsOfRepo(db, repo.members)) dirty.add(id);
      setMeta(db, marker, `${operations} 0 ${refs.refs.length}`);
    });
  }
  settleAbsent(db, repos, dirty);
  update.sessions = allocate(db, dirty, options.recompute);
  return update;
}

/** Repos that are not on this machine, or no longer: their pull requests are known by what sessions linked and created, and by their branches. */
function settleAbsent(db: Database, standing: readonly ScannedRepo[], dirty: Set<number>): void {
  const here = new Set(standing.flatMap(({ members }) => members));
  const rows = db
    .query<{ id: number; name: string; common_dir: string | null; remote: string | null }, []>(
      `SELECT id, name, common_dir, remote FROM repos WHERE same_as IS NULL AND id IN
         (SELECT ${REPO_OF_LINK} FROM git_operations g JOIN sessions s ON s.id = g.session_id WHERE g.kind IN ('pull-request', 'link'))`,
    )
    .all();
  for (const { id, name, common_dir, remote } of rows) {
    if (here.has(id)) continue;
    const marker = `pulls.${id}`;
    const operations = operationsState(db, [id]);
    if (metaOf(db, marker) === operations) continue;
    const repo = { id, name, commonDir: common_dir ?? "", remote, members: [id] };
    inTransaction(db, () => {
      new PullBook(db, repo, new CommitGraph(), { refs: [], head: null, trunk: null }).settle([], 0, dirty);
      for (const sessionId of sessionsOfRepo(db, [id])) dirty.add(sessionId);
      setMeta(db, marker, operations);
    });
  }
}

/** Runs `work` in one transaction. */
function inTransaction(db: Database, work: () => void): void {
  db.run("BEGIN IMMEDIATE");
  try {
    work();
    db.run("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
}

/** Changes whenever a session of the repo reports something new of git. */
function operationsState(db: Database, members: readonly number[]): string {
  const list = members.join(",");
  const row = db
    .query<{ n: number; last: number | null; links: number }, []>(
      `SELECT count(*) AS n, max(g.id) AS last,
         (SELECT count(*) FROM git_operations g JOIN sessions s ON s.id = g.session_id WHERE g.kind = 'link' AND ${REPO_OF_LINK} IN (${list})) AS links
       FROM git_operations g JOIN sessions s ON s.id = g.session_id WHERE coalesce(g.repo_id, s.repo_id) IN (${list})`,
    )
    .get();
  return `${row?.n ?? 0}/${row?.last ?? 0}/${row?.links ?? 0}`;
}

/** Which branch leads to which pull request, as a text to compare. */
function branchPulls(db: Database, repoId: number): string {
  return JSON.stringify(
    db
      .query(
        "SELECT number, branch, opened_ms, ended_ms FROM pull_requests WHERE repo_id = ? AND branch <> '' ORDER BY number",
      )
      .values(repoId),
  );
}

function sessionsOfRepo(db: Database, members: readonly number[]): number[] {
  return db
    .query<{ s: number }, []>(
      `SELECT DISTINCT session_id AS s FROM rollup_sessions WHERE branch_id IN (SELECT id FROM branches WHERE repo_id IN (${members.join(",")}))`,
    )
    .all()
    .map(({ s }) => s);
}

/** Allocates sessions whose calls changed, and those given; answers how many. */
function allocate(db: Database, dirty: ReadonlySet<number>, all: boolean): number {
  const changed = db
    .query<{ s: number }, []>(
      `SELECT r.session_id AS s FROM (SELECT session_id, sum(calls) AS calls, sum(cost_nano) AS cost FROM rollup_sessions GROUP BY session_id) r
       LEFT JOIN allocated a ON a.session_id = r.session_id
       WHERE a.session_id IS NULL OR a.calls <> r.calls OR a.cost_nano <> r.cost${all ? " OR 1" : ""}`,
    )
    .all();
  const sessions = new Set([...dirty, ...changed.map(({ s }) => s)]);
  const gone = db
    .query<{ s: number }, []>(
      "SELECT session_id AS s FROM allocated WHERE session_id NOT IN (SELECT session_id FROM rollup_sessions)",
    )
    .all();
  for (const { s } of gone) sessions.add(s);
  if (sessions.size === 0) return 0;
  inTransaction(db, () => {
    const allocator = new Allocator(db);
    for (const sessionId of sessions) allocator.allocate(sessionId);
    assertConserved(db);
  });
  return sessions.size;
}

/** Pull requests + branches + neither = all calls, to the nano-dollar. */
function assertConserved(db: Database): void {
  const row = db
    .query<{ spent: number | null; borne: number | null }, []>(
      "SELECT (SELECT sum(cost_nano) FROM rollup_totals) AS spent, (SELECT sum(cost_nano) FROM allocations) AS borne",
    )
    .get();
  if ((row?.spent ?? 0) !== (row?.borne ?? 0))
    throw new Error(
      `allocations add up to ${row?.borne ?? 0}, calls to ${row?.spent ?? 0} nano-dollars: run cc-ledger pr-cost --recompute`,
    );
}
