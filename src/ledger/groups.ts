import type { Database } from "bun:sqlite";
import { UserError } from "../platform/errors.ts";
import { repoNamed } from "./repoNamed.ts";

/** Products: repos that a person joined under one name. A repo is in one at most. */

const MAX_NAME = 100;

/** A product with the ids of its repos, in the order of their names. */
export interface Group {
  id: number;
  name: string;
  repos: { id: number; name: string; identity: string }[];
}

/** All products by name. */
export function groupsOf(db: Database): Group[] {
  const rows = db
    .query<{ groupId: number; groupName: string; id: number; name: string; identity: string }, []>(
      `SELECT g.id AS groupId, g.name AS groupName, o.id, o.name, o.identity FROM repo_groups g
       JOIN repo_group_members m ON m.group_id = g.id JOIN repos o ON o.id = m.repo_id ORDER BY g.name, o.name, o.identity`,
    )
    .all();
  const groups: Group[] = [];
  for (const { groupId, groupName, ...repo } of rows) {
    if (groups.at(-1)?.id !== groupId) groups.push({ id: groupId, name: groupName, repos: [] });
    groups.at(-1)?.repos.push(repo);
  }
  return groups;
}

/** Puts repos into a product, which is made where there is none of that name. Nothing is changed where one of them is unknown, ambiguous or
 *  in another product: a {@link UserError} says which. */
export function groupRepos(db: Database, name: string, repos: readonly string[], cwd: string): Group {
  const product = productName(name);
  db.run("BEGIN IMMEDIATE");
  try {
    const ids = repos.map((repo) => repoNamed(db, repo, JSON.stringify(repo), cwd));
    const groups = groupsOf(db);
    for (const id of ids) refuseOther(groups, id, product);
    const existing = groups.find((group) => sameName(group.name, product));
    refuseRepoName(db, product, [...ids, ...(existing?.repos ?? []).map((repo) => repo.id)]);
    const groupId =
      existing?.id ?? Number(db.query("INSERT INTO repo_groups (name) VALUES (?)").run(product).lastInsertRowid);
    const insert = db.query("INSERT OR IGNORE INTO repo_group_members (repo_id, group_id) VALUES (?, ?)");
    for (const id of ids) insert.run(id, groupId);
    db.run("COMMIT");
    return groupsOf(db).find((group) => group.id === groupId) as Group;
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
}

/** Takes repos out of a product, all of them where none is named; a product without repos is no more. Answers what is left of it. */
export function ungroupRepos(db: Database, name: string, repos: readonly string[], cwd: string): Group | null {
  db.run("BEGIN IMMEDIATE");
  try {
    const groups = groupsOf(db);
    const group = groups.find((one) => sameName(one.name, name.trim()));
    if (group === undefined) {
      const known = groups.slice(0, 12).map((one) => one.name);
      throw new UserError(
        `no product is called ${JSON.stringify(name)}`,
        known.length === 0 ? "There are none: cc-ledger projects group NAME REPO..." : `Known: ${known.join(", ")}`,
      );
    }
    const ids =
      repos.length === 0 ? group.repos.map((repo) => repo.id) : repos.map((repo) => memberNamed(db, group, repo, cwd));
    const remove = db.query("DELETE FROM repo_group_members WHERE repo_id = ? AND group_id = ?");
    for (const id of ids) remove.run(id, group.id);
    db.query("DELETE FROM repo_groups WHERE id = ? AND id NOT IN (SELECT group_id FROM repo_group_members)").run(
      group.id,
    );
    db.run("COMMIT");
    return groupsOf(db).find((one) => one.id === group.id) ?? null;
  } catch (error) {
    if (db.inTransaction) db.run("ROLLBACK");
    throw error;
  }
}

function memberNamed(db: Database, group: Group, repo: string, cwd: string): number {
  const needle = repo.toLowerCase();
  const own = group.repos.filter((one) => one.name.toLowerCase() === needle || one.identity.toLowerCase() === needle);
  const id = own.length === 1 ? (own[0] as { id: number }).id : repoNamed(db, repo, JSON.stringify(repo), cwd);
  if (!group.repos.some((one) => one.id === id))
    throw new UserError(
      `${JSON.stringify(repo)} is not in ${group.name}`,
      `It holds: ${group.repos.map((one) => one.name).join(", ")}`,
    );
  return id;
}

function productName(name: string): string {
  const trimmed = name.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name must not steer a terminal
  if (trimmed === "" || trimmed.length > MAX_NAME || /[\u0000-\u001f\u007f]/.test(trimmed))
    throw new UserError(
      `${JSON.stringify(name.slice(0, MAX_NAME))} is no name for a product`,
      `Give one line of at most ${MAX_NAME} characters.`,
    );
  return trimmed;
}

function refuseOther(groups: readonly Group[], repoId: number, product: string): void {
  for (const group of groups) {
    const repo = group.repos.find((one) => one.id === repoId);
    if (repo !== undefined && !sameName(group.name, product))
      throw new UserError(
        `${repo.name} is in ${group.name} already, and a repo is in one product at most`,
        `cc-ledger projects ungroup ${JSON.stringify(group.name)} ${JSON.stringify(repo.name)} takes it out.`,
      );
  }
}

/** `--repo NAME` takes products and repos: a name must not mean both, unless the product holds that repo. */
function refuseRepoName(db: Database, product: string, members: readonly number[]): void {
  const others = db
    .query<{ id: number; identity: string }, [string]>("SELECT id, identity FROM repos WHERE lower(name) = lower(?)")
    .all(product)
    .filter(({ id }) => !members.includes(id));
  const [other] = others;
  if (other !== undefined)
    throw new UserError(
      `a repo is called ${product} (${other.identity}), and it is not among those of the product`,
      "Choose another name, or name that repo as well.",
    );
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
