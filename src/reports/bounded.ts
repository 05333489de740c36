import type { Database } from "bun:sqlite";
import { addMeasures, noSums, rowsOf, type Selection, timelessCells } from "./cells.ts";
import type { Names } from "./names.ts";
import type { Sums, Unpriced } from "./types.ts";

/** Lists that are cut at `--top`, and what was cut off, so that what is shown still adds up. */

/** The rows that are not shown, added up. */
export interface Left extends Sums {
  rows: number;
}

/** Rows with the dearest first, ties by tokens, then in the order given. */
export function byCost<T extends Sums>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => b.costNanoUsd - a.costNanoUsd || b.totalTokens - a.totalTokens);
}

/** The first `top` rows, and the rest added up. */
export function bounded<T extends Sums>(rows: readonly T[], top: number): { shown: T[]; left: Left } {
  const left = { rows: Math.max(0, rows.length - top), ...noSums() };
  for (const row of rows.slice(top)) addSums(left, row);
  return { shown: rows.slice(0, top), left };
}

/** Adds sums to sums. */
export function addSums(to: Sums, from: Sums): void {
  const { tokens } = from;
  to.calls += from.calls;
  to.totalTokens += from.totalTokens;
  to.costNanoUsd += from.costNanoUsd;
  to.unpricedCalls += from.unpricedCalls;
  to.lowerBoundCalls += from.lowerBoundCalls;
  to.tokens.input += tokens.input;
  to.tokens.output += tokens.output;
  to.tokens.cacheRead += tokens.cacheRead;
  to.tokens.cacheWrite5m += tokens.cacheWrite5m;
  to.tokens.cacheWrite1h += tokens.cacheWrite1h;
}

/** What is left of sums when a part is taken away. */
export function restOf(all: Sums, part: Sums): Sums {
  const rest = noSums();
  const less = measuresOf(part);
  addMeasures(
    rest,
    measuresOf(all).map((value, at) => value - (less[at] as number)),
    0,
  );
  return rest;
}

function measuresOf(sums: Sums): number[] {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = sums.tokens;
  const { calls, unpricedCalls, lowerBoundCalls, costNanoUsd } = sums;
  return [calls, unpricedCalls, lowerBoundCalls, input, output, cacheRead, cacheWrite5m, cacheWrite1h, costNanoUsd];
}

/** Share of the cost, 0..1; 0 where nothing was spent. */
export function shareOf(part: { costNanoUsd: number }, all: { costNanoUsd: number }): number {
  return all.costNanoUsd === 0 ? 0 : part.costNanoUsd / all.costNanoUsd;
}

/** Names by weight, the heaviest first. */
export function heaviest(weights: ReadonlyMap<number, number>, names: ReadonlyMap<number, string>): string[] {
  return [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => names.get(id) ?? "(unknown)");
}

/** Models without a price in a selection, with how many calls each. */
export function unpricedIn(db: Database, selection: Selection, names: Names): Unpriced[] {
  const rows = rowsOf(
    db,
    `SELECT model_id, sum(unpriced) FROM (${timelessCells(selection)}) GROUP BY model_id HAVING sum(unpriced) > 0`,
  );
  return rows
    .map(([model, calls]) => ({ model: names.models.get(model as number) ?? "(unknown)", calls: calls as number }))
    .sort((a, b) => b.calls - a.calls || (a.model < b.model ? -1 : 1));
}
