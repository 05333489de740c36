import type { CallModifiers, CallTokens, NanoUsd, PriceRow, Rates } from "./types.ts";

/** Fee of one web search the server runs, $10 per thousand. No modifier touches it. */
const WEB_SEARCH_NANO_USD: NanoUsd = 10_000_000;

/** Length of a call's prompt in tokens: what a long-prompt tier is chosen by. */
function promptTokens(tokens: CallTokens): number {
  return tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;
}

/** Rates of the whole call: its tier's once the prompt is strictly longer than the tier's threshold. */
function ratesFor(tokens: CallTokens, row: PriceRow): Rates {
  return row.tier !== null && promptTokens(tokens) > row.tier.abovePromptTokens ? row.tier : row;
}

/** `value * numerator / denominator`, rounded once, half to even. Exact for safe integers: where the product is not
 *  one, it is taken in big integers. */
function scaleHalfEven(value: number, numerator: number, denominator: number): number {
  const product = value * numerator;
  if (!Number.isSafeInteger(product)) return scaleBig(BigInt(value) * BigInt(numerator), BigInt(denominator));
  const rest = product % denominator;
  const quotient = (product - rest) / denominator;
  const up = rest * 2 > denominator || (rest * 2 === denominator && quotient % 2 === 1);
  return up ? quotient + 1 : quotient;
}

function scaleBig(product: bigint, denominator: bigint): number {
  const rest = product % denominator;
  const quotient = product / denominator;
  const up = rest * 2n > denominator || (rest * 2n === denominator && quotient % 2n === 1n);
  return Number(up ? quotient + 1n : quotient);
}

/** Cost of one call in nano-dollars at list price, or null where no row prices its model. Null too where the counts are
 *  not what {@link CallTokens} promises, or so large that the cost is no safe integer (above 9 million dollars):
 *  a broken log must not become a figure.
 *  The five classes are billed separately, the whole request at one tier; fast mode, US inference (x1.1) and
 *  batch (x0.5) multiply; the result is rounded once; web searches come on top.
 *  Source: docs/prices.md, docs/accounting.md rules 8-10. */
export function costOf(tokens: CallTokens, modifiers: CallModifiers, row: PriceRow | null): NanoUsd | null {
  if (row === null) return null;
  const rates = ratesFor(tokens, row);
  const base =
    tokens.input * rates.input +
    tokens.output * rates.output +
    tokens.cacheRead * rates.cacheRead +
    tokens.cacheWrite5m * rates.cacheWrite5m +
    tokens.cacheWrite1h * rates.cacheWrite1h;
  if (!Number.isSafeInteger(base) || base < 0) return null;
  let numerator = 1;
  let denominator = 1;
  if (modifiers.fast && row.fastMultiplier !== 1) {
    numerator = Math.round(row.fastMultiplier * 1000);
    denominator = 1000;
  }
  if (modifiers.usInference) {
    numerator *= 11;
    denominator *= 10;
  }
  if (modifiers.batch) denominator *= 2;
  const scaled = denominator === 1 ? base : scaleHalfEven(base, numerator, denominator);
  const cost = scaled + modifiers.webSearches * WEB_SEARCH_NANO_USD;
  return Number.isSafeInteger(cost) ? cost : null;
}
