import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { openBook } from "../../src/ledger/open.ts";
import { rebuildRollups } from "../../src/ledger/rollups.ts";
import { generateHistory } from "../corpus/generate.ts";
import { conserved, dumpBook } from "./dump.ts";
import { ingest, scratch } from "./ingest.ts";

/** Sums of sub-agents by type: those that grew with the history, that a book of before is given, and that are built anew are the same. */

let book: string;
let remove: () => void;

beforeEach(async () => {
  const made = scratch();
  remove = made.remove;
  book = join(made.dir, "ledger.db");
  generateHistory(made.dir, { seed: 77, sessions: 12, calls: 30 });
  await ingest(made.dir, made.dir);
});
afterEach(() => remove());

function withBook(use: (db: Database) => void): void {
  const db = new Database(book);
  try {
    use(db);
  } finally {
    db.close();
  }
}

test("there are some of every kind", () => {
  withBook((db) => {
    const kinds = db.query("SELECT DISTINCT kind FROM rollup_sub_agents JOIN run_types ON id = type_id ORDER BY 1");
    expect(kinds.values()).toEqual([["overhead"], ["user"]]);
    expect(db.query("SELECT family FROM run_types WHERE kind = 'overhead'").values().flat()).toContain("acompact");
  });
  expect(conserved(book)).toBe(true);
});

test("a book of before has them after it was opened", () => {
  const grown = dumpBook(book);
  withBook((db) => {
    db.run(
      "DROP TABLE rollup_sub_agent_totals; DROP TABLE rollup_sub_agents; ALTER TABLE runs DROP COLUMN type_id; DROP TABLE run_types",
    );
    db.run("PRAGMA user_version = 5");
  });
  openBook(book, { busyTimeoutMs: 2_000, allowReadOnly: false }).db.close();
  expect(dumpBook(book)).toEqual(grown);
});

test("built anew they are what they were", () => {
  const grown = dumpBook(book);
  withBook((db) => {
    db.run("UPDATE runs SET type_id = 0");
    db.transaction(() => rebuildRollups(db, 12))();
  });
  expect(dumpBook(book)).toEqual(grown);
});
