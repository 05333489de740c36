import type { Database, Statement } from "bun:sqlite";
import type { EditEvent, GitEvent } from "../agents/events.ts";
import { toKey } from "../platform/hash.ts";
import type { Dictionary } from "./dictionary.ts";
import { lazy } from "./lazy.ts";

const BETTER = "excluded.source > source OR (excluded.source = source AND excluded.lines > lines)";

/** The better source replaces the other; of two equal ones the same is kept in whichever order they come. */
const EDIT = `INSERT INTO edits (key, path_id, at_ms, kind, source, added, removed, lines) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key, path_id) DO UPDATE SET at_ms = min(at_ms, excluded.at_ms), kind = iif(${BETTER}, excluded.kind, kind),
    added = iif(${BETTER}, excluded.added, added), removed = iif(${BETTER}, excluded.removed, removed),
    lines = iif(${BETTER}, excluded.lines, lines), source = max(source, excluded.source)`;

/** A client repeats what it links, with a later time: the first one counts. */
const GIT = `INSERT INTO git_operations (key, session_id, repo_id, at_ms, kind, sha, branch, number, url, action)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET at_ms = min(at_ms, excluded.at_ms), repo_id = coalesce(repo_id, excluded.repo_id)`;

/** Edits and what was done with git, each in whichever order its sources come. */
export class Edits {
  readonly #paths: Dictionary;
  readonly #edit: () => Statement;
  readonly #git: () => Statement;

  constructor(db: Database, paths: Dictionary) {
    this.#paths = paths;
    this.#edit = lazy(db, EDIT);
    this.#git = lazy(db, GIT);
  }

  /** Files an edit. */
  edit(event: EditEvent): void {
    const { keyHigh, keyLow, path, atMs, kind, source, added, removed, lines } = event;
    this.#edit().run(toKey(keyHigh, keyLow), this.#paths.idOf(path), atMs, kind, source, added, removed, lines);
  }

  /** Files a git operation of a session, done in a repo where that is known. */
  git(event: GitEvent, sessionId: number, repoId: number | null): void {
    const { keyHigh, keyLow, atMs, kind, sha, branch, number, url, action } = event;
    this.#git().run(toKey(keyHigh, keyLow), sessionId, repoId, atMs, kind, sha, branch, number, url, action);
  }
}
