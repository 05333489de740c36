import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parseOverride } from "../../src/pricing/override.ts";
import type { PublishedRates } from "../../src/pricing/published.ts";
import { builtInPrices } from "../../src/pricing/table.ts";

const DOC = readFileSync(new URL("../../docs/prices.md", import.meta.url), "utf8");
const HEAD = [
  "| model | from | input | output | cache read | 5 m write | 1 h write | fast | source |",
  "|---|---|---:|---:|---:|---:|---:|---:|---|",
];

const cells = (usd: PublishedRates): string => usd.join(" | ");

/** The table of docs/prices.md as the data says it must read. When this fails, paste the expected lines between its marks. */
function tableLines(): string[] {
  const lines: string[] = [];
  for (const [model, prices] of Object.entries(builtInPrices())) {
    for (const { from, usd, tier, fast, note } of prices) {
      lines.push(`| \`${model}\` | ${from} | ${cells(usd)} | ${fast === undefined ? "" : `x${fast}`} | ${note} |`);
      if (tier === undefined) continue;
      lines.push(`| | above ${tier.above.toLocaleString("en-US")} | ${cells(tier.usd)} | | |`);
    }
  }
  return lines;
}

test("the table in docs/prices.md is the table the program uses", () => {
  const between = DOC.split("<!-- prices: begin -->")[1]?.split("<!-- prices: end -->")[0] ?? "";
  expect(between.trim().split("\n")).toEqual([...HEAD, ...tableLines()]);
});

test("the examples of override files in docs/prices.md are read as they stand", () => {
  const examples = [...DOC.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, toml]) =>
    parseOverride(toml ?? "", "docs/prices.md"),
  );
  expect(examples.map((rows) => rows.map((row) => row.model))).toEqual([
    ["claude-opus-5-5", "claude-haiku-5-5", "us.anthropic.claude-opus-4-6-v1", "ollama/qwen3:30b"],
  ]);
});

test("every built-in price says where it comes from, and the prices of a model stand in order of their days", () => {
  for (const prices of Object.values(builtInPrices())) {
    expect(prices.length).toBeGreaterThan(0);
    for (const { note } of prices) expect(note.length).toBeGreaterThan(5);
    const days = prices.map(({ from }) => (from === "launch" ? "" : from));
    expect([...new Set(days)].sort()).toEqual(days);
  }
});
