import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { filtersOf } from "../../src/reports/filters.ts";
import { sessionsReport } from "../../src/reports/sessions.ts";
import { statsReport } from "../../src/reports/stats.ts";
import { generateHistory } from "../corpus/generate.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

/** Every figure of a report against sums over the calls themselves, under all filters and in zones of every kind. */

const NOW = Date.parse("2026-11-23T15:30:00Z");
const { dir, remove } = scratch();
let db: Database;

beforeAll(async () => {
  generateHistory(join(dir, "claude"), { seed: 77, sessions: 40, calls: 30 });
  await ingest(join(dir, "claude"), join(dir, "home"));
  db = new Database(join(dir, "home", "ledger.db"), { readonly: true });
});

afterAll(() => {
  db.close();
  remove();
});

const CASES = [
  { since: "all" },
  { since: "30d" },
  { since: "2026-10-10", until: "2026-10-20" },
  { since: "2026-10-10T09:17:33.123Z", until: "2026-10-30T12:01:00Z" },
  { since: "all", model: "haiku" },
  { since: "all", repo: "project-1" },
  { since: "all", branch: "main" },
  { since: "all", agent: "claude-code" },
  { since: "all", agent: "Explore" },
  { since: "all", agent: "overhead" },
  { since: "2026-10-15", model: "opus", branch: "main" },
];

function conditionOf(filters: ReturnType<typeof filtersOf>): string {
  const parts = ["1"];
  if (filters.fromMs !== null) parts.push(`at_ms >= ${filters.fromMs}`);
  if (filters.toMs !== null) parts.push(`at_ms < ${filters.toMs}`);
  if (filters.model !== null) parts.push(`model LIKE '%${filters.model}%'`);
  if (filters.repo !== null) parts.push(`repo = '${filters.repo}'`);
  if (filters.branch !== null) parts.push(`branch = '${filters.branch}'`);
  if (filters.agent === "overhead") parts.push("run_kind = 'overhead'");
  if (filters.agent === "Explore")
    parts.push("(SELECT agent_type FROM runs r JOIN calls c ON c.run_id = r.id WHERE c.id = v_calls.id) = 'Explore'");
  return parts.join(" AND ");
}

describe("stats", () => {
  for (const timezone of ["UTC", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu"]) {
    for (const flags of CASES) {
      test(`${timezone} ${JSON.stringify(flags)}`, () => {
        const filters = filtersOf({ ...flags, timezone, top: 1_000 }, NOW);
        const where = conditionOf(filters);
        const report = statsReport(db, filters);
        const rows = db
          .query(
            `SELECT at_ms, input + output + cache_read + cache_write_5m + cache_write_1h, cost_nano, model, session_id FROM v_calls WHERE ${where}`,
          )
          .values() as [number, number, number, string, string][];
        expect(rows.length).toBeGreaterThan(0);
        expect(report.totals.calls).toBe(rows.length);
        expect(report.totals.totalTokens).toBe(rows.reduce((sum, row) => sum + row[1], 0));
        expect(report.totals.costNanoUsd).toBe(rows.reduce((sum, row) => sum + (row[2] ?? 0), 0));
        expect(report.totals.sessions).toBe(new Set(rows.map((row) => row[4])).size);
        const days = new Map<string, number>();
        const format = new Intl.DateTimeFormat("en-CA", {
          timeZone: timezone,
          year: "numeric",
          month: "2-digit",
          day: "2-digit",
        });
        for (const row of rows) {
          const day = format.format(row[0]);
          days.set(day, (days.get(day) ?? 0) + (row[2] ?? 0));
        }
        expect(report.daily.map((row): [string, number] => [row.day, row.costNanoUsd])).toEqual(
          [...days].sort((a, b) => (a[0] < b[0] ? 1 : -1)),
        );
        for (const panel of [report.repos, report.models, report.sessions, report.categories]) {
          expect(panel.reduce((sum, row) => sum + row.costNanoUsd, 0)).toBe(report.totals.costNanoUsd);
          expect(panel.reduce((sum, row) => sum + row.calls, 0)).toBe(report.totals.calls);
        }
        const sessions = sessionsReport(db, filters, { runs: true, order: "cost" });
        expect(sessions.totals.costNanoUsd).toBe(report.totals.costNanoUsd);
        if (flags.agent === undefined || flags.agent === "claude-code") {
          for (const row of sessions.sessions)
            expect((row.runs ?? []).reduce((sum, run) => sum + run.costNanoUsd, 0)).toBe(row.costNanoUsd);
        }
      });
    }
  }
});
