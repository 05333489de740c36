import type { ToolUse } from "../types.ts";

/** What a run did lately with tools, as far as it went in circles. What was written anew is progress and clears the slate. */

/** Calls that take so long wait for something: polling is told from spinning by it. Milliseconds. */
const WAITING_MS = 30_000;
/** A waiting loop may take so many times as many turns. */
const PATIENCE = 3;
/** Small circles: so many calls with so few different ones among them. */
const CIRCLE_CALLS = 36;
const CIRCLE_KINDS = 6;
/** The same error may come so many times as often where something is written in between: that is how tests are made to pass. */
const TRYING = 3;
/** So many calls of a run are remembered. */
const MEMORY = 120;

export interface Figures {
  /** Same call, same error, near-identical calls: how often is too often. */
  times: number;
  errors: number;
  loop: number;
}

export type Circle =
  | { what: "same"; tool: string; count: number }
  | { what: "error"; tool: string; count: number }
  | { what: "near"; tool: string; count: number }
  | { what: "circle"; tool: string; count: number; kinds: number };

interface Use {
  tool: string;
  same: string;
  near: string;
  atMs: number;
}

/** Follows one run through one prompt. */
export class Circles {
  readonly #figures: Figures;
  #uses: Use[] = [];
  readonly #written = new Set<string>();
  readonly #errors = new Map<string, { key: number; count: number; plain: number; atMs: number }>();

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  /** Takes in a tool use; answers what it completes, if anything. */
  feed(use: ToolUse, atMs: number): Circle[] {
    const same = `${use.tool} ${use.inputKey}`;
    const found: Circle[] = [];
    const error = this.#error(use, atMs);
    if (error !== null) found.push(error);
    if (use.changes && use.failed === false && !this.#written.has(same)) {
      this.#written.add(same);
      this.#uses = [];
      for (const streak of this.#errors.values()) streak.plain = 0;
      return found;
    }
    this.#uses.push({ tool: use.tool, same, near: `${use.tool} ${use.shapeKey}`, atMs });
    if (this.#uses.length > MEMORY) this.#uses.shift();
    const { times } = this.#figures;
    const repeated = this.#count("same", same, times, 3);
    if (repeated > 0) found.push({ what: "same", tool: use.tool, count: repeated });
    const alike = this.#alike(`${use.tool} ${use.shapeKey}`);
    if (alike > 0) found.push({ what: "near", tool: use.tool, count: alike });
    const circle = this.#circle(use.tool);
    if (circle !== null) found.push(circle);
    return found;
  }

  /** How often `value` came among the last calls, where that is at least `times` among `times * spread`; 0 elsewhere. Where each call takes
   *  long, something is waited for: that is given more. */
  #count(field: "same" | "near", value: string, times: number, spread: number): number {
    const found = this.#within(field, value, Math.ceil(times * spread));
    if (found.length < times) return 0;
    const from = this.#uses.lastIndexOf(found.at(-times) as Use);
    const calls = this.#uses.length - 1 - from;
    const spanMs = (this.#uses.at(-1) as Use).atMs - (this.#uses[from] as Use).atMs;
    if (spanMs < WAITING_MS * calls) return found.length;
    const patient = this.#within(field, value, Math.ceil(times * spread * PATIENCE)).length;
    return patient >= times * PATIENCE ? patient : 0;
  }

  #within(field: "same" | "near", value: string, calls: number): Use[] {
    return this.#uses.slice(-calls).filter((use) => use[field] === value);
  }

  /** Near-identical calls must differ: the same one again is a repetition. */
  #alike(near: string): number {
    const { loop } = this.#figures;
    const count = this.#count("near", near, loop, 1.2);
    const kinds = new Set(this.#within("near", near, count).map(({ same }) => same)).size;
    return kinds * 2 >= loop ? count : 0;
  }

  #circle(tool: string): Circle | null {
    const last = this.#uses.slice(-CIRCLE_CALLS);
    if (last.length < CIRCLE_CALLS) return null;
    const kinds = new Set(last.map(({ same }) => same)).size;
    if (kinds < 3 || kinds > CIRCLE_KINDS) return null;
    const quick = (last.at(-1) as Use).atMs - (last[0] as Use).atMs < WAITING_MS * CIRCLE_CALLS;
    return quick ? { what: "circle", tool, count: CIRCLE_CALLS, kinds } : null;
  }

  /** Tool uses of one call that fail together, since one took the others with it, count as one. */
  #error({ tool, failed, errorKey }: ToolUse, atMs: number): Circle | null {
    if (failed === null) return null;
    if (!failed) {
      this.#errors.delete(tool);
      return null;
    }
    const streak = this.#errors.get(tool);
    if (streak === undefined || streak.key !== errorKey) {
      this.#errors.set(tool, { key: errorKey, count: 1, plain: 1, atMs });
      return null;
    }
    if (streak.atMs === atMs) return null;
    streak.atMs = atMs;
    streak.count++;
    streak.plain++;
    const { errors } = this.#figures;
    return streak.plain >= errors || streak.count >= errors * TRYING
      ? { what: "error", tool, count: streak.count }
      : null;
  }
}
