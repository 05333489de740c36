import type { Database } from "bun:sqlite";

/** Names behind the ids of cells. */
export interface Names {
  models: Map<number, string>;
  repoOfBranch: Map<number, number>;
  repos: Map<number, string>;
}

/** Loads the names; the tables are small. Repos of the same name are told apart by their folder. */
export function loadNames(db: Database): Names {
  const models = new Map(
    db
      .query<{ id: number; name: string }, []>("SELECT id, name FROM models")
      .all()
      .map((row) => [row.id, row.name]),
  );
  const branches = db.query<{ id: number; repo_id: number }, []>("SELECT id, repo_id FROM branches").all();
  const repos = db
    .query<{ id: number; name: string; identity: string }, []>("SELECT id, name, identity FROM repos")
    .all();
  const used = new Map<string, number>();
  for (const { name } of repos) used.set(name, (used.get(name) ?? 0) + 1);
  return {
    models,
    repoOfBranch: new Map(branches.map((row) => [row.id, row.repo_id])),
    repos: new Map(
      repos.map((row) => [row.id, (used.get(row.name) ?? 0) > 1 ? `${row.name} (${row.identity})` : row.name]),
    ),
  };
}
