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
  readonly #lastCalls = new Map<number, number>();

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  /** Takes in a call; answers what it completes, if anything. `before` counts sub-agents that this watch did not see. */
  feed({ atMs, run, isMain, isOverhead, depth }: Moment, before = 0): FanOut[] {
    if (isMain || isOverhead) return [];
    this.#lastCalls.set(run, atMs);
    const found: FanOut[] = [];
    const { running, started, depth: deepest } = this.#figures;
    const all = this.#lastCalls.size + before;
    if (all >= started) found.push({ what: "started", count: all });
    if (this.#lastCalls.size >= running) {
      let working = 0;
      for (const last of this.#lastCalls.values()) if (atMs - last < AT_WORK_MS) working++;
      if (working >= running) found.push({ what: "running", count: working });
    }
    if (depth >= deepest) found.push({ what: "depth", count: depth });
    return found;
  }
}
