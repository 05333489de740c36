import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { PriceBook } from "../../src/pricing/book.ts";
import { priceRow } from "../../src/pricing/rows.ts";
import type { PriceRow } from "../../src/pricing/types.ts";

const NOW = Date.UTC(2026, 10, 23, 9);
const book = PriceBook.builtIn();

function own(model: string, day: string, input: number): PriceRow {
  return priceRow({
    model,
    effectiveFromMs: day === "" ? 0 : Date.parse(`${day}T00:00:00Z`),
    input,
    output: input * 5,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    tier: null,
    fastMultiplier: 1,
    source: "override",
  });
}

describe("which row holds", () => {
  test("Sonnet 5.5 halves its cache reads on 2026-10-07, at midnight UTC", () => {
    const before = book.rowFor("claude-sonnet-5-5", Date.parse("2026-10-06T23:59:59.999Z"));
    const after = book.rowFor("claude-sonnet-5-5", Date.parse("2026-10-07T00:00:00.000Z"));
    expect(before?.cacheRead).toBe(200);
    expect(after?.cacheRead).toBe(100);
    expect([before?.input, after?.input]).toEqual([2000, 2000]);
    expect(before?.key).not.toBe(after?.key);
  });

  test("Sonnet 4 and 4.5 lose their long-prompt tier on 2026-05-01", () => {
    for (const model of ["claude-sonnet-4-20250514", "claude-sonnet-4-5-20250929"]) {
      expect(book.rowFor(model, Date.parse("2026-04-30T23:59:59.999Z"))?.tier).toEqual({
        abovePromptTokens: 200_000,
        input: 6000,
        output: 22_500,
        cacheRead: 600,
        cacheWrite5m: 7500,
        cacheWrite1h: 12_000,
      });
      expect(book.rowFor(model, Date.parse("2026-05-01T00:00:00Z"))?.tier).toBeNull();
    }
  });

  test("GPT-5.6 Luna fell to a fifth on 2026-07-30", () => {
    expect(book.rowFor("gpt-5.6-luna", Date.parse("2026-07-29T12:00:00Z"))?.output).toBe(6000);
    expect(book.rowFor("gpt-5.6-luna", Date.parse("2026-07-30T12:00:00Z"))?.output).toBe(1200);
    expect(book.rowFor("gpt-5.6-luna", Date.parse("2026-07-30T12:00:00Z"))?.tier?.output).toBe(1800);
  });

  test.each([0, -1, Number.MIN_SAFE_INTEGER, Date.UTC(2020, 0)])(
    "a call at %d is priced by the model's first row",
    (atMs) => {
      expect(book.rowFor("claude-haiku-5-5", atMs)?.input).toBe(100);
      expect(book.rowFor("claude-sonnet-5-5", atMs)?.cacheRead).toBe(200);
    },
  );

  test("a call far in the future is priced by the last row", () => {
    expect(book.rowFor("claude-sonnet-5-5", Date.UTC(2040, 0))?.cacheRead).toBe(100);
  });
});

describe("exact ids", () => {
  test("an id that begins another one is its own model", () => {
    expect(book.rowFor("claude-opus-5", NOW)?.input).toBe(5000);
    expect(book.rowFor("claude-opus-5-5", NOW)?.input).toBe(4000);
    expect(book.rowFor("claude-opus-4", NOW)?.input).toBe(15_000);
    expect(book.rowFor("claude-opus-4-8", NOW)?.input).toBe(5000);
    expect(book.rowFor("claude-3-5-haiku-20241022", NOW)?.input).toBe(800);
    expect(book.rowFor("claude-haiku-3-5", NOW)?.input).toBe(800);
  });

  test.each([
    "claude-opus-4-9",
    "claude-opus-5-6",
    "claude-opus-6",
    "claude-opus",
    "claude-opus-5-5-5",
    "claude-instant-1.2",
    "claude-2.1",
    "gpt-5.5-pro",
    "gpt-5.6",
    "gemini-2.5",
    "opus",
    "<synthetic>",
    "",
    "toString",
    "__proto__",
    "constructor",
    "hasOwnProperty",
  ])("%p is unpriced", (id) => {
    expect(book.rowFor(id, NOW)).toBeNull();
    expect(book.resolve(id, NOW).row).toBeNull();
  });
});

describe("resolve", () => {
  test("tells the way from the id as written to the row", () => {
    const { steps, ...rest } = book.resolve("anthropic/claude-sonnet-5.5", NOW);
    expect(rest.canonical).toBe("claude-sonnet-5-5");
    expect(rest.row).toBe(book.rowFor("claude-sonnet-5-5", NOW));
    expect(steps).toEqual([
      "as written: anthropic/claude-sonnet-5.5",
      'gateway prefix "anthropic/" taken off: claude-sonnet-5.5',
      "in today's spelling: claude-sonnet-5-5",
      `has built-in prices; those from 2026-10-07 hold: ${rest.row?.key}`,
    ]);
  });

  test("says when only a later row exists, and when none does", () => {
    expect(book.resolve("claude-haiku-5-5", 0).steps.at(-1)).toStartWith(
      "has built-in prices; those from 2026-10-07 hold, the first there is: claude-haiku-5-5@2026-10-07#",
    );
    expect(book.resolve("us.anthropic.claude-opus-9", NOW)).toEqual({
      modelId: "us.anthropic.claude-opus-9",
      canonical: "claude-opus-9",
      row: null,
      steps: [
        "as written: us.anthropic.claude-opus-9",
        'vendor prefix "us.anthropic." taken off: claude-opus-9',
        "no price row has exactly this id: unpriced",
      ],
    });
  });
});

