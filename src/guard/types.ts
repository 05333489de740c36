/** Limits that a person set, and how they stand. Money is nano-dollars, times are epoch milliseconds. */

export const PERIODS = ["session", "prompt", "day", "week", "month"] as const;
export type Per = (typeof PERIODS)[number];

/** A limit: at most `amount` (nano-dollars or tokens) per period, over all or a part of what is spent. */
export interface Budget {
  id: number;
  per: Per;
  unit: "usd" | "tokens";
  amount: number;
  /** 0 for every repo. */
  repoId: number;
  /** Name of the repo, null for every one. */
  repo: string | null;
  /** "" for every branch. */
  branch: string;
  /** 0 for every pull request. */
  prNumber: number;
  /** Part of a model's name in lower case, "" for every model. */
  model: string;
  /** Denies the next call instead of only warning. */
  hard: boolean;
  /** Percentages at which a warning is due, ascending. */
  warn: number[];
  createdMs: number;
}

/** A limit beside what was spent of it. */
export interface BudgetStatus {
  budget: Budget;
  /** `day $20, repo shop`, for people. */
  label: string;
  spent: number;
  /** spent / amount; 1 is the limit. */
  share: number;
  /** The calendar period, null for sessions and prompts. */
  fromMs: number | null;
  toMs: number | null;
  /** Session that a limit per session or prompt stands nearest to its end in, null elsewhere or where none is active. */
  sessionId: string | null;
  /** What the period will have cost at its end, null where nothing can be said. */
  forecast: number | null;
  state: "ok" | "warned" | "over";
}
