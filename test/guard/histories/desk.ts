import { Acts } from "./acts.ts";
import { MINUTE, SECOND } from "./draw.ts";
import type { Model } from "./models.ts";
import type { Project } from "./project.ts";
import type { AgentSpec, Setting, Thread } from "./thread.ts";

/** Work within a prompt that goes on longer than this is brought to an end: beyond, it would be no normal work. */
const LONGEST = 90 * MINUTE;

/** What a piece of work needs: a thread, a project, and how big the work is (1: usual). */
export class Desk {
  readonly thread: Thread;
  readonly project: Project;
  readonly acts: Acts;
  readonly size: number;
  /** Whether a person is there who approves, answers and interrupts. */
  readonly attended: boolean;
  readonly agentModel: Model | null;
  #startMs: number;

  constructor(
    thread: Thread,
    project: Project,
    size: number,
    attended: boolean,
    agentModel: Model | null,
    startMs = thread.atMs,
  ) {
    this.thread = thread;
    this.project = project;
    this.size = size;
    this.attended = attended;
    this.agentModel = agentModel;
    this.acts = new Acts(thread.session.draw, project);
    this.#startMs = startMs;
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
    return this.draw.count(median * Math.sqrt(this.size), spread, 1, most);
  }

  /** Sometimes the client waits for a person's permission, and the person has gone for lunch or for the night. */
  permission(): void {
    if (!this.attended) return;
    const { draw, thread } = this;
    const before = thread.atMs;
    if (draw.chance(0.002)) thread.pass(60 * MINUTE, 15 * 60 * MINUTE);
    else if (draw.chance(0.02)) thread.pass(4 * MINUTE, 50 * MINUTE);
    else if (draw.chance(0.08)) thread.pass(3 * SECOND, 3 * MINUTE);
    this.#startMs += thread.atMs - before;
  }

  /** A sub-agent that works at a desk of its own. */
  agent(type: string, description: string, work: (desk: Desk) => void): AgentSpec {
    const { setting } = this.thread;
    const explores = type === "Explore" && this.draw.chance(0.6);
    const model = explores ? "claude-haiku-4-5-20251001" : (this.agentModel ?? setting.model);
    const own: Setting = { model, cache: "5m", window: 200_000, fast: false };
    return {
      type,
      description,
      setting: own,
      work: (agent) => work(new Desk(agent, this.project, this.size * 0.5, false, this.agentModel, this.#startMs)),
    };
  }
}

/** A piece of work within a prompt. */
export type Task = (desk: Desk) => void;
