import type { Database } from "bun:sqlite";
import { Matcher } from "../attribution/match.ts";
import { CATEGORIES } from "../categories/index.ts";

/** Who wrote a line: an agent's session, a person, or nobody that the ledger could know of. */
export interface BlameRow {
  line: number;
  sha: string;
  path: string;
  text: string;
  by: "agent" | "human" | "unknown";
  grade: "exact" | "formatted" | "shell" | "note" | null;
  sessionId: string | null;
  /** "" is the main thread. */
  runId: string | null;
  model: string | null;
  category: string | null;
  /** Share of its call's cost, nano-dollars: the cost divided by the lines of that call which stand in commits. */
  costNanoUsd: number | null;
}

/** A line as git blames it. */
export interface LineToBlame {
  line: number;
  sha: string;
  path: string;
  originalLine: number;
  text: string;
}

const GRADE_NAMES = ["", "exact", "formatted", "shell", "note"] as const;

interface Writer {
  sessionId: string;
  runId: string;
  model: string;
  category: string;
  costNanoUsd: number;
}

/** Says of every line who wrote it. `repoIds` are the repo and those it continues, `[]` where the book does not know it. */
export function blameRows(
  db: Database,
  repoIds: readonly number[],
  lines: readonly LineToBlame[],
  nowMs: number,
): BlameRow[] {
  const book = new BlameBook(db, repoIds);
  const open = new Map<string, LineToBlame[]>();
  for (const line of lines) if (/^0+$/.test(line.sha)) open.set(line.path, [...(open.get(line.path) ?? []), line]);
  const uncommitted = new Map<number, { editId: number; grade: number }>();
  for (const [path, own] of open) book.matchOpen(path, own, nowMs, uncommitted);
  return lines.map((line) => book.row(line, uncommitted.get(line.line)));
}

class BlameBook {
  readonly #db: Database;
  readonly #repos: string;
  readonly #commits = new Map<string, { id: number } | null>();
  readonly #writers = new Map<number, Writer | null>();

  constructor(db: Database, repoIds: readonly number[]) {
    this.#db = db;
    this.#repos = repoIds.length === 0 ? "-1" : repoIds.join(",");
  }

  row(line: LineToBlame, uncommitted: { editId: number; grade: number } | undefined): BlameRow {
    const base = { line: line.line, sha: line.sha, path: line.path, text: line.text };
    const nobody = { grade: null, sessionId: null, runId: null, model: null, category: null, costNanoUsd: null };
    const isOpen = /^0+$/.test(line.sha);
    const commit = isOpen ? null : this.#commit(line.sha);
    if (!isOpen && commit === null) return { ...base, by: "unknown", ...nobody };
    const found = isOpen ? uncommitted && { ...uncommitted, session: null } : this.#stored(commit?.id ?? 0, line);
    if (found === undefined) return { ...base, by: "human", ...nobody };
    const writer = found.editId === null ? null : this.#writer(found.editId);
    return {
      ...base,
      by: "agent",
      grade: GRADE_NAMES[found.grade] || null,
      sessionId: writer?.sessionId ?? found.session,
      runId: writer?.runId ?? null,
      model: writer?.model ?? null,
      category: writer?.category ?? null,
      costNanoUsd: writer?.costNanoUsd ?? null,
    };
  }

