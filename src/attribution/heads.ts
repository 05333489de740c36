import type { Database } from "bun:sqlite";
import { type HeadMove, readHeadMoves } from "../git/reflog.ts";
import type { ScannedRepo } from "./repos.ts";

/** Keeps what git noted of HEAD, for its own log is cut and goes with its work tree; and finds the commits that a session asked for in
 *  silence. Call inside a transaction. */
export function keepHeadMoves(db: Database, repo: ScannedRepo, dirty: Set<number>): void {
  const moves = readHeadMoves(repo.commonDir);
  const known = new Map(
    db
      .query<{ root: string; last: number }, [number]>(
        "SELECT root, max(at_ms) AS last FROM head_moves WHERE repo_id = ? GROUP BY root",
      )
      .all(repo.id)
      .map(({ root, last }) => [root, last]),
  );
  const insert = db.query(
    "INSERT OR IGNORE INTO head_moves (repo_id, root, at_ms, place, kind, branch, sha) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  for (const { root, atMs, place, kind, branch, sha } of moves)
    if (atMs >= (known.get(root) ?? 0)) insert.run(repo.id, root, atMs, place, kind, branch, sha);
  findSilentCommits(db, repo, moves, dirty);
}

interface Asked {
  id: number;
  session_id: number;
  from_ms: number;
  at_ms: number;
  cwd: string | null;
}

/** A commit that says nothing is the one that HEAD moved to while its command ran. */
function findSilentCommits(db: Database, repo: ScannedRepo, moves: readonly HeadMove[], dirty: Set<number>): void {
  const asked = db
    .query<Asked, []>(
      `SELECT g.id, g.session_id, coalesce(t.at_ms, g.at_ms) AS from_ms, g.at_ms, s.cwd FROM git_operations g
       JOIN sessions s ON s.id = g.session_id LEFT JOIN tool_calls t ON t.key = g.key AND g.key <> 0
       WHERE g.kind = 'commit' AND g.action = 'asked' AND g.sha = '' AND coalesce(g.repo_id, s.repo_id) IN (${repo.members.join(",")})`,
    )
    .all();
  const update = db.query("UPDATE OR IGNORE git_operations SET sha = ?, branch = ? WHERE id = ?");
  for (const one of asked) {
    const here = moves.filter(({ root }) => one.cwd !== null && (one.cwd === root || one.cwd.startsWith(`${root}/`)));
    const made = here.findLast(
      ({ kind, atMs }) => kind === "commit" && atMs + 1_000 > one.from_ms && atMs <= one.at_ms + 1_000,
    );
    if (made === undefined) continue;
    const branch = here.findLast(
      ({ kind, root, place }) => kind === "checkout" && root === made.root && place < made.place,
    )?.branch;
    update.run(made.sha, branch ?? "", one.id);
    db.query("UPDATE commits SET session_id = ? WHERE repo_id = ? AND sha = ? AND session_id IS NULL").run(
      one.session_id,
      repo.id,
      made.sha,
    );
    dirty.add(one.session_id);
  }
}

/** Which branch a work tree stood on at a moment, where git's log says so: null elsewhere. */
export class HeadTimeline {
  readonly #moves = new Map<string, { atMs: number; branch: string }[]>();
  readonly #roots: string[];

  constructor(db: Database) {
    const rows = db
      .query<{ root: string; at_ms: number; branch: string }, []>(
        "SELECT root, at_ms, branch FROM head_moves WHERE kind = 'checkout' ORDER BY root, at_ms, place",
      )
      .all();
    for (const { root, at_ms, branch } of rows) {
      const list = this.#moves.get(root) ?? [];
      list.push({ atMs: at_ms, branch });
      this.#moves.set(root, list);
    }
    this.#roots = [...this.#moves.keys()].sort((a, b) => b.length - a.length);
  }

  /** Name of the branch, "" for a detached head. */
  branchAt(cwd: string | null, atMs: number): string | null {
    if (cwd === null) return null;
    const root = this.#roots.find((one) => cwd === one || cwd.startsWith(`${one}/`));
    return (
      (root === undefined ? undefined : this.#moves.get(root)?.findLast((move) => move.atMs <= atMs))?.branch ?? null
    );
  }
}
