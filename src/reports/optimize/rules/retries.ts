import { counted } from "../../../platform/numbers.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";
import { type Step, stepsByRun, wasWritten, writesBySession } from "../uses.ts";

/** Tries that are granted: a fault may pass, so one retry is no waste. */
export const GRANTED_TRIES = 2;

/** The same tool with the same input, failed, and tried again and again with nothing written in between. Each try beyond the second costs the
 *  part of its call that falls to it: the call's cost, shared evenly by all tools that the call asked for. */
export function retries(context: RuleContext): Advice[] {
  const claims: Claim[] = [];
  let wasted = 0;
  const byTool = new Map<string, number>();
  const writes = writesBySession(context);
  for (const run of stepsByRun(context)) {
    const own = writes.get(run[0]?.call.sessionId ?? 0) ?? [];
    const failures = new Map<string, { tries: number; atMs: number }>();
    for (const step of run) {
      const { atMs } = step.call;
      for (const use of step.uses) {
        if (use.inputKey === null || use.failed === null) continue;
        const key = `${use.tool} ${use.inputKey}`;
        const known = failures.get(key);
        // What was changed since may let the same command succeed.
        const tries = known === undefined || wasWritten(own, known.atMs, atMs) ? 1 : known.tries + 1;
        if (use.failed === 0) failures.delete(key);
        else failures.set(key, { tries, atMs });
        if (use.failed === 0 || tries <= GRANTED_TRIES) continue;
        wasted++;
        byTool.set(use.tool, (byTool.get(use.tool) ?? 0) + 1);
        claims.push({ callId: step.call.id, sessionId: step.call.sessionId, savingNano: shareOf(step) });
      }
    }
  }
  if (claims.length === 0) return [];
  const [worst = ""] = [...byTool].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [];
  return [
    {
      rule: "retries",
      title: `${counted(wasted, "try", "tries")} of what had failed twice already with the very same input, mostly ${worst}, failed again`,
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
