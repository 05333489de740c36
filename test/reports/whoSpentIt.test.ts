import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { generateHistory } from "../corpus/generate.ts";
import { ingest, scratch } from "../ledger/ingest.ts";
import { world, writeWorld } from "../ledger/world.ts";
import { callsOf, checkAddsUp, checkSessions } from "./addsUp.ts";

/** Sub-agents and main threads are all that sessions cost, sessions all that was spent; so are models, projects, tools and skills. */

const NOW = Date.parse("2026-11-23T15:30:00Z");
const RUNS = Number(process.env.CC_LEDGER_RUNS ?? 60);
const SEEDS = Number(process.env.CC_LEDGER_SEEDS ?? 4);
const SAMPLES = process.env.CC_LEDGER_SAMPLES ?? join(import.meta.dir, "..", "..", "..", "shared", "samples");

/** A book made of a history. */
async function withBook(config: string, use: (db: Database) => void): Promise<void> {
  const { dir, remove } = scratch();
  try {
    await ingest(config, dir);
    const db = new Database(join(dir, "ledger.db"), { readonly: true });
    try {
      use(db);
    } finally {
      db.close();
    }
  } finally {
    remove();
  }
}

test(`small histories of every shape, whole and cut within an hour (${RUNS})`, async () => {
  const moment = fc.integer({ min: Date.UTC(2026, 10, 20, 22, 35), max: Date.UTC(2026, 10, 21, 0, 5) });
  await fc.assert(
    fc.asyncProperty(world, moment, moment, async (files, one, other) => {
      const { dir, remove } = scratch();
      try {
        writeWorld(dir, files);
        await withBook(dir, (db) => {
          checkAddsUp(db, { since: "all", timezone: "UTC" }, "1", NOW);
          checkSessions(db, NOW);
          const [from, to] = one < other ? [one, other] : [other, one + 1];
          const flags = { since: new Date(from).toISOString(), until: new Date(to).toISOString() };
          checkAddsUp(db, { ...flags, timezone: "Asia/Kathmandu" }, `at_ms BETWEEN ${from} AND ${to}`, NOW);
        });
      } finally {
        remove();
      }
    }),
    { numRuns: RUNS },
  );
}, 600_000);

const TYPE = "(SELECT r.agent_type FROM runs r JOIN calls c ON c.run_id = r.id WHERE c.id = v_calls.id)";
const CASES = [
  [{ since: "all" }, "1"],
  [
    { since: "2026-10-10T09:17:33.123Z", until: "2026-10-30T12:01:00Z" },
    "at_utc >= '2026-10-10T09:17:33.123' AND at_utc < '2026-10-30T12:01:00.001'",
  ],
  [{ since: "all", model: "haiku" }, "model LIKE '%haiku%'"],
  [{ since: "all", repo: "project-1" }, "repo = 'project-1'"],
  [{ since: "all", branch: "main" }, "branch = 'main'"],
  [{ since: "all", agent: "main" }, "run_kind = 'main'"],
  [{ since: "all", agent: "user" }, "run_kind = 'user'"],
  [{ since: "all", agent: "overhead" }, "run_kind = 'overhead'"],
  [{ since: "all", agent: "Explore" }, `${TYPE} = 'Explore'`],
] as const;

test(`larger histories with forks, replays and workflows, under every filter (${SEEDS})`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { dir, remove } = scratch();
    try {
      const truth = generateHistory(dir, { seed: seed + 500, sessions: 12, calls: 30 });
      await withBook(dir, (db) => {
        for (const [flags, where] of CASES) checkAddsUp(db, { ...flags, timezone: "America/New_York" }, where, NOW);
        checkSessions(db, NOW);
        // The kinds are three parts of one whole, which the generator knows.
        const kinds = ["main", "user", "overhead"].map((kind) => callsOf(db, `run_kind = '${kind}'`)[0] as number);
        expect(Math.min(...kinds)).toBeGreaterThan(0);
        expect(kinds.reduce((a, b) => a + b)).toBe(truth.calls);
      });
    } finally {
      remove();
    }
  }
}, 600_000);

test("histories that others published", async () => {
  const config = join(SAMPLES, "claude-code");
  if (!existsSync(config)) {
    console.log(`passed over: there is no ${config}`);
    return;
  }
  await withBook(config, (db) => {
    const [calls] = checkAddsUp(db, { since: "all", timezone: "UTC" }, "1", NOW);
    checkSessions(db, NOW);
    expect(calls).toBeGreaterThan(0);
    for (const kind of ["main", "user", "overhead"])
      checkAddsUp(db, { since: "all", timezone: "Asia/Kolkata", agent: kind }, `run_kind = '${kind}'`, NOW);
  });
}, 600_000);
