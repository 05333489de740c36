import type { Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../platform/errors.ts";
import { Places } from "./dictionary.ts";

/** Id of the one repo that a person means: a folder's, also one that has no calls yet, else one of the book by its name or a part of it.
 *  `said` is what the name was said with, for the error: `--repo "shop"`. Throws a {@link UserError} where nothing or more than one fits. */
export function repoNamed(db: Database, name: string, said: string, cwd: string): number {
  const folder = resolve(cwd, name);
  if (/[\\/.~]/.test(name) && existsSync(folder) && statSync(folder).isDirectory())
    return new Places(db).repoOf(folder);
  const rows = db
    .query<{ id: number; name: string; identity: string }, []>(
      "SELECT id, name, identity FROM repos WHERE same_as IS NULL ORDER BY name",
    )
    .all();
  const needle = name.toLowerCase();
  const exact = rows.filter((row) => row.name.toLowerCase() === needle || row.identity.toLowerCase() === needle);
  const found =
    exact.length > 0 ? exact : rows.filter((row) => needle !== "" && row.name.toLowerCase().includes(needle));
  const [only, second] = found;
  if (only === undefined) {
    const known = rows.slice(0, 12).map((row) => row.name);
    throw new UserError(
      `${said} matches nothing in the book`,
      known.length === 0
        ? "The book holds nothing yet; name a folder instead."
        : `Known: ${known.join(", ")}. A folder will do as well.`,
    );
  }
  if (second !== undefined)
    throw new UserError(
      `${said} fits several repos: ${found
        .slice(0, 5)
        .map(({ identity }) => identity)
        .join(", ")}`,
      "Give one of these folders.",
    );
  return only.id;
}
