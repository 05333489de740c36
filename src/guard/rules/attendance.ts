import type { Moment } from "../types.ts";

/** How long a prompt has been at work since a person last said anything: asked, answered a question, approved a plan. */

/** A longer pause ends a stretch of work. Milliseconds. */
const PAUSE_MS = 7_200_000;
/** A stretch with fewer calls than this is not work. */
const MIN_CALLS = 30;

/** Follows one prompt. */
export class Attendance {
  #sinceMs: number;
  #lastMs: number;
  #calls: number;

  constructor(sinceMs: number, atMs: number, calls: number) {
    this.#sinceMs = sinceMs;
    this.#lastMs = atMs;
    this.#calls = calls;
  }

  /** Takes in a call; answers how long the stretch has been going on, 0 while it is none. Milliseconds. */
  feed({ atMs, tools }: Moment): number {
    if (atMs - this.#lastMs > PAUSE_MS) this.#begin(atMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.#calls++;
    const worked = this.#calls < MIN_CALLS ? 0 : atMs - this.#sinceMs;
    const answered = tools.find(({ byPerson }) => byPerson);
    if (answered !== undefined) this.#begin(atMs + answered.tookMs);
    return worked;
  }

  #begin(atMs: number): void {
    this.#sinceMs = atMs;
    this.#calls = 0;
  }
}
