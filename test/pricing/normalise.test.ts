import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { normaliseModel, normalSteps } from "../../src/pricing/normalise.ts";

/** Ids as logs, gateways, clouds and people write them, with the id the price table knows. */
const SPELLINGS: [string, string][] = [
  // As the vendor writes them today.
  ["claude-opus-5-5", "claude-opus-5-5"],
  ["claude-opus-5", "claude-opus-5"],
  ["claude-fable-5-2", "claude-fable-5-2"],
  ["claude-mythos-preview", "claude-mythos-preview"],
  ["claude-haiku-4-5-20251001", "claude-haiku-4-5"],
  ["claude-opus-4-5-20251101", "claude-opus-4-5"],
  ["claude-opus-4-1-20250805", "claude-opus-4-1"],
  ["claude-opus-4-20250514", "claude-opus-4"],
  ["claude-sonnet-4-20250514", "claude-sonnet-4"],
  ["claude-3-7-sonnet-20250219", "claude-3-7-sonnet"],
  ["claude-3-5-sonnet-20240620", "claude-3-5-sonnet"],
  ["claude-3-5-sonnet-20241022", "claude-3-5-sonnet"],
  ["claude-3-5-haiku-20241022", "claude-3-5-haiku"],
  ["claude-3-opus-20240229", "claude-3-opus"],
  ["claude-3-haiku-20240307", "claude-3-haiku"],
  // Aliases of the vendor.
  ["claude-3-5-sonnet-latest", "claude-3-5-sonnet"],
  ["claude-3-7-sonnet-latest", "claude-3-7-sonnet"],
  ["claude-opus-4-0", "claude-opus-4"],
  ["claude-sonnet-4-0", "claude-sonnet-4"],
  // Selectors of the client and of gateways.
  ["claude-sonnet-4-5[1m]", "claude-sonnet-4-5"],
  ["claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5"],
  ["claude-opus-5[1M]", "claude-opus-5"],
  ["claude-opus-4-8-fast", "claude-opus-4-8"],
  ["claude-opus-4-8-fast[1m]", "claude-opus-4-8"],
  ["claude-3-7-sonnet-thinking", "claude-3-7-sonnet"],
  // Bedrock.
  ["anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"],
  ["anthropic.claude-3-sonnet-20240229-v1:0:200k", "claude-3-sonnet"],
  ["anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"],
  ["anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
  ["us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4-1"],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", "claude-sonnet-4-5"],
  ["eu.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"],
  ["apac.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"],
  ["au.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
  ["jp.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
  ["us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
  ["global.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"],
  ["global.claude-opus-5", "claude-opus-5"],
  ["bedrock/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"],
  ["bedrock/us.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
  ["bedrock/us-east-1/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"],
  ["bedrock/converse/us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"],
  ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"],
  [
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "claude-sonnet-4-5",
  ],
  ["arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-opus-4-8", "claude-opus-4-8"],
  // Vertex.
  ["claude-opus-4@20250514", "claude-opus-4"],
  ["claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"],
  ["claude-opus-4-6@default", "claude-opus-4-6"],
  ["vertex_ai/claude-opus-4-5@20251101", "claude-opus-4-5"],
  ["vertex_ai/claude-sonnet-4-5", "claude-sonnet-4-5"],
  ["publishers/anthropic/models/claude-opus-4-1@20250805", "claude-opus-4-1"],
  ["projects/p-1/locations/us-east5/publishers/anthropic/models/claude-opus-4-5@20251101", "claude-opus-4-5"],
  // Gateways.
  ["anthropic/claude-opus-5-5", "claude-opus-5-5"],
  ["anthropic/claude-opus-4.5", "claude-opus-4-5"],
  ["openrouter/anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"],
  ["openrouter/anthropic/claude-opus-4.8-fast", "claude-opus-4-8"],
  ["anthropic/claude-3.5-sonnet:beta", "claude-3-5-sonnet"],
  ["anthropic/claude-3.7-sonnet:thinking", "claude-3-7-sonnet"],
  ["azure_ai/claude-opus-4-6", "claude-opus-4-6"],
  // Old spellings, letters, spaces.
  ["claude-3.5-sonnet", "claude-3-5-sonnet"],
  ["claude-3.5-haiku", "claude-3-5-haiku"],
  ["claude-4-sonnet", "claude-sonnet-4"],
  ["claude-4.1-opus", "claude-opus-4-1"],
  ["claude-4-5-sonnet-20250929", "claude-sonnet-4-5"],
  ["claude-haiku-3-5", "claude-3-5-haiku"],
  ["claude-sonnet-3.7", "claude-3-7-sonnet"],
  ["claude-opus-3", "claude-3-opus"],
  ["claude-opus-4.0", "claude-opus-4"],
  ["Claude-Opus-5-5", "claude-opus-5-5"],
  ["US.ANTHROPIC.CLAUDE-OPUS-4-6-V1:0", "claude-opus-4-6"],
  ["  claude-opus-5  ", "claude-opus-5"],
  // Other vendors.
  ["gpt-5.5", "gpt-5.5"],
  ["gpt-5.5-2026-04-23", "gpt-5.5"],
  ["openai/gpt-5.6-sol", "gpt-5.6-sol"],
  ["openrouter/openai/gpt-5.4", "gpt-5.4"],
  ["azure/gpt-5-2025-08-07", "gpt-5"],
  ["gpt-5.1-codex-max", "gpt-5.1-codex-max"],
  ["models/gemini-2.5-pro", "gemini-2.5-pro"],
  ["vertex_ai/gemini-3-pro-preview", "gemini-3-pro-preview"],
  ["gemini/gemini-2.5-flash-lite", "gemini-2.5-flash-lite"],
];

/** Ids that must not become another model's. */
const LEFT_ALONE = [
  "claude-opus-4-9",
  "claude-opus-5-5-5",
  "claude-opus-5-0",
  "claude-opus",
  "claude-opus-5-high",
  "opus",
  "sonnet",
  "opusplan",
  "<synthetic>",
  "",
  "my-claude-opus-5",
  "github_copilot/claude-sonnet-4",
  "databricks-claude-sonnet-4",
  "fake.anthropic.claude-opus-5",
  "anthropic.titan",
  "deepseek-v3",
  "deepseek-chat-v3:1",
  "qwen3-coder:free",
  "gpt-5.5-fast",
  "gemini-2.5-pro@default",
  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234",
  "__proto__",
  "constructor",
];

test.each(SPELLINGS)("%s is %s", (written, canonical) => {
  expect(normaliseModel(written)).toBe(canonical);
  expect(normaliseModel(written)).toBe(canonical);
});

test.each(LEFT_ALONE)("%s stays what it is", (written) => {
  expect(normaliseModel(written)).toBe(written);
});

test("more than a handful of spellings are covered", () => {
  expect(SPELLINGS.length + LEFT_ALONE.length).toBeGreaterThanOrEqual(60);
});

describe("steps", () => {
  test("each says what was taken off and what was left", () => {
    expect(normalSteps("Bedrock/us.anthropic.claude-opus-4-6-v1:0")).toEqual([
      { id: "Bedrock/us.anthropic.claude-opus-4-6-v1:0", what: "as written" },
      { id: "bedrock/us.anthropic.claude-opus-4-6-v1:0", what: "in lower case, without spaces around it" },
      { id: "us.anthropic.claude-opus-4-6-v1:0", what: 'gateway prefix "bedrock/" taken off' },
      { id: "claude-opus-4-6-v1:0", what: 'vendor prefix "us.anthropic." taken off' },
      { id: "claude-opus-4-6", what: 'Bedrock version "-v1:0" taken off' },
    ]);
  });

  test("an id too long to be one is not looked at", () => {
    const long = `anthropic/${"x".repeat(300)}`;
    expect(normalSteps(long)).toEqual([{ id: long, what: "as written" }]);
  });
});

test("normalising twice changes nothing more", () => {
  const part = fc.constantFrom(
    "us.anthropic.",
    "anthropic/",
    "openrouter/",
    "bedrock/",
    "claude-",
    "opus-",
    "3-5-",
    "4.1",
    "-sonnet",
    "-fast",
    "[1m]",
    "-v1:0",
    "@20250514",
    "-20250514",
    "-latest",
    " ",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const once = normaliseModel(parts.join(""));
      expect(normaliseModel(once)).toBe(once);
    }),
    { numRuns: 500 },
  );
});
