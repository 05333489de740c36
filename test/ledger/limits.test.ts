import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import type { LimitSample } from "../../src/agents/statusline.ts";
import { keepSamples, newSamples } from "../../src/ledger/limits.ts";
import { openBook } from "../../src/ledger/open.ts";
import { scratch } from "./ingest.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);
const HOUR = 3_600_000;
let db: Database;
let remove: () => void;

beforeEach(() => {
  const { dir, remove: drop } = scratch();
  db = openBook(join(dir, "ledger.db"), { busyTimeoutMs: 100, allowReadOnly: false }).db;
  remove = () => {
    db.close();
    drop();
  };
});
afterEach(() => remove());

const five = (used: number, resetsMs = NOW + 2 * HOUR): LimitSample => ({ period: "five_hour", used, resetsMs });
const rows = (): unknown[] =>
  db.query("SELECT period, at_ms, used, resets_ms FROM limits ORDER BY period, at_ms").values();

/** Files what a session says, as the statusline does; answers how many samples were new. */
function hear(samples: LimitSample[], nowMs: number, before: LimitSample[] | null): number {
  const fresh = newSamples(db, samples, before, nowMs);
  keepSamples(db, fresh, nowMs);
  return fresh.length;
}

test("a sample that says nothing new is not kept; one a minute is, the last of it", () => {
  expect(hear([five(10)], NOW, null)).toBe(1);
  expect(hear([five(10)], NOW + 61_000, [five(10)])).toBe(0);
  expect(hear([five(11)], NOW + 5_000, [five(10)])).toBe(1);
  expect(hear([five(12)], NOW + 9_000, [five(11)])).toBe(1);
  expect(hear([five(13)], NOW + 70_000, [five(12)])).toBe(1);
  const minute = Date.UTC(2026, 10, 23, 12);
  expect(rows()).toEqual([
    ["five_hour", minute, 12, NOW + 2 * HOUR],
    ["five_hour", minute + 60_000, 13, NOW + 2 * HOUR],
  ]);
});

test("an idle session repeats what it heard long ago: that is no news, from whomever it comes", () => {
  hear([five(50)], NOW, null);
  expect(hear([five(20)], NOW + 120_000, [five(20)])).toBe(0);
  expect(hear([five(20)], NOW + 180_000, null)).toBe(0);
  expect(hear([five(20, NOW - HOUR)], NOW + 180_000, [five(10, NOW - HOUR)])).toBe(0);
  expect(rows()).toHaveLength(1);
});

test("less use in a session that has just heard anew is believed: the plan was changed", () => {
  hear([five(80)], NOW, null);
  expect(hear([five(16)], NOW + 120_000, [five(80)])).toBe(1);
});

test("a later reset begins a new window, an earlier one is an echo, and a few seconds are neither", () => {
  hear([five(80)], NOW, null);
  expect(hear([five(2, NOW + 7 * HOUR)], NOW + 2 * HOUR + 60_000, [five(80)])).toBe(1);
  expect(hear([five(80)], NOW + HOUR, [five(79)])).toBe(0);
  expect(hear([five(2, NOW + 7 * HOUR + 1_000)], NOW + 3 * HOUR, [five(2, NOW + 7 * HOUR)])).toBe(0);
});

test("with the clock set back, what is heard last is still the latest row", () => {
  hear([five(10)], NOW, null);
  expect(hear([five(11)], NOW - HOUR, [five(10)])).toBe(1);
  expect(rows()).toEqual([["five_hour", Date.UTC(2026, 10, 23, 12), 11, NOW + 2 * HOUR]]);
});

test("the two periods are kept apart", () => {
  const week: LimitSample = { period: "seven_day", used: 52, resetsMs: NOW + 80 * HOUR };
  expect(hear([five(10), week], NOW, null)).toBe(2);
  expect(hear([five(10), { ...week, used: 53 }], NOW + 60_000, [five(10), week])).toBe(1);
});
