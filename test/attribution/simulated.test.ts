import { expect, test } from "bun:test";
import { SCENARIOS } from "../simulator/index.ts";
import { scoreSeeds, summary } from "./score.ts";

test("lines, sessions and costs of 40 simulated histories", async () => {
  const score = await scoreSeeds(1, 40);
  const figures = summary(score);
  expect(score.unbalanced).toEqual([]);
  expect(score.right).toBeGreaterThan(5_000);
  expect(figures.precision).toBeGreaterThanOrEqual(0.995);
  expect(figures.recall).toBeGreaterThanOrEqual(0.99);
  expect(figures.formatted).toBeGreaterThanOrEqual(0.95);
  expect(figures.median).toBeLessThanOrEqual(0.02);
  expect(figures.p95).toBeLessThanOrEqual(0.1);
}, 120_000);

for (const scenario of SCENARIOS) {
  if (scenario === "outside" || scenario === "noPullRequest") continue;
  test(`a history of ${scenario} alone`, async () => {
    const score = await scoreSeeds(201, 204, scenario);
    expect(score.unbalanced).toEqual([]);
    expect(summary(score).precision).toBeGreaterThanOrEqual(0.99);
    expect(score.missed + score.formattedMissed).toBeLessThanOrEqual(0.1 * (score.right + score.formattedRight));
    // Work for two pull requests in one prompt: which planning was for which, nobody can tell.
    if (scenario !== "splitPullRequests") expect(summary(score).median).toBeLessThanOrEqual(0.02);
  }, 60_000);
}

test("money is neither made nor lost where nothing belongs to git or to a pull request", async () => {
  for (const scenario of ["outside", "noPullRequest"] as const)
    expect((await scoreSeeds(1, 5, scenario)).unbalanced).toEqual([]);
}, 60_000);
