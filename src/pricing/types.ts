/** The words of pricing. Everything here is plain data; see docs/prices.md for what the figures mean. */

/** Nano-dollars (1e-9 USD): a safe integer, so that sums are exact and their order does not matter. */
export type NanoUsd = number;

/** Token counts of one call by the class they are billed in. Non-negative safe integers that do not overlap. */
export interface CallTokens {
  /** Prompt tokens that were neither read from nor written to the cache. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** What changes the price of a call besides its tokens. */
export interface CallModifiers {
  /** Served in fast mode (`usage.speed`). */
  readonly fast: boolean;
  /** Inference pinned to the United States (`usage.inference_geo`). */
  readonly usInference: boolean;
  /** Served by the batch API (`usage.service_tier`). */
  readonly batch: boolean;
  /** Web searches the server ran for the call. */
  readonly webSearches: number;
}

/** Price of each token class: integers, nano-dollars per token (USD per million tokens, times 1000). */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** Rates that hold for the whole request once its prompt is strictly longer than the threshold.
 *  Prompt = input + cache read + cache writes. */
export interface PriceTier extends Rates {
  readonly abovePromptTokens: number;
}

/** One model's prices from a date on. */
export interface PriceRow extends Rates {
  /** Canonical model id, or the id an override names. */
  readonly model: string;
  /** First moment the row holds, epoch milliseconds UTC; 0 where it holds since the model exists. */
  readonly effectiveFromMs: number;
  readonly tier: PriceTier | null;
  /** Factor of fast mode on every token class, at most three decimals; 1 where fast mode is not sold. */
  readonly fastMultiplier: number;
  readonly source: "built-in" | "override";
  /** Names the row in the book, `model@date#hash`: another price, date or source makes another key. */
  readonly key: string;
}
