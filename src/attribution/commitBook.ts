import type { Database } from "bun:sqlite";
import type { AiLines } from "../git/aiNotes.ts";
import type { FileChange, LoggedCommit } from "../git/log.ts";
import type { RepoRefs } from "../git/refs.ts";
import { Dictionary } from "../ledger/dictionary.ts";
import { CommitGraph } from "./graph.ts";
import { GRADE, Matcher } from "./match.ts";
import { namesInMessage } from "./message.ts";
import { type ScannedRepo, sessionsOfCommit } from "./repos.ts";

/** With more commits than this at once, all edits of the repo are indexed; with fewer only those of the files concerned. */
const MANY_COMMITS = 300;

function countOf(file: FileChange): number {
  return file.hunks.reduce((sum, [, count]) => sum + count, 0);
}

/** No more lines of one hunk are told apart. */
const MAX_TOLD = 100_000;

/** Numbers of the lines that a commit added to a file. */
function linesOf(file: FileChange): number[] {
  return file.hunks.flatMap(([from, count]) => Array.from({ length: Math.min(count, MAX_TOLD) }, (_, at) => from + at));
}

/** Commits of one repo, filed and matched inside the caller's transaction. */
export class CommitBook {
  readonly #db: Database;
  readonly #repo: ScannedRepo;
  readonly graph: CommitGraph;
  readonly #paths: Dictionary;
  readonly #aiNotes: ReadonlyMap<string, AiLines[]>;
  readonly #renames = new Map<number, Set<number>>();

  constructor(db: Database, repo: ScannedRepo, aiNotes: ReadonlyMap<string, AiLines[]>) {
    this.#aiNotes = aiNotes;
    this.#db = db;
    this.#repo = repo;
    this.graph = CommitGraph.load(db, repo.id);
    this.#paths = new Dictionary(db, "paths", "path");
    const rows = db
      .query<{ old_path: number; new_path: number }, [number]>(
        "SELECT old_path, new_path FROM renames WHERE repo_id = ?",
      )
      .all(repo.id);
    for (const { old_path, new_path } of rows) this.#addRename(old_path, new_path);
  }

