import { formatTokens, formatUsd } from "../platform/numbers.ts";
import type { Budget, BudgetStatus } from "./types.ts";

/** What is due for a limit at a level: once per subject. */
export interface LimitAlert {
  status: BudgetStatus;
  /** The percentage that was reached, such as `80`. */
  level: string;
  message: string;
}

/** Whether the next call may go on, and what to say where it may not. */
export type Decision = { action: "allow" } | { action: "deny"; status: BudgetStatus; reason: string };

const PER_TEXT = { session: "a session", prompt: "a prompt", day: "a day", week: "a week", month: "a month" } as const;

/** An amount in the unit of its limit. */
export function amountText(amount: number, unit: Budget["unit"]): string {
  return unit === "usd" ? formatUsd(amount) : `${formatTokens(amount)} tokens`;
}

/** A limit in words: `$20.00 a day, repo shop, hard`. */
export function labelOf(budget: Budget): string {
  const { repo, branch, prNumber, model } = budget;
  const scope = [
    repo === null ? "" : `repo ${repo}`,
    branch === "" ? "" : `branch ${branch}`,
    prNumber === 0 ? "" : `pull request #${prNumber}`,
    model === "" ? "" : `model ${model}`,
  ].filter((part) => part !== "");
  return [`${amountText(budget.amount, budget.unit)} ${PER_TEXT[budget.per]}`, ...scope].join(", ");
}

/** The highest level that each limit has reached. A level that was skipped over is not told afterwards. */
export function limitAlerts(statuses: readonly BudgetStatus[]): LimitAlert[] {
  return statuses.flatMap((status) => {
    const reached = status.budget.warn.filter((level) => status.share * 100 >= level).at(-1);
    if (reached === undefined) return [];
    return [{ status, level: String(reached), message: `cc-ledger: ${spentText(status)} (limit ${status.label}).` }];
  });
}

const IN_TEXT = {
  session: "in this session",
  prompt: "in this prompt",
  day: "today",
  week: "this week",
  month: "this month",
} as const;

/** `$4.10 spent today, 82 % of the limit`; the percentage is cut, so that it never says 100 too early. */
function spentText({ budget, spent, share }: BudgetStatus): string {
  return `${amountText(spent, budget.unit)} spent ${IN_TEXT[budget.per]}, ${Math.floor(share * 100)} % of the limit`;
}

/** The levels that are passed where what was spent goes from `before` to `after`. */
export function limitLevels(budget: Budget, before: number, after: number): { level: string; message: string }[] {
  return budget.warn
    .filter((level) => before * 100 < level * budget.amount && after * 100 >= level * budget.amount)
    .map((level) => ({
      level: String(level),
      message: `cc-ledger: ${amountText(after, budget.unit)} spent, ${level} % of the limit ${labelOf(budget)}.`,
    }));
}

/** What hard limits say to the next call: the first that is used up holds it, unless the session has leave to go on. */
export function decide(statuses: readonly BudgetStatus[], hasLeave: boolean): Decision {
  if (hasLeave) return { action: "allow" };
  const status = statuses.find(({ budget, share }) => budget.hard && share >= 1);
  if (status === undefined) return { action: "allow" };
  return {
    action: "deny",
    status,
    reason: `cc-ledger: ${spentText(status)} (hard limit ${status.label}), so the next call was held up. ${HOW_TO_GO_ON}`,
  };
}

/** How a person gets a session going again. */
export const HOW_TO_GO_ON =
  "To go on, run in a terminal: `cc-ledger guard allow` (or `--for 1h`); `cc-ledger budget` shows and changes limits, `cc-ledger guard off` switches the guard off.";
