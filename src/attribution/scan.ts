import type { Database } from "bun:sqlite";
import { type AiLines, readAiNotes } from "../git/aiNotes.ts";
import { type LoggedCommit, readLog } from "../git/log.ts";
import { type RepoRefs, readRefs, refsFingerprint } from "../git/refs.ts";
import type { GitPlace } from "../git/run.ts";
import { messageOf } from "../platform/errors.ts";
import type { Env } from "../platform/paths.ts";
import { CommitBook } from "./commitBook.ts";
import type { CommitGraph } from "./graph.ts";
import { firstCommit, forgetRepo } from "./places.ts";
import { metaOf, type ScannedRepo, setMeta } from "./repos.ts";

/** What reading a repo's history led to. */
export interface ScanResult {
  /** Sessions whose allocation may be another one now. */
  dirty: Set<number>;
  refs: RepoRefs | null;
  commits: number;
  /** Why the history could not be read, null where it was. */
  problem: string | null;
  /** The commits as they are now, where they had to be loaded. */
  graph: CommitGraph | null;
  /** The first commit that was not known before; null where history was rewritten or read anew, so that all count. */
  freshFrom: number | null;
}

/** Commits before the first edit by more than this cannot hold a line of it, whatever the clocks say. */
const BEFORE_MS = 86_400_000;

