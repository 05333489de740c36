import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { amountText, decide, labelOf, limitAlerts, limitLevels } from "../../src/guard/limits.ts";
import type { Budget, BudgetStatus } from "../../src/guard/types.ts";
import { usualOf } from "../../src/guard/usual.ts";

const budget = (more: Partial<Budget> = {}): Budget => ({
  id: 1,
  per: "day",
  unit: "usd",
  amount: 20e9,
  repoId: 0,
  repo: null,
  branch: "",
  prNumber: 0,
  model: "",
  hard: false,
  warn: [50, 80, 100],
  createdMs: 0,
  ...more,
});
const status = (share: number, more: Partial<Budget> = {}): BudgetStatus => {
  const own = budget(more);
  return {
    budget: own,
    label: labelOf(own),
    spent: Math.round(own.amount * share),
    share,
    unpricedCalls: 0,
    fromMs: 0,
    toMs: 1,
    subject: "2026-11-20",
    sessionId: null,
    forecast: null,
    forecastMethod: null,
    forecastError: null,
    state: "ok",
  };
};

test("a limit in words", () => {
  expect(labelOf(budget())).toBe("$20.00 a day");
  expect(
    labelOf(
      budget({
        per: "session",
        unit: "tokens",
        amount: 5e6,
        repo: "acme/shop",
        branch: "topic",
        prNumber: 4,
        model: "opus",
      }),
    ),
  ).toBe("5.0M tokens a session, repo acme/shop, branch topic, pull request #4, model opus");
  expect(amountText(1.5e9, "usd")).toBe("$1.50");
});

describe("alerts of limits", () => {
  const levels = (share: number): string[] => limitAlerts([status(share)]).map(({ level }) => level);
  test("only the highest level that was reached", () => {
    expect(levels(0.499)).toEqual([]);
    expect(levels(0.5)).toEqual(["50"]);
    expect(levels(0.999)).toEqual(["80"]);
    expect(levels(1)).toEqual(["100"]);
    expect(levels(7)).toEqual(["100"]);
  });
  test("percentages are cut, never rounded up", () => {
    expect(limitAlerts([status(0.9999)])[0]?.message).toBe(
      "cc-ledger: $20.00 spent today, 99 % of the limit (limit $20.00 a day).",
    );
  });
  test("going from one figure to the next passes each level exactly once", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5e9 }), { maxLength: 30 }), (steps) => {
        let spent = 0;
        const seen: string[] = [];
        for (const step of steps) {
          seen.push(...limitLevels(budget(), spent, spent + step).map(({ level }) => level));
          spent += step;
        }
        const expected = [50, 80, 100].filter((level) => spent >= (20e9 * level) / 100).map(String);
        expect(seen).toEqual(expected);
      }),
    );
  });
});

describe("decisions", () => {
  test("only a hard limit that is used up holds up, and leave lets pass", () => {
    expect(decide([status(3), status(0.99, { hard: true })], false).action).toBe("allow");
    expect(decide([status(1, { hard: true })], false).action).toBe("deny");
    expect(decide([status(1, { hard: true })], true).action).toBe("allow");
  });
  test("the reason names the figure, the limit and how to go on", () => {
    const decision = decide([status(1.25, { hard: true, per: "month" })], false);
    if (decision.action !== "deny") throw new Error("not denied");
    expect(decision.reason).toContain("$25.00 spent this month, 125 % of the limit (hard limit $20.00 a month)");
    expect(decision.reason).toContain("cc-ledger guard allow");
    expect(decision.reason).toContain("cc-ledger guard off");
  });
});

describe("what is usual", () => {
  test("19 samples say nothing, 20 do", () => {
    expect(usualOf(Array(19).fill(1e9), 2)).toEqual({ limit: null, median: 1e9, largest: null, samples: 19 });
    // All alike: four times the median, as the outlier test has it, above twice the largest.
    expect(usualOf(Array(20).fill(1e9), 2)).toEqual({ limit: 4e9, median: 1e9, largest: 1e9, samples: 20 });
  });
  test("never below twice the largest, however narrow the rest, nor above 25 times, however wide", () => {
    expect(usualOf([...Array(30).fill(1e9), 9e9], 2).limit).toBe(18e9);
    const wide = Array.from({ length: 40 }, (_, n) => 10 ** (n / 5 + 3));
    expect(usualOf(wide, 2).limit).toBe(Math.round(25 * (wide.at(-1) as number)));
  });
});
