import type { Moment, ToolUse } from "../types.ts";

/** What a run did lately with tools, as far as it went in circles. What was never asked before is a step forward, and so is writing something
 *  new into a file: enough of them make no circle. */

interface Plainness {
  /** So many different calls, and so many new ones, at the most: a count, or a share of the calls. */
  kinds: number;
  fresh: number;
  /** After which share of the calls, having cost which share of what makes a circle worth a word. */
  calls: number;
  worth: number;
}

/** The plainer a circle, the fewer rounds it takes to call it one. Calls that differ in numbers are often a batch of honest work: that takes
 *  as many rounds however plain it is, and fewer of them may be new, since a loop with a counter in it asks for nothing else. */
const PLAINNESS: Readonly<Record<"same" | "near", readonly Plainness[]>> = {
  same: [
    { kinds: 1, fresh: 1, calls: 0.25, worth: 0.25 },
    { kinds: 3, fresh: 3, calls: 0.5, worth: 0.5 },
    { kinds: 0.22, fresh: 0.25, calls: 1, worth: 1 },
  ],
  near: [{ kinds: 0.22, fresh: 0.15, calls: 1, worth: 1 }],
};

/** Tool uses that take so long in the mean, and most of the time, wait for something: polling is told from spinning by it. */
const WAITING_MS = 8_000;
const WAITING_SHARE = 0.5;
/** A waiting loop may take so many times as many turns. */
const PATIENCE = 2.5;
/** The same error may come so many times as often where something is written in between: that is how tests are made to pass. */
const TRYING = 2;
/** Bounds of what is remembered of a run. */
const MAX_SEEN = 5_000;
const MAX_ERRORS = 200;

export interface Figures {
  /** Tool uses of a circle of the same calls, of near-identical calls, and the same error: how many are too many. */
  same: CircleFigures;
  near: CircleFigures;
  errors: number;
}

export interface CircleFigures {
  calls: number;
  /** What a circle must have cost before it is worth a word, nano-dollars. */
  worth: number;
}

export type Circle =
  | { what: "same" | "near"; tool: string; count: number; kinds: number }
  | { what: "error"; tool: string; count: number };

interface Use {
  tool: string;
  same: string;
  near: string;
  isNewSame: boolean;
  isNewNear: boolean;
  atMs: number;
  tookMs: number;
  cost: number;
}

interface Streak {
  /** Since something was written, and since what failed last succeeded. */
  plain: number;
  count: number;
  /** What failed so, without numbers: its success ends the streak. */
  shapes: Set<string>;
  atMs: number;
}

/** Follows one run through one prompt. */
export class Circles {
  readonly #figures: Figures;
  readonly #memory: number;
  readonly #uses: Use[] = [];
  readonly #seen = { same: new Set<string>(), near: new Set<string>() };
  readonly #failed = new Set<string>();
  readonly #written = new Set<string>();
  readonly #errors = new Map<number, Streak>();
  /** What the circle that the run is in has cost, 0 where it is in none. */
  readonly #spent = { same: 0, near: 0 };

  constructor(figures: Figures) {
    this.#figures = figures;
    this.#memory = Math.ceil(Math.max(figures.same.calls, figures.near.calls) * PATIENCE);
  }

  /** Takes in a call; answers what its tool uses complete, if anything. */
  feed({ tools, atMs, costNano }: Moment): Circle[] {
    const found: Circle[] = [];
    for (const [at, use] of tools.entries()) {
      const error = this.#error(use, `${use.tool} ${use.shapeKey}`, atMs);
      if (error !== null) found.push(error);
      this.#use(use, atMs, at === 0 ? costNano : 0);
    }
    const circle = this.#circle("same", costNano) ?? this.#circle("near", costNano);
    if (circle !== null) found.push(circle);
    return found;
  }

