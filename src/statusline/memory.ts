import type { LimitSample, StatuslineInput } from "../agents/statusline.ts";
import type { StatuslineReport } from "../reports/statusline.ts";
import type { WrapMemory } from "./wrap.ts";

/** What one run leaves to the next of the same session. */
export interface Memory {
  atMs: number;
  /** What the figures depend on: the input, and size and time of the log. */
  key: string;
  /** When the agent's own count was filed last. */
  reportedMs: number;
  report: StatuslineReport | null;
  /** When the figures were found; they may have been carried on since. */
  foundMs: number;
  behind: boolean;
  template: string;
  branch: string | null;
  /** The prompt that the figures are of. */
  promptKey: string | null;
  /** The windows as the agent told them. */
  heard: LimitSample[];
  /** Of the wrapped command, null where there was none. */
  wrap: WrapMemory | null;
  /** What was printed. */
  text: string;
}

/** Layout of the memory; another one is none. */
const VERSION = 1;

export function memoryText(memory: Memory): string {
  return JSON.stringify({ version: VERSION, ...memory });
}

/** Reads what {@link memoryText} wrote; null for anything else. Our own file, so only its version is looked at. */
export function memoryOf(text: string | undefined): Memory | null {
  if (text === undefined) return null;
  try {
    const value = JSON.parse(text) as Memory & { version: number };
    return value.version === VERSION ? value : null;
  } catch {
    return null;
  }
}

/** A rate is of the last minutes: it is shown no longer than this. Milliseconds. */
const RATE_MS = 60_000;

/** What still holds of figures that were found earlier: another prompt has begun, a day has ended, a rate is over. */
export function stillTrue(memory: Memory, input: StatuslineInput, nowMs: number): StatuslineReport | null {
  const { report, promptKey, foundMs } = memory;
  if (report === null) return null;
  const { day, budget } = report;
  const within = (span: { fromMs: number | null; toMs: number | null }): boolean =>
    (span.fromMs === null || nowMs >= span.fromMs) && (span.toMs === null || nowMs < span.toMs);
  const samePrompt = promptKey === input.promptKey;
  return {
    ...report,
    today: within(day) ? report.today : null,
    prompt: samePrompt ? report.prompt : null,
    burn: Math.abs(nowMs - foundMs) < RATE_MS ? report.burn : null,
    budget: budget !== null && within(budget) && (samePrompt || budget.budget.per !== "prompt") ? budget : null,
  };
}
