import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { coverageOf } from "../../src/reports/coverage.ts";
import { reply } from "../e2e/program.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

const { dir, remove } = scratch();
afterAll(remove);

/** Writes a transcript of one reply and a broken line, and files it. */
async function file(name: string): Promise<void> {
  const folder = join(dir, "claude", "projects", "p");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${name}.jsonl`),
    `${reply(name, `${name}-1`, Date.UTC(2026, 10, 20))}{"type":"assistant"\n`,
  );
  await ingest(join(dir, "claude"), dir);
}

test("coverage that was asked before is of now, whoever wrote since", async () => {
  await file("a");
  const db = new Database(join(dir, "ledger.db"));
  const seen = (): number[] => {
    const { files, brokenLines, unpricedCalls } = coverageOf(db, { unpricedCalls: 7, lowerBoundCalls: 0 });
    return [files, brokenLines, unpricedCalls];
  };
  expect(seen()).toEqual([1, 1, 7]);
  expect(seen()).toEqual([1, 1, 7]);
  // Another connection writes,
  await file("b");
  expect(seen()).toEqual([2, 2, 7]);
  // and so does this one.
  db.run("UPDATE source_files SET broken = broken + 1");
  expect(seen()).toEqual([2, 4, 7]);
  db.close();
});
