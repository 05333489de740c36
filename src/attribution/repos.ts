import type { Database } from "bun:sqlite";
import { fs } from "../platform/builtins.ts";

/** A repo of the book whose history can be read. */
export interface ScannedRepo {
  id: number;
  name: string;
  commonDir: string;
  remote: string | null;
  /** Repos of the book that this one continues. */
  members: number[];
}

/** Repos that have edits or git operations and whose folder stands, with the ones they continue. */
export function reposToScan(db: Database): ScannedRepo[] {
  const rows = db
    .query<{ id: number; name: string; common_dir: string; remote: string | null }, []>(
      `SELECT id, name, common_dir, remote FROM repos WHERE common_dir IS NOT NULL AND same_as IS NULL`,
    )
    .all();
  const members = db
    .query<{ id: number; same_as: number }, []>("SELECT id, same_as FROM repos WHERE same_as IS NOT NULL")
    .all();
  return rows
    .filter(({ common_dir }) => fs().existsSync(common_dir))
    .map(({ id, name, common_dir, remote }) => ({
      id,
      name,
      commonDir: common_dir,
      remote,
      members: [id, ...members.filter((one) => one.same_as === id).map((one) => one.id)],
    }));
}

/** A value that was put aside under a name, null for none. */
export function metaOf(db: Database, key: string): string | null {
  return db.query<{ value: string }, [string]>("SELECT value FROM meta WHERE key = ?").get(key)?.value ?? null;
}

/** Puts a value aside. */
export function setMeta(db: Database, key: string, value: string | number): void {
  db.query("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(key, value);
}

/** Sessions that wrote lines of a commit or made it. */
export function sessionsOfCommit(db: Database, commitId: number): number[] {
  return db
    .query<{ s: number }, [number, number]>(
      `SELECT DISTINCT c.session_id AS s FROM commit_lines l JOIN edits e ON e.id = l.edit_id JOIN tool_calls t ON t.key = e.key
       JOIN calls c ON c.id = t.call_id WHERE l.commit_id = ?
       UNION SELECT session_id FROM commits WHERE id = ? AND session_id IS NOT NULL`,
    )
    .all(commitId, commitId)
    .map(({ s }) => s);
}
