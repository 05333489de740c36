import { expect, test } from "bun:test";
import { scoreSeeds, summary } from "../attribution/score.ts";

test("lines, sessions and costs of 500 simulated histories, and the same by the rule of the tool that this one replaces", async () => {
  const score = await scoreSeeds(1_001, 1_500);
  const figures = summary(score);
  const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;
  console.log(
    `lines: precision ${percent(figures.precision)}, recall ${percent(figures.recall)}, through a formatter ${percent(figures.formatted)}`,
  );
  console.log(
    `cost per pull request (${score.errors.length}): median error ${percent(figures.median)}, p95 ${percent(figures.p95)}`,
  );
  console.log(
    `by a share of edited lines in a time window: median error ${percent(figures.baselineMedian)}, p95 ${percent(figures.baselineP95)}`,
  );
  expect(score.unbalanced).toEqual([]);
  expect(figures.precision).toBeGreaterThanOrEqual(0.995);
  expect(figures.recall).toBeGreaterThanOrEqual(0.99);
  expect(figures.formatted).toBeGreaterThanOrEqual(0.95);
  expect(figures.median).toBeLessThanOrEqual(0.02);
  expect(figures.p95).toBeLessThanOrEqual(0.1);
}, 600_000);
