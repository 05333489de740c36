import type { AgentAdapter } from "./adapter.ts";
import { claudeCode } from "./claude-code/index.ts";

/** All agents that the ledger can read. */
export const ADAPTERS: readonly AgentAdapter[] = [claudeCode];
