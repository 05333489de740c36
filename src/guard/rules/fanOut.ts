import type { Moment } from "../types.ts";

/** Sub-agents of one prompt: how many are at work, how many were started, how deep they are nested. */

/** A sub-agent is at work if it called within this time. Milliseconds. */
const AT_WORK_MS = 120_000;

export interface Figures {
  running: number;
  started: number;
  depth: number;
}

export type FanOut = { what: "running" | "started" | "depth"; count: number };

/** Follows the sub-agents of one prompt. */
export class FanOuts {
  readonly #figures: Figures;
  readonly #before: number;
  readonly #lastCalls = new Map<number, number>();
  /** Most that were at work at once so far. */
  mostRunning = 0;

  /** `before` counts sub-agents that this watch does not see. */
  constructor(figures: Figures, before: number) {
    this.#figures = figures;
    this.#before = before;
  }

  /** Sub-agents of the prompt so far. */
  get started(): number {
    return this.#lastCalls.size + this.#before;
  }

  /** Takes in a call; answers what it completes, if anything. */
  feed({ atMs, run, isMain, isOverhead, depth }: Moment): FanOut[] {
    if (isMain || isOverhead) return [];
    this.#lastCalls.set(run, atMs);
    const found: FanOut[] = [];
    const { running, started, depth: deepest } = this.#figures;
    if (this.started >= started) found.push({ what: "started", count: this.started });
    if (this.#lastCalls.size > this.mostRunning) {
      let working = 0;
      for (const last of this.#lastCalls.values()) if (atMs - last < AT_WORK_MS) working++;
      this.mostRunning = Math.max(this.mostRunning, working);
      if (working >= running) found.push({ what: "running", count: working });
    }
    if (depth >= deepest) found.push({ what: "depth", count: depth });
    return found;
  }
}