  #commit(sha: string): { id: number } | null {
    const known = this.#commits.get(sha);
    if (known !== undefined) return known;
    const row = this.#db
      .query<{ id: number }, [string]>(`SELECT c.id FROM commits c WHERE c.repo_id IN (${this.#repos}) AND c.sha = ?`)
      .get(sha);
    this.#commits.set(sha, row);
    return row;
  }

  #stored(
    commitId: number,
    line: LineToBlame,
  ): { editId: number | null; grade: number; session: string | null } | undefined {
    const row = this.#db
      .query<{ edit_id: number | null; grade: number; session: string | null }, [number, string, number]>(
        `SELECT l.edit_id, l.grade, s.session_id AS session FROM commit_lines l JOIN paths p ON p.id = l.path_id
         LEFT JOIN sessions s ON s.id = l.session_id
         WHERE l.commit_id = ?1 AND p.path = ?2 AND l.line <= ?3 AND l.line + l.count > ?3 LIMIT 1`,
      )
      .get(commitId, line.path, line.originalLine);
    return row === null ? undefined : { editId: row.edit_id, grade: row.grade, session: row.session };
  }

  #writer(editId: number): Writer | null {
    const known = this.#writers.get(editId);
    if (known !== undefined) return known;
    const row = this.#db
      .query<
        {
          sessionId: string;
          runId: string;
          model: string;
          category: number | null;
          cost: number | null;
          lines: number;
        },
        [number]
      >(
        `SELECT s.session_id AS sessionId, r.run_id AS runId, m.name AS model, p.category, c.cost_nano AS cost,
           (SELECT coalesce(sum(n), 0) FROM (SELECT max(l.count) AS n FROM tool_calls t2 JOIN edits e2 ON e2.key = t2.key
              JOIN commit_lines l ON l.edit_id = e2.id JOIN commits k ON k.id = l.commit_id
              WHERE t2.call_id = c.id AND k.live = 1 GROUP BY l.edit_id, l.edit_line)) AS lines
         FROM edits e JOIN tool_calls t ON t.key = e.key JOIN calls c ON c.id = t.call_id JOIN runs r ON r.id = c.run_id
         JOIN sessions s ON s.id = c.session_id JOIN models m ON m.id = c.model_id LEFT JOIN prompts p ON p.id = c.prompt_id
         WHERE e.id = ?`,
      )
      .get(editId);
    const writer =
      row === null
        ? null
        : {
            sessionId: row.sessionId,
            runId: row.runId,
            model: row.model,
            category: CATEGORIES[row.category ?? -1] ?? "general",
            costNanoUsd: Math.round((row.cost ?? 0) / Math.max(1, row.lines)),
          };
    this.#writers.set(editId, writer);
    return writer;
  }

  /** Lines that are not committed yet are matched with what edits wrote and no commit has taken. */
  matchOpen(
    path: string,
    lines: readonly LineToBlame[],
    nowMs: number,
    found: Map<number, { editId: number; grade: number }>,
  ): void {
    const matcher = new Matcher(() => true);
    const edits = this.#db
      .query<
        { id: number; at_ms: number; lines: Uint8Array; repo_path: number; whole: number; shell: number },
        [string]
      >(
        `SELECT e.id, e.at_ms, e.lines, f.repo_path, e.kind = 2 AND e.source = 1 AS whole, e.kind = 5 AS shell
         FROM file_places f JOIN edits e ON e.path_id = f.path_id JOIN tool_calls t ON t.key = e.key JOIN paths p ON p.id = f.repo_path
         WHERE f.repo_id IN (${this.#repos}) AND p.path = ? AND e.added > 0 AND t.failed = 0`,
      )
      .all(path);
    const paths = new Set<number>();
    for (const { id, at_ms, lines: packed, repo_path, whole, shell } of edits) {
      matcher.addEdit(repo_path, { id, atMs: at_ms, lines: packed, isWhole: whole === 1, isShell: shell === 1 });
      paths.add(repo_path);
    }
    for (const { id, repo_path } of edits) {
      const spent = this.#db
        .query<{ commit_id: number; edit_line: number; count: number }, [number]>(
          "SELECT l.commit_id, l.edit_line, l.count FROM commit_lines l JOIN commits c ON c.id = l.commit_id WHERE l.edit_id = ? AND c.live = 1",
        )
        .all(id);
      for (const one of spent) matcher.spend(repo_path, id, one.edit_line, one.count, one.commit_id);
    }
    const commit = { id: Number.MAX_SAFE_INTEGER, committedMs: nowMs, isRevert: false };
    const added = lines.map(({ line, text }) => ({ line, text }));
    for (const run of matcher.match(commit, [...paths], added))
      for (let n = 0; n < run.count; n++) found.set(run.line + n, { editId: run.editId, grade: run.grade });
  }
}
