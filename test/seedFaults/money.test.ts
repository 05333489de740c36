import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectProgram } from "../mcp/support.ts";
import { asked, call, dollars, Past, START, USD, type Usage, worth } from "./past.ts";

/** Faults of the tool before: prices, savings, and figures of several models. */

let past: Past;
beforeEach(() => {
  past = new Past();
});
afterEach(() => past.remove());

describe("prices", () => {
  // A million tokens in and a million out, at the published prices of the day.
  const MILLION: Usage = [1_000_000, 1_000_000, 0, 0, 0];
  const MODELS: readonly [id: string, usd: number][] = [
    ["claude-opus-4-8", 5 + 25],
    ["claude-opus-4-7", 5 + 25],
    ["claude-opus-5", 5 + 25],
    ["claude-opus-4-1-20250805", 15 + 75],
    ["claude-sonnet-5", 2 + 10],
    ["claude-3-7-sonnet-20250219", 3 + 15],
    ["claude-3-5-haiku-20241022", 0.8 + 4],
    ["us.anthropic.claude-opus-4-8-v1:0", 5 + 25],
    ["anthropic/claude-opus-4-8", 5 + 25],
  ];
  test("W8: every model has the price of its own id, whatever a provider puts around it", async () => {
    past.session(...MODELS.map(([model], n) => call(`m${n}`, { model, usage: MILLION, atMs: START + n * 1_000 })));
    const { totals } = await past.stats();
    expect(totals).toMatchObject({ calls: MODELS.length, unpricedCalls: 0 });
    const { calls } = await past.json<{ calls: { costNanoUsd: number }[] }>("session", "5eed", "--calls");
    expect(calls.map(({ costNanoUsd }, n) => [MODELS[n]?.[0], costNanoUsd / USD])).toEqual(
      MODELS.map(([model, usd]) => [model, usd]),
    );
  });

  test("W8: a model without a price is named and costs nothing known, never 0 in silence", async () => {
    past.session(
      call("m1", { usage: worth(1) }),
      call("m2", { model: "claude-opus-5-9", usage: MILLION, atMs: START + 1 }),
    );
    const { totals } = await past.stats();
    expect(totals).toMatchObject({ calls: 2, costNanoUsd: USD, unpricedCalls: 1 });
    expect(totals.unpriced).toEqual([{ model: "claude-opus-5-9", calls: 1 }]);
    for (const command of ["stats", "agents", "models", "projects", "skills"])
      expect((await past.run([command, "--since", "all"])).out).toContain("claude-opus-5-9");
  });

  test("W8: cache writes of one hour and web searches have their own prices", async () => {
    const searches = { server_tool_use: { web_search_requests: 100 } };
    past.session(call("m1", { model: "claude-opus-4-6", usage: [0, 0, 0, 0, 1_000_000], more: searches }));
    // A million at twice the input price of $5, and 100 searches at one cent.
    expect((await past.stats()).totals.costNanoUsd).toBe(11 * USD);
  });

  test("W8: a price of one's own outlives every start of the program", async () => {
    past.session(call("m1", { model: "claude-opus-5-9", usage: MILLION }));
    mkdirSync(past.ledger, { recursive: true });
    writeFileSync(
      join(past.ledger, "pricing.toml"),
      '[[price]]\nmodel = "claude-opus-5-9"\nfrom = "2026-11-01"\ninput = 6\noutput = 30\ncache_read = 0.6\ncache_write_5m = 7.5\ncache_write_1h = 12\n',
    );
    for (let start = 0; start < 3; start++) expect((await past.stats()).totals.costNanoUsd).toBe(36 * USD);
    expect((await past.run(["reprice", "--apply"])).code).toBe(0);
    expect((await past.stats()).totals.costNanoUsd).toBe(36 * USD);
  });
});

describe("savings and mixes", () => {
  test("W15: what a cheaper model saves is worked out of the very calls with all five token classes, and is one figure everywhere", async () => {
    const at = Date.now() - 3_600_000;
    const usage: Usage = [1_000_000, 100_000, 10_000_000, 1_000_000, 1_000_000];
    past.session(
      asked("p1", "explain how the cart works", at),
      call("m1", { model: "claude-opus-4-8", usage, atMs: at + 1_000, uses: [{ id: "t1", name: "Read" }] }),
    );
    // Opus 4.8: 5 + 2.5 + 5 + 6.25 + 10 dollars. Sonnet 5.5: 2 + 1 + 1 + 2.5 + 4.
    const [cost, cheaper] = [28.75, 10.5];
    expect((await past.stats()).totals.costNanoUsd).toBe(cost * USD);
    const { findings } = await past.json<{ findings: { rule: string; costNanoUsd: number; savingNanoUsd: number }[] }>(
      "optimize",
    );
    expect(findings.filter(({ rule }) => rule === "dear-model")).toMatchObject([
      { costNanoUsd: cost * USD, savingNanoUsd: (cost - cheaper) * USD },
    ]);
    await using mcp = await connectProgram(past);
    const { data } = await mcp.call("cost_optimize");
    expect(
      (data.rows as { rule: string; savingUsd: number }[]).find(({ rule }) => rule === "dear-model")?.savingUsd,
    ).toBe(cost - cheaper);
    // `model_stats` tells what was spent, and claims no saving of its own.
    expect(JSON.stringify((await mcp.call("model_stats", { period: "all" })).data).toLowerCase()).not.toContain("sav");
  });

  test("W16: several models in one session: each call at the price of its own model, and the parts make the whole", async () => {
    // The model that is used most often is the cheap one.
    const haiku = Array.from({ length: 9 }, (_, n) =>
      call(`h${n}`, { model: "claude-haiku-4-5", usage: [1_000, 1_000, 10_000, 1_000, 0], atMs: START + n }),
    );
    past.session(
      asked("p1", "plan it", START - 1),
      ...haiku,
      call("o", { usage: [0, 100_000, 5_000_000, 0, 0], atMs: START + 60_000 }),
    );
    // Haiku 4.5: 1,000 x 1,000 + 1,000 x 5,000 + 10,000 x 100 + 1,000 x 1,250. Opus 5.5: 100,000 x 20,000 + 5,000,000 x 200.
    const [ofHaiku, ofOpus] = [9 * 8_250_000, 3 * USD];
    const stats = await past.stats();
    expect(stats.totals.costNanoUsd).toBe(ofHaiku + ofOpus);
    expect(stats.models.map(({ model, calls, costNanoUsd }) => [model, calls, costNanoUsd])).toEqual([
      ["claude-opus-5-5", 1, ofOpus],
      ["claude-haiku-4-5", 9, ofHaiku],
    ]);
    const models = await past.all<{
      models: { model: string; costNanoUsd: number; tokens: object }[];
      periods: { models: { model: string; costNanoUsd: number }[] }[];
    }>("models", "--per", "day");
    expect(dollars(models.models, "model")).toEqual(dollars(stats.models, "model"));
    expect(models.periods.map((period) => dollars(period.models, "model"))).toEqual([dollars(stats.models, "model")]);
    expect(models.models[1]?.tokens).toEqual({
      input: 9_000,
      output: 9_000,
      cacheRead: 90_000,
      cacheWrite5m: 9_000,
      cacheWrite1h: 0,
    });
    const { projects } = await past.all<{ projects: { models: string[]; costNanoUsd: number }[] }>("projects");
    expect(projects.map(({ models: names, costNanoUsd }) => [names, costNanoUsd])).toEqual([
      [["claude-opus-5-5", "claude-haiku-4-5"], ofHaiku + ofOpus],
    ]);
  });
});
