import type { PersonaName } from "./personas.ts";

export const KINDS = ["repetition", "nearIdentical", "fanOut", "contextThrash", "unattended"] as const;

export type Kind = (typeof KINDS)[number];

/** A session of which nothing is wrong. */
export interface SessionTruth {
  sessionId: string;
  calls: number;
  agents: number;
  costNanoUsd: number;
}

/** A session that ran away. */
export interface RunawayTruth extends SessionTruth {
  kind: Kind;
  /** How exactly, in a few words. */
  variant: string;
  /** When the part begins that no person would want. */
  beganMs: number;
  endMs: number;
  /** Cost of the session's calls before that time. */
  beforeNanoUsd: number;
  extraCalls: number;
}

/** What is known about a simulated person's history. */
export interface History {
  persona: PersonaName;
  normal: SessionTruth[];
  runaway: RunawayTruth | null;
  bytes: number;
}
