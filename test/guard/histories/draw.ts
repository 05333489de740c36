import { Random } from "../../simulator/random.ts";

/** Seeded draws, with the distributions that people's work follows. */
export class Draw extends Random {
  /** A draw from the standard normal distribution. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** A heavy-tailed size: half of all draws are below `median`, `spread` is the deviation of the logarithm. */
  size(median: number, spread: number, least: number, most: number): number {
    return Math.min(most, Math.max(least, median * Math.exp(spread * this.normal())));
  }

  /** The same as a whole number. */
  count(median: number, spread: number, least: number, most: number): number {
    return Math.round(this.size(median, spread, least, most));
  }

  /** One of the names, by weight. */
  weighted<T extends string>(weights: Readonly<Partial<Record<T, number>>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    const last = entries.at(-1);
    if (last === undefined) throw new Error("nothing to choose from");
    return last[0];
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
