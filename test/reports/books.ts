import { Database } from "bun:sqlite";
import { join } from "node:path";
import { type FilterFlags, type Filters, filtersOf } from "../../src/reports/filters.ts";
import { ingest, scratch } from "../ledger/ingest.ts";
import { writeText } from "../ledger/world.ts";
import { USD } from "../seedFaults/past.ts";

/** Books made of files written row by row, removed together. */
export class Books {
  readonly #scratch = scratch();
  readonly #open: Database[] = [];

  /** A book of these files, named by their path below a project's folder. */
  async of(files: Readonly<Record<string, readonly string[]>>): Promise<Database> {
    const dir = join(this.#scratch.dir, String(this.#open.length));
    for (const [path, lines] of Object.entries(files))
      writeText(dir, `claude/projects/-nowhere-repo/${path}`, lines.join(""));
    await ingest(join(dir, "claude"), join(dir, "home"));
    const db = new Database(join(dir, "home", "ledger.db"));
    this.#open.push(db);
    return db;
  }

  remove(): void {
    for (const db of this.#open) db.close();
    this.#scratch.remove();
  }
}

export const NOW = Date.parse("2026-11-23T12:00:00Z");

/** Filters over all time in UTC, unless said otherwise. */
export const filters = (flags: FilterFlags = {}): Filters =>
  filtersOf({ since: "all", timezone: "UTC", ...flags }, NOW);

export const usd = ({ costNanoUsd }: { costNanoUsd: number }): number => costNanoUsd / USD;