describe("overrides", () => {
  test("replace every built-in row of their model, and no other model's", () => {
    const mine = book.withOverrides([own("claude-sonnet-5-5", "2026-11-01", 1234)]);
    expect(mine.rowFor("claude-sonnet-5-5", Date.UTC(2026, 9, 1))?.input).toBe(1234);
    expect(mine.rowFor("claude-sonnet-5-5", NOW)?.source).toBe("override");
    expect(mine.rowFor("claude-sonnet-5", NOW)).toBe(book.rowFor("claude-sonnet-5", NOW));
    expect(book.rowFor("claude-sonnet-5-5", NOW)?.source).toBe("built-in");
    expect(mine.rows().filter((row) => row.model === "claude-sonnet-5-5")).toHaveLength(1);
  });

  test("may come in any order of days", () => {
    const mine = book.withOverrides([own("m", "2026-03-01", 3), own("m", "", 1), own("m", "2026-02-01", 2)]);
    const at = (day: string) => mine.rowFor("m", Date.parse(`${day}T00:00:00Z`))?.input;
    expect([at("2026-01-31"), at("2026-02-01"), at("2026-02-28"), at("2026-03-01")]).toEqual([1, 2, 2, 3]);
  });

  test("may name one gateway's spelling; the others keep their price", () => {
    const mine = book.withOverrides([own("us.anthropic.claude-opus-4-6-v1", "", 5500)]);
    expect(mine.rowFor("us.anthropic.claude-opus-4-6-v1", NOW)?.input).toBe(5500);
    expect(mine.rowFor("bedrock/us.anthropic.claude-opus-4-6-v1", NOW)?.input).toBe(5500);
    expect(mine.rowFor("US.anthropic.claude-opus-4-6-v1", NOW)?.input).toBe(5500);
    expect(mine.rowFor("eu.anthropic.claude-opus-4-6-v1", NOW)?.input).toBe(5000);
    expect(mine.rowFor("claude-opus-4-6", NOW)?.input).toBe(5000);
  });

  test("give a price to a model the table does not know, zero included", () => {
    const mine = book.withOverrides([own("local/qwen3:30b", "", 0)]);
    expect(mine.rowFor("local/qwen3:30b", NOW)?.input).toBe(0);
    expect(book.rowFor("local/qwen3:30b", NOW)).toBeNull();
    expect(mine.rows().at(-1)?.model).toBe("local/qwen3:30b");
  });

  test("laid over overrides, the later ones win for their models", () => {
    const both = book.withOverrides([own("a", "", 1), own("b", "", 1)]).withOverrides([own("b", "", 2)]);
    expect([both.rowFor("a", NOW)?.input, both.rowFor("b", NOW)?.input]).toEqual([1, 2]);
  });
});

describe("keys and versions", () => {
  test("every row has a key of its own, made of its model and day", () => {
    const rows = book.rows();
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
    for (const row of rows) {
      const day = row.effectiveFromMs === 0 ? "launch" : new Date(row.effectiveFromMs).toISOString().slice(0, 10);
      expect(row.key).toStartWith(`${row.model}@${day}#`);
      expect(row.key).toMatch(/#[0-9a-f]{8}$/);
    }
  });

  test("the key changes with every price, the tier, the multiplier and the source", () => {
    const { key, ...base } = own("m", "", 10);
    const tier = { abovePromptTokens: 5, input: 1, output: 1, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1 };
    const others = [
      { ...base, input: 11 },
      { ...base, output: 11 },
      { ...base, cacheRead: 11 },
      { ...base, cacheWrite5m: 11 },
      { ...base, cacheWrite1h: 11 },
      { ...base, fastMultiplier: 2 },
      { ...base, source: "built-in" as const },
      { ...base, effectiveFromMs: 86_400_000 },
      { ...base, tier },
      { ...base, tier: { ...tier, abovePromptTokens: 6 } },
      { ...base, tier: { ...tier, cacheWrite1h: 2 } },
    ].map((row) => priceRow(row).key);
    expect(new Set([key, ...others]).size).toBe(others.length + 1);
    expect(priceRow(base).key).toBe(key);
  });

  test("a stored key stays: the digest of a row never changes by itself", () => {
    expect(book.rowFor("claude-opus-4-6", NOW)?.key).toBe("claude-opus-4-6@2026-02-05#ed2acaeb");
  });

  test("the version follows the rows", () => {
    expect(book.version).toMatch(/^[0-9a-f]{16}$/);
    expect(PriceBook.builtIn().version).toBe(book.version);
    expect(book.withOverrides([]).version).toBe(book.version);
    expect(book.withOverrides([own("m", "", 1)]).version).not.toBe(book.version);
    expect(book.withOverrides([own("m", "", 1)]).version).toBe(book.withOverrides([own("m", "", 1)]).version);
    expect(book.withOverrides([own("m", "", 2)]).version).not.toBe(book.withOverrides([own("m", "", 1)]).version);
  });

  test("any number of made-up ids does not stop known ones from being priced", () => {
    const fresh = book.withOverrides([]);
    for (let at = 0; at < 2500; at++) expect(fresh.rowFor(`made-up-${at}`, NOW)).toBeNull();
    expect(fresh.rowFor("claude-opus-5", NOW)?.input).toBe(5000);
  });
});

test("the hot path loads the table and arithmetic, nothing else", () => {
  const loaded = new Set<string>();
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const follow = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: wanted } of transpiler.scanImports(readFileSync(path)))
      follow(new URL(wanted, `file://${path}`).pathname);
  };
  for (const file of ["book.ts", "cost.ts"]) follow(new URL(`../../src/pricing/${file}`, import.meta.url).pathname);
  const names = [...loaded].map((path) => basename(path)).sort();
  expect(names).toEqual(["book.ts", "cost.ts", "hash.ts", "normalise.ts", "rows.ts", "table-other.ts", "table.ts"]);
});
