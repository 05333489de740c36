import type { Database } from "bun:sqlite";
import { isAbsolute, join, resolve } from "node:path";
import { UserError } from "../platform/errors.ts";
import { placeOf } from "../platform/repo.ts";
import { type ProjectName, projectNames, repoIdAt } from "../reports/projectNames.ts";
import { plain } from "./markdown.ts";
import { nearest } from "./nearest.ts";
import { shown } from "./schema.ts";

/** Finds the one project that a name or a path means. */

/** Where relative paths and `here` start from. */
export interface Standing {
  cwd: string;
  home: string;
}

const HERE = new Set([".", "here", "this", "current", "this project", "current project", "this repo", "current repo"]);
const LISTED = 8;

/** The project by its name (`shop`, `acme/shop`), a part of it, or a path in it (`here` is where the client started the server). Throws a
 *  {@link UserError} that lists what might be meant where nothing or more than one fits. */
export function projectOf(db: Database, text: string, { cwd, home }: Standing): ProjectName {
  const said = text.trim();
  if (said === "") throw new UserError("project is empty", "Name one, or leave it out for all.");
  const known = projectNames(db);
  const path = pathOf(said, cwd, home);
  if (path !== null) {
    const found = byPath(db, known, path);
    if (found !== null) return found;
    if (isAbsolute(said) || HERE.has(said.toLowerCase()))
      throw new UserError(
        `no agent is known to have worked in ${shown(path)}`,
        known.length === 0 ? EMPTY : `Known: ${listed(known)}.`,
      );
  }
  return byName(known, said);
}

const EMPTY = "The ledger holds nothing yet.";

function pathOf(said: string, cwd: string, home: string): string | null {
  if (HERE.has(said.toLowerCase())) return cwd;
  if (said === "~" || said.startsWith("~/")) return join(home, said.slice(1));
  if (isAbsolute(said)) return said.length > 1 ? said.replace(/[\\/]+$/, "") : said;
  return /^\.{1,2}[\\/]/.test(said) || said === ".." ? resolve(cwd, said) : null;
}

function byPath(db: Database, known: readonly ProjectName[], path: string): ProjectName | null {
  const id = repoIdAt(db, placeOf(path).identity, path);
  return id === null ? null : (known.find(({ folder, repoIds }) => folder !== null && repoIds.includes(id)) ?? null);
}

function byName(known: readonly ProjectName[], said: string): ProjectName {
  const wanted = said.toLowerCase();
  const named = (test: (name: string) => boolean): ProjectName[] =>
    known.filter(({ name, folder }) => test(name.toLowerCase()) || (folder !== null && test(folder.toLowerCase())));
  const lastPart = (name: string): string => name.split(/[\\/]/).at(-1) ?? name;
  for (const found of [
    named((name) => name === wanted),
    known.filter(({ name }) => lastPart(name.toLowerCase()) === wanted),
    known.filter(({ name }) => name.toLowerCase().includes(wanted)),
  ]) {
    const [only, second] = found;
    if (only !== undefined && second === undefined) return only;
    if (only !== undefined)
      throw new UserError(
        `${shown(said)} fits ${found.length} projects`,
        `Give the name or the folder of one: ${listed(found)}.`,
      );
  }
  const names = known.map(({ name }) => name);
  const like = nearest(said, [...names, ...names.map(lastPart)], Math.max(2, Math.floor(said.length / 4)));
  const hint =
    like.length > 0
      ? `Did you mean ${like
          .slice(0, 3)
          .map((name) => shown(plain(name)))
          .join(" or ")}? `
      : "";
  throw new UserError(
    `no project is called ${shown(said)}`,
    known.length === 0 ? EMPTY : `${hint}Known: ${listed(known)}.`,
  );
}

/** Names, with the folder where the name alone does not tell. */
function listed(projects: readonly ProjectName[]): string {
  const used = new Map<string, number>();
  for (const { name } of projects) used.set(name, (used.get(name) ?? 0) + 1);
  const texts = projects
    .slice(0, LISTED)
    .map(({ name, folder }) => plain((used.get(name) ?? 0) > 1 && folder !== null ? `${name} (${folder})` : name, 120));
  return `${texts.join(", ")}${projects.length > LISTED ? `, and ${projects.length - LISTED} more` : ""}`;
}
