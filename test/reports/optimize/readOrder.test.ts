import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheLifetime } from "../../../src/reports/optimize/rules/cacheLifetime.ts";
import { ingest, scratch } from "../../ledger/ingest.ts";
import { contextOf, Transcript } from "./history.ts";

/** Advice does not depend on the order in which transcripts were read, to the nano-dollar: what is shared out is shared out by names. */

const MINUTE = 60_000;

/** Savings that do not share out evenly, and one session that would have cost more. */
const SESSIONS = [
  new Transcript("s1").prompt("p1", "a").call("m1", [10, 100, 0, 0, 50_001]),
  new Transcript("s2").prompt("p1", "a").call("m1", [10, 100, 0, 0, 7_003]).call("m2", [10, 100, 0, 0, 333]),
  new Transcript("s3").prompt("p1", "a").call("m1", [10, 100, 0, 0, 20_011]),
  new Transcript("s4")
    .prompt("p1", "a")
    .call("m1", [10, 100, 0, 0, 100])
    .wait(10 * MINUTE)
    .call("m2", [10, 100, 13_331, 0, 1]),
];

async function advised(order: readonly Transcript[]): Promise<unknown[]> {
  const { dir, remove } = scratch();
  try {
    const folder = join(dir, "claude", "projects", "p");
    mkdirSync(folder, { recursive: true });
    for (const one of order) {
      writeFileSync(join(folder, `${one.session}.jsonl`), one.text());
      await ingest(join(dir, "claude"), dir);
    }
    const db = new Database(join(dir, "ledger.db"), { readonly: true });
    try {
      const keyOf = db.query<{ key: string }, [number]>("SELECT hex(key) AS key FROM calls WHERE id = ?");
      const [advice] = cacheLifetime(contextOf(db));
      return (advice?.claims ?? []).map(({ callId, savingNano }) => [keyOf.get(callId)?.key, savingNano]);
    } finally {
      db.close();
    }
  } finally {
    remove();
  }
}

test("the same transcripts, read one after the other in any order", async () => {
  const first = await advised(SESSIONS);
  expect(first.length).toBeGreaterThan(3);
  for (const order of [
    [3, 2, 1, 0],
    [1, 3, 0, 2],
    [2, 0, 3, 1],
  ])
    expect(await advised(order.map((at) => SESSIONS[at] as Transcript))).toEqual(first);
});
