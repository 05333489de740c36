import { Attendance } from "./rules/attendance.ts";
import { FanOuts } from "./rules/fanOut.ts";
import { Circles } from "./rules/repetition.ts";
import { Rewrites } from "./rules/thrash.ts";
import type { GuardConfig } from "./rules.ts";
import { burnText, circleText, fanOutText, spendingText, thrashText, unattendedText } from "./texts.ts";
import type { Finding, Moment, RuleName } from "./types.ts";
import type { Baseline, Usual } from "./usual.ts";

/** Burn is measured over this time. Milliseconds. */
const BURN_MS = 600_000;
const HOUR_MS = 3_600_000;
/** A second word is due at so many times the figure of the first. */
const HIGH = 2;
/** A crowd is out of the ordinary only above so many times one's largest. */
const CROWD = 1.5;
/** A long prompt is remarkable where it has cost more than one's dearest; from so many times as much on the hours shrink in proportion, down
 *  to one. */
const DEAR = 3;

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
  /** Most sub-agents at work at once, and most that a prompt started. */
  running: number;
  started: number;
}

interface PromptState {
  id: number;
  promptMs: number;
  cost: number;
  attendance: Attendance;
  fanOut: FanOuts;
  circles: Map<number, Circles>;
}

type Say = (rule: RuleName, level: Finding["level"], message: string, subject?: string) => void;

/** Follows one session call by call, in the order of time, and says what is out of the ordinary: each thing once per prompt and level. Pure: the
 *  same calls give the same findings, whether they come live or from a history. */
export class SessionWatch {
  readonly #config: GuardConfig;
  readonly #baseline: Baseline;
  readonly #start: Start;
  readonly #said = new Set<string>();
  readonly #rewrites = new Map<number, Rewrites>();
  readonly #prompts = new Map<number, PromptState>();
  readonly #burn: { atMs: number; cost: number }[] = [];
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
    const prompt = this.#prompt(moment);
    this.#cost += moment.costNano;
    prompt.cost += moment.costNano;
    const say: Say = (rule, level, message, subject = `${prompt.id}`) => {
      if (this.#config.actions[rule] === "off") return;
      const key = `${rule} ${subject} ${level}`;
      if (this.#said.has(key)) return;
      this.#said.add(key);
      found.push({ rule, level, atMs: moment.atMs, promptId: prompt.id, costNano: this.#cost, message });
    };
    this.#spending(moment, prompt, say);
    this.#attendance(moment, prompt, say);
    for (const fanOut of prompt.fanOut.feed(moment)) say("fan-out", "warn", fanOutText(fanOut));
    if (!moment.isOverhead) {
      this.#circles(moment, prompt, say);
      for (const thrash of this.#rewritesOf(moment.run).feed(moment)) say("thrash", "warn", thrashText(thrash));
    }
    return found;
  }

  /** What the session has shown so far, for one's own history. */
  measures(): Measures {
    const prompts = [...this.#prompts.values()];
    return {
      sessionCost: this.#cost,
      peakBurn: this.#peakBurn,
      prompts: prompts.filter(({ id }) => id !== 0).map(({ cost }) => cost),
      running: Math.max(0, ...prompts.map(({ fanOut }) => fanOut.mostRunning)),
      started: Math.max(0, ...prompts.map(({ fanOut }) => fanOut.started)),
    };
  }

  #prompt({ promptId, atMs, promptMs }: Moment): PromptState {
    const known = this.#prompts.get(promptId);
    if (known !== undefined) return known;
    const before = this.#start.prompts.get(promptId);
    const { running, started } = this.#baseline;
    const prompt = {
      id: promptId,
      promptMs,
      cost: before?.cost ?? 0,
      attendance: new Attendance(promptId === 0 ? atMs : Math.min(promptMs, atMs), atMs, before?.calls ?? 0),
      fanOut: new FanOuts(
        {
          running: Math.max(this.#config.figure("fan-out", "running"), (running ?? 0) * CROWD),
          started: Math.max(this.#config.figure("fan-out", "started"), (started ?? 0) * CROWD),
          depth: this.#config.figure("fan-out", "depth"),
        },
        before?.subagents ?? 0,
      ),
      circles: new Map<number, Circles>(),
    };
    this.#newestPromptMs = Math.max(this.#newestPromptMs, promptMs);
    this.#prompts.set(promptId, prompt);
    return prompt;
  }

  #spending({ atMs, costNano }: Moment, prompt: PromptState, say: Say): void {
    this.#burn.push({ atMs, cost: costNano });
    this.#burnSum += costNano;
    while (this.#burn.length > 0 && (this.#burn[0] as { atMs: number }).atMs <= atMs - BURN_MS)
      this.#burnSum -= this.#burn.shift()?.cost ?? 0;
    this.#peakBurn = Math.max(this.#peakBurn, this.#burnSum);
    const { session, prompt: usual, burn } = this.#baseline;
    aboveUsual(this.#cost, session, (level) =>
      say("session-cost", level, spendingText("session", this.#cost, session.median), "session"),
    );
    // Whoever mostly asks small things has a first large one some day: what no session of theirs has cost yet is large.
    if (prompt.id !== 0 && prompt.cost > (session.largest ?? 0))
      aboveUsual(prompt.cost, usual, (level) =>
        say("prompt-cost", level, spendingText("prompt", prompt.cost, usual.median)),
      );
    aboveUsual(this.#burnSum, burn, (level) => say("burn-rate", level, burnText(this.#burnSum, burn.median)));
  }

  #attendance(moment: Moment, prompt: PromptState, say: Say): void {
    const worked = prompt.attendance.feed(moment);
    if (worked === 0 || prompt.promptMs < this.#newestPromptMs) return;
    const limit = this.#config.figure("unattended", "hours") * HOUR_MS;
    const dearest = this.#baseline.prompt.largest;
    const times = dearest === null ? 1 : prompt.cost / Math.max(1, dearest);
    const due = times < 1 ? limit * HIGH : Math.max(Math.min(limit, HOUR_MS), limit / Math.max(1, times / DEAR));
    const text = unattendedText(worked, prompt.cost);
    if (worked >= due) say("unattended", "warn", text);
    if (times >= 1 && worked >= limit * HIGH) say("unattended", "high", text);
  }

  #circles(moment: Moment, prompt: PromptState, say: Say): void {
    if (moment.tools.length === 0) return;
    let circles = prompt.circles.get(moment.run);
    if (circles === undefined) {
      const worth = this.#baseline.session.limit === null ? 0 : (this.#baseline.session.median ?? 0);
      circles = new Circles({
        same: {
          calls: this.#config.figure("repetition", "calls"),
          worth: worth * this.#config.figure("repetition", "share"),
        },
        near: { calls: this.#config.figure("loop", "calls"), worth: worth * this.#config.figure("loop", "share") },
        errors: this.#config.figure("repetition", "errors"),
      });
      prompt.circles.set(moment.run, circles);
    }
    for (const circle of circles.feed(moment))
      say(circle.what === "near" ? "loop" : "repetition", "warn", circleText(circle));
  }

  #rewritesOf(run: number): Rewrites {
    let rewrites = this.#rewrites.get(run);
    if (rewrites === undefined) {
      rewrites = new Rewrites({
        rewrites: this.#config.figure("thrash", "rewrites"),
        compactions: this.#config.figure("thrash", "compactions"),
      });
      this.#rewrites.set(run, rewrites);
    }
    return rewrites;
  }
}

function aboveUsual(value: number, { limit }: Usual, say: (level: Finding["level"]) => void): void {
  if (limit === null || value <= limit) return;
  say("warn");
  if (value > limit * HIGH) say("high");
}