/** Reads what a repo's history gained and matches it with the edits of the book. */
export async function scanRepo(
  db: Database,
  repo: ScannedRepo,
  env: Env,
  options: { fresh: boolean; mayRest: boolean; nowMs: number },
): Promise<ScanResult> {
  const { fresh } = options;
  const place: GitPlace = { dir: repo.commonDir, env };
  const result: ScanResult = { dirty: new Set(), refs: null, commits: 0, problem: null, graph: null, freshFrom: null };
  const marker = `matched_edit.${repo.id}`;
  const lastEdit = db.query<{ id: number | null }, []>("SELECT max(id) AS id FROM edits").get()?.id ?? 0;
  const seenEdit = Number(metaOf(db, marker) ?? -1);
  const print = refsFingerprint(repo.commonDir, options.nowMs);
  const isStill = print !== null && metaOf(db, `refs_print.${repo.id}`) === print;
  if (!fresh && options.mayRest && isStill && seenEdit === lastEdit) return result;
  if (!hasWork(db, repo)) return result;
  const refs = await readRefs(place);
  if (refs === null) return { ...result, problem: `git cannot read ${repo.commonDir}` };
  result.refs = refs;
  const stored = db
    .query<{ refs: string | null; matched_from_ms: number | null; root_commit: string | null }, [number]>(
      "SELECT refs, matched_from_ms, root_commit FROM repos WHERE id = ?",
    )
    .get(repo.id);
  const now = describeRefs(refs);
  if (print !== null && !isStill && stored?.refs === now) setMeta(db, `refs_print.${repo.id}`, print);
  if (!fresh && stored?.refs === now && seenEdit === lastEdit) return result;
  const firstEditMs = earliestWork(db, repo);
  if (firstEditMs === null) return result;
  const late = stored?.matched_from_ms != null && firstEditMs < stored.matched_from_ms;
  const anew = fresh || late || (seenEdit >= 0 && hasLateEdits(db, repo, seenEdit));
  if (!anew && stored?.refs === now) {
    setMeta(db, marker, lastEdit);
    return result;
  }
  const before =
    anew || stored?.refs == null ? [] : stored.refs.split("\n").map((line) => line.slice(0, line.indexOf(" ")));
  const commits: LoggedCommit[] = [];
  try {
    const tips = [
      ...new Set([
        ...refs.refs.filter(({ name }) => !name.startsWith("refs/notes/")).map(({ sha }) => sha),
        ...(refs.head === null ? [] : [refs.head]),
      ]),
    ];
    const revisions = [...tips, ...before.filter((sha) => sha !== "").map((sha) => `^${sha}`)];
    if (tips.length > 0)
      await readLog(place, revisions, firstEditMs - BEFORE_MS, editedPaths(db, repo), (commit) => commits.push(commit));
  } catch (error) {
    return { ...result, problem: messageOf(error) };
  }
  const aiNotes = refs.refs.some(({ name }) => name === "refs/notes/ai")
    ? await readAiNotes(place, new Set(commits.map(({ sha }) => sha)))
    : new Map<string, AiLines[]>();
  const rootCommit = stored?.root_commit ?? (await firstCommit(place));
  db.run("BEGIN IMMEDIATE");
  try {
    if (anew) forgetRepo(db, repo.id);
    const book = new CommitBook(db, repo, aiNotes);
    result.freshFrom = book.file(commits, result.dirty);
    if (anew || !book.onlyGrew(stored?.refs ?? "", refs)) {
      book.settleLife(refs, result.dirty);
      result.freshFrom = null;
    }
    result.graph = book.graph;
    db.query("UPDATE repos SET refs = ?, matched_from_ms = ?, root_commit = coalesce(?, root_commit) WHERE id = ?").run(
      now,
      firstEditMs,
      rootCommit,
      repo.id,
    );
    setMeta(db, marker, lastEdit);
    if (print !== null) setMeta(db, `refs_print.${repo.id}`, print);
    db.run("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
  result.commits = commits.length;
  return result;
}

function describeRefs(refs: RepoRefs): string {
  return [...refs.refs.map(({ name, sha }) => `${sha} ${name}`), `${refs.head ?? ""} HEAD`].join("\n");
}

function earliestWork(db: Database, repo: ScannedRepo): number | null {
  const list = repo.members.join(",");
  const edits = db
    .query<{ ms: number | null }, []>(
      `SELECT min(e.at_ms) AS ms FROM file_places f JOIN edits e ON e.path_id = f.path_id WHERE f.repo_id IN (${list})`,
    )
    .get()?.ms;
  const work = db
    .query<{ ms: number | null }, []>(
      `SELECT min(g.at_ms) AS ms FROM git_operations g JOIN sessions s ON s.id = g.session_id WHERE coalesce(g.repo_id, s.repo_id) IN (${list}) AND g.at_ms > 0`,
    )
    .get()?.ms;
  const known = [edits, work].filter((ms) => ms != null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Edits that came in after the matching but are older than commits that were matched without them. */
function hasLateEdits(db: Database, repo: ScannedRepo, seenEdit: number): boolean {
  const list = repo.members.join(",");
  return (
    db
      .query<{ one: number }, [number]>(
        `SELECT 1 AS one FROM edits e JOIN file_places f ON f.path_id = e.path_id
         WHERE e.id > ? AND f.repo_id IN (${list})
           AND e.at_ms < (SELECT max(committed_ms) FROM commits WHERE repo_id = ${repo.id}) LIMIT 1`,
      )
      .get(seenEdit) !== null
  );
}

/** Paths in the repo that edits wrote, under all names that are known: of other files only the size of a change is of interest. */
function editedPaths(db: Database, repo: ScannedRepo): Set<string> {
  const rows = db
    .query<{ path: string }, []>(
      `SELECT p.path FROM file_places f JOIN paths p ON p.id = f.repo_path WHERE f.repo_id IN (${repo.members.join(",")})
       UNION SELECT p.path FROM renames r JOIN paths p ON p.id = r.new_path WHERE r.repo_id = ${repo.id}`,
    )
    .all();
  return new Set(rows.map(({ path }) => path));
}

/** Whether any session of the repo wrote a file or did something with git. */
function hasWork(db: Database, repo: ScannedRepo): boolean {
  const list = repo.members.join(",");
  return (
    db.query(`SELECT 1 FROM file_places WHERE repo_id IN (${list}) LIMIT 1`).get() !== null ||
    db
      .query(
        `SELECT 1 FROM git_operations g JOIN sessions s ON s.id = g.session_id WHERE coalesce(g.repo_id, s.repo_id) IN (${list}) LIMIT 1`,
      )
      .get() !== null
  );
}
