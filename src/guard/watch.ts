import { formatDuration, formatTokens, formatUsd } from "../platform/numbers.ts";
import { FanOuts } from "./rules/fanOut.ts";
import { Circles } from "./rules/repetition.ts";
import { Rewrites } from "./rules/thrash.ts";
import type { GuardConfig } from "./rules.ts";
import type { Finding, Moment, RuleName } from "./types.ts";
import type { Baseline, Usual } from "./usual.ts";

/** Burn is measured over this time. Milliseconds. */
export const BURN_MS = 600_000;
/** A longer pause ends a stretch of work. Milliseconds. */
const PAUSE_MS = 1_800_000;
const HOUR_MS = 3_600_000;
/** Hours with fewer calls than this are not work. */
const MIN_UNATTENDED_CALLS = 40;
/** A second word is due at so many times the figure of the first. */
const HIGH = 2;

/** What was there before the watch began, where it begins in the middle of a session. */
export interface Start {
  sessionCost: number;
  /** By prompt: what the moments to come do not show of it. */
  prompts: ReadonlyMap<number, { cost: number; calls: number; subagents: number }>;
}

const AT_THE_START: Start = { sessionCost: 0, prompts: new Map() };

/** Measures of what was watched, for one's own history. */
export interface Measures {
  sessionCost: number;
  peakBurn: number;
  /** Costs of its prompts. */
  prompts: number[];
}

interface PromptState {
  id: number;
  cost: number;
  before: number;
  fanOut: FanOuts;
  circles: Map<number, Circles>;
  /** Begin of the stretch of work without a longer pause, and the calls in it. */
  sinceMs: number;
  lastMs: number;
  calls: number;
}

/** Follows one session call by call, in the order of time, and says what is out of the ordinary: each thing once per prompt and level. Pure: the
 *  same calls give the same findings, whether they come live or from a history. */
export class SessionWatch {
  readonly #config: GuardConfig;
  readonly #baseline: Baseline;
  readonly #said = new Set<string>();
  readonly #rewrites = new Map<number, Rewrites>();
  readonly #prompts = new Map<number, PromptState>();
  readonly #burn: { atMs: number; cost: number }[] = [];
  readonly #start: Start;
  #burnSum = 0;
  #peakBurn = 0;
  #newestPromptMs = 0;
  #cost: number;

  constructor(config: GuardConfig, baseline: Baseline, start: Start = AT_THE_START) {
    this.#config = config;
    this.#baseline = baseline;
    this.#start = start;
    this.#cost = start.sessionCost;
  }

