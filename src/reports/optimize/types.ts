import type { PriceBook } from "../../pricing/book.ts";
import type { Selection } from "../cells.ts";

/** Advice with money that adds up. Money is nano-dollars, times are epoch milliseconds. */

/** One call as advice sees it: what it cost, at which price row, and where it stands. */
export interface AdvisedCall {
  id: number;
  sessionId: number;
  runId: number;
  runKind: "main" | "user" | "overhead";
  /** 0 for none. */
  promptId: number;
  /** Index into CATEGORIES. */
  category: number;
  model: string;
  atMs: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  webSearches: number;
  flags: number;
  /** Null where the call is unpriced: it saves nothing. */
  costNano: number | null;
}

/** What a rule says of one call: it could have cost so much less, by changing what `part` names. */
export interface Claim {
  callId: number;
  sessionId: number;
  savingNano: number;
}

/** What a rule found, before overlaps are settled. */
export interface Advice {
  rule: string;
  /** What is wrong, in one sentence with figures. */
  title: string;
  /** The one change to make. */
  change: string;
  /** What the saving takes for granted. */
  assumption: string;
  confidence: "high" | "medium" | "low";
  /** Why the confidence is what it is. */
  reason: string;
  claims: Claim[];
}

/** A rule looks at the calls of a period and answers what it found, mostly at most one piece of advice each. */
export type Rule = (context: RuleContext) => Advice[];

export interface RuleContext {
  db: import("bun:sqlite").Database;
  /** All calls of the period, by session, run and time. */
  calls: readonly AdvisedCall[];
  prices: PriceBook;
  selection: Selection;
  nowMs: number;
  timeZone: string;
}

/** Advice after overlaps: claims of a call never add up to more than it cost. */
export interface Finding extends Omit<Advice, "claims"> {
  calls: number;
  /** Sessions to open, dearest first, at most ten. */
  where: { sessionId: string; repo: string; atMs: number; savingNanoUsd: number }[];
  /** What the calls that it is about have cost. */
  costNanoUsd: number;
  /** Saved if this advice alone is followed. */
  savingNanoUsd: number;
  /** What it adds to the savings of the advice above it. */
  addedNanoUsd: number;
}
