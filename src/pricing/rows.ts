import { hash64, hashHigh } from "../platform/hash.ts";
import type { PriceRow, Rates } from "./types.ts";

/** Makes price rows, and translates between what people write (USD per million tokens, days) and what rows hold. */

/** Nano-dollars per token of a price in USD per million tokens; null where the price is finer than 0.001 USD.
 *  Division is correctly rounded, so it gives the written price back exactly when that has at most three decimals. */
export function nanoPerToken(usdPerMillion: number): number | null {
  const nano = Math.round(usdPerMillion * 1000);
  return nano / 1000 === usdPerMillion ? nano : null;
}

/** Midnight UTC of a `YYYY-MM-DD` day, epoch milliseconds; null where no calendar has that day. */
export function dayToMs(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const ms = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)));
  return new Date(ms).toISOString().slice(0, 10) === day ? ms : null;
}

/** Day on which a row starts to hold, `YYYY-MM-DD`, or "launch" where it holds since the model exists. */
export function dayOfRow(effectiveFromMs: number): string {
  return effectiveFromMs === 0 ? "launch" : new Date(effectiveFromMs).toISOString().slice(0, 10);
}

function ratesText(rates: Rates): string {
  return [rates.input, rates.output, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite1h].join(",");
}

/** Completes a row with its key. The hash covers the rates, the tier, the multiplier and the source. */
export function priceRow(row: Omit<PriceRow, "key">): PriceRow {
  const tier = row.tier === null ? "" : `${row.tier.abovePromptTokens}:${ratesText(row.tier)}`;
  hash64(`${row.source}|${ratesText(row)}|${tier}|${row.fastMultiplier}`);
  const hash = hashHigh.toString(16).padStart(8, "0");
  return { ...row, key: `${row.model}@${dayOfRow(row.effectiveFromMs)}#${hash}` };
}
