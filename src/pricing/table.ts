import type { PublishedTable } from "./published.ts";
import { otherVendors } from "./table-other.ts";

const CLIENT = "list price; equals Claude Code 2.1.330";
const LIST = "list price";
const RETIRED = "list price; retired";

const HAIKU_5_5_LONG = { above: 100_000, usd: [0.5, 2.5, 0.05, 0.625, 1] } as const;
/** The long-context beta of Sonnet 4 and 4.5: twice the input and cache prices, 1.5 times the output price. */
const SONNET_BETA_LONG = { above: 200_000, usd: [6, 22.5, 0.6, 7.5, 12] } as const;
const BETA = "list price; tier of the 1M-context beta, which ended on 2026-04-30";
const FLAT = "flat since the beta ended; equals Claude Code 2.1.330";

const ANTHROPIC: PublishedTable = {
  "claude-fable-5-2": [{ from: "2026-11-09", usd: [8, 40, 0.2, 10, 16], fast: 2, note: CLIENT }],
  "claude-fable-5-1": [{ from: "2026-09-01", usd: [10, 50, 0.25, 12.5, 20], note: CLIENT }],
  "claude-fable-5": [{ from: "2026-06-09", usd: [10, 50, 1, 12.5, 20], note: CLIENT }],
  "claude-mythos-5-2": [{ from: "2026-11-09", usd: [8, 40, 0.2, 10, 16], fast: 2, note: CLIENT }],
  "claude-mythos-5-1": [{ from: "2026-09-01", usd: [10, 50, 0.25, 12.5, 20], note: CLIENT }],
  "claude-mythos-5": [{ from: "2026-06-09", usd: [10, 50, 1, 12.5, 20], note: CLIENT }],
  "claude-mythos-preview": [
    { from: "2026-04-07", usd: [25, 125, 2.5, 31.25, 50], note: "announced 25/125; cache prices by the usual factors" },
  ],
  "claude-opus-5-5": [{ from: "2026-09-22", usd: [4, 20, 0.2, 5, 8], fast: 2, note: CLIENT }],
  "claude-opus-5": [{ from: "2026-07-24", usd: [5, 25, 0.5, 6.25, 10], fast: 2, note: CLIENT }],
  "claude-opus-4-8": [{ from: "2026-05-28", usd: [5, 25, 0.5, 6.25, 10], fast: 2, note: CLIENT }],
  "claude-opus-4-7": [{ from: "2026-04-16", usd: [5, 25, 0.5, 6.25, 10], fast: 6, note: CLIENT }],
  "claude-opus-4-6": [{ from: "2026-02-05", usd: [5, 25, 0.5, 6.25, 10], fast: 6, note: CLIENT }],
  "claude-opus-4-5": [{ from: "2025-11-24", usd: [5, 25, 0.5, 6.25, 10], note: CLIENT }],
  "claude-opus-4-1": [
    { from: "2025-08-05", usd: [15, 75, 1.5, 18.75, 30], note: "list price; retired, the client reroutes it" },
  ],
  "claude-opus-4": [
    { from: "2025-05-22", usd: [15, 75, 1.5, 18.75, 30], note: "list price; retired, the client reroutes it" },
  ],
  "claude-3-opus": [{ from: "2024-03-04", usd: [15, 75, 1.5, 18.75, 30], note: RETIRED }],
  "claude-sonnet-5-5": [
    { from: "2026-09-28", usd: [2, 10, 0.2, 2.5, 4], note: "list price; first day is about right" },
    { from: "2026-10-07", usd: [2, 10, 0.1, 2.5, 4], note: "cache reads halved; equals Claude Code 2.1.330" },
  ],
  "claude-sonnet-5": [{ from: "2026-06-30", usd: [2, 10, 0.2, 2.5, 4], note: CLIENT }],
  "claude-sonnet-4-6": [{ from: "2026-02-17", usd: [3, 15, 0.3, 3.75, 6], note: CLIENT }],
  "claude-sonnet-4-5": [
    { from: "2025-09-29", usd: [3, 15, 0.3, 3.75, 6], tier: SONNET_BETA_LONG, note: BETA },
    { from: "2026-05-01", usd: [3, 15, 0.3, 3.75, 6], note: FLAT },
  ],
  "claude-sonnet-4": [
    { from: "2025-05-22", usd: [3, 15, 0.3, 3.75, 6], tier: SONNET_BETA_LONG, note: BETA },
    { from: "2026-05-01", usd: [3, 15, 0.3, 3.75, 6], note: FLAT },
  ],
  "claude-3-7-sonnet": [{ from: "2025-02-24", usd: [3, 15, 0.3, 3.75, 6], note: CLIENT }],
  "claude-3-5-sonnet": [{ from: "2024-06-20", usd: [3, 15, 0.3, 3.75, 6], note: RETIRED }],
  "claude-3-sonnet": [
    { from: "2024-03-04", usd: [3, 15, 0.3, 3.75, 6], note: "list price; retired; it had no cache, usual factors" },
  ],
  "claude-haiku-5-5": [{ from: "2026-10-07", usd: [0.1, 0.5, 0.01, 0.125, 0.2], tier: HAIKU_5_5_LONG, note: CLIENT }],
  "claude-haiku-4-5": [{ from: "2025-10-15", usd: [1, 5, 0.1, 1.25, 2], note: CLIENT }],
  "claude-3-5-haiku": [{ from: "2024-11-04", usd: [0.8, 4, 0.08, 1, 1.6], note: CLIENT }],
  "claude-3-haiku": [{ from: "2024-03-13", usd: [0.25, 1.25, 0.03, 0.3, 0.5], note: LIST }],
};

let all: PublishedTable | undefined;

/** Every built-in price. */
export function builtInPrices(): PublishedTable {
  all ??= { ...ANTHROPIC, ...otherVendors() };
  return all;
}

/** The built-in prices of a model, undefined for one that the tables do not know. Those of other vendors are made when one is asked for. */
export function publishedPrices(model: string): PublishedTable[string] | undefined {
  if (Object.hasOwn(ANTHROPIC, model)) return ANTHROPIC[model];
  return Object.hasOwn(builtInPrices(), model) ? builtInPrices()[model] : undefined;
}
