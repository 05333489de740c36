import { afterAll, expect, test } from "bun:test";
import { hourCells, selectedCalls, selectionOf, sessionCells } from "../../src/reports/cells.ts";
import type { FilterFlags } from "../../src/reports/filters.ts";
import { call, SESSION, START } from "../seedFaults/past.ts";
import { Books, filters } from "./books.ts";

/** However long a history is: what a period asks for is found through the sessions of that period, never by reading all calls. */

const books = new Books();
afterAll(() => books.remove());

test("no report goes through the whole table of calls for a period", async () => {
  const lines = Array.from({ length: 400 }, (_, n) =>
    call(`m${n}`, { atMs: START + n * 3_600_000, branch: `b${n % 7}` }),
  );
  const db = await books.of({
    [`${SESSION}.jsonl`]: lines,
    [`${SESSION}/subagents/agent-a1.jsonl`]: [call("s1", { agent: "a1" })],
  });
  const flags: FilterFlags[] = [
    { since: "2026-11-21T00:30:00Z", until: "2026-11-22T00:30:00Z" },
    { since: "2026-11-21T00:30:00Z", agent: "user" },
    { since: "2026-11-21T00:30:00Z", branch: "b1", model: "opus" },
  ];
  // Once as a new book is, once as SQLite sees it when it knows how much there is.
  for (const know of [false, true]) {
    if (know) db.run("ANALYZE");
    for (const one of flags) {
      const selection = selectionOf(db, filters(one));
      for (const sql of [
        hourCells(selection),
        sessionCells(selection),
        selectedCalls(selection),
        selectedCalls(selection, "r.kind <> 'main'"),
      ]) {
        const plan = db
          .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => detail);
        expect(plan.filter((step) => /^SCAN (c|calls)\b/.test(step))).toEqual([]);
        expect(plan.join("\n")).toContain("SEARCH c USING INDEX calls_by_run");
      }
    }
  }
});
