import { describe, expect, test } from "bun:test";
import { PriceBook } from "../../src/pricing/book.ts";
import { costOf } from "../../src/pricing/cost.ts";
import type { CallModifiers, CallTokens } from "../../src/pricing/types.ts";

/** What Claude Code 2.1.330 itself charged on 2026-11-22, USD per million tokens:
 *  input, output, cache read, cache write 5 m, cache write 1 h. The oracle is the client, so the figures are literal. */
const MEASURED: [string, number, number, number, number, number][] = [
  ["claude-fable-5-2", 8.0, 40.0, 0.2, 10.0, 16.0],
  ["claude-fable-5-1", 10.0, 50.0, 0.25, 12.5, 20.0],
  ["claude-fable-5", 10.0, 50.0, 1.0, 12.5, 20.0],
  ["claude-mythos-5-2", 8.0, 40.0, 0.2, 10.0, 16.0],
  ["claude-mythos-5-1", 10.0, 50.0, 0.25, 12.5, 20.0],
  ["claude-opus-5-5", 4.0, 20.0, 0.2, 5.0, 8.0],
  ["claude-opus-5", 5.0, 25.0, 0.5, 6.25, 10.0],
  ["claude-opus-4-8", 5.0, 25.0, 0.5, 6.25, 10.0],
  ["claude-opus-4-7", 5.0, 25.0, 0.5, 6.25, 10.0],
  ["claude-opus-4-6", 5.0, 25.0, 0.5, 6.25, 10.0],
  ["claude-opus-4-5-20251101", 5.0, 25.0, 0.5, 6.25, 10.0],
  ["claude-sonnet-5-5", 2.0, 10.0, 0.1, 2.5, 4.0],
  ["claude-sonnet-5", 2.0, 10.0, 0.2, 2.5, 4.0],
  ["claude-sonnet-4-6", 3.0, 15.0, 0.3, 3.75, 6.0],
  ["claude-sonnet-4-5-20250929", 3.0, 15.0, 0.3, 3.75, 6.0],
  ["claude-sonnet-4-20250514", 3.0, 15.0, 0.3, 3.75, 6.0],
  ["claude-3-7-sonnet-20250219", 3.0, 15.0, 0.3, 3.75, 6.0],
  ["claude-haiku-5-5", 0.1, 0.5, 0.01, 0.125, 0.2],
  ["claude-haiku-4-5-20251001", 1.0, 5.0, 0.1, 1.25, 2.0],
  ["claude-3-5-haiku-20241022", 0.8, 4.0, 0.08, 1.0, 1.6],
];

const FAST: [string, number][] = [
  ["claude-fable-5-2", 2.0],
  ["claude-opus-5-5", 2.0],
  ["claude-opus-5", 2.0],
  ["claude-opus-4-8", 2.0],
  ["claude-opus-4-6", 6.0],
  ["claude-sonnet-5-5", 1.0],
  ["claude-sonnet-4-6", 1.0],
  ["claude-sonnet-4-5-20250929", 1.0],
  ["claude-sonnet-4-20250514", 1.0],
  ["claude-haiku-5-5", 1.0],
  ["claude-haiku-4-5-20251001", 1.0],
];

/** Whole calls of 1,000 input, 1,000 output, 10,000 read, 1,000 + 2,000 written: what the client reported, in USD. */
const WHOLE_CALLS: [string, boolean, number][] = [
  ["claude-opus-4-7", true, 0.3675],
  ["claude-mythos-5-2", true, 0.184],
  ["claude-fable-5-1", true, 0.115],
  ["claude-mythos-5", false, 0.1225],
  ["claude-opus-4-8-fast", false, 0.06125],
  ["claude-opus-4-5-20251101", true, 0.06125],
];

const ON_THE_DAY = Date.UTC(2026, 10, 22, 12);
const PLAIN: CallModifiers = { fast: false, usInference: false, batch: false, webSearches: 0 };
const NONE: CallTokens = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const book = PriceBook.builtIn();

function cost(model: string, tokens: Partial<CallTokens>, modifiers: Partial<CallModifiers> = {}): number | null {
  return costOf({ ...NONE, ...tokens }, { ...PLAIN, ...modifiers }, book.rowFor(model, ON_THE_DAY));
}

