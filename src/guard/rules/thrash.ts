import type { Moment } from "../types.ts";

/** A cache that is written again and again instead of read: the same context is paid for at the dearest rate each time. */

/** A pause longer than this lets the cache go cold, which is nobody's fault. Milliseconds; the shorter lifetime is five minutes. */
const COLD_MS = 270_000;
/** Smaller writes are the ordinary growth of a conversation. Tokens. */
const LARGE_WRITE = 20_000;
/** A rewrite writes at least this share of the context anew. */
const MOST = 0.5;
/** Among so many calls of a run. */
const CALLS = 10;
const COMPACTION_CALLS = 60;

export interface Figures {
  rewrites: number;
  compactions: number;
}

export type Thrash = { what: "rewrites"; count: number; tokens: number } | { what: "compactions"; count: number };

/** Follows one run. */
export class Rewrites {
  readonly #figures: Figures;
  #last = Number.NaN;
  readonly #recent: number[] = [];
  readonly #compactions: number[] = [];

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  /** Takes in a call; answers what it completes, if anything. */
  feed({ atMs, context, cacheWrite, compactions }: Moment): Thrash[] {
    const warm = atMs - this.#last < COLD_MS;
    this.#last = atMs;
    const rewrote = warm && compactions === 0 && cacheWrite >= LARGE_WRITE && cacheWrite >= context * MOST;
    push(this.#recent, rewrote ? cacheWrite : 0, CALLS);
    push(this.#compactions, compactions, COMPACTION_CALLS);
    const found: Thrash[] = [];
    const writes = this.#recent.filter((tokens) => tokens > 0);
    if (rewrote && writes.length >= this.#figures.rewrites)
      found.push({ what: "rewrites", count: writes.length, tokens: writes.reduce((sum, one) => sum + one, 0) });
    const compacted = this.#compactions.reduce((sum, one) => sum + one, 0);
    if (compactions > 0 && compacted >= this.#figures.compactions)
      found.push({ what: "compactions", count: compacted });
    return found;
  }
}

function push(list: number[], value: number, most: number): void {
  list.push(value);
  if (list.length > most) list.shift();
}
