import type { HookPayload } from "./adapter.ts";

/** What an agent tells a statusline, as neutral facts. Each is null where the agent did not say it, or not sensibly. */

/** Windows in which a plan counts its use. */
export const LIMIT_PERIODS = ["five_hour", "seven_day"] as const;
export type LimitPeriod = (typeof LIMIT_PERIODS)[number];

/** How much of a plan's window was used when the agent last heard of it. */
export interface LimitSample {
  period: LimitPeriod;
  /** Percent; above 100 where the plan lets one go on. */
  used: number;
  resetsMs: number;
}

/** How full the context of the main thread is. */
export interface ContextUse {
  tokens: number | null;
  size: number | null;
  /** Percent. */
  used: number | null;
}

/** An open pull request of the branch at hand. */
export interface PullLink {
  number: number;
  url: string;
  /** As the forge has it, "" where it is not known. */
  review: string;
}

/** All that a statusline is told. Texts are capped, and untrusted. */
export interface StatuslineInput {
  sessionId: string | null;
  /** Log of the session, an absolute path. */
  transcript: string | null;
  /** Key of the prompt at hand, as the session's log has it. */
  promptKey: string | null;
  cwd: string | null;
  model: string | null;
  agentName: string | null;
  title: string | null;
  version: string | null;
  repo: string | null;
  worktree: string | null;
  /** Branch, where the agent says it; it mostly does not. */
  branch: string | null;
  /** What the agent itself counts for the session, nano-dollars. */
  costNanoUsd: number | null;
  linesAdded: number | null;
  linesRemoved: number | null;
  durationMs: number | null;
  context: ContextUse | null;
  limits: LimitSample[];
  pull: PullLink | null;
  effort: string | null;
  /** The agent runs in its fast mode. */
  fast: boolean;
}

/** What of it belongs into the book, with the log that it makes worth looking at. */
export type StatuslineFacts = HookPayload;
