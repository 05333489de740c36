import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { costOf } from "../../src/pricing/cost.ts";
import { priceRow } from "../../src/pricing/rows.ts";
import type { CallModifiers, CallTokens, PriceRow } from "../../src/pricing/types.ts";

const PLAIN: CallModifiers = { fast: false, usInference: false, batch: false, webSearches: 0 };
const NONE: CallTokens = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

function row(parts: Partial<Omit<PriceRow, "key">> = {}): PriceRow {
  return priceRow({
    model: "m",
    effectiveFromMs: 0,
    input: 1,
    output: 7,
    cacheRead: 0,
    cacheWrite5m: 2,
    cacheWrite1h: 3,
    tier: null,
    fastMultiplier: 1,
    source: "override",
    ...parts,
  });
}

/** Cost of so many tokens at one nano-dollar each. */
function cost(nano: number, modifiers: Partial<CallModifiers>, fastMultiplier = 1): number | null {
  return costOf({ ...NONE, input: nano }, { ...PLAIN, ...modifiers }, row({ fastMultiplier }));
}

describe("rounding, half to even, by hand", () => {
  test.each([
    [1, 0], // 0.5
    [3, 2], // 1.5
    [5, 2], // 2.5
    [7, 4], // 3.5
    [8, 4],
  ])("half of %d is %d", (nano, expected) => {
    expect(cost(nano, { batch: true })).toBe(expected);
  });

  test.each([
    [4, 4], // 4.4
    [5, 6], // 5.5
    [6, 7], // 6.6
    [10, 11],
    [15, 16], // 16.5
    [25, 28], // 27.5
  ])("1.1 times %d is %d", (nano, expected) => {
    expect(cost(nano, { usInference: true })).toBe(expected);
  });

  test.each([
    [1, 2], // 2.5
    [2, 5],
    [3, 8], // 7.5
  ])("fast at 2.5: %d becomes %d", (nano, expected) => {
    expect(cost(nano, { fast: true }, 2.5)).toBe(expected);
  });

  test("a multiplier in thousandths is exact", () => {
    expect(cost(1_000_000, { fast: true }, 1.001)).toBe(1_001_000);
    expect(cost(500, { fast: true }, 1.001)).toBe(500); // 500.5
    expect(cost(1500, { fast: true }, 1.001)).toBe(1502); // 1501.5
  });

  test("all modifiers together are rounded once, at the end", () => {
    // 5 x 2.5 x 1.1 x 0.5 = 6.875; rounding at each step would make 12, 13, 6.
    expect(cost(5, { fast: true, usInference: true, batch: true }, 2.5)).toBe(7);
  });

  test("web searches come after rounding", () => {
    expect(cost(5, { batch: true, webSearches: 2 })).toBe(20_000_002);
  });

  test("products beyond the safe range stay exact", () => {
    // 8,000,000,000,000,005 x 1.1 = 8,800,000,000,000,005.5
    expect(cost(8_000_000_000_000_005, { usInference: true })).toBe(8_800_000_000_000_006);
    // 8,000,000,000,000,004 x 0.5 x 1.1 = 4,400,000,000,000,002.2
    expect(cost(8_000_000_000_000_004, { usInference: true, batch: true })).toBe(4_400_000_000_000_002);
  });
});

describe("unpriced, and what is no call", () => {
  test("no row, no cost", () => {
    expect(costOf({ ...NONE, input: 5 }, { ...PLAIN, webSearches: 4 }, null)).toBeNull();
  });

  test("a row of zeros costs zero: the person said so", () => {
    const free = row({ input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0 });
    expect(costOf({ ...NONE, input: 5, output: 9 }, PLAIN, free)).toBe(0);
  });

  test("a cost that is no safe integer is no figure", () => {
    expect(cost(Number.MAX_SAFE_INTEGER, {})).toBe(Number.MAX_SAFE_INTEGER);
    expect(cost(Number.MAX_SAFE_INTEGER, { usInference: true })).toBeNull();
    expect(cost(Number.MAX_SAFE_INTEGER, { webSearches: 1 })).toBeNull();
    expect(costOf({ ...NONE, output: Number.MAX_SAFE_INTEGER }, PLAIN, row())).toBeNull();
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5])("a count of %d is no figure", (input) => {
    expect(cost(input, {})).toBeNull();
  });

  test("fast mode costs nothing more where it is not sold", () => {
    expect(cost(11, { fast: true }, 1)).toBe(11);
  });
});

