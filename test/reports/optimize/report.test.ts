import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { PriceBook } from "../../../src/pricing/book.ts";
import { selectionOf } from "../../../src/reports/cells.ts";
import { filtersOf } from "../../../src/reports/filters.ts";
import { loadCalls } from "../../../src/reports/optimize/calls.ts";
import { adviseOn, optimizeReport } from "../../../src/reports/optimize/index.ts";
import { statsReport } from "../../../src/reports/stats.ts";
import { generateHistory } from "../../corpus/generate.ts";
import { ingest, scratch } from "../../ledger/ingest.ts";

/** The report over a made-up history of all kinds of calls: it looks at what `stats` counts, and its money adds up under every filter. */

const NOW = Date.parse("2026-11-23T15:30:00Z");
const PRICES = PriceBook.builtIn();
const { dir, remove } = scratch();
let db: Database;

beforeAll(async () => {
  generateHistory(join(dir, "claude"), { seed: 4711, sessions: 60, calls: 60 });
  await ingest(join(dir, "claude"), join(dir, "home"));
  db = new Database(join(dir, "home", "ledger.db"), { readonly: true });
});
afterAll(() => {
  db.close();
  remove();
});

describe("optimize", () => {
  for (const flags of [
    { since: "all" },
    { since: "30d" },
    { since: "2026-10-10T09:17:33.123Z", until: "2026-10-30T12:01:00Z" },
    { since: "all", model: "opus" },
    { since: "all", repo: "project-1" },
    { since: "all", agent: "Explore" },
  ]) {
    test(JSON.stringify(flags), () => {
      const filters = filtersOf({ ...flags, timezone: "UTC", top: 1_000 }, NOW);
      const report = optimizeReport(db, filters, PRICES, NOW);
      const { totals } = statsReport(db, filters);
      expect(report.totals).toEqual({
        calls: totals.calls,
        costNanoUsd: totals.costNanoUsd,
        unpriced: totals.unpriced,
      });
      const added = report.findings.reduce((sum, one) => sum + one.addedNanoUsd, 0);
      expect(added).toBe(report.savingNanoUsd);
      expect(added).toBeLessThanOrEqual(totals.costNanoUsd);
      for (const one of report.findings) {
        expect(one.savingNanoUsd).toBeGreaterThanOrEqual(report.below.leastNanoUsd);
        expect(one.savingNanoUsd).toBeLessThanOrEqual(one.costNanoUsd);
        expect(one.where.length).toBeGreaterThan(0);
        const named = one.where.reduce((sum, place) => sum + place.savingNanoUsd, 0);
        if (one.where.length < 10) expect(named).toBe(one.savingNanoUsd);
        else expect(named).toBeLessThanOrEqual(one.savingNanoUsd);
      }
    });
  }

  test("there is something to check, and rules claim of the period's calls only, whole nano-dollars within their cost", () => {
    const filters = filtersOf({ since: "all", timezone: "UTC" }, NOW);
    const { context, advice } = adviseOn(db, filters, PRICES, NOW);
    const costs = new Map(context.calls.map((call) => [call.id, call]));
    expect(advice.reduce((sum, { claims }) => sum + claims.length, 0)).toBeGreaterThan(0);
    for (const { claims } of advice)
      for (const { callId, sessionId, savingNano } of claims) {
        expect(costs.get(callId)?.sessionId).toBe(sessionId);
        expect(Number.isSafeInteger(savingNano)).toBe(true);
        expect(savingNano).toBeLessThanOrEqual(costs.get(callId)?.costNano ?? 0);
      }
  });

  test("calls come by session, run and time, by names: row ids follow the order of reading", () => {
    const calls = loadCalls(db, selectionOf(db, filtersOf({ since: "all", timezone: "UTC" }, NOW)));
    const nameOf = db.query<{ name: string }, [number]>(
      "SELECT s.session_id || ' ' || r.run_id AS name FROM runs r JOIN sessions s ON s.id = r.session_id WHERE r.id = ?",
    );
    const keys = calls.map(({ runId, atMs }) => [nameOf.get(runId)?.name ?? "", atMs] as const);
    expect(keys.length).toBeGreaterThan(100);
    expect(keys).toEqual([...keys].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1])));
  });
});
