import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { asked, call, result, SESSION, START, worth } from "../seedFaults/past.ts";
import { ingest, scratch } from "./ingest.ts";
import { writeText } from "./world.ts";

/** How long a tool took is the time from its use to its result, in whichever order they are read; without a use it is unknown, never 0. */

let home: ReturnType<typeof scratch>;
beforeEach(() => {
  home = scratch();
});
afterEach(() => home.remove());

const use = call("m1", { usage: worth(1), uses: [{ id: "t1", name: "Bash" }] });
const done = result("t1", START + 1_500);
/** The same result as a fork copies it: a row of its own, the same time. */
const copied = result("t1", START + 1_500, { sessionId: "fork", uuid: "copy" });

/** Reads these parts one after the other, each a transcript of its own; answers the durations of the tool uses that the book has. */
async function durationsAfter(...parts: readonly string[]): Promise<unknown[]> {
  for (const [n, text] of parts.entries()) {
    const path = `projects/-nowhere-repo/${n === 0 ? SESSION : `part-${n}`}.jsonl`;
    writeText(home.dir, path, `${asked(`p${n}`, "go on", START - 1_000)}${text}`);
    await ingest(home.dir, join(home.dir, "book"));
  }
  const db = new Database(join(home.dir, "book", "ledger.db"), { readonly: true });
  try {
    return db.query("SELECT duration_ms FROM tool_calls").values().flat();
  } finally {
    db.close();
  }
}

describe("the duration of a tool use", () => {
  for (const [what, parts, duration] of [
    ["use, then result", [use + done], 1_500],
    ["use and result of two readings", [use, done], 1_500],
    ["the result first, in one reading", [done + use], 1_500],
    ["the result first, in a reading of its own", [done, use], 1_500],
    ["the result twice before its use", [done + copied, use], 1_500],
    ["the result before and after its use", [done, use, copied], 1_500],
    ["a result without a use", [done], null],
    ["two results without a use, in one reading", [done + copied], null],
    ["two results without a use, in two readings", [done, copied], null],
    ["a use without a result", [use], null],
    ["a clock that went back", [use + result("t1", START - 500)], null],
    ["a clock that went back, the result first", [result("t1", START - 500), use], null],
  ] as const)
    test(`${what}: ${duration ?? "unknown"}`, async () => {
      expect(await durationsAfter(...parts)).toEqual([duration]);
    });
});