  /** Remembers a tool use. What writes something new into a file is new, whatever it looks like. */
  #use(use: ToolUse, atMs: number, cost: number): void {
    const same = `${use.tool} ${use.inputKey}`;
    const near = `${use.tool} ${use.shapeKey}`;
    const writes = use.changes && use.failed === false && !this.#written.has(same);
    const isNewSame = writes || !this.#seen.same.has(same);
    const isNewNear = writes || !this.#seen.near.has(near);
    if (writes) {
      remember(this.#written, same);
      for (const streak of this.#errors.values()) streak.plain = 0;
    }
    // A call that failed, perhaps only because one beside it did, may be tried once more.
    if (use.failed !== true || this.#failed.has(same)) {
      remember(this.#seen.same, same);
      remember(this.#seen.near, near);
    } else remember(this.#failed, same);
    this.#uses.push({ tool: use.tool, same, near, isNewSame, isNewNear, atMs, tookMs: use.tookMs, cost });
    if (this.#uses.length > this.#memory) this.#uses.shift();
  }

  /** The latest tool uses, where they are a circle that has cost what makes it worth a word. */
  #circle(what: "same" | "near", cost: number): Circle | null {
    const { calls, worth } = this.#figures[what];
    let isCircle = false;
    let plainest: Circle | null = null;
    for (const level of PLAINNESS[what]) {
      const last = this.#lastRound(what, Math.ceil(calls * level.calls), level);
      if (last === null) continue;
      if (!isCircle) {
        isCircle = true;
        this.#spent[what] =
          this.#spent[what] === 0 ? last.reduce((sum, use) => sum + use.cost, 0) : this.#spent[what] + cost;
      }
      if (this.#spent[what] >= worth * level.worth) plainest ??= circleOf(what, last);
    }
    if (!isCircle) this.#spent[what] = 0;
    return plainest;
  }

  /** The last tool uses where few of them asked for something new, and few differ; null elsewhere. Those that wait are given more. */
  #lastRound(what: "same" | "near", length: number, { kinds, fresh: mayBeFresh }: Plainness): Use[] | null {
    const round = (calls: number): Use[] | null => {
      if (this.#uses.length < calls) return null;
      const last = this.#uses.slice(-calls);
      const fresh = last.filter((use) => (what === "same" ? use.isNewSame : use.isNewNear)).length;
      if (fresh > within(mayBeFresh, calls)) return null;
      return new Set(last.map((use) => use[what])).size <= within(kinds, calls) ? last : null;
    };
    const last = round(length);
    return last !== null && isWaiting(last) ? round(Math.ceil(length * PATIENCE)) : last;
  }

  /** Tool uses of one call that fail together, since one took the others with it, count as one. */
  #error({ failed, errorKey, tool }: ToolUse, shape: string, atMs: number): Circle | null {
    if (failed === null) return null;
    if (!failed) {
      for (const [key, streak] of this.#errors) if (streak.shapes.has(shape)) this.#errors.delete(key);
      return null;
    }
    let streak = this.#errors.get(errorKey);
    if (streak === undefined) {
      if (this.#errors.size >= MAX_ERRORS) this.#errors.delete(this.#errors.keys().next().value ?? 0);
      streak = { plain: 0, count: 0, shapes: new Set(), atMs: -1 };
      this.#errors.set(errorKey, streak);
    }
    remember(streak.shapes, shape);
    if (streak.atMs === atMs) return null;
    streak.atMs = atMs;
    streak.plain++;
    streak.count++;
    const { errors } = this.#figures;
    return streak.plain >= errors || streak.count >= errors * TRYING
      ? { what: "error", tool, count: streak.count }
      : null;
  }
}

/** A count, or a share of the calls. */
function within(limit: number, calls: number): number {
  return limit < 1 ? limit * calls : limit;
}

function circleOf(what: "same" | "near", last: readonly Use[]): Circle {
  const counts = new Map<string, { tool: string; count: number }>();
  for (const use of last) {
    const entry = counts.get(use[what]) ?? { tool: use.tool, count: 0 };
    entry.count++;
    counts.set(use[what], entry);
  }
  const [most] = [...counts.values()].sort((a, b) => b.count - a.count);
  return { what, tool: most?.tool ?? "", count: last.length, kinds: counts.size };
}

function isWaiting(uses: readonly Use[]): boolean {
  const took = uses.reduce((sum, { tookMs }) => sum + tookMs, 0);
  const elapsed = (uses.at(-1)?.atMs ?? 0) - (uses[0]?.atMs ?? 0);
  return took >= WAITING_MS * uses.length && took >= elapsed * WAITING_SHARE;
}

function remember(set: Set<string>, value: string): void {
  if (set.size < MAX_SEEN) set.add(value);
}
