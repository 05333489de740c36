import type { Database } from "bun:sqlite";
import type { SimulatedHistory } from "../simulator/index.ts";

/** The rule of the tool that this one replaces, written from its description: edits of a file are tied to the first commit that touches it and
 *  whose author time closes a window opened by the commit captured before; a pull request bears, of every session with such an edit in one of
 *  its commits, the share of the session's edited lines. No content is compared. */

interface Window {
  sha: string;
  pull: number | null;
  authorSeconds: number;
  files: Set<string>;
}

/** Costs of pull requests in nano-dollars by that rule. */
export function baselineCosts(db: Database, { repo, truth }: SimulatedHistory): Map<number, number> {
  const commits = windowsOf(repo, truth);
  const edits = db
    .query<{ session: string; path: string; at: number; lines: number }, []>(
      `SELECT s.session_id AS session, p.path, e.at_ms AS at, max(e.added, 1) AS lines FROM edits e JOIN tool_calls t ON t.key = e.key
       JOIN calls c ON c.id = t.call_id JOIN sessions s ON s.id = c.session_id JOIN paths p ON p.id = e.path_id
       WHERE t.failed = 0 ORDER BY e.at_ms`,
    )
    .all();
  const costs = new Map(truth.sessions.map(({ id, costNanoUsd }) => [id, costNanoUsd]));
  const all = new Map<string, number>();
  const own = new Map<string, number>();
  for (const { session, lines } of edits) all.set(session, (all.get(session) ?? 0) + lines);
  const tied = new Set<number>();
  let opened = 0;
  for (const commit of commits) {
    for (const [n, edit] of edits.entries()) {
      const relative = edit.path.startsWith(`${repo}/`) ? edit.path.slice(repo.length + 1) : null;
      if (tied.has(n) || relative === null || !commit.files.has(relative)) continue;
      if (edit.at < opened * 1000 || edit.at > commit.authorSeconds * 1000) continue;
      tied.add(n);
      if (commit.pull === null) continue;
      const key = `${commit.pull} ${edit.session}`;
      own.set(key, (own.get(key) ?? 0) + edit.lines);
    }
    opened = commit.authorSeconds;
  }
  const result = new Map<number, number>();
  for (const [key, lines] of own) {
    const [pull = "", session = ""] = key.split(" ");
    const share = (lines / (all.get(session) ?? lines)) * (costs.get(session) ?? 0);
    result.set(Number(pull), (result.get(Number(pull)) ?? 0) + share);
  }
  return result;
}

function windowsOf(repo: string, truth: SimulatedHistory["truth"]): Window[] {
  const done = Bun.spawnSync(["git", "log", "--all", "--reverse", "--format=%H %at"], {
    cwd: repo,
    env: { PATH: process.env.PATH ?? "", HOME: repo },
  });
  const times = new Map(
    done.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([sha = "", seconds = "0"]) => [sha, Number(seconds)]),
  );
  return truth.commits
    .map(({ sha, pr, files }) => ({
      sha,
      pull: pr,
      authorSeconds: times.get(sha) ?? 0,
      files: new Set(files.map(({ path }) => path)),
    }))
    .sort((a, b) => a.authorSeconds - b.authorSeconds);
}
