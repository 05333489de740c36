import type { MockUsage, Step } from "../rig/script.ts";

/** Models whose prices the client knows: those measured on 2026-11-22 with 2.1.330. */
export const MODELS = [
  "claude-fable-5-2",
  "claude-fable-5-1",
  "claude-fable-5",
  "claude-mythos-5-2",
  "claude-mythos-5-1",
  "claude-opus-5-5",
  "claude-opus-5",
  "claude-opus-4-8",
  "claude-opus-4-7",
  "claude-opus-4-6",
  "claude-opus-4-5-20251101",
  "claude-sonnet-5-5",
  "claude-sonnet-5",
  "claude-sonnet-4-6",
  "claude-sonnet-4-5-20250929",
  "claude-sonnet-4-20250514",
  "claude-3-7-sonnet-20250219",
  "claude-haiku-5-5",
  "claude-haiku-4-5-20251001",
  "claude-3-5-haiku-20241022",
] as const;

/** A case of the matrix: token classes under modifiers. */
interface Case {
  name: string;
  usage: MockUsage;
}

/** Usage of nothing but what is given. Counts are multiples of 20 in the cases below, so that every price and every
 *  modifier gives a whole number of nano-dollars and a comparison within a billionth of a dollar is fair. */
export function usage(
  input: number,
  output: number,
  cacheRead: number,
  write5m: number,
  write1h: number,
  more: Partial<MockUsage> = {},
): MockUsage {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: write5m + write1h,
    cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    inference_geo: "not_available",
    speed: "standard",
    ...more,
  };
}

const CLASSES: readonly [string, [number, number, number, number, number]][] = [
  ["input", [1_020, 0, 0, 0, 0]],
  ["output", [0, 2_060, 0, 0, 0]],
  ["cache read", [0, 0, 30_140, 0, 0]],
  ["5 m writes", [0, 0, 0, 4_220, 0]],
  ["1 h writes", [0, 0, 0, 0, 5_340]],
  ["all classes", [140, 2_480, 61_060, 1_220, 3_380]],
];

const MODIFIERS: readonly [string, Partial<MockUsage>][] = [
  ["standard", {}],
  ["fast", { speed: "fast" }],
  ["us", { inference_geo: "us" }],
  ["fast us", { speed: "fast", inference_geo: "us" }],
];

/** Prompts around the 100,000 tokens at which Haiku 5.5 changes its price, and one that other models once had a tier at. */
const PROMPT_LENGTHS: readonly Case[] = [
  { name: "prompt of 99,980", usage: usage(90_000, 200, 5_000, 4_000, 980) },
  { name: "prompt of 100,000", usage: usage(90_000, 200, 5_000, 4_000, 1_000) },
  { name: "prompt of 100,020", usage: usage(90_000, 200, 5_000, 4_000, 1_020) },
  { name: "prompt of 300,000", usage: usage(90_000, 400, 205_000, 4_000, 1_000) },
];

/** Every token class under every modifier, web searches with and without US inference, and long prompts. */
export const CASES: readonly Case[] = [
  ...MODIFIERS.flatMap(([modifier, more]) =>
    CLASSES.map(([name, counts]): Case => ({ name: `${name}, ${modifier}`, usage: usage(...counts, more) })),
  ),
  { name: "web searches", usage: usage(100, 20, 0, 0, 0, { server_tool_use: { web_search_requests: 3 } }) },
  {
    name: "web searches, us",
    usage: usage(100, 20, 0, 0, 0, { server_tool_use: { web_search_requests: 7 }, inference_geo: "us" }),
  },
  {
    name: "web searches, fast",
    usage: usage(100, 20, 0, 0, 0, { server_tool_use: { web_search_requests: 2 }, speed: "fast" }),
  },
  ...PROMPT_LENGTHS,
];

/** One step per case in one run: every response but the last asks for a cheap tool, so that the client goes on. */
export function stepsFor(cases: readonly Case[], file: string): Step[] {
  return cases.map((one, at): Step => {
    const step: Step = { usage: one.usage };
    return at === cases.length - 1 ? { ...step, say: "done" } : { ...step, tool: "Read", input: { file_path: file } };
  });
}

/** Runs `work` on every item, at most two at a time. */
export async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all([worker(), worker()]);
  return results;
}
