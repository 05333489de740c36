import type { Database } from "bun:sqlite";
import { type AttributionUpdate, bringAttributionUpToDate } from "../attribution/index.ts";
import { writeNotes } from "../attribution/notes.ts";
import { reposToScan } from "../attribution/repos.ts";
import { readSetting } from "../ledger/config.ts";
import { messageOf, UserError } from "../platform/errors.ts";
import { placeOf } from "../platform/repo.ts";
import type { Context, OpenLedger } from "./context.ts";

/** Reads what repos gained since the last time, where the book can be written. Troubles with a repo are told on stderr; its figures are then
 *  those of the last time. */
export async function withAttribution(
  context: Context,
  { db, book }: OpenLedger,
  options: { offline: boolean; recompute: boolean },
): Promise<AttributionUpdate | null> {
  if (!book.writable) return null;
  const update = await bringAttributionUpToDate(db, { env: context.env, now: context.now, ...options });
  if (update.commits > 0 && readSetting(db, "git_notes.enabled") === "true") {
    for (const repo of reposToScan(db)) {
      try {
        await writeNotes(db, { dir: repo.commonDir, env: context.env }, repo.members, context.now());
      } catch (error) {
        update.problems.push({ repo: repo.name, message: messageOf(error) });
      }
    }
  }
  for (const { repo, message } of update.problems) context.process.stderr.write(`cc-ledger: ${repo}: ${message}\n`);
  return update;
}

/** The repo that a folder lies in, with the ones that it continues; null where the book knows none. */
export function repoIdsAt(db: Database, cwd: string): number[] | null {
  const row = db.query<{ id: number }, [string]>("SELECT id FROM repos WHERE identity = ?").get(placeOf(cwd).identity);
  return row === null ? null : membersOf(db, row.id);
}

function membersOf(db: Database, id: number): number[] {
  return db
    .query<{ id: number }, [number, number, number]>(
      "SELECT id FROM repos WHERE id = ? OR same_as = ? OR id = (SELECT same_as FROM repos WHERE id = ?)",
    )
    .all(id, id, id)
    .map((row) => row.id);
}

/** Repos by name or a part of it. Throws a {@link UserError} where there is none. */
export function repoIdsNamed(db: Database, name: string): number[] {
  const rows = db.query<{ id: number; name: string }, []>("SELECT id, name FROM repos ORDER BY id").all();
  const exact = rows.filter((row) => row.name === name);
  const found = exact.length > 0 ? exact : rows.filter((row) => row.name.toLowerCase().includes(name.toLowerCase()));
  if (found.length === 0)
    throw new UserError(`no repo is called ${JSON.stringify(name)}`, "cc-ledger stats --since all lists the repos.");
  return [...new Set(found.flatMap((row) => membersOf(db, row.id)))];
}
