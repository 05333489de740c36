import type { PublishedPrice, PublishedRates, PublishedTable } from "./published.ts";

/** Models of other vendors. Neither knows two kinds of cache write: both columns hold the one price, and where writes
 *  are not charged apart they hold the input price, for a written token is an uncached input token. */

const OPENAI = "price package of 2026-11-10, single source";
const OPENAI_PAGE = "vendor's model page";
const OPENAI_BOTH = "price package of 2026-11-10 and the vendor's model page";
const CHANGE_LOGS = "launch price; several public change logs";
const OWN = "vendor's price page as remembered, not checked since";

/** OpenAI's long-prompt rule: above 272,000 tokens input and cache cost twice, output 1.5 times, for the whole request.
 *  The output price is taken in thousandths, where it is whole: 1.2 times 1.5 is not 1.8 in binary. */
function withLongPrompts(from: string, usd: PublishedRates, note: string, fast?: number): PublishedPrice {
  const [input, output, read, write5m, write1h] = usd;
  const tier = {
    above: 272_000,
    usd: [input * 2, Math.round(output * 1500) / 1000, read * 2, write5m * 2, write1h * 2],
  } as const;
  return fast === undefined ? { from, usd, tier, note } : { from, usd, tier, fast, note };
}

export const otherVendors = (): PublishedTable => ({
  "gpt-6.2-sol": [withLongPrompts("launch", [2, 10, 0.1, 2.5, 2.5], `${OPENAI_PAGE}; 12 h writes unknown to logs`, 2)],
  "gpt-6.1-sol": [withLongPrompts("2026-09-29", [2, 10, 0.1, 2.5, 2.5], OPENAI_BOTH, 2)],
  "gpt-6.1-terra": [
    withLongPrompts("2026-10-26", [1, 5, 0.05, 1.25, 1.25], "price package of 2026-11-10 and a gateway's page", 2),
  ],
  "gpt-6-astra": [withLongPrompts("2026-09-03", [10, 50, 1, 12.5, 12.5], OPENAI)],
  "gpt-6-sol": [withLongPrompts("launch", [2, 10, 0.2, 2.5, 2.5], OPENAI)],
  "gpt-6-luna": [withLongPrompts("launch", [0.1, 0.5, 0.01, 0.125, 0.125], OPENAI)],
  "gpt-5.6-sol": [
    withLongPrompts("2026-07-09", [5, 30, 0.5, 6.25, 6.25], CHANGE_LOGS),
    withLongPrompts(
      "2026-08-21",
      [4, 20, 0.4, 5, 5],
      "price package of 2026-11-10; a promotion, promised until 2026-11-21 at least",
    ),
  ],
  "gpt-5.6-terra": [
    withLongPrompts("2026-07-09", [2.5, 15, 0.25, 3.125, 3.125], CHANGE_LOGS),
    withLongPrompts("2026-07-30", [2, 12, 0.2, 2.5, 2.5], OPENAI),
  ],
  "gpt-5.6-luna": [
    withLongPrompts("2026-07-09", [1, 6, 0.1, 1.25, 1.25], CHANGE_LOGS),
    withLongPrompts("2026-07-30", [0.2, 1.2, 0.02, 0.25, 0.25], OPENAI),
  ],
  "gpt-5.5": [withLongPrompts("launch", [5, 30, 0.5, 5, 5], OPENAI_BOTH, 2.5)],
  "gpt-5.4": [withLongPrompts("launch", [2.5, 15, 0.25, 2.5, 2.5], OPENAI_BOTH)],
  "gpt-5.3-codex": [{ from: "launch", usd: [1.75, 14, 0.175, 1.75, 1.75], note: OPENAI }],
  "gpt-5.2": [{ from: "launch", usd: [1.75, 14, 0.175, 1.75, 1.75], note: OPENAI }],
  "gpt-5.2-codex": [{ from: "launch", usd: [1.75, 14, 0.175, 1.75, 1.75], note: OWN }],
  "gpt-5.1": [{ from: "launch", usd: [1.25, 10, 0.125, 1.25, 1.25], note: OPENAI }],
  "gpt-5.1-codex": [{ from: "launch", usd: [1.25, 10, 0.125, 1.25, 1.25], note: OWN }],
  "gpt-5.1-codex-max": [{ from: "launch", usd: [1.25, 10, 0.125, 1.25, 1.25], note: OWN }],
  "gpt-5.1-codex-mini": [{ from: "launch", usd: [0.25, 2, 0.025, 0.25, 0.25], note: OWN }],
  "gpt-5": [{ from: "launch", usd: [1.25, 10, 0.125, 1.25, 1.25], note: OPENAI }],
  "gpt-5-codex": [{ from: "launch", usd: [1.25, 10, 0.125, 1.25, 1.25], note: OWN }],
  "gpt-5-mini": [{ from: "launch", usd: [0.25, 2, 0.025, 0.25, 0.25], note: OWN }],
  "gpt-5-nano": [{ from: "launch", usd: [0.05, 0.4, 0.005, 0.05, 0.05], note: OWN }],
  "gemini-3.1-pro-preview": [
    { from: "launch", usd: [2, 12, 0.2, 2, 2], tier: { above: 200_000, usd: [4, 18, 0.4, 4, 4] }, note: OWN },
  ],
  "gemini-3-pro-preview": [
    { from: "launch", usd: [2, 12, 0.2, 2, 2], tier: { above: 200_000, usd: [4, 18, 0.4, 4, 4] }, note: OWN },
  ],
  "gemini-3-flash-preview": [{ from: "launch", usd: [0.5, 3, 0.05, 0.5, 0.5], note: OWN }],
  "gemini-2.5-pro": [
    {
      from: "launch",
      usd: [1.25, 10, 0.125, 1.25, 1.25],
      tier: { above: 200_000, usd: [2.5, 15, 0.25, 2.5, 2.5] },
      note: OWN,
    },
  ],
  "gemini-2.5-flash": [{ from: "launch", usd: [0.3, 2.5, 0.03, 0.3, 0.3], note: OWN }],
  "gemini-2.5-flash-lite": [{ from: "launch", usd: [0.1, 0.4, 0.01, 0.1, 0.1], note: OWN }],
});
