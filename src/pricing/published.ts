/** How the built-in prices are written down: as a person reads them on a price page. */

/** Input, output, cache read, cache write 5 m, cache write 1 h: USD per million tokens, as published. */
export type PublishedRates = readonly [
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite5m: number,
  cacheWrite1h: number,
];

/** One model's list prices from a day on, as a person reads them. */
export interface PublishedPrice {
  /** First day, `YYYY-MM-DD` UTC; "launch" where the model never cost anything else before. */
  readonly from: string;
  readonly usd: PublishedRates;
  /** Rates of the whole request once its prompt is longer than `above` tokens. */
  readonly tier?: { readonly above: number; readonly usd: PublishedRates };
  /** Factor of fast mode, where it is sold. */
  readonly fast?: number;
  /** Where the figures come from, and what is odd about them. */
  readonly note: string;
}

/** Models by canonical id; the prices of each in order of their days. */
export type PublishedTable = Readonly<Record<string, readonly PublishedPrice[]>>;
