import { counted, formatCount, formatTokens } from "../../../platform/numbers.ts";
import { LONG_MS, type Turn, turnsByRun } from "../cache.ts";
import { asRead, savingIf } from "../tokens.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";

/** What a compacted window still holds, and is written again at any rate: system prompt, tools, a summary and a few files. */
export const KEPT_TOKENS = 30_000;

/** Calls that came more than an hour after the one before, when any cache has expired, and paid again for what had been in it. Between prompts it was the
 *  person who left: a smaller window could have been left behind. Within a prompt something was waited for. Shorter pauses no one foresees; an
 *  hour's cache bridges them, and whether that pays is the matter of `cache-lifetime`. */
export function coldRestarts(context: RuleContext): Advice[] {
  const between = new Found(context);
  const within = new Found(context);
  for (const turn of turnsByRun(context).flat()) {
    if (turn.lost === 0 || turn.gapMs <= LONG_MS) continue;
    if (startsPrompt(turn)) between.add(turn, turn.lost - KEPT_TOKENS);
    // Another model or speed would have found a cold cache without the pause, too.
    else if (turn.sameModel && turn.sameSpeed) within.add(turn, turn.lost);
  }
  return [
    ...between.advice((calls, tokens) => ({
      title: `${counted(calls, "prompt")} went on with a large window after more than an hour, when its cache had expired: ${tokens} tokens beyond ${formatCount(KEPT_TOKENS)} each were paid for again`,
      change: "Run `/compact` before you leave a session with a large window, while its cache is still warm.",
      assumption: `${formatCount(KEPT_TOKENS)} tokens would have been left and written again, the others read once more to sum them up. That later calls would have carried less is not counted, nor what writing the summary costs.`,
      confidence: "medium",
      reason: "pauses and tokens are in the log; how much a compacted window would have kept is a guess",
    })),
    ...within.advice((calls, tokens) => ({
      title: `${counted(calls, "call")} in the middle of a prompt came more than an hour after the one before: ${tokens} tokens were paid for again`,
      change: "Allow what may run unasked (`permissions.allow` in the settings), so that no question waits for you.",
      assumption: "With an answer in time all of it would have been read from the cache.",
      confidence: "low",
      reason: "pauses and tokens are in the log, but not what was waited for: you, or a tool that took so long",
    })),
  ];
}

function startsPrompt({ before, call }: Turn): boolean {
  return call.runKind === "main" && call.promptId !== 0 && call.promptId !== before?.promptId;
}

class Found {
  readonly #context: RuleContext;
  readonly #claims: Claim[] = [];
  #tokens = 0;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  add({ call }: Turn, tokens: number): void {
    if (tokens <= 0) return;
    const savingNano = savingIf(this.#context.prices, call, asRead(call, tokens));
    if (savingNano <= 0) return;
    this.#claims.push({ callId: call.id, sessionId: call.sessionId, savingNano });
    this.#tokens += tokens;
  }

  advice(words: (calls: number, tokens: string) => Omit<Advice, "rule" | "claims">): Advice[] {
    if (this.#claims.length === 0) return [];
    const said = words(this.#claims.length, formatTokens(this.#tokens));
    return [{ rule: "cold-restarts", ...said, claims: this.#claims }];
  }
}