/** A thousand tokens at a price in USD per million tokens, in nano-dollars. */
const perThousand = (usd: number): number => Math.round(usd * 1e6);

describe("the table charges what the client charged", () => {
  test.each(MEASURED)("%s, class by class", (model, input, output, cacheRead, cacheWrite5m, cacheWrite1h) => {
    expect(cost(model, { input: 1000 })).toBe(perThousand(input));
    expect(cost(model, { output: 1000 })).toBe(perThousand(output));
    expect(cost(model, { cacheRead: 1000 })).toBe(perThousand(cacheRead));
    expect(cost(model, { cacheWrite5m: 1000 })).toBe(perThousand(cacheWrite5m));
    expect(cost(model, { cacheWrite1h: 1000 })).toBe(perThousand(cacheWrite1h));
  });

  test.each(FAST)("%s in fast mode costs %d times as much", (model, factor) => {
    const plain = cost(model, { input: 1000, output: 1000 }) as number;
    expect(cost(model, { input: 1000, output: 1000 }, { fast: true })).toBe(plain * factor);
  });

  test.each(WHOLE_CALLS)("a whole call of %s (fast: %p) costs %d", (model, fast, usd) => {
    const tokens = { input: 1000, output: 1000, cacheRead: 10_000, cacheWrite5m: 1000, cacheWrite1h: 2000 };
    expect(cost(model, tokens, { fast })).toBe(Math.round(usd * 1e9));
  });

  test("a call of Opus 4.8 seen by the client: 12/77/20,000 and 600 + 400 written cost 0.019735", () => {
    const tokens = { input: 12, output: 77, cacheRead: 20_000, cacheWrite5m: 600, cacheWrite1h: 400 };
    expect(cost("claude-opus-4-8", tokens)).toBe(19_735_000);
  });

  test("a call of Opus 5.5 worked by hand: 0.062048, and 0.0682528 with US inference", () => {
    const tokens = { input: 12, output: 1000, cacheRead: 50_000, cacheWrite1h: 4000 };
    expect(cost("claude-opus-5-5", tokens)).toBe(62_048_000);
    expect(cost("claude-opus-5-5", tokens, { usInference: true })).toBe(68_252_800);
  });

  test("a web search costs a cent, whatever else multiplies", () => {
    const tokens = { input: 1000 };
    expect(cost("claude-opus-5-5", tokens, { webSearches: 1 })).toBe(4_000_000 + 10_000_000);
    expect(cost("claude-opus-5-5", tokens, { webSearches: 3, fast: true, usInference: true })).toBe(
      8_800_000 + 30_000_000,
    );
  });

  test("batch is half: a declared difference, the client gives no discount", () => {
    expect(cost("claude-opus-5-5", { input: 1000, output: 1000 }, { batch: true })).toBe(12_000_000);
  });
});

describe("long prompts", () => {
  const haiku = (tokens: Partial<CallTokens>) => cost("claude-haiku-5-5", tokens);

  test("Haiku 5.5: 100,000 prompt tokens are at the low price, one more puts the whole request at the high one", () => {
    expect(haiku({ input: 100_000, output: 1000 })).toBe(100_000 * 100 + 1000 * 500);
    expect(haiku({ input: 100_001, output: 1000 })).toBe(100_001 * 500 + 1000 * 2500);
  });

  test("the prompt is input, cache read and both kinds of write; output does not count", () => {
    const prompt = { input: 1, cacheRead: 60_000, cacheWrite5m: 20_000 };
    const below = 100 + 60_000 * 10 + 20_000 * 125 + 19_999 * 200 + 500_000 * 500;
    expect(haiku({ ...prompt, cacheWrite1h: 19_999, output: 500_000 })).toBe(below);
    const above = 500 + 60_000 * 50 + 20_000 * 625 + 20_000 * 1000 + 500_000 * 2500;
    expect(haiku({ ...prompt, cacheWrite1h: 20_000, output: 500_000 })).toBe(above);
  });

  test.each([...MEASURED.map(([model]) => model)].filter((model) => model !== "claude-haiku-5-5"))(
    "%s has no premium for 300,000 tokens today",
    (model) => {
      expect(cost(model, { input: 300_000 })).toBe(300 * (cost(model, { input: 1000 }) as number));
    },
  );
});
