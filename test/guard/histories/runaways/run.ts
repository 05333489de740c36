import { feature, fix } from "../building.ts";
import { Desk } from "../desk.ts";
import type { Draw } from "../draw.ts";
import { explore, question } from "../reading.ts";
import type { Sitting } from "../sitting.ts";
import type { Act, Thread } from "../thread.ts";

/** A session that runs longer than this many calls after it went wrong is stopped by its account's limits. */
const MOST_CALLS = 2_500;

/** What a big session of a person costs, and the dearest ten minutes of one: nine of ten sessions stay below. */
export interface Usual {
  sessionNanoUsd: number;
  tenMinutesNanoUsd: number;
}

/** A session in which a prompt has just gone wrong: it goes on until it burned far more than its person's sessions do. */
export class Run {
  readonly sitting: Sitting;
  readonly beganMs: number;
  readonly #least: number;
  readonly #enoughNanoUsd: number;
  readonly #callsBefore: number;
  readonly #costBefore: number;
  #desk: Desk;
  #thread: Thread;

  /** `usualNanoUsd`: what a big session of this person costs. */
  constructor(sitting: Sitting, usualNanoUsd: number) {
    this.sitting = sitting;
    this.#thread = sitting.thread;
    this.#desk = sitting.desk();
    const { draw } = this;
    for (let left = draw.int(0, 2); left > 0; left--) draw.pick([question, explore, fix, feature])(this.#desk);
    this.fresh();
    this.beganMs = this.thread.atMs;
    this.#least = draw.count(120, 1, 30, 1_200);
    this.#enoughNanoUsd = usualNanoUsd * draw.size(2, 0.5, 1, 8);
    this.#callsBefore = sitting.session.calls.length;
    this.#costBefore = sitting.session.costNanoUsd;
  }

  get desk(): Desk {
    return this.#desk;
  }

  get thread(): Thread {
    return this.#thread;
  }

  get draw(): Draw {
    return this.sitting.session.draw;
  }

  get extraCalls(): number {
    return this.sitting.session.calls.length - this.#callsBefore;
  }

  get burnedEnough(): boolean {
    return this.sitting.session.costNanoUsd - this.#costBefore >= this.#enoughNanoUsd;
  }

  /** Whether the session goes on. */
  get on(): boolean {
    if (this.extraCalls >= MOST_CALLS) return false;
    return this.extraCalls < this.#least || !this.burnedEnough;
  }

  /** An unattended desk whose time starts again: nothing ends the work. */
  fresh(): Desk {
    this.#desk = new Desk(this.thread, { ...this.#desk.job, manner: "away" });
    return this.#desk;
  }

  /** Lets the run go on inside a sub-agent, while the main thread waits. */
  inAgent(story: Story): void {
    const main = this.#thread;
    const spec = this.#desk.agent("general-purpose", "Get it to work", (own) => {
      this.#thread = own.thread;
      this.fresh();
      story(this);
    });
    main.agents([spec]);
    this.#thread = main;
  }

  /** Something else, as agents do between tries. */
  aside(): void {
    const { acts } = this.#desk;
    this.thread.turn([
      this.draw.pick([() => acts.read(), () => acts.search(), () => acts.glance(), () => acts.edit()])(),
    ]);
  }

  /** A turn unlike the others: reading, editing, testing, looking things up. */
  varied(more: Partial<Act> = {}): void {
    const { draw } = this;
    const { acts, project } = this.#desk;
    const file = acts.file();
    const failure = project.failure(file, draw.int(1, 400), draw.int(1, 900));
    const makers: (() => Act)[] = [
      () => acts.read(),
      () => acts.search(),
      () => acts.edit(),
      () => acts.edit(file),
      () => acts.write(`${file.split(".")[0]}_${draw.hex(4)}.${file.split(".").at(-1)}`),
      () => acts.glance(),
      () => acts.bash(project.test(file), 6, `${draw.int(1, 90)} passed`),
      () => acts.bashFails(project.test(file), failure, 6),
      () => acts.bash(`node -e 'console.log(${acts.code().length} * ${draw.int(2, 90)})'`, 0.3),
      () => acts.act("WebFetch", { url: `https://docs.example.com/${draw.hex(5)}`, prompt: "What does it say?" }),
    ];
    this.thread.turn([{ ...draw.pick(makers)(), ...more }]);
  }
}

/** How a kind of runaway goes: it acts on the run until the run is over. */
export type Story = (run: Run) => void;
