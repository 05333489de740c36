import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { settle } from "../../../src/reports/optimize/overlap.ts";
import type { Advice, AdvisedCall } from "../../../src/reports/optimize/types.ts";
import { leastWorth } from "../../../src/reports/optimize/worth.ts";

function call(id: number, costNano: number | null): AdvisedCall {
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  const place = { sessionId: 1, runId: 1, runKind: "main", promptId: 1, category: 0, model: "m", atMs: id } as const;
  return { id, ...place, ...tokens, webSearches: 0, flags: 0, costNano };
}

function advice(rule: string, claims: readonly (readonly [callId: number, savingNano: number])[]): Advice {
  return {
    rule,
    title: rule,
    change: "",
    assumption: "",
    confidence: "low",
    reason: "",
    claims: claims.map(([callId, savingNano]) => ({ callId, sessionId: 1, savingNano })),
  };
}

const book = (...costs: (number | null)[]): Map<number, AdvisedCall> =>
  new Map(costs.map((cost, at) => [at + 1, call(at + 1, cost)]));

describe("overlapping savings", () => {
  test("of a call that two rules claim only the larger claim counts", () => {
    const { kept } = settle(
      [
        advice("small", [
          [1, 60],
          [2, 30],
        ]),
        advice("large", [
          [1, 40],
          [3, 100],
        ]),
      ],
      book(100, 100, 100),
      0,
    );
    // The large one saves 140. The small one adds 20 on the first call, where 40 are claimed, and 30 on the second.
    expect(kept.map((one) => [one.advice.rule, one.savingNano, one.addedNano])).toEqual([
      ["large", 140, 140],
      ["small", 90, 50],
    ]);
  });

  test("claims of one rule on one call add up, to its cost and no further; unpriced and unknown calls save nothing", () => {
    const { kept } = settle(
      [
        advice("a", [
          [1, 60],
          [1, 70],
          [2, 50],
          [9, 50],
          [3, 10.9],
          [3, -5],
        ]),
      ],
      book(100, null, 100),
      0,
    );
    expect(kept.map((one) => [one.savingNano, one.addedNano])).toEqual([[110, 110]]);
  });

  test("what is below the limit is left out and claims nothing", () => {
    const { kept, below } = settle([advice("small", [[1, 9]]), advice("large", [[1, 10]])], book(100), 10);
    expect([kept.length, below.length, kept[0]?.addedNano]).toEqual([1, 1, 10]);
  });

  test("whatever rules claim: integers, nothing beyond a call's cost or its largest claim, the order of rules does not matter", () => {
    const nano = fc.integer({ min: 0, max: 1_000_000_000_000 });
    const claims = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.oneof(nano, fc.double({ noNaN: true }))), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.array(fc.option(nano), { minLength: 8, maxLength: 8 }),
        fc.array(claims, { maxLength: 6 }),
        (costs, rules) => {
          const calls = book(...costs);
          const all = rules.map((one, at) => advice(`rule-${at}`, one));
          const { kept } = settle(all, calls, 0);
          const added = kept.reduce((sum, one) => sum + one.addedNano, 0);
          // Independently: of each call the largest of what the rules claim, each capped at the call's cost.
          let most = 0;
          for (const [id, { costNano }] of calls) {
            const perRule = rules.map((one) => {
              const whole = one
                .filter(([callId]) => callId === id)
                .map(([, saving]) => Math.max(0, Math.floor(saving)));
              return Math.min(
                costNano ?? 0,
                whole.reduce((sum, saving) => sum + saving, 0),
              );
            });
            most += Math.max(0, ...perRule);
          }
          expect(added).toBe(most);
          expect(added).toBeLessThanOrEqual(costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0));
          for (const one of kept) {
            expect(Number.isSafeInteger(one.addedNano) && Number.isSafeInteger(one.savingNano)).toBe(true);
            expect(one.addedNano).toBeLessThanOrEqual(one.savingNano);
          }
          expect(kept[0]?.addedNano).toBe(kept[0]?.savingNano as number);
          const own = kept.map((one) => one.savingNano);
          expect(own).toEqual([...own].sort((a, b) => b - a));
          const backwards = settle([...all].reverse(), calls, 0).kept;
          expect(backwards.map((one) => [one.advice.rule, one.addedNano])).toEqual(
            kept.map((one) => [one.advice.rule, one.addedNano]),
          );
        },
      ),
    );
  });
});

test("advice is worth reading from fifty cents and one percent on, and from five dollars on in any case", () => {
  expect(leastWorth(0)).toBe(500_000_000);
  expect(leastWorth(50_000_000_000)).toBe(500_000_000);
  expect(leastWorth(50_000_000_001)).toBe(500_000_001);
  expect(leastWorth(9_000_000_000_000)).toBe(5_000_000_000);
});
