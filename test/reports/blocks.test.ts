import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { blocksReport } from "../../src/reports/blocks.ts";
import { filtersOf } from "../../src/reports/filters.ts";
import { officialWindows, type Window, windowAt, windowsOf } from "../../src/reports/windows.ts";
import { generateHistory } from "../corpus/generate.ts";
import { REPLY_COST, reply } from "../e2e/program.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

const HOUR = 3_600_000;
const DAY = Date.UTC(2026, 10, 20);
const at = (hours: number): number => DAY + Math.round(hours * HOUR);
const sample = (atMs: number, usedPercent: number, resetsAtMs: number) => ({ atMs, usedPercent, resetsAtMs });
const spans = (windows: readonly Window[]): [number, number, string][] =>
  windows.map(({ fromMs, toMs, source }) => [(fromMs - DAY) / HOUR, (toMs - DAY) / HOUR, source]);

describe("where windows lie", () => {
  test("a guess begins at the full hour of its first call and lasts five hours", () => {
    expect(spans(windowsOf([at(9.7), at(12), at(13.99), at(14), at(23)], []))).toEqual([
      [9, 14, "guess"],
      [14, 19, "guess"],
      [23, 28, "guess"],
    ]);
    expect(windowsOf([], [])).toEqual([]);
  });

  test("samples of one reset are one window, though the moment is told a little differently", () => {
    const found = officialWindows(
      [sample(at(10), 5, at(14.5)), sample(at(11), 30, at(14.5) + 2_000), sample(at(15), 1, at(19.6))],
      [],
    );
    expect(spans(found)).toEqual([
      [9.5, 14.5, "official"],
      [14.6, 19.6, "official"],
    ]);
    expect(found[0]?.sample).toEqual(sample(at(11), 30, at(14.5) + 2_000));
  });

  test("a reached limit tells of a window of its own, and of none where its reset is days away", () => {
    const reached = [
      { atMs: at(12), resetsMs: at(14) },
      { atMs: at(30), resetsMs: at(90) },
      { atMs: at(40), resetsMs: at(39) },
    ];
    const found = officialWindows([], reached);
    expect(spans(found)).toEqual([[9, 14, "official"]]);
    expect(found[0]).toMatchObject({ limitReached: true, sample: null });
    expect(officialWindows([sample(at(10), 99, at(14))], reached)).toHaveLength(1);
  });

  test("where another account's window is heard of, the one before ends", () => {
    expect(spans(officialWindows([sample(at(10), 5, at(14)), sample(at(11), 60, at(15))], []))).toEqual([
      [9, 11, "official"],
      [11, 15, "official"],
    ]);
  });

  test("a guess never reaches into an official window, and begins anew behind it", () => {
    const officials = officialWindows([sample(at(12), 5, at(16.25))], []);
    expect(spans(windowsOf([at(9.2), at(11.4), at(12), at(16.5), at(20.9), at(21.1)], officials))).toEqual([
      [9, 11.25, "guess"],
      [11.25, 16.25, "official"],
      [16.25, 21, "guess"],
      [21, 26, "guess"],
    ]);
  });

  test("whatever the calls and the samples: windows are apart, in order, and hold every call", () => {
    const times = fc.array(fc.integer({ min: 0, max: 200 * 60 }), { maxLength: 60 });
    const resets = fc.array(fc.tuple(fc.integer({ min: 0, max: 200 * 60 }), fc.integer({ min: 1, max: 300 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(times, resets, (minutes, told) => {
        const calls = minutes.map((minute) => DAY + minute * 60_000).sort((a, b) => a - b);
        const heard = told
          .map(([minute, left]) => sample(DAY + minute * 60_000, 10, DAY + (minute + left) * 60_000))
          .sort((a, b) => a.atMs - b.atMs);
        const windows = windowsOf(calls, officialWindows(heard, []));
        windows.forEach(({ fromMs, toMs, source }, n) => {
          expect(toMs).toBeGreaterThan(fromMs);
          expect(toMs - fromMs).toBeLessThanOrEqual(5 * HOUR);
          const next = windows[n + 1];
          if (next !== undefined) expect(next.fromMs).toBeGreaterThanOrEqual(toMs);
          if (source === "guess") expect(calls.some((ms) => ms >= fromMs && ms < toMs)).toBe(true);
        });
        for (const ms of calls) {
          const naive = windows.findIndex(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
          expect(naive).toBeGreaterThanOrEqual(0);
          expect(windowAt(windows, ms)).toBe(naive);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("on a history made by hand", () => {
  const { dir, remove } = scratch();
  let db: Database;
  const NOW = at(17);

  beforeAll(async () => {
    const folder = join(dir, "claude", "projects", "-nowhere-repo");
    mkdirSync(folder, { recursive: true });
    const hours = [8.5, 9, 13.2, 13.3, 16.6, 16.7, 16.8];
    writeFileSync(join(folder, "s.jsonl"), hours.map((hour, n) => reply("s", `m${n}`, at(hour))).join(""));
    await ingest(join(dir, "claude"), join(dir, "home"));
    db = new Database(join(dir, "home", "ledger.db"));
    const keep = db.query("INSERT INTO limits VALUES ('five_hour', ?, ?, ?)");
    keep.run(at(16.5), 10, at(20.5));
    keep.run(at(16.8), 30, at(20.5));
    keep.run(at(-40), 77, at(-36.25));
  });
  afterAll(() => {
    db.close();
    remove();
  });

  const report = (flags: object = {}, activeOnly = false) =>
    blocksReport(db, filtersOf({ timezone: "UTC", ...flags }, NOW), { nowMs: NOW, agent: "claude-code", activeOnly });

  test("the newest first, each with its own calls", () => {
    const rows = report().blocks.map((row) => [
      (row.fromMs - DAY) / HOUR,
      (row.toMs - DAY) / HOUR,
      row.source,
      row.calls,
      row.costNanoUsd,
    ]);
    expect(rows).toEqual([
      [15.5, 20.5, "official", 3, 3 * REPLY_COST],
      [13, 15.5, "guess", 2, 2 * REPLY_COST],
      [8, 13, "guess", 2, 2 * REPLY_COST],
      [-41.25, -36.25, "official", 0, 0],
    ]);
    expect(report().totals).toMatchObject({ calls: 7, costNanoUsd: 7 * REPLY_COST });
  });

  test("the active one: time left, average and projection by hand, use with its pace", () => {
    const { blocks, matched } = report({}, true);
    expect(matched).toBe(1);
    // An hour and a half of five are over: 3 calls / 1.5 h, and 3 calls / 0.3 at the end. 30 % in 0.3 of the time.
    expect(blocks[0]).toMatchObject({
      active: true,
      leftMs: 3.5 * HOUR,
      burnNanoUsdPerHour: 2 * REPLY_COST,
      projectedNanoUsd: 10 * REPLY_COST,
      usedPercent: 30,
    });
    expect(blocks[0]?.pace?.projectedPercent).toBeCloseTo(100, 9);
    expect(
      blocksReport(db, filtersOf({ timezone: "UTC" }, at(30)), {
        nowMs: at(30),
        agent: "claude-code",
        activeOnly: true,
      }).blocks,
    ).toEqual([]);
  });

  test("a finished one: its average over all of it, no projection, use as it was heard last", () => {
    expect(report().blocks[2]).toMatchObject({
      active: false,
      burnNanoUsdPerHour: Math.round((2 * REPLY_COST) / 5),
      projectedNanoUsd: null,
      leftMs: null,
      pace: null,
    });
    expect(report().blocks[3]).toMatchObject({ usedPercent: 77, pace: null });
  });

  test("filters choose the calls, not where windows lie; a period takes whole windows", () => {
    expect(report({ model: "opus" }).blocks.map(({ calls }) => calls)).toEqual([3, 2, 2, 0]);
    const part = report({ since: "2026-11-20T12:30:00Z", until: "2026-11-20T13:30:00Z" }).blocks;
    expect(part.map(({ fromMs, calls }) => [(fromMs - DAY) / HOUR, calls])).toEqual([
      [13, 2],
      [8, 2],
    ]);
    expect(report({ top: 1 })).toMatchObject({ matched: 4, blocks: [{ calls: 3 }] });
  });
});

describe("on a generated history", () => {
  const { dir, remove } = scratch();
  let db: Database;
  const NOW = Date.parse("2026-11-23T15:30:00Z");

  beforeAll(async () => {
    generateHistory(join(dir, "claude"), { seed: 77, sessions: 40, calls: 30 });
    await ingest(join(dir, "claude"), join(dir, "home"));
    db = new Database(join(dir, "home", "ledger.db"));
    const times = db
      .query("SELECT at_ms FROM calls ORDER BY at_ms")
      .values()
      .map((row) => row[0] as number);
    const keep = db.query("INSERT OR IGNORE INTO limits VALUES ('five_hour', ?, ?, ?)");
    for (let n = 7; n < times.length; n += 90)
      keep.run(times[n] as number, n % 100, (times[n] as number) + 1_234_567 + (n % 7) * 600_000);
  });
  afterAll(() => {
    db.close();
    remove();
  });

  test.each([
    { since: "all" },
    { since: "30d" },
    { since: "2026-11-01", model: "haiku" },
    { since: "all", agent: "overhead" },
  ])("every window holds the calls between its bounds: %j", (flags) => {
    const report = blocksReport(db, filtersOf({ ...flags, timezone: "UTC", top: 100_000 }, NOW), {
      nowMs: NOW,
      agent: "claude-code",
      activeOnly: false,
    });
    expect(report.blocks.length).toBeGreaterThan(5);
    expect(report.blocks.some(({ source }) => source === "official")).toBe(true);
    const model = "model" in flags ? `AND model LIKE '%${flags.model}%'` : "";
    const agent = "agent" in flags ? "AND run_kind = 'overhead'" : "";
    const oracle = db.query<{ calls: number; cost: number }, [number, number]>(
      `SELECT count(*) AS calls, coalesce(sum(cost_nano), 0) AS cost FROM v_calls WHERE at_ms >= ? AND at_ms < ? ${model} ${agent}`,
    );
    for (const { fromMs, toMs, calls, costNanoUsd } of report.blocks)
      expect({ calls, cost: costNanoUsd }).toEqual(oracle.get(fromMs, toMs) ?? { calls: -1, cost: -1 });
  });

  test("all windows together hold all calls", () => {
    const { totals } = blocksReport(db, filtersOf({ since: "all", timezone: "UTC" }, NOW), {
      nowMs: NOW,
      agent: "claude-code",
      activeOnly: false,
    });
    const all = db
      .query<{ calls: number; cost: number }, []>("SELECT count(*) AS calls, sum(cost_nano) AS cost FROM calls")
      .get();
    expect({ calls: totals.calls, cost: totals.costNanoUsd }).toEqual(all ?? { calls: -1, cost: -1 });
  });
});
