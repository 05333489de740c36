import type { Database } from "bun:sqlite";
import { type GitPlace, git } from "../git/run.ts";
import { Dictionary } from "../ledger/dictionary.ts";
import { fs } from "../platform/builtins.ts";
import type { Env } from "../platform/paths.ts";
import { placeOf } from "../platform/repo.ts";

/** Which repo a file of an edit belongs to, and its path in it: by the folders that exist now, and by what was noted of the work trees
 *  that sessions stood in, for those that are gone. Answers whether anything was filed. */
export function placeEditedFiles(db: Database): boolean {
  const open = db
    .query<{ id: number; path: string }, []>(
      `SELECT p.id, p.path FROM paths p WHERE p.id IN (SELECT DISTINCT path_id FROM edits)
         AND p.id NOT IN (SELECT path_id FROM file_places)`,
    )
    .all();
  if (open.length === 0) return false;
  const finder = new PlaceFinder(db);
  const insert = db.query("INSERT OR REPLACE INTO file_places (path_id, repo_id, repo_path) VALUES (?, ?, ?)");
  db.run("BEGIN IMMEDIATE");
  try {
    for (const { id, path } of open) {
      const place = finder.find(path);
      insert.run(id, place?.repoId ?? null, place === null ? null : finder.paths.idOf(place.relative));
    }
    db.run("COMMIT");
  } catch (error) {
    db.run("ROLLBACK");
    throw error;
  }
  return true;
}

interface Root {
  root: string;
  repoId: number;
}

class PlaceFinder {
  readonly paths: Dictionary;
  readonly #db: Database;
  readonly #known: Root[];
  readonly #folders = new Map<string, Root | null>();

  constructor(db: Database) {
    this.#db = db;
    this.paths = new Dictionary(db, "paths", "path");
    this.#known = db
      .query<Root, []>(
        "SELECT DISTINCT root, repo_id AS repoId FROM places WHERE root IS NOT NULL ORDER BY length(root) DESC",
      )
      .all();
  }

  find(path: string): { repoId: number; relative: string } | null {
    if (!path.startsWith("/") && !/^[A-Za-z]:[\\/]/.test(path)) return null;
    const plain = path.replaceAll("\\", "/");
    const standing = this.#standing(plain.slice(0, plain.lastIndexOf("/")) || "/");
    const noted = this.#known.find(({ root }) => plain.startsWith(`${root}/`)) ?? null;
    const best = noted !== null && (standing === null || noted.root.length > standing.root.length) ? noted : standing;
    if (best === null) return null;
    return { repoId: best.repoId, relative: plain.slice(best.root.length + (best.root === "/" ? 0 : 1)) };
  }

  /** Root of the work tree around the nearest folder that exists. */
  #standing(folder: string): Root | null {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    let found: Root | null = null;
    if (fs().existsSync(folder)) {
      const place = placeOf(folder);
      if (place.root !== null) found = { root: place.root, repoId: this.#repoId(place) };
    } else if (folder !== "/" && folder.includes("/"))
      found = this.#standing(folder.slice(0, folder.lastIndexOf("/")) || "/");
    this.#folders.set(folder, found);
    return found;
  }

  #repoId(place: { identity: string; name: string; commonDir: string | null; remote: string | null }): number {
    const row = this.#db
      .query<{ id: number }, [string, string, string | null, string | null]>(
        `INSERT INTO repos (identity, name, common_dir, remote) VALUES (?, ?, ?, ?)
         ON CONFLICT (identity) DO UPDATE SET remote = coalesce(excluded.remote, remote) RETURNING id`,
      )
      .get(place.identity, place.name, place.commonDir, place.remote);
    return row?.id ?? 0;
  }
}

interface KnownRepo {
  id: number;
  name: string;
  common_dir: string;
  remote: string | null;
  root_commit: string | null;
  same_as: number | null;
}

function knownRepos(db: Database): KnownRepo[] {
  return db
    .query<KnownRepo, []>(
      "SELECT id, name, common_dir, remote, root_commit, same_as FROM repos WHERE common_dir IS NOT NULL",
    )
    .all();
}

/** Asks repos for their first commit where another repo is gone that they may continue. */
export async function learnFirstCommits(db: Database, env: Env): Promise<void> {
  const repos = knownRepos(db);
  const standing = repos.filter(({ common_dir }) => fs().existsSync(common_dir));
  if (!repos.some((repo) => !standing.includes(repo) && repo.same_as === null && repo.root_commit !== null)) return;
  for (const { id, common_dir, root_commit } of standing) {
    const sha = root_commit === null ? await firstCommit({ dir: common_dir, env }) : null;
    if (sha !== null) db.query("UPDATE repos SET root_commit = ? WHERE id = ?").run(sha, id);
  }
}

/** The first commit of a repo's history, null where it has none. */
export async function firstCommit(place: GitPlace): Promise<string | null> {
  const answer = await git(place, ["rev-list", "--max-parents=0", "--max-count=1", "HEAD"]);
  const sha = answer.out.trim();
  return answer.code === 0 && sha !== "" ? sha : null;
}

/** A checkout that was moved leaves a repo whose folder is gone, while another one holds the same history: they are one. Answers the repos
 *  that continue another one from now on, whose history has to be matched anew. */
export function joinMovedRepos(db: Database): Set<number> {
  const heirs = new Set<number>();
  const repos = knownRepos(db);
  const standing = repos.filter((repo) => fs().existsSync(repo.common_dir));
  for (const gone of repos) {
    const stands = standing.includes(gone);
    const heir = stands
      ? undefined
      : standing.find((repo) =>
          gone.root_commit !== null
            ? repo.root_commit === gone.root_commit
            : gone.remote !== null
              ? repo.remote === gone.remote
              : repo.remote === null && repo.name === gone.name,
        );
    const sameAs = heir?.id ?? (stands ? null : gone.same_as);
    if (sameAs === gone.same_as) continue;
    db.query("UPDATE repos SET same_as = ? WHERE id = ?").run(sameAs, gone.id);
    if (sameAs === null) continue;
    handOver(db, gone.id, sameAs);
    heirs.add(sameAs);
  }
  return heirs;
}

/** What was derived for a repo that is gone goes to the one that continues it; its sessions are allocated anew. */
function handOver(db: Database, from: number, to: number): void {
  forgetRepo(db, from);
  db.query("UPDATE OR IGNORE pull_requests SET repo_id = ? WHERE repo_id = ?").run(to, from);
  db.query("DELETE FROM pull_requests WHERE repo_id = ?").run(from);
  db.query(
    `DELETE FROM allocated WHERE session_id IN
       (SELECT session_id FROM rollup_sessions WHERE branch_id IN (SELECT id FROM branches WHERE repo_id IN (?, ?)))`,
  ).run(from, to);
}

/** Drops what was read of a repo's history. */
export function forgetRepo(db: Database, repoId: number): void {
  const own = "(SELECT id FROM commits WHERE repo_id = ?)";
  for (const table of ["commit_lines", "survivals", "pr_commits"])
    db.query(`DELETE FROM ${table} WHERE commit_id IN ${own}`).run(repoId);
  db.query(`UPDATE allocations SET commit_id = NULL WHERE commit_id IN ${own}`).run(repoId);
  db.query("DELETE FROM commits WHERE repo_id = ?").run(repoId);
  db.query("DELETE FROM renames WHERE repo_id = ?").run(repoId);
}
