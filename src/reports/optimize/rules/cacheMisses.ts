import { counted, formatCount, formatTokens } from "../../../platform/numbers.ts";
import { type Turn, turnsByRun } from "../cache.ts";
import { asRead, savingIf } from "../tokens.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";
import { eventsBySession } from "../uses.ts";

/** The log has the times of answers, not of requests: so much before its end a lifetime may be over, and nothing is said. */
export const MARGIN_MS = 60_000;

/** What the log can tell of a lost prefix; the first that holds. */
const CAUSES: readonly {
  is: (turn: Turn) => boolean;
  said: Omit<Advice, "rule" | "title" | "claims">;
  /** Of so many calls the beginning of the prefix was still read. */
  because: (begun: number) => string;
}[] = [
  {
    is: (turn) => !turn.sameModel,
    because: () => "the model was changed in the middle of a run",
    said: {
      change: "Choose the model when a session starts, or change it right after `/clear` or `/compact`.",
      assumption: "The call would have read what was cached, at its own model's price.",
      confidence: "medium",
      reason: "both models and what was paid for again are in the log; whether the change earned it is not",
    },
  },
  {
    is: (turn) => !turn.sameSpeed,
    because: () => "fast mode was switched in the middle of a run",
    said: {
      change: "Switch fast mode when a session starts, or right after `/clear` or `/compact`.",
      assumption: "The call would have read what was cached, at its own speed's price.",
      confidence: "medium",
      reason: "both speeds and what was paid for again are in the log; whether the change earned it is not",
    },
  },
  {
    is: () => true,
    because: (begun) =>
      `the log does not tell why (${formatCount(begun)} still read the beginning, where tools and system prompt stand)`,
    said: {
      change:
        'Open these sessions, and look for the cause in Claude Code\'s `/usage` ("Prompt cache") as it happens. Leave MCP servers, tools, effort and thinking as they are in the middle of a session.',
      assumption: "The prefix would have been found in the cache, for it was there and had not expired.",
      confidence: "low",
      reason: "what was paid for again is in the log, its cause is not; the vendor may have dropped the entry",
    },
  },
];

/** Calls that found the cache of their run's last call lost though it had not expired. One piece of advice per cause. */
export function cacheMisses(context: RuleContext): Advice[] {
  // A new process has another system prompt, and a loss is no wonder. Only hooks tell of it.
  const resumed = eventsBySession(context.db, "session-start");
  const byCause = CAUSES.map(() => ({ claims: [] as Claim[], tokens: 0, begun: 0 }));
  for (const turn of turnsByRun(context).flat()) {
    const { call, before, lost } = turn;
    if (before === null || lost === 0 || turn.lifetimeMs === null || turn.gapMs > turn.lifetimeMs - MARGIN_MS) continue;
    if (resumed.get(call.sessionId)?.some((atMs) => atMs >= before.atMs && atMs <= call.atMs)) continue;
    const savingNano = savingIf(context.prices, call, asRead(call, lost));
    const found = byCause[CAUSES.findIndex(({ is }) => is(turn))];
    if (found === undefined || savingNano <= 0) continue;
    found.claims.push({ callId: call.id, sessionId: call.sessionId, savingNano });
    found.tokens += lost;
    if (call.cacheRead > 0) found.begun++;
  }
  return CAUSES.flatMap(({ said, because }, at): Advice[] => {
    const { claims = [], tokens = 0, begun = 0 } = byCause[at] ?? {};
    if (claims.length === 0) return [];
    const title = `${counted(claims.length, "call")} lost a warm cache and paid for ${formatTokens(tokens)} tokens again: ${because(begun)}`;
    return [{ rule: "cache-misses", title, ...said, claims }];
  });
}
