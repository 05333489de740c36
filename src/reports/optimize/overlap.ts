import type { Advice, AdvisedCall } from "./types.ts";

/** Savings that overlap are not added twice. */

/** Advice with its claims put together by call, none above what the call cost. Nano-dollars. */
export interface Settled {
  advice: Advice;
  byCall: Map<number, number>;
  savingNano: number;
  addedNano: number;
}

/** Claims of one piece of advice by call: those on the same call add up, never beyond its cost; unpriced calls save nothing. */
export function claimsByCall(advice: Advice, calls: ReadonlyMap<number, AdvisedCall>): Map<number, number> {
  const byCall = new Map<number, number>();
  for (const { callId, savingNano } of advice.claims) {
    const cost = calls.get(callId)?.costNano ?? 0;
    const saving = Math.min(cost, (byCall.get(callId) ?? 0) + Math.max(0, Math.floor(savingNano)));
    if (saving > 0) byCall.set(callId, saving);
  }
  return byCall;
}

/** Orders advice by its own saving, the largest first, and says what each adds to those before it. Two rules that claim of the same call may
 *  mean the same tokens: of a call only the largest claim counts, so that all that is added is never too much, and never more than was spent.
 *  Advice below `leastNano` is left out before that. */
export function settle(
  advice: readonly Advice[],
  calls: ReadonlyMap<number, AdvisedCall>,
  leastNano: number,
): { kept: Settled[]; below: Settled[] } {
  const all = advice.map((one): Settled => {
    const byCall = claimsByCall(one, calls);
    let savingNano = 0;
    for (const saving of byCall.values()) savingNano += saving;
    return { advice: one, byCall, savingNano, addedNano: 0 };
  });
  all.sort(
    (a, b) =>
      b.savingNano - a.savingNano || compare(a.advice.rule, b.advice.rule) || compare(a.advice.title, b.advice.title),
  );
  const kept = all.filter((one) => one.savingNano > 0 && one.savingNano >= leastNano);
  const claimed = new Map<number, number>();
  for (const one of kept) {
    for (const [callId, saving] of one.byCall) {
      const before = claimed.get(callId) ?? 0;
      if (saving <= before) continue;
      one.addedNano += saving - before;
      claimed.set(callId, saving);
    }
  }
  return { kept, below: all.filter((one) => one.savingNano > 0 && one.savingNano < leastNano) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
