import type { BudgetStatus } from "../../guard/types.ts";
import { iso, usd } from "./sums.ts";

/** A limit as JSON shows it. Amounts are nano-dollars or tokens, as `unit` says; dollars stand beside them. */
export function budgetJson({ budget, ...status }: BudgetStatus): object {
  const { id, per, unit, amount, repo, branch, prNumber, model, hard, warn } = budget;
  const dollars = (value: number | null): number | null => (unit === "usd" && value !== null ? usd(value) : null);
  return {
    id,
    label: status.label,
    per,
    unit,
    amount,
    amountUsd: dollars(amount),
    repo,
    branch: branch === "" ? null : branch,
    pullRequest: prNumber === 0 ? null : prNumber,
    model: model === "" ? null : model,
    hard,
    warn,
    spent: status.spent,
    spentUsd: dollars(status.spent),
    share: status.share,
    unpricedCalls: status.unpricedCalls,
    from: iso(status.fromMs),
    until: iso(status.toMs),
    sessionId: status.sessionId,
    forecast: status.forecast,
    forecastUsd: dollars(status.forecast),
    forecastMethod: status.forecastMethod,
    forecastError: status.forecastError,
    state: status.state,
  };
}
