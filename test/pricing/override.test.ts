import { describe, expect, test } from "bun:test";
import { UserError } from "../../src/platform/errors.ts";
import { parseOverride } from "../../src/pricing/override.ts";

const MINIMAL = 'model = "m"\ninput = 4\noutput = 20';

function errorOf(toml: string): UserError {
  try {
    parseOverride(toml, "pricing.toml");
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("what it reads", () => {
  test("a whole entry, with a tier", () => {
    const [row, ...rest] = parseOverride(
      `[[price]]
       model = "Claude-Opus-5-5"
       from = "2026-09-22"
       input = 4
       output = 20
       cache_read = 0.2
       cache_write_5m = 5.125
       cache_write_1h = 8
       fast_multiplier = 2.5
       [price.tier]
       above_prompt_tokens = 100000
       input = 8
       output = 30
       cache_read = 0.4`,
      "pricing.toml",
    );
    expect(rest).toEqual([]);
    expect(row).toMatchObject({
      model: "claude-opus-5-5",
      effectiveFromMs: Date.UTC(2026, 8, 22),
      input: 4000,
      output: 20_000,
      cacheRead: 200,
      cacheWrite5m: 5125,
      cacheWrite1h: 8000,
      fastMultiplier: 2.5,
      source: "override",
      tier: {
        abovePromptTokens: 100_000,
        input: 8000,
        output: 30_000,
        cacheRead: 400,
        cacheWrite5m: 10_000,
        cacheWrite1h: 16_000,
      },
    });
    expect(row?.key).toMatch(/^claude-opus-5-5@2026-09-22#[0-9a-f]{8}$/);
  });

  test("cache prices that are left out follow the input price, day and multiplier have defaults", () => {
    expect(parseOverride(`[[price]]\n${MINIMAL}`, "f")[0]).toMatchObject({
      effectiveFromMs: 0,
      cacheRead: 400,
      cacheWrite5m: 5000,
      cacheWrite1h: 8000,
      fastMultiplier: 1,
      tier: null,
    });
  });

  test("a free model of any name", () => {
    const [row] = parseOverride('[[price]]\nmodel = "ollama/qwen3:30b"\ninput = 0\noutput = 0.0', "f");
    expect(row).toMatchObject({ model: "ollama/qwen3:30b", input: 0, output: 0, cacheRead: 0, cacheWrite1h: 0 });
  });

  test("several entries, in their order; an empty file", () => {
    const text = `[[price]]\n${MINIMAL}\n[[price]]\n${MINIMAL}\nfrom = "2026-05-01"\n`;
    expect(parseOverride(text, "f").map((row) => row.effectiveFromMs)).toEqual([0, Date.UTC(2026, 4, 1)]);
    expect(parseOverride("", "f")).toEqual([]);
    expect(parseOverride("# nothing yet\n", "f")).toEqual([]);
  });
});

describe("what it refuses", () => {
  const entry = (line: string): string => `[[price]]\n${MINIMAL}\n${line}`;
  const without = (key: string): string => `[[price]]\n${MINIMAL.replace(new RegExp(`^${key}.*\n?`, "m"), "")}`;
  const instead = (key: string, value: string): string =>
    `[[price]]\n${MINIMAL.replace(new RegExp(`^${key}.*$`, "m"), `${key} = ${value}`)}`;
  const tier = (lines: string): string => `${entry("")}\n[price.tier]\n${lines}`;

  test.each(
    [
      [without("model"), "price entry 1, model: is missing"],
      [without("input"), "price entry 1 (m), input: is missing"],
      [without("output"), "price entry 1 (m), output: is missing"],
      [instead("model", "5"), "price entry 1, model: 5 is not text"],
      [instead("model", '"  "'), "price entry 1, model: is empty"],
      [
        instead("model", '"claude opus"'),
        'price entry 1, model: "claude opus" has a space or a control character in it',
      ],
      [instead("model", `"${"x".repeat(257)}"`), "price entry 1, model: is longer than 256 characters"],
      [instead("input", "-1"), "price entry 1 (m), input: -1 is negative"],
      [instead("input", "nan"), "price entry 1 (m), input: NaN is not a price"],
      [instead("output", "inf"), "price entry 1 (m), output: Infinity is not a price"],
      [instead("output", '"20"'), 'price entry 1 (m), output: "20" is not a price'],
      [
        instead("output", "100001"),
        "price entry 1 (m), output: 100001 USD per million tokens is more than any model costs",
      ],
      [instead("input", "0.0001"), "price entry 1 (m), input: 0.0001 is finer than 0.001 USD per million tokens"],
      [instead("input", "1e-9"), "price entry 1 (m), input: 1e-9 is finer than 0.001 USD per million tokens"],
      [
        instead("input", "0.25"),
        "price entry 1 (m), cache_write_5m: is missing, and the usual 1.25 times input is 0.3125, finer than 0.001 USD per million tokens",
      ],
      [entry("cache_reads = 1"), "price entry 1 (m), cache_reads: is not a key of a price"],
      [entry('from = "2026-02-30"'), 'price entry 1 (m), from: "2026-02-30" is not a day'],
      [entry('from = "2026-2-3"'), 'price entry 1 (m), from: "2026-2-3" is not a day'],
      [entry('from = "0026-09-22"'), 'price entry 1 (m), from: "0026-09-22" is not a day'],
      [entry('from = "1926-09-22"'), "price entry 1 (m), from: 1926-09-22 is no day a model was sold on"],
      [entry("from = 2026-02-30"), 'price entry 1 (m), from: "2026-03-02" is not a day in quotes'],
      [entry("from = 20260922"), "price entry 1 (m), from: 20260922 is not a day in quotes"],
      [entry("fast_multiplier = 0"), "price entry 1 (m), fast_multiplier: 0 is not a multiplier"],
      [entry("fast_multiplier = 1.0001"), "price entry 1 (m), fast_multiplier: 1.0001 is not a multiplier"],
      [entry("fast_multiplier = nan"), "price entry 1 (m), fast_multiplier: NaN is not a multiplier"],
      [entry("tier = 3"), "price entry 1 (m), tier: 3 is not a table"],
      [tier("input = 8\noutput = 9"), "price entry 1 (m), tier.above_prompt_tokens: is missing"],
      [
        tier("above_prompt_tokens = 0.5\ninput = 8\noutput = 9"),
        "price entry 1 (m), tier.above_prompt_tokens: 0.5 is not a number of tokens",
      ],
      [tier("above_prompt_tokens = 9\ninput = 8"), "price entry 1 (m), tier.output: is missing"],
      [tier("above_prompt_tokens = 9\nmodel = 8"), "price entry 1 (m), tier.model: is not a key of a price"],
      [`${entry("")}\n${entry("")}`, "price entry 2 (m), from: entry 1 already prices m from launch"],
      [`${entry("")}\n${instead("model", '" M "')}`, "price entry 2 (m), from: entry 1 already prices m from launch"],
      ["prices = 3", "prices: is not a key of this file"],
      [`[price]\n${MINIMAL}`, "price: is one table, not a list"],
      ["price = [3]", "price entry 1 is not a table"],
      [entry("").repeat(1001), "1001 price entries are too many"],
    ].map(([toml, message]) => [message, toml] as const),
  )("%s", (message, toml) => {
    const error = errorOf(toml as string);
    expect(error.message).toBe(`pricing.toml: ${message}`);
    expect(error.hint).toBeTruthy();
  });

  test("a file that is no TOML, with line and column", () => {
    expect(errorOf("[[price]]\nmodel =").message).toMatch(/^pricing\.toml:2:\d+: /);
    expect(errorOf("[[price]]\nmodel =").message).not.toContain("\n");
  });
});
