import { describe, expect, test } from "bun:test";
import { quantile, runawayThreshold, upperQuantile } from "../../src/guard/outliers.ts";

/** Deterministic numbers in (0, 1). */
function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 1) / 4294967298;
  };
}

const normal = (next: () => number): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());

const HISTORIES: Record<string, (next: () => number) => number> = {
  "log-normal, the usual spread": (next) => 1e9 * Math.exp(normal(next)),
  "log-normal, a wide spread": (next) => 1e9 * Math.exp(2 * normal(next)),
  even: (next) => 1e9 * (1 + next()),
  exponential: (next) => -1e9 * Math.log(next()),
  alike: () => 1e9,
};

describe("runaway threshold", () => {
  for (const [name, draw] of Object.entries(HISTORIES)) {
    test(`flags nobody in histories without outliers: ${name}`, () => {
      for (const size of [20, 60, 200, 2_000]) {
        let flagged = 0;
        for (let seed = 1; seed <= 100; seed++) {
          const next = numbers(seed * 7919 + size);
          for (let n = 0; n < 20; n++) next();
          const costs = Array.from({ length: size }, () => Math.round(draw(next)));
          const { thresholdNanoUsd } = runawayThreshold(costs);
          if (costs.some((cost) => cost > (thresholdNanoUsd as number))) flagged++;
        }
        expect(flagged).toBeLessThanOrEqual(4);
      }
    });
  }

  test("finds one session at 100 times the median among usual ones", () => {
    let found = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const next = numbers(seed * 104_729);
      const costs = Array.from({ length: 60 }, () => Math.round(1e9 * Math.exp(0.8 * normal(next))));
      if (100e9 > (runawayThreshold([...costs, 100e9]).thresholdNanoUsd as number)) found++;
    }
    expect(found).toBeGreaterThanOrEqual(90);
  });

  test("says nothing with fewer than twenty sessions, and leaves out free ones", () => {
    const answer = runawayThreshold([...Array.from({ length: 19 }, () => 5), 0, 0]);
    expect(answer.thresholdNanoUsd).toBeNull();
    expect(answer.samples).toBe(19);
    expect(answer.method).toContain("19 of the 20");
  });

  test("never below four times the median", () => {
    expect(runawayThreshold(Array.from({ length: 50 }, () => 1_000_000)).thresholdNanoUsd).toBe(4_000_000);
  });
});

test("quantiles interpolate between ranks, as spreadsheets do", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([10, 20, 30], 0.95)).toBeCloseTo(29, 9);
  expect(quantile([], 0.5)).toBe(0);
  expect(quantile([7], 0.99)).toBe(7);
});

test("upper quantiles of the normal distribution, against printed tables", () => {
  expect(upperQuantile(0.025)).toBeCloseTo(1.959964, 5);
  expect(upperQuantile(0.001)).toBeCloseTo(3.090232, 5);
  expect(upperQuantile(0.0000005)).toBeCloseTo(4.891638, 5);
});
