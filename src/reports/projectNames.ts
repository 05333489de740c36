import type { Database } from "bun:sqlite";
import { groupsOf } from "../ledger/groups.ts";

/** What projects there are to ask for, by name and folder. */

export interface ProjectName {
  /** Of the repo or the product. */
  name: string;
  /** Git common directory, or the folder where there is no git; null for a product. */
  folder: string | null;
  /** All rows of `repos` that belong to it: those that it continues as well. */
  repoIds: number[];
  /** What `Filters.repo` takes for just this one. */
  filter: string;
}

/** Products first, then repos, each by name. */
export function projectNames(db: Database): ProjectName[] {
  const rows = db
    .query<{ id: number; name: string; identity: string; heir: number | null }, []>(
      "SELECT id, name, identity, same_as AS heir FROM repos ORDER BY name, identity",
    )
    .all();
  const members = (id: number): number[] => rows.filter((row) => row.id === id || row.heir === id).map((row) => row.id);
  const products = groupsOf(db).map(({ name, repos }) => ({
    name,
    folder: null,
    repoIds: [...new Set(repos.flatMap(({ id }) => members(id)))],
    filter: name,
  }));
  const repos = rows
    .filter((row) => row.heir === null)
    .map(({ id, name, identity }) => ({ name, folder: identity, repoIds: members(id), filter: identity }));
  return [...products, ...repos];
}

/** Git directories, or folders without git, that the book knows a folder by: a repo that was moved is found under its old place too. */
export function repoIdAt(db: Database, identity: string, folder: string): number | null {
  const row = db
    .query<{ id: number }, [string, string]>(
      `SELECT coalesce(same_as, id) AS id FROM repos WHERE identity = ?1
       UNION ALL SELECT coalesce(o.same_as, o.id) FROM places p JOIN repos o ON o.id = p.repo_id WHERE p.cwd = ?2 LIMIT 1`,
    )
    .get(identity, folder);
  return row?.id ?? null;
}
