import { afterAll, describe, expect, test } from "bun:test";
import { PriceBook } from "../../../src/pricing/book.ts";
import { filtersOf } from "../../../src/reports/filters.ts";
import { type VerifyReport, verdictOf, verifyReport } from "../../../src/reports/optimize/verify.ts";
import { Histories, NOW, Transcript } from "./history.ts";

/** Opus 5.5: a call of 10 x 4,000 + 100 x 20,000 + 1,000 x 200 + 50 x 5,000 + 150 x 8,000 nano-dollars. */
const COST = 3_690_000;
const USAGE = [10, 100, 1_000, 50, 150] as const;

const histories = new Histories();
afterAll(() => histories.remove());

/** Days of November 2026, each with so many equal failures. The change is on the 16th, today is the 23rd. */
async function verify(
  days: readonly (readonly [day: number, failures: number])[],
  on = "2026-11-16",
): Promise<VerifyReport> {
  const sessions = days.map(([day, failures]) => {
    const transcript = new Transcript(`s${day}`, Date.UTC(2026, 10, day, 10)).prompt("p1", "fix it");
    for (let n = 0; n < failures; n++)
      transcript
        .call(`m${n}`, USAGE, { uses: [{ id: `t${n}`, name: "Bash", input: { command: "npm test" } }] })
        .result(`t${n}`, { failed: true });
    return transcript.call("end", USAGE);
  });
  const filters = filtersOf({ since: "all", timezone: "UTC" }, NOW);
  return verifyReport(await histories.book(...sessions), filters, on, PriceBook.builtIn(), NOW);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe("verify", () => {
  test("seven days of retries, then seven without: less", async () => {
    const report = await verify([
      ...range(9, 15).map((day) => [day, 4] as const),
      ...range(16, 22).map((day) => [day, 1] as const),
    ]);
    expect([report.from, report.on, report.to, report.days]).toEqual(["2026-11-09", "2026-11-16", "2026-11-22", 7]);
    // Five calls a day before, two after; two of the five are wasted.
    expect(report.before).toEqual({ activeDays: 7, costNanoUsd: 35 * COST });
    expect(report.after).toEqual({ activeDays: 7, costNanoUsd: 14 * COST });
    expect(report.rules).toEqual([
      {
        rule: "retries",
        before: { savingNanoUsd: 14 * COST, perDayNanoUsd: 2 * COST, share: 0.4, calls: 14 },
        after: { savingNanoUsd: 0, perDayNanoUsd: 0, share: 0, calls: 0 },
        verdict: "less",
      },
    ]);
  });

  test("the same on both sides is within noise; what came anew is more", async () => {
    const same = await verify(range(9, 22).map((day) => [day, day % 2 === 0 ? 4 : 3] as const));
    expect(same.rules[0]?.verdict).toBe("within noise");
    const worse = await verify([
      ...range(9, 15).map((day) => [day, 1] as const),
      ...range(16, 22).map((day) => [day, 4] as const),
    ]);
    expect(worse.rules[0]?.verdict).toBe("more");
  });

  test("a few active days are too little to say; days outside of the spans and today do not count", async () => {
    const report = await verify([
      [8, 9],
      [12, 4],
      [13, 4],
      [17, 1],
      [23, 9],
    ]);
    expect(report.rules[0]?.verdict).toBe("too little to say");
    expect([report.before.activeDays, report.after.activeDays]).toEqual([2, 1]);
    expect(report.rules[0]?.before.calls).toBe(4);
  });

  test("a change of yesterday compares two days; long ago means ninety on either side", async () => {
    expect((await verify([[21, 4]], "2026-11-22")).from).toBe("2026-11-21");
    const old = await verify([[21, 4]], "2025-11-22");
    expect([old.days, old.from, old.to]).toEqual([90, "2025-08-24", "2026-02-19"]);
  });

  test("today, a day to come and no day at all are refused", async () => {
    for (const on of ["2026-11-23", "2027-01-01"]) await expect(verify([[21, 1]], on)).rejects.toThrow("is not over");
    for (const on of ["2026-02-30", "yesterday", ""]) await expect(verify([[21, 1]], on)).rejects.toThrow("is no day");
  });
});

describe("verdicts", () => {
  test("five days against five: only where all of them differ one way", () => {
    // U = 0 of 25: (0 - 12.5) / sqrt(25 x 11 / 12) = -2.61, beyond 2.576; with one day between them U = 1: -2.40.
    expect(verdictOf([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBe("less");
    expect(verdictOf([5, 7, 8, 9, 10], [1, 2, 3, 4, 6])).toBe("within noise");
    expect(verdictOf([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBe("more");
  });

  test("four days say nothing, equal days are noise, one wild day does not decide", () => {
    expect(verdictOf([9, 9, 9, 9], [0, 0, 0, 0, 0])).toBe("too little to say");
    expect(verdictOf([1, 1, 1, 1, 1], [1, 1, 1, 1, 1])).toBe("within noise");
    expect(verdictOf([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 600])).toBe("within noise");
  });
});
