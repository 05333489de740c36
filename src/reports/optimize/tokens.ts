import { priceOf } from "../../ledger/calls.ts";
import type { PriceBook } from "../../pricing/book.ts";
import { BYTES_PER_TOKEN } from "../tools.ts";
import type { AdvisedCall } from "./types.ts";

/** What a call would have cost with fewer tokens in its prompt, at its own price and with its own flags. */

/** Length of a call's prompt in tokens. */
export function promptTokens(call: AdvisedCall): number {
  return call.input + call.cacheRead + call.cacheWrite5m + call.cacheWrite1h;
}

/** Tokens that `partBytes` of a call's results took in the prompt of the run's next call. The results of the call have `allBytes`;
 *  {@link BYTES_PER_TOKEN} bytes are taken for a token, but all of them are never more than the prompt grew beyond the reply itself: what the
 *  client cut short, or an image, is not counted by its bytes. */
export function enteredTokens(call: AdvisedCall, next: AdvisedCall, partBytes: number, allBytes: number): number {
  const growth = Math.max(0, promptTokens(next) - promptTokens(call) - call.output);
  const all = Math.floor(allBytes / BYTES_PER_TOKEN);
  return all <= growth ? Math.floor(partBytes / BYTES_PER_TOKEN) : Math.floor((partBytes * growth) / allBytes);
}

/** Prompt classes by which tokens are taken off, the cheapest first: the saving is rather too small than too large. */
const CARRIED = ["cacheRead", "input", "cacheWrite5m", "cacheWrite1h"] as const;
/** A prompt's new tokens: they cannot have been read from the cache. */
const NEW = ["input", "cacheWrite5m", "cacheWrite1h"] as const;

/** Saved on a call if its prompt had so many tokens less; 0 where it is unpriced. `fresh` tokens had just come in, others were there before. */
export function savingWithout(
  prices: PriceBook,
  call: AdvisedCall,
  tokens: { fresh: number; carried: number },
): number {
  if (call.costNano === null) return 0;
  const less = { ...call };
  take(less, NEW, tokens.fresh);
  take(less, CARRIED, tokens.carried);
  return difference(prices, call, less, call.model);
}

/** A call with so many of its new tokens read from the cache instead; the cheapest class goes first, so that rather too little is saved. */
export function asRead(call: AdvisedCall, tokens: number): AdvisedCall {
  const changed = { ...call };
  take(changed, NEW, tokens);
  changed.cacheRead += promptTokens(call) - promptTokens(changed);
  return changed;
}

/** What a call would have cost less with other tokens, at its own price and with its own flags; negative where it would have cost more, 0 where
 *  it is unpriced. */
export function savingIf(prices: PriceBook, call: AdvisedCall, changed: AdvisedCall): number {
  if (call.costNano === null) return 0;
  const before = priceOf(prices, call.model, call).costNano;
  const after = priceOf(prices, call.model, changed).costNano;
  return before === null || after === null ? 0 : before - after;
}

/** Saved on a call at another model's price of that moment, with the same tokens and flags; 0 where either has no price. */
export function savingAtModel(prices: PriceBook, call: AdvisedCall, model: string): number {
  return difference(prices, call, call, model);
}

function take(call: AdvisedCall, classes: readonly (typeof CARRIED)[number][], tokens: number): void {
  let left = tokens;
  for (const name of classes) {
    const taken = Math.min(left, call[name]);
    call[name] -= taken;
    left -= taken;
  }
}

/** Both at today's price list, so that a stale cost in the book is not taken for a saving. */
function difference(prices: PriceBook, call: AdvisedCall, less: AdvisedCall, model: string): number {
  const before = priceOf(prices, call.model, call).costNano;
  const after = priceOf(prices, model, less).costNano;
  return before === null || after === null ? 0 : Math.max(0, before - after);
}
