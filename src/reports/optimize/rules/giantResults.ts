import { counted, formatCount, formatTokens } from "../../../platform/numbers.ts";
import { BYTES_PER_TOKEN } from "../../tools.ts";
import { enteredTokens, promptTokens, savingWithout } from "../tokens.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";
import { type Step, stepsByRun } from "../uses.ts";

/** A result above this is giant: some 25,000 tokens, an eighth of a usual window. */
export const GIANT_BYTES = 100_000;
/** So many tokens of it are granted: what a few pages or a well-aimed search take. */
export const ENOUGH_TOKENS = 5_000;

/** Results above {@link GIANT_BYTES}: what they took in the window beyond {@link ENOUGH_TOKENS} each is taken off the next call's new tokens, and off every later call of
 *  the run until the window is compacted or has shrunk below what it was when the result came in. */
export function giantResults(context: RuleContext): Advice[] {
  const saved = new Map<number, Claim>();
  const byTool = new Map<string, number>();
  let count = 0;
  let entered = 0;
  for (const run of stepsByRun(context)) {
    /** Tokens too many in the window, and how long the prompt was that first held them. */
    let carried: { tokens: number; prompt: number }[] = [];
    run.forEach((step, at) => {
      const before = run[at - 1];
      if (before === undefined || before.compacted) {
        carried = [];
        return;
      }
      const prompt = promptTokens(step.call);
      carried = carried.filter((one) => prompt >= one.prompt);
      const giants = before.uses.filter((use) => use.resultBytes > GIANT_BYTES);
      const fresh = freshOf(before, step, giants);
      const savingNano = savingWithout(context.prices, step.call, {
        fresh,
        carried: carried.reduce((sum, one) => sum + one.tokens, 0),
      });
      if (fresh > 0) {
        carried.push({ tokens: fresh, prompt });
        count += giants.length;
        entered += fresh;
        for (const { tool } of giants) byTool.set(tool, (byTool.get(tool) ?? 0) + 1);
      }
      if (savingNano > 0) saved.set(step.call.id, { callId: step.call.id, sessionId: step.call.sessionId, savingNano });
    });
  }
  if (saved.size === 0) return [];
  const [worst = ""] = [...byTool].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [];
  return [
    {
      rule: "giant-results",
      title: `${counted(count, "tool result")} above ${GIANT_BYTES / 1000} kB, mostly of ${worst}: about ${formatTokens(entered)} tokens too many, carried through ${counted(saved.size, "call")}`,
      change:
        "Ask for the part that is needed: a line range, a filter, `head`, a quiet flag; let sub-agents look through large outputs.",
      assumption: `${formatCount(ENOUGH_TOKENS)} tokens of each would have done; ${BYTES_PER_TOKEN} bytes are a token, and no more than the prompt grew by.`,
      confidence: "medium",
      reason:
        "sizes are the log's and the tokens are capped by how much the next prompt grew; how much would have done is a guess",
      claims: [...saved.values()],
    },
  ];
}

function freshOf(step: Step, next: Step, giants: readonly { resultBytes: number }[]): number {
  if (giants.length === 0) return 0;
  const giant = giants.reduce((sum, use) => sum + use.resultBytes, 0);
  const all = step.uses.reduce((sum, use) => sum + use.resultBytes, 0);
  // A client that cuts what it shows the model has left nothing to save.
  return Math.max(0, enteredTokens(step.call, next.call, giant, all) - giants.length * ENOUGH_TOKENS);
}
