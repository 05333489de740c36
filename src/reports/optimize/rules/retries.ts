import { formatCount } from "../../../platform/numbers.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";
import { type Step, stepsByRun } from "../uses.ts";

/** Tries that are granted: a fault may pass, so one retry is no waste. */
export const GRANTED_TRIES = 2;

/** The same tool with the same input, failed, and tried again and again with nothing written in between. Each try beyond the second costs the
 *  part of its call that falls to it: the call's cost, shared evenly by all tools that the call asked for. */
export function retries(context: RuleContext): Advice[] {
  const claims: Claim[] = [];
  let wasted = 0;
  const byTool = new Map<string, number>();
  for (const run of stepsByRun(context)) {
    const failures = new Map<string, number>();
    for (const step of run) {
      for (const use of step.uses) {
        if (use.inputKey === null || use.failed === null) continue;
        const key = `${use.tool} ${use.inputKey}`;
        const before = failures.get(key) ?? 0;
        if (use.failed === 1) failures.set(key, before + 1);
        else failures.delete(key);
        if (use.failed === 0 || before < GRANTED_TRIES) continue;
        wasted++;
        byTool.set(use.tool, (byTool.get(use.tool) ?? 0) + 1);
        claims.push({ callId: step.call.id, sessionId: step.call.sessionId, savingNano: shareOf(step) });
      }
      // What was changed may let the same command succeed.
      if (step.wrote.size > 0 || step.compacted) failures.clear();
    }
  }
  if (claims.length === 0) return [];
  const [worst = ""] = [...byTool].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [];
  return [
    {
      rule: "retries",
      title: `${formatCount(wasted)} tries of what had failed twice already with the very same input, mostly ${worst}, failed again`,
      change:
        "Say in CLAUDE.md that after two equal failures the cause is looked for first; `guard` can stop it as it happens.",
      assumption: "A try costs its share of the call that asked for it, and would not have been made.",
      confidence: "high",
      reason: "tool, input and failure are the log's; nothing was written between the tries",
      claims,
    },
  ];
}

/** What is left over by the division is not claimed. */
function shareOf({ call, uses }: Step): number {
  return Math.floor((call.costNano ?? 0) / uses.length);
}
