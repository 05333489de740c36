import { expect, test } from "bun:test";
import fc from "fast-check";
import { paceOf, WINDOW_MS } from "../../src/reports/pace.ts";

const HOUR = 3_600_000;
const RESET = Date.UTC(2026, 10, 23, 15);
const window = WINDOW_MS.five_hour;

test("two hours into five, 60 % used: 40 % of the time is gone, and at the reset it would be 150 %", () => {
  const pace = paceOf({ usedPercent: 60, atMs: RESET - 4 * HOUR, resetsAtMs: RESET }, window, RESET - 3 * HOUR);
  expect(pace?.elapsedShare).toBeCloseTo(0.4, 12);
  expect(pace?.projectedPercent).toBeCloseTo(150, 9);
  expect(pace).toMatchObject({ usedPercent: 60, state: "fast", resetsAtMs: RESET, sampledAtMs: RESET - 4 * HOUR });
});

test("three days and a half into seven, 20 % used: on the way to 40 %", () => {
  const pace = paceOf({ usedPercent: 20, atMs: 0, resetsAtMs: RESET }, WINDOW_MS.seven_day, RESET - 84 * HOUR);
  expect(pace?.elapsedShare).toBeCloseTo(0.5, 12);
  expect(pace?.projectedPercent).toBeCloseTo(40, 9);
  expect(pace?.state).toBe("ok");
});

test("nothing is said without a sample, or once its window is over", () => {
  expect(paceOf(null, window, RESET)).toBeNull();
  expect(paceOf({ usedPercent: 60, atMs: 0, resetsAtMs: RESET }, window, RESET)).toBeNull();
  expect(paceOf({ usedPercent: 60, atMs: 0, resetsAtMs: RESET }, window, RESET - 1)).not.toBeNull();
});

test("a window that has just begun, or begins later by this clock, has no projection", () => {
  const young = paceOf({ usedPercent: 3, atMs: 0, resetsAtMs: RESET }, window, RESET - window + 10 * 60_000);
  expect(young).toMatchObject({ projectedPercent: null, state: "ok" });
  const ahead = paceOf({ usedPercent: 3, atMs: 0, resetsAtMs: RESET }, window, RESET - window - HOUR);
  expect(ahead).toMatchObject({ elapsedShare: 0, projectedPercent: null });
});

test("all used is over, however old the window", () => {
  expect(paceOf({ usedPercent: 100, atMs: 0, resetsAtMs: RESET }, window, RESET - window)?.state).toBe("over");
});

test("whatever the sample, no figure is infinite, and the share stays between 0 and 1", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.integer({ min: -20 * HOUR, max: 20 * HOUR }),
      (used, left) => {
        const pace = paceOf({ usedPercent: used, atMs: 0, resetsAtMs: RESET }, window, RESET - left);
        expect(pace === null).toBe(left <= 0);
        if (pace === null) return;
        expect(pace.elapsedShare).toBeGreaterThanOrEqual(0);
        expect(pace.elapsedShare).toBeLessThanOrEqual(1);
        expect(Number.isFinite(pace.projectedPercent ?? 0)).toBe(true);
      },
    ),
  );
});
