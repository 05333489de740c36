import { guardConfig } from "../../src/guard/rules.ts";
import type { Finding, Moment, ToolUse } from "../../src/guard/types.ts";
import { type Baseline, NO_BASELINE } from "../../src/guard/usual.ts";
import { SessionWatch, type Start } from "../../src/guard/watch.ts";

/** Calls for tests of the rules: one in ten seconds, of one cent, in the main thread of one prompt, unless said otherwise. */

export const CENT = 10_000_000;
const START_MS = Date.UTC(2026, 10, 20, 9);

export interface CallSeed extends Partial<Omit<Moment, "tools" | "atMs">> {
  /** Seconds after the call before. */
  after?: number;
  tools?: Partial<ToolUse>[];
}

/** A tool use like no other. */
let other = 0;
function use(more: Partial<ToolUse> = {}): ToolUse {
  other++;
  const plain = { failed: false, errorKey: 0, changes: false, tookMs: 0, byPerson: false };
  return { tool: "Bash", inputKey: 100_000 + other, shapeKey: 500_000 + other, ...plain, ...more };
}

function moments(seeds: readonly CallSeed[]): Moment[] {
  let atMs = START_MS;
  return seeds.map(({ after = 10, tools = [], ...more }) => {
    atMs += after * 1000;
    return {
      atMs,
      run: 1,
      isMain: true,
      isOverhead: false,
      depth: 0,
      promptId: 1,
      promptMs: START_MS,
      costNano: CENT,
      context: 50_000,
      cacheWrite: 1_000,
      compactions: 0,
      ...more,
      tools: tools.map(use),
    };
  });
}

/** What the guard says of calls. `settings` are as `config` takes them. */
export function watch(
  seeds: readonly CallSeed[],
  more: { settings?: Record<string, string>; baseline?: Partial<Baseline>; start?: Start } = {},
): Finding[] {
  const config = guardConfig((key) => more.settings?.[key] ?? null);
  const baseline = { ...NO_BASELINE, ...more.baseline };
  const session = new SessionWatch(config, baseline, ...(more.start ? [more.start] : []));
  return moments(seeds).flatMap((moment) => session.feed(moment));
}

/** The rules that spoke, in order. */
export function rules(...args: Parameters<typeof watch>): string[] {
  return watch(...args).map(({ rule, level }) => (level === "warn" ? rule : `${rule} ${level}`));
}

export const times = (count: number, seed: CallSeed | ((n: number) => CallSeed)): CallSeed[] =>
  Array.from({ length: count }, (_, n) => (typeof seed === "function" ? seed(n) : seed));
