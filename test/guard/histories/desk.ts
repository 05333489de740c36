import { Acts } from "./acts.ts";
import { MINUTE, SECOND } from "./draw.ts";
import type { Model } from "./models.ts";
import type { Project } from "./project.ts";
import type { Act, AgentSpec, Setting, Thread } from "./thread.ts";

/** Work within a prompt that goes on longer than this is brought to an end: beyond, it would be no normal work. */
const LONGEST = 90 * MINUTE;

/** How a person attends to the work: asked before every change, only now and then, or not there. */
type Manner = "asked" | "accepts" | "away";

/** What a piece of work is about. */
export interface Job {
  project: Project;
  /** How big it is (1: usual). */
  size: number;
  manner: Manner;
  /** Model of sub-agents, null for that of the thread. */
  agentModel: Model | null;
}

/** What a piece of work needs: a thread, and what it is about. */
export class Desk {
  readonly thread: Thread;
  readonly job: Job;
  readonly acts: Acts;
  #startMs: number;

  constructor(thread: Thread, job: Job, startMs = thread.atMs) {
    this.thread = thread;
    this.job = job;
    this.acts = new Acts(thread.session.draw, job.project);
    this.#startMs = startMs;
  }

  get project(): Project {
    return this.job.project;
  }

  /** Whether a person is there who answers questions. */
  get attended(): boolean {
    return this.job.manner !== "away";
  }

  get draw() {
    return this.thread.session.draw;
  }

  /** A person asks for something; the time for it starts. */
  ask(text: string): void {
    this.thread.prompt(text);
    this.#startMs = this.thread.atMs;
  }

  /** Whether this prompt has had its time. */
  get over(): boolean {
    return this.thread.atMs - this.#startMs > LONGEST;
  }

  /** A number of steps around a median, bigger for bigger work. */
  steps(median: number, most: number, spread = 0.6): number {
    return this.draw.count(median * Math.sqrt(this.job.size), spread, 1, most);
  }

  /** A desk for the same prompt where changes need no leave: nobody gives a long task and wants to be asked every minute. */
  accepting(): Desk {
    if (this.job.manner !== "asked") return this;
    return new Desk(this.thread, { ...this.job, manner: "accepts" }, this.#startMs);
  }

  /** A tool use that may need a person's leave: sometimes the person reads another page, is at lunch, or gone for the night. */
  permitted(act: Act): Act {
    const waitMs = this.#leave();
    this.#startMs += waitMs;
    return waitMs === 0 ? act : { ...act, tookMs: act.tookMs + waitMs };
  }

  #leave(): number {
    const { draw } = this;
    const asked = this.job.manner === "asked";
    if (this.job.manner === "away" || !draw.chance(asked ? 0.1 : 0.004)) return 0;
    const wait = draw.weighted({ short: 87, page: 12, hours: 1 });
    if (wait === "short") return draw.int(3 * SECOND, 3 * MINUTE);
    return wait === "page" ? draw.int(4 * MINUTE, 50 * MINUTE) : draw.int(60 * MINUTE, 15 * 60 * MINUTE);
  }

  /** A sub-agent that works at a desk of its own. */
  agent(type: string, description: string, work: (desk: Desk) => void): AgentSpec {
    const { setting } = this.thread;
    const explores = type === "Explore" && this.draw.chance(0.6);
    const model = explores ? "claude-haiku-4-5-20251001" : (this.job.agentModel ?? setting.model);
    const own: Setting = { model, cache: "5m", window: 200_000, fast: false };
    const job: Job = { ...this.job, size: this.job.size * 0.5, manner: "away" };
    return {
      type,
      description,
      setting: own,
      work: (agent) => work(new Desk(agent, job, this.#startMs)),
    };
  }
}

/** A piece of work within a prompt. */
export type Task = (desk: Desk) => void;
