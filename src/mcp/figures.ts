import { counted, formatUsd } from "../platform/numbers.ts";
import type { Sums, TokenSums, Unpriced } from "../reports/types.ts";
import { code } from "./markdown.ts";
import { list, nullable, number, object, optional, text, whole } from "./schema.ts";

/** Money and counts as answers show them. Dollars are exact to the nano-dollar; null means that no price is known, never that it was free. */

/** Fields of whatever cost something. `unpricedCalls` are calls of models without a price, in no sum of dollars. */
export const COST_FIELDS = {
  costUsd: nullable(number()),
  calls: whole(),
  totalTokens: whole(),
  unpricedCalls: optional(whole()),
} as const;

export const TOKENS = object({
  input: whole(),
  output: whole(),
  cacheRead: whole(),
  cacheWrite5m: whole(),
  cacheWrite1h: whole(),
});

export const UNPRICED = optional(list(object({ model: text(), calls: whole() })));

type Priced = Pick<Sums, "calls" | "costNanoUsd" | "unpricedCalls">;

/** Dollars of an exact count of nano-dollars. */
export function usd(nano: number): number {
  return nano / 1e9;
}

/** Null where none of the calls has a price. */
export function costUsd({ calls, costNanoUsd, unpricedCalls }: Priced): number | null {
  return isUnpriced({ calls, unpricedCalls }) ? null : usd(costNanoUsd);
}

function isUnpriced({ calls, unpricedCalls }: Pick<Sums, "calls" | "unpricedCalls">): boolean {
  return calls > 0 && unpricedCalls >= calls;
}

/** {@link COST_FIELDS} of sums. */
export function costFields(sums: Priced & { totalTokens: number }): {
  costUsd: number | null;
  calls: number;
  totalTokens: number;
  unpricedCalls?: number;
} {
  const { calls, totalTokens, unpricedCalls } = sums;
  return { costUsd: costUsd(sums), calls, totalTokens, ...(unpricedCalls > 0 && { unpricedCalls }) };
}

/** Dollars for people, with a + where unpriced calls are left out. */
export function money(sums: Priced): string {
  if (isUnpriced(sums)) return "unpriced";
  return `${formatUsd(sums.costNanoUsd)}${sums.unpricedCalls > 0 ? "+" : ""}`;
}

/** Tokens by class, as the report has them. */
export function tokensOf({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: TokenSums): TokenSums {
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** Names the models that are in no sum, or nothing where all have prices. */
export function unpricedLine(unpriced: readonly Unpriced[]): string | null {
  if (unpriced.length === 0) return null;
  const named = unpriced.slice(0, 3).map(({ model, calls }) => `${code(model, 40)} (${counted(calls, "call")})`);
  const rest = unpriced.length > 3 ? ` and ${unpriced.length - 3} more` : "";
  return `Not in these sums, for want of a price: ${named.join(", ")}${rest}.`;
}

/** The first of them, for structured answers. */
export function unpricedFields(unpriced: readonly Unpriced[]): { unpriced?: Unpriced[] } {
  return unpriced.length === 0 ? {} : { unpriced: unpriced.slice(0, 3) };
}

/** ISO time to the second, or null. */
export function iso(ms: number | null): string | null {
  return ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A share of 0..1 with three decimals: more say nothing. */
export function share(value: number): number {
  return Math.round(value * 1000) / 1000;
}
