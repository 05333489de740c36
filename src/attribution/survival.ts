import type { Database } from "bun:sqlite";
import { readBlobs } from "../git/aiNotes.ts";
import { readRefs } from "../git/refs.ts";
import { hashLine, unpackLines } from "../platform/lineHash.ts";
import type { Env } from "../platform/paths.ts";
import { CommitGraph } from "./graph.ts";
import { reposToScan, type ScannedRepo } from "./repos.ts";

/** Spans after which it is asked what became of agents' lines. */
export const SURVIVAL_DAYS = [7, 30] as const;
const DAY_MS = 86_400_000;
/** Commits looked at in one go: the rest waits for the next time. */
const MAX_COMMITS = 2_000;

interface Piece {
  commit_id: number;
  committed_ms: number;
  path: string;
  edit_id: number;
  edit_line: number;
  count: number;
  lines: Uint8Array;
}

/** Looks up, once for every commit and span, how many of the lines that agents wrote still stood on the trunk. */
export async function settleSurvival(db: Database, env: Env, nowMs: number): Promise<void> {
  for (const repo of reposToScan(db)) for (const days of SURVIVAL_DAYS) await settleSpan(db, repo, env, days, nowMs);
}

async function settleSpan(db: Database, repo: ScannedRepo, env: Env, days: number, nowMs: number): Promise<void> {
  const pieces = db
    .query<Piece, [number, number, number, number]>(
      `SELECT c.id AS commit_id, c.committed_ms, p.path, l.edit_id, l.edit_line, l.count, e.lines
       FROM (SELECT id, committed_ms FROM commits k WHERE repo_id = ? AND live = 1 AND committed_ms <= ?
               AND EXISTS (SELECT 1 FROM commit_lines x WHERE x.commit_id = k.id AND x.grade <= 2)
               AND NOT EXISTS (SELECT 1 FROM survivals s WHERE s.commit_id = k.id AND s.days = ?) ORDER BY id DESC LIMIT ?) c
       JOIN commit_lines l ON l.commit_id = c.id AND l.grade <= 2 JOIN paths p ON p.id = l.path_id JOIN edits e ON e.id = l.edit_id`,
    )
    .all(repo.id, nowMs - days * DAY_MS, days, MAX_COMMITS);
  if (pieces.length === 0) return;
  const place = { dir: repo.commonDir, env };
  const refs = await readRefs(place);
  const graph = CommitGraph.load(db, repo.id);
  const tip = refs?.trunk == null ? undefined : graph.ids.get(refs.trunk.sha);
  if (tip === undefined) return;
  const trunk = trunkByTime(db, repo, graph.ancestorsOf([tip]));
  const wanted = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const state = stateAt(trunk, piece.committed_ms + days * DAY_MS);
    if (state === null || !graph.isAncestor(piece.commit_id, state.id)) continue;
    const name = `${state.sha}:${piece.path}`;
    if (!name.includes("\n")) wanted.set(name, [...(wanted.get(name) ?? []), piece]);
  }
  const names = [...wanted.keys()];
  const texts = await readEach(place, names);
  const insert = db.query(
    `INSERT INTO survivals (commit_id, edit_id, days, total, kept) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET total = total + excluded.total, kept = kept + excluded.kept`,
  );
  db.run("BEGIN IMMEDIATE");
  try {
    for (const [at, name] of names.entries())
      count(wanted.get(name) ?? [], texts[at] ?? "", days, (values) => insert.run(...values));
    db.run("COMMIT");
  } catch (error) {
    db.run("ROLLBACK");
    throw error;
  }
}

/** Texts in the order of their names, "" for a file that is gone. */
async function readEach(place: { dir: string; env: Env }, names: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < names.length) {
    texts.push(...(await readBlobs(place, names.slice(texts.length))));
    if (texts.length < names.length) texts.push("");
  }
  return texts;
}

function count(
  pieces: readonly Piece[],
  text: string,
  days: number,
  save: (values: [number, number, number, number, number]) => void,
): void {
  const left = new Map<string, number>();
  for (const line of text.split("\n")) {
    const { high, low } = hashLine(line);
    left.set(`${high} ${low}`, (left.get(`${high} ${low}`) ?? 0) + 1);
  }
  for (const { commit_id, edit_id, edit_line, count: total, lines } of pieces) {
    const words = unpackLines(lines);
    let kept = 0;
    for (let at = edit_line; at < edit_line + total; at++) {
      const key = `${words[at * 3]} ${words[at * 3 + 1]}`;
      const open = left.get(key) ?? 0;
      if (open > 0) {
        kept++;
        left.set(key, open - 1);
      }
    }
    save([commit_id, edit_id, days, total, kept]);
  }
}

interface State {
  id: number;
  sha: string;
  ms: number;
}

function trunkByTime(db: Database, repo: ScannedRepo, ancestors: ReadonlySet<number>): State[] {
  return db
    .query<State, [number]>(
      "SELECT id, sha, committed_ms AS ms FROM commits WHERE repo_id = ? ORDER BY committed_ms, id",
    )
    .all(repo.id)
    .filter(({ id }) => ancestors.has(id));
}

function stateAt(trunk: readonly State[], atMs: number): State | null {
  let low = 0;
  let high = trunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((trunk[middle] as State).ms <= atMs) low = middle + 1;
    else high = middle;
  }
  return trunk[low - 1] ?? null;
}
