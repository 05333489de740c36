import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateHistory, type Truth } from "../corpus/generate.ts";
import { conserved } from "../ledger/dump.ts";
import { ingest, scratch } from "../ledger/ingest.ts";
import { ledgerDaily } from "./book.ts";
import { type ByDayModel, ccusageDaily } from "./ccusage.ts";

const SEEDS = Number(process.env.CC_LEDGER_SEEDS ?? (process.env.CC_LEDGER_LONG ? 200 : 12));

const sorted = (rows: ByDayModel): [string, unknown][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

function truthRows(truth: Truth): ByDayModel {
  return new Map([...truth.byDayModel].map(([key, { cacheWrite1h: _hour, ...rest }]) => [key, rest]));
}

test(`${SEEDS} generated histories: tokens by day and model equal ccusage's and the truth, to the token`, async () => {
  let lines = 0;
  let calls = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { dir, remove } = scratch();
    try {
      const config = join(dir, "claude");
      const truth = generateHistory(config, { seed, sessions: 12, calls: 30 });
      const ours = sorted(await ledgerDaily(config));
      expect(ours).toEqual(sorted(truthRows(truth)));
      expect(ours).toEqual(sorted(await ccusageDaily(config)));
      lines += truth.usageLines;
      calls += truth.calls;
    } finally {
      remove();
    }
  }
  expect(lines / calls).toBeGreaterThan(1.7);
}, 600_000);

test("calls, sessions, cache classes and broken lines are what the generator wrote", async () => {
  for (let seed = 101; seed <= 104; seed++) {
    const { dir, remove } = scratch();
    try {
      const config = join(dir, "claude");
      const truth = generateHistory(config, { seed, sessions: 10, calls: 25 });
      await ingest(config, join(dir, "home"));
      const book = join(dir, "home", "ledger.db");
      expect(conserved(book)).toBe(true);
      const db = new Database(book, { readonly: true });
      const one = (sql: string): unknown => (db.query(sql).values()[0] as unknown[])[0];
      expect(one("SELECT count(*) FROM calls")).toBe(truth.calls);
      expect(one("SELECT sum(broken) FROM source_files")).toBe(truth.brokenLines);
      expect(one("SELECT sum(cache_write_1h) FROM calls")).toBe(
        [...truth.byDayModel.values()].reduce((sum, row) => sum + row.cacheWrite1h, 0),
      );
      const bySession = db
        .query(
          "SELECT session_id, sum(input + output + cache_read + cache_write_5m + cache_write_1h) FROM v_calls GROUP BY 1",
        )
        .values() as [string, number][];
      const marked = new Map(bySession);
      for (const [sessionId, tokens] of truth.bySession) {
        // Forks of old clients bear no mark; their shared history may stand with either of the two sessions.
        const twin = sessionId.replace("-9000-", "-8000-");
        const other = sessionId.includes("-9000-") ? twin : sessionId.replace("-8000-", "-9000-");
        const sum = (marked.get(sessionId) ?? 0) + (truth.bySession.has(other) ? (marked.get(other) ?? 0) : 0);
        expect(sum).toBe(tokens + (truth.bySession.get(other) ?? 0));
      }
      db.close();
    } finally {
      remove();
    }
  }
});

test("the published sample histories: equal to ccusage", async () => {
  const samples = join(import.meta.dir, "..", "..", "..", "shared", "samples", "claude-code");
  if (!existsSync(samples)) {
    console.log("passed over: no sample histories beside this checkout");
    return;
  }
  expect(sorted(await ledgerDaily(samples))).toEqual(sorted(await ccusageDaily(samples)));
});
