import { hash64, hashHigh, hashLow } from "../platform/hash.ts";
import { type NormalStep, normalSteps } from "./normalise.ts";
import type { PublishedPrice, PublishedRates } from "./published.ts";
import { dayOfRow, dayToMs, nanoPerToken, priceRow } from "./rows.ts";
import { builtInPrices, publishedPrices } from "./table.ts";
import type { PriceRow, Rates } from "./types.ts";

/** How a model id was resolved at a moment. */
export interface Resolution {
  /** The id as asked. */
  readonly modelId: string;
  /** The id that rows were looked up under. */
  readonly canonical: string;
  /** The row that prices a call of that moment, or null: the model is unpriced. */
  readonly row: PriceRow | null;
  /** What was done to the id and why the row was taken, in words. */
  readonly steps: string[];
}

/** Distinct ids remembered before the memory starts afresh: logs are untrusted, and may name any number. */
const REMEMBERED_IDS = 1000;

/** Built-in rows by canonical model, made when a model is first asked for: the hot path pays for one model, not for all. */
const builtRows = new Map<string, readonly PriceRow[]>();

function ratesOf(usd: PublishedRates): Rates {
  const nano = usd.map((price) => {
    const exact = nanoPerToken(price);
    if (exact === null) throw new Error(`built-in price ${price} is finer than 0.001 USD per million tokens`);
    return exact;
  });
  const [input = 0, output = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0] = nano;
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

function rowOf(model: string, price: PublishedPrice): PriceRow {
  const effectiveFromMs = price.from === "launch" ? 0 : dayToMs(price.from);
  if (effectiveFromMs === null) throw new Error(`built-in price of ${model} starts on no day: ${price.from}`);
  return priceRow({
    model,
    effectiveFromMs,
    ...ratesOf(price.usd),
    tier: price.tier === undefined ? null : { abovePromptTokens: price.tier.above, ...ratesOf(price.tier.usd) },
    fastMultiplier: price.fast ?? 1,
    source: "built-in",
  });
}

/** Rows of a canonical model in order of their days; null where the table has none. */
function builtInRows(model: string): readonly PriceRow[] | null {
  const known = builtRows.get(model);
  if (known !== undefined) return known;
  const published = publishedPrices(model);
  if (published === undefined) return null;
  const rows = published.map((price) => rowOf(model, price));
  builtRows.set(model, rows);
  return rows;
}

/** The last row that has begun; the first one for a moment before all of them, for clocks and gateways lie. */
function rowAt(rows: readonly PriceRow[], atMs: number): PriceRow {
  let at = rows.length - 1;
  while (at > 0 && (rows[at] as PriceRow).effectiveFromMs > atMs) at--;
  return rows[at] as PriceRow;
}

/** Which prices hold: the built-in table, with a person's overrides before it. Immutable. */
export class PriceBook {
  static #builtIn: PriceBook | null = null;
  readonly #overrides: ReadonlyMap<string, readonly PriceRow[]>;
  readonly #found = new Map<string, readonly PriceRow[] | null>();
  #version: string | null = null;

  private constructor(overrides: ReadonlyMap<string, readonly PriceRow[]>) {
    this.#overrides = overrides;
  }

  /** The table this program ships with. */
  static builtIn(): PriceBook {
    PriceBook.#builtIn ??= new PriceBook(new Map());
    return PriceBook.#builtIn;
  }

  /** A book in which these rows hold for the models they name, in place of all rows those models had before. */
  withOverrides(rows: readonly PriceRow[]): PriceBook {
    const byModel = new Map<string, PriceRow[]>();
    for (const row of rows) {
      const known = byModel.get(row.model);
      if (known === undefined) byModel.set(row.model, [row]);
      else known.push(row);
    }
    for (const own of byModel.values()) own.sort((a, b) => a.effectiveFromMs - b.effectiveFromMs);
    return new PriceBook(new Map([...this.#overrides, ...byModel]));
  }

  #rowsOf(id: string): readonly PriceRow[] | null {
    return this.#overrides.get(id) ?? builtInRows(id);
  }

  /** The row that prices a call of a model at a moment (epoch milliseconds), or null: unpriced. The hot path. */
  rowFor(modelId: string, atMs: number): PriceRow | null {
    let rows = this.#found.get(modelId);
    if (rows === undefined) {
      rows = this.#rowsOf(modelId);
      if (rows === null) {
        for (const { id } of normalSteps(modelId)) {
          rows = this.#rowsOf(id);
          if (rows !== null) break;
        }
      }
      if (this.#found.size >= REMEMBERED_IDS) this.#found.clear();
      this.#found.set(modelId, rows);
    }
    return rows === null ? null : rowAt(rows, atMs);
  }

  /** As {@link rowFor}, with an account of how. The first spelling that has rows counts, the id as written before all,
   *  so that an override can name one gateway's id. */
  resolve(modelId: string, atMs: number): Resolution {
    const tried = normalSteps(modelId);
    const steps: string[] = [];
    for (const { id, what } of tried) {
      steps.push(`${what}: ${id}`);
      const rows = this.#rowsOf(id);
      if (rows === null) continue;
      const row = rowAt(rows, atMs);
      const early = row.effectiveFromMs > atMs ? ", the first there is" : "";
      const day = dayOfRow(row.effectiveFromMs);
      steps.push(`has ${row.source} prices; those from ${day} hold${early}: ${row.key}`);
      return { modelId, canonical: id, row, steps };
    }
    steps.push("no price row has exactly this id: unpriced");
    return { modelId, canonical: (tried.at(-1) as NormalStep).id, row: null, steps };
  }

  /** Every row that can price a call: the table's models in its order, then models only overrides know, by name. */
  rows(): readonly PriceRow[] {
    const models = Object.keys(builtInPrices());
    const extra = [...this.#overrides.keys()].filter((model) => !Object.hasOwn(builtInPrices(), model)).sort();
    return [...models, ...extra].flatMap((model) => this.#rowsOf(model) ?? []);
  }

  /** Digest of all rows, 16 hexadecimal digits: equal for two books of the same rows. */
  get version(): string {
    if (this.#version === null) {
      hash64(
        this.rows()
          .map((row) => row.key)
          .join("\n"),
      );
      this.#version = hashHigh.toString(16).padStart(8, "0") + hashLow.toString(16).padStart(8, "0");
    }
    return this.#version;
  }
}
