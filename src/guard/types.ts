/** What the guard looks at and what it says. Money is nano-dollars, times are epoch milliseconds. */

export const PERIODS = ["session", "prompt", "day", "week", "month"] as const;
export type Per = (typeof PERIODS)[number];

/** A limit that a person set: at most `amount` (nano-dollars or tokens) per period, over all or a part of what is spent. */
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
  /** `$20.00 a day, repo shop`, for people. */
  label: string;
  /** In the budget's unit. Dollars leave unpriced calls out; {@link unpricedCalls} counts them. */
  spent: number;
  /** spent / amount; 1 is the limit. */
  share: number;
  unpricedCalls: number;
  /** The calendar period, null for sessions and prompts. */
  fromMs: number | null;
  toMs: number | null;
  /** What the figure is of: the day's, week's or month's start, or the session's or prompt's own name. A level is told once per subject. */
  subject: string;
  /** Session that a limit per session or prompt stands nearest to its end in, null elsewhere or where none is active. */
  sessionId: string | null;
  /** What the period will have cost at its end, in the budget's unit; null where nothing can be said. */
  forecast: number | null;
  /** How that was worked out, in words. */
  forecastMethod: string | null;
  /** How far the same method was off in past periods; null where there are too few. */
  forecastError: { medianShare: number; periods: number } | null;
  state: "ok" | "warned" | "over";
}

/** A tool use inside a call, as far as loops are told by it. */
export interface ToolUse {
  tool: string;
  /** Hash of the whole input. */
  inputKey: number;
  /** Hash of the input without its numbers. */
  shapeKey: number;
  /** Null while the result is not known. */
  failed: boolean | null;
  /** Hash of the error without its numbers, 0 where nothing failed. */
  errorKey: number;
  /** It wrote into a file. */
  changes: boolean;
  /** Milliseconds until its result, 0 where that is not known. */
  tookMs: number;
  /** A person answered it: a question, or a plan to approve. */
  byPerson: boolean;
}

/** One call as the guard sees it: what it cost, in which run and prompt, and what it asked tools to do. */
export interface Moment {
  atMs: number;
  run: number;
  isMain: boolean;
  /** Run of the client's own: compaction, suggestions. */
  isOverhead: boolean;
  /** Depth of the sub-agent; 0 is the main thread, 1 where it is not told. */
  depth: number;
  /** 0 before the first prompt. */
  promptId: number;
  promptMs: number;
  costNano: number;
  /** Tokens of the prompt: input, cache read and cache write. */
  context: number;
  cacheWrite: number;
  tools: readonly ToolUse[];
  /** Compactions of the session between the call before and this one. */
  compactions: number;
}

/** What a rule found. */
export interface Finding {
  rule: RuleName;
  level: "warn" | "high";
  atMs: number;
  promptId: number;
  /** Cost of the session so far. */
  costNano: number;
  /** The sentence that explains it. */
  message: string;
}

export const RULE_NAMES = [
  "prompt-cost",
  "session-cost",
  "burn-rate",
  "fan-out",
  "repetition",
  "loop",
  "thrash",
  "unattended",
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
