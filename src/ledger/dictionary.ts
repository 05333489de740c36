import type { Database } from "bun:sqlite";
import { placeOf } from "../platform/repo.ts";

/** Small integer ids for names that recur, remembered for the life of a writer. */
export class Dictionary {
  readonly #db: Database;
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #table: string;
  readonly #column: string;

  /** `table` and `column` are constants of the program, never input. Statements are made when they are first needed. */
  constructor(db: Database, table: "models" | "tools" | "paths" | "agents" | "labels", column: "name" | "path") {
    this.#db = db;
    this.#table = table;
    this.#column = column;
  }

  /** Id of a name, which is filed when it is new. */
  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const found = this.#db
      .query<{ id: number }, [string]>(`SELECT id FROM ${this.#table} WHERE ${this.#column} = ?`)
      .get(name);
    const id =
      found?.id ??
      Number(this.#db.query(`INSERT INTO ${this.#table} (${this.#column}) VALUES (?)`).run(name).lastInsertRowid);
    this.#ids.set(name, id);
    this.#names.set(id, name);
    return id;
  }

  /** Name of an id. */
  nameOf(id: number): string {
    let name = this.#names.get(id);
    if (name === undefined) {
      name =
        this.#db
          .query<{ name: string }, [number]>(`SELECT ${this.#column} AS name FROM ${this.#table} WHERE id = ?`)
          .get(id)?.name ?? "";
      this.#names.set(id, name);
    }
    return name;
  }

  /** Forgets everything: what was filed in a transaction that is rolled back was never filed. */
  forget(): void {
    this.#ids.clear();
    this.#names.clear();
  }
}

/** Repos and branches: which repo a working directory belongs to, and the id of a branch in it. */
export class Places {
  readonly #db: Database;
  readonly #repos = new Map<string, number>();
  readonly #branches = new Map<string, number>();
  readonly #texts = new Map<number, { cwd: string; branch: string }>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Repo of a working directory; asked of the file system once, then kept for ever. */
  repoOf(cwd: string): number {
    const known = this.#repos.get(cwd);
    if (known !== undefined) return known;
    const filed = this.#db.query<{ repo_id: number }, [string]>("SELECT repo_id FROM places WHERE cwd = ?").get(cwd);
    const id = filed?.repo_id ?? this.#file(cwd);
    this.#repos.set(cwd, id);
    return id;
  }

  #file(cwd: string): number {
    const place = placeOf(cwd);
    const row = this.#db
      .query<{ id: number }, [string, string, string | null, string | null]>(
        `INSERT INTO repos (identity, name, common_dir, remote) VALUES (?, ?, ?, ?)
         ON CONFLICT (identity) DO UPDATE SET name = excluded.name, remote = coalesce(excluded.remote, remote)
         RETURNING id`,
      )
      .get(place.identity, place.name, place.commonDir, place.remote);
    const id = row?.id ?? 0;
    this.#db.query("INSERT INTO places (cwd, repo_id, root) VALUES (?, ?, ?)").run(cwd, id, place.root);
    return id;
  }

  /** Id of a branch by name, in the repo of a working directory. */
  branchOf(cwd: string, name: string): number {
    const key = `${cwd}\n${name}`;
    const known = this.#branches.get(key);
    if (known !== undefined) return known;
    const repo = this.repoOf(cwd);
    const found = this.#db
      .query<{ id: number }, [number, string]>("SELECT id FROM branches WHERE repo_id = ? AND name = ?")
      .get(repo, name);
    const id =
      found?.id ??
      Number(this.#db.query("INSERT INTO branches (repo_id, name) VALUES (?, ?)").run(repo, name).lastInsertRowid);
    this.#branches.set(key, id);
    return id;
  }

  /** A working directory and branch name that lead to a branch id again: the ones it was made from, where known here. */
  textOf(branchId: number): { cwd: string; branch: string } {
    const known = this.#texts.get(branchId);
    if (known !== undefined) return known;
    const row = this.#db
      .query<{ cwd: string | null; branch: string }, [number]>(
        `SELECT (SELECT min(cwd) FROM places p WHERE p.repo_id = b.repo_id) AS cwd, b.name AS branch
         FROM branches b WHERE b.id = ?`,
      )
      .get(branchId);
    const text = { cwd: row?.cwd ?? "", branch: row?.branch ?? "" };
    this.#texts.set(branchId, text);
    return text;
  }

  forget(): void {
    this.#repos.clear();
    this.#branches.clear();
    this.#texts.clear();
  }
}
