/** Rows that reports answer with. Money is nano-dollars, times are epoch milliseconds. */
import type { Threshold } from "../guard/outliers.ts";

export interface TokenSums {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}

/** Sums over a set of calls. `costNanoUsd` covers the priced ones. */
export interface Sums {
  calls: number;
  tokens: TokenSums;
  totalTokens: number;
  costNanoUsd: number;
  unpricedCalls: number;
  lowerBoundCalls: number;
}

export interface DailyRow extends Sums {
  day: string;
  sessions: number;
}

export interface RepoRow extends Sums {
  repo: string;
  sessions: number;
}

export interface ModelRow extends Sums {
  model: string;
  sessions: number;
}

export interface SessionRow extends Sums {
  sessionId: string;
  agent: string;
  title: string | null;
  repo: string;
  startedAtMs: number | null;
  lastAtMs: number | null;
  models: string[];
  prompts: number;
  runaway: boolean;
  /** Cost of the whole session over the median of one's own sessions, null where there is no median yet. */
  timesMedian: number | null;
}

/** Sessions above the threshold of one's own history. */
export interface Runaway extends Threshold {
  count: number;
}

export interface Distribution {
  sessions: number;
  p50NanoUsd: number;
  p95NanoUsd: number;
  p99NanoUsd: number;
  maxNanoUsd: number;
  totalNanoUsd: number;
  runaway: Runaway;
}

export interface CategoryRow {
  category: string;
  prompts: number;
  calls: number;
  totalTokens: number;
  costNanoUsd: number;
  /** Share of the cost, 0..1. */
  share: number;
}

export interface Unpriced {
  model: string;
  calls: number;
}

export interface Totals extends Sums {
  sessions: number;
  prompts: number;
  unpriced: Unpriced[];
}

/** What is known to be missing from the logs, or uncertain in them. */
export interface Coverage {
  firstCallAtMs: number | null;
  lastCallAtMs: number | null;
  /** Log files read, and those among them that the agent has deleted since. */
  files: number;
  filesGone: number;
  brokenLines: number;
  absurdLines: number;
  lowerBoundCalls: number;
  unpricedCalls: number;
  /** Sessions for which the agent reported a total of its own, and how much more that was than the calls on record. */
  reportedSessions: number;
  residualNanoUsd: number;
  /** Calls that are copied history in other sessions, counted once. */
  inheritedCalls: number;
}

export interface StatsReport {
  totals: Totals;
  coverage: Coverage;
  daily: DailyRow[];
  repos: RepoRow[];
  models: ModelRow[];
  sessions: SessionRow[];
  distribution: Distribution;
  categories: CategoryRow[];
}
