import type { PriceBook } from "../../pricing/book.ts";
import { normaliseModel } from "../../pricing/normalise.ts";
import { savingAtModel } from "./tokens.ts";
import type { AdvisedCall } from "./types.ts";

/** Which model of the same vendor is the next cheaper one. */

/** Claude's sizes, the dearest first; docs/prices.md. Sizes in one row cost the same. */
const SIZES: readonly (readonly string[])[] = [["fable", "mythos"], ["opus"], ["sonnet"], ["haiku"]];
const DAY_MS = 86_400_000;

/** Finds the newest model of the next smaller size that was sold when a call was made. Other vendors' models have no ladder here. */
export class Ladder {
  readonly #prices: PriceBook;
  /** Models by size, the newest first. */
  readonly #models: { model: string; size: number; fromMs: number }[];
  readonly #known = new Map<string, string | null>();

  constructor(prices: PriceBook) {
    this.#prices = prices;
    const first = new Map<string, number>();
    for (const { model, effectiveFromMs } of prices.rows())
      first.set(model, Math.min(first.get(model) ?? effectiveFromMs, effectiveFromMs));
    this.#models = [...first]
      .map(([model, fromMs]) => ({ model, size: sizeOf(model), fromMs }))
      .filter(({ model, size }) => size >= 0 && normaliseModel(model) === model)
      .sort((a, b) => b.fromMs - a.fromMs || (a.model < b.model ? -1 : 1));
  }

  /** The cheaper model for a call, and what it would have saved; null where there is none or it would not have been cheaper. */
  cheaper(call: AdvisedCall): { model: string; savingNano: number } | null {
    const model = this.#next(call.model, call.atMs);
    if (model === null) return null;
    const savingNano = savingAtModel(this.#prices, call, model);
    return savingNano === 0 ? null : { model, savingNano };
  }

  #next(name: string, atMs: number): string | null {
    const day = Math.floor(atMs / DAY_MS);
    const key = `${day} ${name}`;
    let found = this.#known.get(key);
    if (found === undefined) {
      const size = sizeOf(normaliseModel(name));
      const sold = this.#models.find((one) => size >= 0 && one.size === size + 1 && one.fromMs <= day * DAY_MS);
      found = sold?.model ?? null;
      this.#known.set(key, found);
    }
    return found;
  }
}

/** Place of a Claude model's size in {@link SIZES}, -1 for any other model. */
function sizeOf(model: string): number {
  if (!model.startsWith("claude-")) return -1;
  const parts = model.split("-");
  return SIZES.findIndex((names) => names.some((name) => parts.includes(name)));
}