  #addRename(oldPath: number, newPath: number): void {
    const known = this.#renames.get(newPath) ?? new Set();
    known.add(oldPath);
    this.#renames.set(newPath, known);
  }

  /** A path and every name that its file had. */
  #names(pathId: number): number[] {
    const names = new Set([pathId]);
    for (const name of names) for (const older of this.#renames.get(name) ?? []) names.add(older);
    return [...names];
  }

  /** Whether every ref that was there before still leads to all that it led to. */
  onlyGrew(before: string, refs: RepoRefs): boolean {
    const now = new Map([...refs.refs.map(({ name, sha }) => [name, sha] as const), ["HEAD", refs.head ?? ""]]);
    for (const line of before.split("\n")) {
      const [old = "", name = ""] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
      const sha = now.get(name);
      if (sha === old || old === "") continue;
      const from = this.graph.ids.get(old);
      const to = sha === undefined ? undefined : this.graph.ids.get(sha);
      if (from === undefined || to === undefined || !this.graph.isAncestor(from, to)) return false;
    }
    return before !== "";
  }

  /** Files and matches commits; answers the id of the first that was new, null for none. */
  file(commits: readonly LoggedCommit[], dirty: Set<number>): number | null {
    const fresh = commits.filter(({ sha }) => !this.graph.ids.has(sha));
    const makers = this.#makers();
    const insert = this.#db.query(
      `INSERT INTO commits (repo_id, sha, parents, author_ms, committed_ms, subject, reverts, named_pr, named_how, named_branch, added,
         removed, session_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const filed: { id: number; commit: LoggedCommit; reverts: string }[] = [];
    for (const commit of fresh) {
      const named = namesInMessage(commit);
      const sessionId = makers(commit.sha);
      const added = commit.files.reduce((sum, file) => sum + countOf(file), 0);
      const removed = commit.files.reduce((sum, file) => sum + file.removed, 0);
      const { lastInsertRowid } = insert.run(
        this.#repo.id,
        commit.sha,
        commit.parents.join(" "),
        commit.authorMs,
        commit.committedMs,
        commit.subject,
        named.reverts,
        named.number,
        named.how,
        named.branch,
        added,
        removed,
        sessionId,
      );
      const id = Number(lastInsertRowid);
      this.graph.add(id, commit.sha, commit.parents);
      filed.push({ id, commit, reverts: named.reverts });
      if (sessionId !== null) dirty.add(sessionId);
      this.#noteRenames(commit);
    }
    this.#match(filed, dirty);
    return filed[0]?.id ?? null;
  }

  #noteRenames(commit: LoggedCommit): void {
    const insert = this.#db.query("INSERT OR IGNORE INTO renames (repo_id, old_path, new_path) VALUES (?, ?, ?)");
    for (const { path, oldPath } of commit.files) {
      if (oldPath === null) continue;
      const from = this.#paths.idOf(oldPath);
      const to = this.#paths.idOf(path);
      insert.run(this.#repo.id, from, to);
      this.#addRename(from, to);
    }
  }

  /** Session whose tool call reported a commit of this id. */
  #makers(): (sha: string) => number | null {
    const rows = this.#db
      .query<{ sha: string; session_id: number }, []>(
        `SELECT g.sha, coalesce(c.session_id, g.session_id) AS session_id
         FROM git_operations g LEFT JOIN tool_calls t ON t.key = g.key AND g.key <> 0 LEFT JOIN calls c ON c.id = t.call_id
         WHERE g.kind = 'commit' AND g.sha <> '' ORDER BY g.at_ms DESC`,
      )
      .all();
    const byPrefix = new Map(rows.map(({ sha, session_id }) => [sha, session_id]));
    const lengths = [...new Set(rows.map(({ sha }) => sha.length))];
    return (sha) => {
      for (const length of lengths) {
        const found = byPrefix.get(sha.slice(0, length));
        if (found !== undefined) return found;
      }
      return null;
    };
  }

  #match(filed: readonly { id: number; commit: LoggedCommit; reverts: string }[], dirty: Set<number>): void {
    if (filed.length === 0) return;
    const matcher = new Matcher((ancestor, id) => this.graph.isAncestor(ancestor, id));
    this.#loadEdits(matcher, filed);
    const insert = this.#db.query(
      "INSERT OR REPLACE INTO commit_lines (commit_id, path_id, line, count, edit_id, edit_line, grade) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    const touched = new Set<number>();
    for (const { id, commit, reverts } of filed) {
      for (const file of commit.files) {
        const pathId = this.#paths.idOf(file.path);
        const names = this.#names(pathId);
        const taken = new Set<number>();
        if (matcher.knows(names)) {
          const target = { id, committedMs: commit.committedMs, isRevert: reverts !== "" };
          for (const run of matcher.match(target, names, file.added)) {
            insert.run(id, pathId, run.line, run.count, run.editId, run.editLine, run.grade);
            touched.add(run.editId);
            for (let n = 0; n < run.count; n++) taken.add(run.line + n);
          }
        }
        this.#noteLines(id, pathId, commit.sha, file, taken);
        this.#shellLines(id, pathId, commit, file, taken);
      }
    }
    const owner = this.#db.query<{ session_id: number }, [number]>(
      "SELECT c.session_id FROM edits e JOIN tool_calls t ON t.key = e.key JOIN calls c ON c.id = t.call_id WHERE e.id = ?",
    );
    for (const editId of touched) {
      const row = owner.get(editId);
      if (row !== null) dirty.add(row.session_id);
    }
  }

  /** Lines that a git-ai note gives to an agent and no edit of the book wrote. */
  #noteLines(id: number, pathId: number, sha: string, file: FileChange, taken: Set<number>): void {
    for (const { path, ranges, sessionId } of this.#aiNotes.get(sha) ?? []) {
      if (path !== file.path) continue;
      const session = this.#db
        .query<{ id: number }, [string]>("SELECT id FROM sessions WHERE session_id = ? LIMIT 1")
        .get(sessionId);
      const lines = linesOf(file).filter((line) => ranges.some(([from, to]) => line >= from && line <= to));
      this.#told(id, pathId, lines, GRADE.note, session?.id ?? null, taken);
    }
  }

  /** Lines that no edit wrote, where the session that made the commit had run a command that writes files since its commit before. */
  #shellLines(id: number, pathId: number, commit: LoggedCommit, file: FileChange, taken: Set<number>): void {
    const session = this.#shellSession(id, commit);
    if (session === null) return;
    this.#told(id, pathId, linesOf(file), GRADE.shell, session, taken);
  }

  #shellOf: { id: number; session: number | null } = { id: 0, session: null };

  #shellSession(id: number, commit: LoggedCommit): number | null {
    if (this.#shellOf.id === id) return this.#shellOf.session;
    const session = this.#db
      .query<{ s: number | null }, [number]>("SELECT session_id AS s FROM commits WHERE id = ?")
      .get(id)?.s;
    const wrote =
      session != null &&
      this.#db
        .query(
          `SELECT 1 FROM git_operations g WHERE g.session_id = ?1 AND g.kind = 'write' AND g.at_ms <= ?2
             AND g.at_ms > coalesce((SELECT max(committed_ms) FROM commits WHERE session_id = ?1 AND id < ?3), 0) LIMIT 1`,
        )
        .get(session, commit.committedMs + 5_000, id) !== null;
    this.#shellOf = { id, session: wrote ? session : null };
    return this.#shellOf.session;
  }

  /** Files lines that are known by somebody's word, as runs of neighbours. */
  #told(
    id: number,
    pathId: number,
    lines: readonly number[],
    grade: number,
    session: number | null,
    taken: Set<number>,
  ): void {
    const insert = this.#db.query(
      `INSERT OR IGNORE INTO commit_lines (commit_id, path_id, line, count, edit_id, edit_line, grade, session_id)
       VALUES (?, ?, ?, ?, NULL, 0, ?, ?)`,
    );
    let start = 0;
    let count = 0;
    for (const line of [...lines, -1]) {
      if (line >= 0 && taken.has(line)) continue;
      if (count > 0 && line === start + count) {
        count++;
        continue;
      }
      if (count > 0) insert.run(id, pathId, start, count, grade, session);
      start = line;
      count = 1;
    }
    for (const line of lines) taken.add(line);
  }

  #loadEdits(matcher: Matcher, filed: readonly { commit: LoggedCommit }[]): void {
    const members = this.#repo.members.join(",");
    let where = "";
    if (filed.length <= MANY_COMMITS) {
      const paths = new Set<number>();
      for (const { commit } of filed)
        for (const file of commit.files) for (const id of this.#names(this.#paths.idOf(file.path))) paths.add(id);
      if (paths.size < 5_000) where = `AND f.repo_path IN (${[...paths].join(",")})`;
    }
    const edits = this.#db
      .query<{ id: number; at_ms: number; lines: Uint8Array; repo_path: number; whole: number; shell: number }, []>(
        `SELECT e.id, e.at_ms, e.lines, f.repo_path, e.kind = 2 AND e.source = 1 AS whole, e.kind = 5 AS shell FROM file_places f JOIN edits e ON e.path_id = f.path_id
         JOIN tool_calls t ON t.key = e.key
         WHERE f.repo_id IN (${members}) AND e.added > 0 AND t.failed = 0 ${where}`,
      )
      .all();
    const pathOf = new Map<number, number>();
    for (const { id, at_ms, lines, repo_path, whole, shell } of edits) {
      matcher.addEdit(repo_path, { id, atMs: at_ms, lines, isWhole: whole === 1, isShell: shell === 1 });
      pathOf.set(id, repo_path);
    }
    const spent = this.#db
      .query<{ commit_id: number; edit_id: number; edit_line: number; count: number }, []>(
        `SELECT l.commit_id, l.edit_id, l.edit_line, l.count FROM commit_lines l
         WHERE l.edit_id IN (SELECT e.id FROM file_places f JOIN edits e ON e.path_id = f.path_id WHERE f.repo_id IN (${members}) ${where})`,
      )
      .all();
    for (const { commit_id, edit_id, edit_line, count } of spent) {
      const path = pathOf.get(edit_id);
      if (path !== undefined) matcher.spend(path, edit_id, edit_line, count, commit_id);
    }
  }

  /** Commits that no ref leads to any more were amended, rebased or thrown away. */
  settleLife(refs: RepoRefs, dirty: Set<number>): void {
    const tips = [...refs.refs.map(({ sha }) => sha), refs.head ?? ""]
      .map((sha) => this.graph.ids.get(sha))
      .filter((id) => id !== undefined);
    const live = this.graph.ancestorsOf(tips);
    const rows = this.#db
      .query<{ id: number; live: number }, [number]>("SELECT id, live FROM commits WHERE repo_id = ?")
      .all(this.#repo.id);
    const update = this.#db.query("UPDATE commits SET live = ? WHERE id = ?");
    for (const row of rows) {
      const now = live.has(row.id) ? 1 : 0;
      if (now === row.live) continue;
      update.run(now, row.id);
      for (const sessionId of sessionsOfCommit(this.#db, row.id)) dirty.add(sessionId);
    }
  }
}
