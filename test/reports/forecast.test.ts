import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { forecastAmount, forecastOf } from "../../src/reports/forecast.ts";
import { prompt, reply } from "../e2e/program.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

/** Forecasts against figures worked out by hand. A reply as the tests write it costs 10 x 4,000 + 100 x 20,000 + 1,000 x 200 + 50 x 5,000 +
 *  150 x 8,000 = 3,690,000 nano-dollars. */

const COST = 3_690_000;
const { dir, remove } = scratch();
const books: Database[] = [];

afterAll(() => {
  for (const db of books) db.close();
  remove();
});

/** A book with so many calls at given moments. */
async function bookOf(name: string, moments: readonly [atMs: number, calls: number][]): Promise<Database> {
  const config = join(dir, name, "claude");
  mkdirSync(join(config, "projects", "p"), { recursive: true });
  const lines = [prompt("s", "p1", "go on", moments[0]?.[0] ?? 0)];
  moments.forEach(([atMs, calls], day) => {
    for (let n = 0; n < calls; n++) lines.push(reply("s", `m${day}-${n}`, atMs + n));
  });
  writeFileSync(join(config, "projects", "p", "s.jsonl"), lines.join(""));
  await ingest(config, join(dir, name, "home"));
  const db = new Database(join(dir, name, "home", "ledger.db"), { readonly: true });
  books.push(db);
  return db;
}

const utc = (day: string, hour = 12): number => Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000;
const daysOf = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => new Date(utc(from, 0) + n * 86_400_000).toISOString().slice(0, 10));
const isWeekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());

describe("forecast", () => {
  let workdays: Database;
  beforeAll(async () => {
    // From Wednesday 1 July to Wednesday 11 November 2026: 4 calls at noon of every working day, none at weekends.
    const days = daysOf("2026-07-01", 134).filter((day) => !isWeekend(day));
    workdays = await bookOf(
      "workdays",
      days.map((day) => [utc(day), 4]),
    );
  });

  test("a pattern of working days is told exactly, and its error is none", () => {
    // Wednesday 11 November, 18:00: eight working days of the month have passed (2-6, 9-11), 13 are to come (12, 13, 16-20, 23-27, 30).
    const month = forecastOf(workdays, { per: "month", nowMs: utc("2026-11-11", 18), timeZone: "UTC" });
    expect(month.spentNanoUsd).toBe(8 * 4 * COST);
    expect(month.projectedNanoUsd).toBe(21 * 4 * COST);
    expect(month.methodName).not.toBe("pace");
    // August, September and October: July began with the first day of the book.
    expect(month.error).toEqual({ medianAbsolutePercentageError: 0, periods: 3 });
    const week = forecastOf(workdays, { per: "week", nowMs: utc("2026-11-11", 18), timeZone: "UTC" });
    expect([week.spentNanoUsd, week.projectedNanoUsd]).toEqual([3 * 4 * COST, 5 * 4 * COST]);
    const morning = forecastOf(workdays, { per: "day", nowMs: utc("2026-11-12", 6), timeZone: "UTC" });
    expect([morning.spentNanoUsd, morning.projectedNanoUsd]).toEqual([0, 4 * COST]);
  });

  test("an idle weekend is forecast to stay idle", () => {
    const saturday = forecastOf(workdays, { per: "day", nowMs: utc("2026-11-14", 8), timeZone: "UTC" });
    expect([saturday.spentNanoUsd, saturday.projectedNanoUsd]).toEqual([0, 0]);
  });

  test("an empty book: nothing spent, nothing to come, no error to speak of", async () => {
    const db = await bookOf("empty", []);
    const none = forecastOf(db, { per: "month", nowMs: utc("2026-11-14"), timeZone: "UTC" });
    expect([none.spentNanoUsd, none.projectedNanoUsd, none.error]).toEqual([0, 0, null]);
  });

  test("a few days of history: the pace of the period, and no error", async () => {
    const db = await bookOf("young", [
      [utc("2026-11-02"), 2],
      [utc("2026-11-03"), 4],
    ]);
    // Noon of the 4th: 3.5 of 30 days with 6 calls.
    const month = forecastOf(db, { per: "month", nowMs: utc("2026-11-04"), timeZone: "UTC" });
    expect(month.methodName).toBe("pace");
    expect(month.projectedNanoUsd).toBe(Math.round((6 * COST * 30) / 3.5));
    expect(month.error).toBeNull();
  });

  test("periods are cut in the person's zone, across the change of the clock", async () => {
    // New York leaves summer time on 1 November 2026: the day has 25 hours. 04:30 UTC on the 1st is 00:30 there, 03:30 UTC still October.
    const db = await bookOf("new-york", [
      [Date.parse("2026-11-01T03:30:00Z"), 5],
      [Date.parse("2026-11-01T04:30:00Z"), 3],
      [Date.parse("2026-11-02T04:30:00Z"), 1],
    ]);
    const timeZone = "America/New_York";
    const day = forecastOf(db, { per: "day", nowMs: Date.parse("2026-11-02T04:45:00Z"), timeZone });
    expect(day.toMs - day.fromMs).toBe(25 * 3_600_000);
    expect(day.spentNanoUsd).toBe(4 * COST);
    const month = forecastOf(db, { per: "month", nowMs: Date.parse("2026-11-02T04:45:00Z"), timeZone });
    expect(month.spentNanoUsd).toBe(4 * COST);
    expect(month.toMs - month.fromMs).toBe((30 * 24 + 1) * 3_600_000);
  });

  test("one wild day moves the typical day by nothing and the average by its share", async () => {
    // 1 call a day for eight weeks, but 57 on one of them: the mean of the eight days like it is 8, the median 1.
    const days = daysOf("2026-09-02", 56);
    const db = await bookOf(
      "wild",
      days.map((day) => [utc(day), day === "2026-10-14" ? 57 : 1]),
    );
    // Tuesday 27 October ends the history; Wednesday 28th, 00:00: like Wednesday the 14th.
    const day = forecastOf(db, { per: "day", nowMs: utc("2026-10-28", 0), timeZone: "UTC" });
    const by = new Map(day.candidates.map((one) => [one.method, one.projectedNanoUsd]));
    expect(by.get("typical-day")).toBe(COST);
    expect(by.get("average-day")).toBe(8 * COST);
  });

  test("tokens instead of money", () => {
    const week = forecastAmount(workdays, {
      per: "week",
      nowMs: utc("2026-11-11", 18),
      timeZone: "UTC",
      unit: "tokens",
    });
    expect([week.spent, week.projected]).toEqual([12 * 1_310, 20 * 1_310]);
  });
});