describe("properties", () => {
  const count = fc.nat(2_000_000);
  const rate = fc.nat(200_000);
  const tokens = fc.record({ input: count, output: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count });
  const rates = { input: rate, output: rate, cacheRead: rate, cacheWrite5m: rate, cacheWrite1h: rate };
  const flat = fc.record({ ...rates, fastMultiplier: fc.integer({ min: 1, max: 9000 }).map((n) => n / 1000) }).map(row);
  const tiered = fc
    .record({ flat, tier: fc.record({ ...rates, abovePromptTokens: fc.integer({ min: 1, max: 8_000_000 }) }) })
    .map(({ flat: base, tier }) => row({ ...base, tier }));
  const modifiers = fc.record({
    fast: fc.boolean(),
    usInference: fc.boolean(),
    batch: fc.boolean(),
    webSearches: fc.nat(50),
  });

  test("without modifiers and tiers, cost is additive in tokens", () => {
    fc.assert(
      fc.property(flat, tokens, tokens, (price, a, b) => {
        const both = {
          input: a.input + b.input,
          output: a.output + b.output,
          cacheRead: a.cacheRead + b.cacheRead,
          cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
          cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
        };
        const sum = (costOf(a, PLAIN, price) as number) + (costOf(b, PLAIN, price) as number);
        expect(costOf(both, PLAIN, price)).toBe(sum);
      }),
    );
  });

  test("a sum of costs does not depend on the order of the calls", () => {
    const calls = fc.array(fc.tuple(tokens, modifiers), { maxLength: 30 });
    fc.assert(
      fc.property(tiered, calls, fc.infiniteStream(fc.nat()), (price, list, picks) => {
        const sum = (order: typeof list) => order.reduce((total, [t, m]) => total + (costOf(t, m, price) as number), 0);
        const shuffled = [...list];
        for (let at = shuffled.length - 1; at > 0; at--) {
          const other = (picks.next().value as number) % (at + 1);
          [shuffled[at], shuffled[other]] = [shuffled[other] as never, shuffled[at] as never];
        }
        expect(sum(shuffled)).toBe(sum(list));
      }),
    );
  });

  test("every cost equals the exact fraction, rounded half to even", () => {
    fc.assert(
      fc.property(tiered, tokens, modifiers, (price, call, how) => {
        const prompt = call.input + call.cacheRead + call.cacheWrite5m + call.cacheWrite1h;
        const high = price.tier !== null && prompt > price.tier.abovePromptTokens ? price.tier : price;
        let top = 0n;
        for (const kind of ["input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const) {
          top += BigInt(call[kind]) * BigInt(high[kind]);
        }
        let bottom = 1n;
        if (how.fast) [top, bottom] = [top * BigInt(Math.round(price.fastMultiplier * 1000)), bottom * 1000n];
        if (how.usInference) [top, bottom] = [top * 11n, bottom * 10n];
        if (how.batch) bottom *= 2n;
        const below = top / bottom;
        const twiceRest = 2n * (top - below * bottom);
        const rounded = twiceRest > bottom || (twiceRest === bottom && below % 2n === 1n) ? below + 1n : below;
        const cost = costOf(call, how, price);
        expect(cost).not.toBeNaN();
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(BigInt(cost as number)).toBe(rounded + BigInt(how.webSearches) * 10_000_000n);
      }),
    );
  });

  test("whatever the counts, the answer is a safe integer or null", () => {
    const any = fc.record({
      input: fc.double(),
      output: fc.double(),
      cacheRead: fc.double(),
      cacheWrite5m: fc.double(),
      cacheWrite1h: fc.double(),
    });
    fc.assert(
      fc.property(tiered, any, modifiers, (price, call, how) => {
        const cost = costOf(call, how, price);
        expect(cost === null || Number.isSafeInteger(cost)).toBe(true);
      }),
    );
  });
});
