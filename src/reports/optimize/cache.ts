import { CALL_FLAG } from "../../agents/events.ts";
import { normaliseModel } from "../../pricing/normalise.ts";
import { promptTokens } from "./tokens.ts";
import type { AdvisedCall, RuleContext } from "./types.ts";
import { type Step, stepsByRun } from "./uses.ts";

/** What became of the prompt cache from one call of a run to the next. */

/** How long an entry lives after it was last written or read, by the class it was written in. */
export const SHORT_MS = 5 * 60_000;
export const LONG_MS = 60 * 60_000;

/** What the client itself calls a miss in `/usage` (2.1.330): less than this share of the prefix was read, and at least so many tokens were not. */
const HIT_SHARE = 0.95;
export const LEAST_LOST = 2_000;

/** A call and what the call before it had left in the cache. */
export interface Turn {
  call: AdvisedCall;
  /** Null for the first call of a run. */
  before: AdvisedCall | null;
  /** Since the call before; infinite for the first. */
  gapMs: number;
  /** How long the run's entries lived by then, null where none was seen to be written. */
  lifetimeMs: number | null;
  /** Whether both calls used one cache: it is kept by model, and by speed. */
  sameModel: boolean;
  sameSpeed: boolean;
  /** Tokens that the call before had left in the cache and this call paid for again. 0 where that cannot be told: the window was compacted, or
   *  the prompt is shorter than what was cached, so that it is not the same one with more behind it. */
  lost: number;
}

/** Turns of the runs that people start, run by run. Lifetimes are Anthropic's: other vendors' calls are left out, and so are an advisor's, which
 *  stand in a run but read nothing of its window. */
export function turnsByRun(context: RuleContext): Turn[][] {
  const claude = new Map<string, boolean>();
  return stepsByRun(context).flatMap((run) => {
    if (run[0]?.call.runKind === "overhead") return [];
    const turns = turnsOf(run, ({ model, flags }) => {
      const known = claude.get(model) ?? normaliseModel(model).startsWith("claude-");
      claude.set(model, known);
      return known && (flags & CALL_FLAG.advisor) === 0;
    });
    return turns.length === 0 ? [] : [turns];
  });
}

function turnsOf(run: readonly Step[], counts: (call: AdvisedCall) => boolean): Turn[] {
  const turns: Turn[] = [];
  let before: AdvisedCall | null = null;
  let lifetimeMs: number | null = null;
  let compacted = false;
  for (const step of run) {
    const { call } = step;
    if (counts(call)) {
      turns.push({
        call,
        before,
        gapMs: before === null ? Number.POSITIVE_INFINITY : call.atMs - before.atMs,
        lifetimeMs,
        sameModel: before !== null && normaliseModel(before.model) === normaliseModel(call.model),
        sameSpeed: before !== null && ((before.flags ^ call.flags) & CALL_FLAG.fast) === 0,
        lost: before === null || compacted ? 0 : lostTokens(before, call),
      });
      // Where both classes are written the window's end is in the shorter one.
      if (call.cacheWrite5m > 0) lifetimeMs = SHORT_MS;
      else if (call.cacheWrite1h > 0) lifetimeMs = LONG_MS;
      before = call;
      compacted = false;
    }
    compacted ||= step.compacted;
  }
  return turns;
}

function lostTokens(before: AdvisedCall, call: AdvisedCall): number {
  const cached = before.cacheRead + before.cacheWrite5m + before.cacheWrite1h;
  const lost = cached - call.cacheRead;
  if (promptTokens(call) < cached) return 0;
  return call.cacheRead < cached * HIT_SHARE && lost >= LEAST_LOST ? lost : 0;
}
