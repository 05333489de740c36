import { enteredTokens, promptTokens } from "./tokens.ts";
import type { Step } from "./uses.ts";

/** What fills a window, as far as the book tells. */

/** A prompt this much shorter than the one before is a window that was cut. */
const CUT = 0.7;

/** Tokens by source in those windows of a run that grew above `limit`: what stood there at the start, the model's own replies, the results of each
 *  tool by their bytes, and the rest, which is prompts and what the client adds. A window begins with the run or where it was cut. */
export function fillOf(steps: readonly Step[], limit: number): Map<string, number> {
  const filled = new Map<string, number>();
  let window = new Map<string, number>();
  let longest = 0;
  const close = (): void => {
    if (longest > limit) for (const [source, tokens] of window) add(filled, source, tokens);
    window = new Map();
    longest = 0;
  };
  steps.forEach((step, at) => {
    const before = steps[at - 1];
    const prompt = promptTokens(step.call);
    if (before === undefined || before.compacted || prompt < CUT * promptTokens(before.call)) {
      close();
      add(window, "what stood there at the start", prompt);
    } else grow(window, before, step);
    longest = Math.max(longest, prompt);
  });
  close();
  return filled;
}

function grow(window: Map<string, number>, before: Step, step: Step): void {
  const growth = promptTokens(step.call) - promptTokens(before.call);
  if (growth <= 0) return;
  const replies = Math.min(growth, before.call.output);
  add(window, "the model's own replies", replies);
  const bytes = new Map<string, number>();
  for (const { tool, resultBytes } of before.uses) add(bytes, tool, resultBytes);
  const all = [...bytes.values()].reduce((sum, part) => sum + part, 0);
  let left = growth - replies;
  for (const [tool, part] of bytes) {
    if (part === 0) continue;
    const tokens = enteredTokens(before.call, step.call, part, all);
    add(window, `results of ${tool}`, tokens);
    left -= tokens;
  }
  add(window, "prompts and what the client adds", left);
}

function add(sums: Map<string, number>, name: string, tokens: number): void {
  sums.set(name, (sums.get(name) ?? 0) + tokens);
}
