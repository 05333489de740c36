import { CALL_FLAG } from "../../../agents/events.ts";
import { priceOf } from "../../../ledger/calls.ts";
import { counted, formatCount, formatPercent } from "../../../platform/numbers.ts";
import type { PriceBook } from "../../../pricing/book.ts";
import { promptTokens, savingWithout } from "../tokens.ts";
import type { Advice, AdvisedCall, Claim, RuleContext } from "../types.ts";
import { type Step, stepsByRun } from "../uses.ts";
import { fillOf } from "../windowFill.ts";

/** A window above this is bloated: three quarters of the usual 200,000, a little below where clients compact such a window by themselves. */
export const LIMIT_TOKENS = 150_000;
/** Fewer calls above the limit than this are the end of a task, not a habit. */
export const MANY_CALLS = 10;
/** What a compaction leaves beyond what stood in the window at its start: the summary and files that are read again. Seen: 6,000 to 19,000. */
export const KEPT_TOKENS = 20_000;
/** What writing the summary takes, rather too much than too little. */
export const SUMMARY_TOKENS = 8_000;

/** Runs that go on for many calls above {@link LIMIT_TOKENS}. Beside the real window one is followed that is compacted whenever it has grown past the
 *  limit; the tokens above the limit that it would not have had are taken off each call, and what its compactions cost is taken off the sum. */
export function contextBloat(context: RuleContext): Advice[] {
  const claims: Claim[] = [];
  const filled = new Map<string, number>();
  let runs = 0;
  let above = 0;
  let otherTasks = 0;
  let all = 0;
  for (const run of stepsByRun(context)) {
    const steps = run.filter(({ call }) => call.runKind !== "overhead" && (call.flags & CALL_FLAG.advisor) === 0);
    const high = steps.filter(({ call }) => promptTokens(call) > LIMIT_TOKENS);
    if (high.length < MANY_CALLS) continue;
    const own = claimsOf(context.prices, steps);
    if (own.length === 0) continue;
    runs++;
    above += high.length;
    claims.push(...own);
    for (const [source, tokens] of fillOf(steps, LIMIT_TOKENS)) filled.set(source, (filled.get(source) ?? 0) + tokens);
    const other = otherTaskCalls(context, steps);
    for (const { callId, savingNano } of own) {
      all += savingNano;
      if (other.has(callId)) otherTasks += savingNano;
    }
  }
  if (claims.length === 0) return [];
  const [most, tokens] = [...filled].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? ["", 0];
  const total = [...filled.values()].reduce((sum, part) => sum + part, 0);
  const limit = formatCount(LIMIT_TOKENS);
  return [
    {
      rule: "context-bloat",
      title: `${counted(runs, "run")} went on above ${limit} tokens for ${counted(above, "call")}; what filled the window most: ${most} (${formatPercent(tokens / total)})`,
      change:
        otherTasks * 2 >= all
          ? `Start afresh (\`/clear\`) when the task changes: most of this was carried through prompts of another kind or on another branch.`
          : `Compact earlier: \`/compact\` from ${limit} tokens on, at a place where nothing is half done, or a smaller \`autoCompactWindow\` in the settings.`,
      assumption: `The work goes on as well from a summary; what it costs to make one is taken off, at ${formatCount(SUMMARY_TOKENS)} tokens written.`,
      confidence: "medium",
      reason:
        "the windows are the calls' own; what a summary leaves is the run's own figure where it was compacted, else an estimate",
      claims,
    },
  ];
}

/** Savings of a run call by call, after the cost of the compactions, which the first of them pay; none where they do not pay it all. */
function claimsOf(prices: PriceBook, steps: readonly Step[]): Claim[] {
  const kept = keptTokens(steps);
  if (kept >= LIMIT_TOKENS) return [];
  const hours = longWrites(steps);
  const saved: Claim[] = [];
  let owed = 0;
  let window = 0;
  let compacts = false;
  steps.forEach(({ call, compacted }, at) => {
    const before = steps[at - 1];
    const prompt = promptTokens(call);
    const growth = before === undefined ? prompt : Math.max(0, prompt - promptTokens(before.call));
    // A window that was really cut is as long as it is.
    window = Math.min(prompt, (compacts ? kept : window) + growth);
    const savingNano = savingWithout(prices, call, {
      fresh: 0,
      carried: Math.max(0, Math.min(prompt - LIMIT_TOKENS, prompt - window)),
    });
    if (savingNano > 0) saved.push({ callId: call.id, sessionId: call.sessionId, savingNano });
    compacts = window > LIMIT_TOKENS && !compacted && at + 1 < steps.length;
    if (compacts) owed += compactionCost(prices, call, { window, kept, hours });
  });
  return saved.flatMap((claim) => {
    const paid = Math.min(owed, claim.savingNano);
    owed -= paid;
    return paid === claim.savingNano ? [] : [{ ...claim, savingNano: claim.savingNano - paid }];
  });
}

/** Length of the window behind a compaction: the longest of the run's own, else {@link KEPT_TOKENS} beyond its start. */
function keptTokens(steps: readonly Step[]): number {
  const own = steps.filter((_, at) => steps[at - 1]?.compacted === true).map(({ call }) => promptTokens(call));
  return own.length > 0 ? Math.max(...own) : KEPT_TOKENS + promptTokens((steps[0] as Step).call);
}

/** Whether a run writes its cache for an hour. */
function longWrites(steps: readonly Step[]): boolean {
  const sum = (name: "cacheWrite5m" | "cacheWrite1h"): number => steps.reduce((all, { call }) => all + call[name], 0);
  return sum("cacheWrite1h") > sum("cacheWrite5m");
}

/** One call that reads the window from the cache and writes the summary, and the next one that writes all that is left into the cache anew. */
function compactionCost(
  prices: PriceBook,
  call: AdvisedCall,
  { window, kept, hours }: { window: number; kept: number; hours: boolean },
): number {
  const none = { ...call, input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, webSearches: 0 };
  const parts = [
    { ...none, cacheRead: window, output: SUMMARY_TOKENS },
    { ...none, [hours ? "cacheWrite1h" : "cacheWrite5m"]: kept },
  ];
  return parts.reduce((sum, part) => sum + (priceOf(prices, call.model, part).costNano ?? 0), 0);
}

/** Calls of prompts whose kind or branch is not that of the prompt that took the window above the limit. */
function otherTaskCalls({ db }: RuleContext, steps: readonly Step[]): Set<number> {
  const branches = new Map(
    db
      .query<{ id: number; branch: number }, [number]>("SELECT id, branch_id AS branch FROM calls WHERE run_id = ?")
      .all((steps[0] as Step).call.runId)
      .map(({ id, branch }) => [id, branch]),
  );
  const found = new Set<number>();
  let filler: AdvisedCall | null = null;
  for (const { call } of steps) {
    if (promptTokens(call) <= LIMIT_TOKENS) filler = null;
    else if (filler === null) filler = call;
    else if (
      call.promptId !== filler.promptId &&
      (call.category !== filler.category || branches.get(call.id) !== branches.get(filler.id))
    )
      found.add(call.id);
  }
  return found;
}
