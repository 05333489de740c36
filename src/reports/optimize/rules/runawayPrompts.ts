import { MIN_SAMPLES, runawayThreshold } from "../../../guard/outliers.ts";
import { counted, formatCount, formatUsd } from "../../../platform/numbers.ts";
import type { Advice, AdvisedCall, Claim, RuleContext } from "../types.ts";

/** Prompts that one's own are compared with: the latest ones, for habits and prices change. */
const MEMORY = 10_000;
/** From so many prompts on the threshold hardly moves with one more. */
const MANY = 100;

/** Prompts that cost more than is usual for their person: what they cost beyond the threshold, call by call in the order of time. */
export function runawayPrompts(context: RuleContext): Advice[] {
  const { thresholdNanoUsd: threshold, medianNanoUsd, samples } = runawayThreshold(ownPrompts(context));
  if (threshold === null) return [];
  const claims: Claim[] = [];
  let prompts = 0;
  for (const calls of byPrompt(context.calls).values()) {
    let spent = 0;
    for (const call of calls) {
      const cost = call.costNano ?? 0;
      spent += cost;
      const savingNano = Math.min(cost, spent - threshold);
      if (savingNano > 0) claims.push({ callId: call.id, sessionId: call.sessionId, savingNano });
    }
    if (spent > threshold) prompts++;
  }
  if (claims.length === 0) return [];
  return [
    {
      rule: "runaway-prompts",
      title: `${counted(prompts, "prompt")} cost more than ${formatUsd(threshold)}, far above your median of ${formatUsd(medianNanoUsd)}`,
      change: "Set a limit per prompt (`budget set`), and split such work into steps that you look at in between.",
      assumption: "What came after the threshold was not worth its money. Open the sessions: sometimes it was.",
      confidence: samples >= MANY ? "medium" : "low",
      reason: `the threshold comes from ${formatCount(samples)} prompts of your own (at least ${MIN_SAMPLES} are needed)`,
      claims,
    },
  ];
}

function ownPrompts({ db, selection }: RuleContext): number[] {
  const until = selection.toMs === null ? "1" : `at_ms < ${selection.toMs}`;
  return db
    .query<{ cost: number }, []>(
      `SELECT cost_nano AS cost FROM prompts WHERE calls > 0 AND cost_nano > 0 AND ${until} ORDER BY at_ms DESC, prompt_key LIMIT ${MEMORY}`,
    )
    .all()
    .map(({ cost }) => cost);
}

/** Calls of each prompt by time, sub-agents included; calls without a prompt are nobody's. */
function byPrompt(calls: readonly AdvisedCall[]): Map<number, AdvisedCall[]> {
  const found = new Map<number, AdvisedCall[]>();
  for (const call of calls) {
    if (call.promptId === 0) continue;
    const list = found.get(call.promptId);
    if (list === undefined) found.set(call.promptId, [call]);
    else list.push(call);
  }
  for (const list of found.values()) list.sort((a, b) => a.atMs - b.atMs);
  return found;
}
