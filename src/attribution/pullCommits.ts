import type { Database } from "bun:sqlite";
import { sessionsOfCommit } from "./repos.ts";

/** The commits of pull requests: which are whose, and how many commits and lines that makes. */

/** Files which commits belong to which pull requests; `found` has the commits of each with the method that found them. Answers the pull requests
 *  that gained or lost any; sessions whose allocation may change are added to `dirty`. */
export function savePullCommits(
  db: Database,
  repoId: number,
  found: ReadonlyMap<number, ReadonlyMap<number, string>>,
  dirty: Set<number>,
): Set<number> {
  const insert = db.query("INSERT INTO pr_commits (pr_id, commit_id, method) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const grown = new Set<number>();
  for (const [pullId, set] of found)
    for (const [commitId, method] of set) if (insert.run(pullId, commitId, method).changes > 0) grown.add(pullId);
  if (grown.size === 0) return grown;
  // In a stack a commit belongs to the lowest pull request, the one that holds the fewest.
  const some = `SELECT commit_id FROM pr_commits WHERE pr_id IN (${[...grown].join(",")})`;
  const rows = db
    .query<{ commit_id: number; pr_id: number; old: number | null }, [number]>(
      `SELECT x.commit_id, x.pr_id, c.pr_id AS old
       FROM pr_commits x JOIN commits c ON c.id = x.commit_id JOIN pull_requests p ON p.id = x.pr_id
       JOIN (SELECT y.pr_id, count(*) AS size FROM pr_commits y JOIN commits k ON k.id = y.commit_id AND k.live = 1
             WHERE y.pr_id IN (SELECT pr_id FROM pr_commits WHERE commit_id IN (${some})) GROUP BY y.pr_id) z ON z.pr_id = x.pr_id
       WHERE c.repo_id = ? AND c.live = 1 AND x.commit_id IN (${some}) ORDER BY x.commit_id, z.size, p.number`,
    )
    .all(repoId);
  const update = db.query("UPDATE commits SET pr_id = ? WHERE id = ?");
  let last = 0;
  for (const { commit_id, pr_id, old } of rows) {
    if (commit_id === last) continue;
    last = commit_id;
    if (old === pr_id) continue;
    update.run(pr_id, commit_id);
    if (old !== null) grown.add(old);
    for (const sessionId of sessionsOfCommit(db, commit_id)) dirty.add(sessionId);
  }
  return grown;
}

/** Counts commits and lines anew where they may have changed. */
export function countPulls(db: Database, repoId: number, grown: ReadonlySet<number>, freshFrom: number): void {
  const fresh = db
    .query<{ id: number }, [number, number]>(
      "SELECT DISTINCT pr_id AS id FROM commits WHERE repo_id = ? AND id >= ? AND pr_id IS NOT NULL",
    )
    .all(repoId, freshFrom);
  const ids = [...new Set([...grown, ...fresh.map(({ id }) => id), ...(freshFrom === 0 ? pullsOf(db, repoId) : [])])];
  if (ids.length === 0) return;
  const list = ids.join(",");
  const commits = db
    .query<{ id: number; squashes: number; commits: number; added: number; squashed: number }, []>(
      `SELECT pr_id AS id, sum(named_how = 'squash') AS squashes, sum(named_how = '') AS commits,
         sum(iif(named_how = '', added, 0)) AS added, sum(iif(named_how = 'squash', added, 0)) AS squashed
       FROM commits WHERE pr_id IN (${list}) AND live = 1 AND instr(parents, ' ') = 0 GROUP BY pr_id`,
    )
    .all();
  const lines = db
    .query<{ id: number; squash: number; grade: number; n: number }, []>(
      `SELECT c.pr_id AS id, c.named_how = 'squash' AS squash, l.grade, sum(l.count) AS n
       FROM commits c JOIN commit_lines l ON l.commit_id = c.id WHERE c.pr_id IN (${list}) AND c.live = 1 GROUP BY 1, 2, 3`,
    )
    .all();
  const counted = new Map(lines.map(({ id, squash, grade, n }) => [`${id} ${squash} ${grade}`, n]));
  const none = db.query(
    "UPDATE pull_requests SET commits = 0, added = 0, exact = 0, formatted = 0, told = 0 WHERE id = ?",
  );
  for (const id of ids) none.run(id);
  const update = db.query(
    "UPDATE pull_requests SET commits = ?, added = ?, exact = ?, formatted = ?, told = ? WHERE id = ?",
  );
  for (const row of commits) {
    const squash = row.squashes > 0 ? 1 : 0;
    const of = (grade: number): number => counted.get(`${row.id} ${squash} ${grade}`) ?? 0;
    const added = squash === 1 ? row.squashed : row.added;
    update.run(row.commits || row.squashes, added, of(1), of(2), of(3) + of(4), row.id);
  }
}

function pullsOf(db: Database, repoId: number): number[] {
  return db
    .query<{ id: number }, [number]>("SELECT id FROM pull_requests WHERE repo_id = ?")
    .all(repoId)
    .map(({ id }) => id);
}