  /** Takes in the next call; answers what is new. */
  feed(moment: Moment): Finding[] {
    const found: Finding[] = [];
    this.#cost += moment.costNano;
    const prompt = this.#prompt(moment);
    prompt.cost += moment.costNano;
    const say = (rule: RuleName, level: Finding["level"], message: string, subject = `${prompt.id}`): void => {
      if (this.#config.actions[rule] === "off") return;
      const key = `${rule} ${subject} ${level}`;
      if (this.#said.has(key)) return;
      this.#said.add(key);
      found.push({ rule, level, atMs: moment.atMs, promptId: prompt.id, costNano: this.#cost, message });
    };
    this.#spending(moment, prompt, say);
    this.#attendance(moment, prompt, say);
    for (const { what, count } of prompt.fanOut.feed(moment, prompt.before))
      say("fan-out", "warn", fanOutText(what, count));
    this.#circles(moment, prompt, say);
    this.#thrash(moment, say);
    return found;
  }

  /** What the session has shown so far, for one's own history. */
  measures(): Measures {
    const prompts = [...this.#prompts.values()].filter(({ id }) => id !== 0).map(({ cost }) => cost);
    return { sessionCost: this.#cost, peakBurn: this.#peakBurn, prompts };
  }

  #prompt({ promptId, atMs, promptMs }: Moment): PromptState {
    let prompt = this.#prompts.get(promptId);
    if (prompt === undefined) {
      const before = this.#start.prompts.get(promptId);
      prompt = {
        id: promptId,
        cost: before?.cost ?? 0,
        before: before?.subagents ?? 0,
        fanOut: new FanOuts({
          running: this.#config.figure("fan-out", "running"),
          started: this.#config.figure("fan-out", "started"),
          depth: this.#config.figure("fan-out", "depth"),
        }),
        circles: new Map(),
        sinceMs: promptId === 0 ? atMs : Math.min(promptMs, atMs),
        lastMs: atMs,
        calls: before?.calls ?? 0,
      };
      this.#newestPromptMs = Math.max(this.#newestPromptMs, promptMs);
      this.#prompts.set(promptId, prompt);
    }
    return prompt;
  }

  #spending({ atMs, costNano }: Moment, prompt: PromptState, say: Say): void {
    this.#burn.push({ atMs, cost: costNano });
    this.#burnSum += costNano;
    while (this.#burn.length > 0 && (this.#burn[0] as { atMs: number }).atMs <= atMs - BURN_MS)
      this.#burnSum -= this.#burn.shift()?.cost ?? 0;
    this.#peakBurn = Math.max(this.#peakBurn, this.#burnSum);
    const { session, prompt: usualPrompt, burn } = this.#baseline;
    aboveUsual(this.#cost, session, (level, times) =>
      say(
        "session-cost",
        level,
        `cc-ledger: this session has cost ${formatUsd(this.#cost)}, ${times} the median of yours.`,
        "session",
      ),
    );
    if (prompt.id !== 0)
      aboveUsual(prompt.cost, usualPrompt, (level, times) =>
        say(
          "prompt-cost",
          level,
          `cc-ledger: this prompt has cost ${formatUsd(prompt.cost)}, ${times} the median of yours.`,
        ),
      );
    aboveUsual(this.#burnSum, burn, (level, times) =>
      say(
        "burn-rate",
        level,
        `cc-ledger: ${formatUsd(this.#burnSum)} in the last ten minutes, ${times} the median of your sessions' fastest.`,
      ),
    );
  }

  #attendance({ atMs, promptMs }: Moment, prompt: PromptState, say: Say): void {
    if (atMs - prompt.lastMs > PAUSE_MS) {
      prompt.sinceMs = atMs;
      prompt.calls = 0;
    }
    prompt.lastMs = Math.max(prompt.lastMs, atMs);
    prompt.calls++;
    const worked = atMs - prompt.sinceMs;
    const limit = this.#config.figure("unattended", "hours") * HOUR_MS;
    if (promptMs < this.#newestPromptMs) return;
    if (prompt.id === 0 || prompt.calls < MIN_UNATTENDED_CALLS || worked < limit) return;
    const text = `cc-ledger: ${formatDuration(atMs - promptMs)} and ${formatUsd(prompt.cost)} since anybody said something, and calls go on.`;
    say("unattended", "warn", text);
    if (worked >= limit * HIGH) say("unattended", "high", text);
  }

  #circles(moment: Moment, prompt: PromptState, say: Say): void {
    if (moment.isOverhead) return;
    let circles = prompt.circles.get(moment.run);
    for (const use of moment.tools) {
      if (circles === undefined) {
        circles = new Circles({
          times: this.#config.figure("repetition", "times"),
          errors: this.#config.figure("repetition", "errors"),
          loop: this.#config.figure("loop", "times"),
        });
        prompt.circles.set(moment.run, circles);
      }
      for (const { what, tool, count, ...more } of circles.feed(use, moment.atMs)) {
        const name = nameText(tool);
        if (what === "same")
          say(
            "repetition",
            "warn",
            `cc-ledger: the same ${name} call ${count} times, and nothing was written in between.`,
          );
        if (what === "error")
          say("repetition", "warn", `cc-ledger: ${name} failed ${count} times in a row with the same error.`);
        if (what === "near")
          say(
            "loop",
            "warn",
            `cc-ledger: ${count} ${name} calls that differ only in numbers, and nothing was written in between.`,
          );
        if (what === "circle" && "kinds" in more)
          say("loop", "warn", `cc-ledger: ${count} calls went round among ${more.kinds} that were made before.`);
      }
    }
  }

  #thrash(moment: Moment, say: Say): void {
    if (moment.isOverhead) return;
    let rewrites = this.#rewrites.get(moment.run);
    if (rewrites === undefined) {
      rewrites = new Rewrites({
        rewrites: this.#config.figure("thrash", "rewrites"),
        compactions: this.#config.figure("thrash", "compactions"),
      });
      this.#rewrites.set(moment.run, rewrites);
    }
    for (const found of rewrites.feed(moment)) {
      if (found.what === "rewrites")
        say(
          "thrash",
          "warn",
          `cc-ledger: most of the context was cached anew in ${found.count} of ten calls (${formatTokens(found.tokens)} tokens written) though the cache was warm.`,
        );
      else say("thrash", "warn", `cc-ledger: the context was compacted ${found.count} times within sixty calls.`);
    }
  }
}

type Say = (rule: RuleName, level: Finding["level"], message: string, subject?: string) => void;

function aboveUsual(
  value: number,
  { limit, median }: Usual,
  say: (level: Finding["level"], times: string) => void,
): void {
  if (limit === null || value <= limit) return;
  const times = median === null || median <= 0 ? "far above" : `${Math.floor(value / median)} times`;
  say("warn", times);
  if (value > limit * HIGH) say("high", times);
}

function fanOutText(what: "running" | "started" | "depth", count: number): string {
  if (what === "running") return `cc-ledger: ${count} sub-agents are at work at once.`;
  if (what === "started") return `cc-ledger: this prompt has started ${count} sub-agents.`;
  return `cc-ledger: sub-agents are nested ${count} levels deep.`;
}

/** A tool's name as it may be shown: names come from logs. */
function nameText(tool: string): string {
  return /^[\w:.-]{1,80}$/.test(tool) ? tool : "tool";
}
