import { Desk } from "./desk.ts";
import { type Draw, HOUR, MINUTE, SECOND } from "./draw.ts";
import type { Model } from "./models.ts";
import { type Persona, TASKS } from "./personas.ts";
import type { Project } from "./project.ts";
import { Session } from "./session.ts";
import { type Setting, Thread } from "./thread.ts";

/** What a session starts with. */
export interface Opening {
  persona: Persona;
  project: Project;
  setting: Setting;
  agentModel: Model | null;
  /** Models that the person switches between. */
  others: readonly Model[];
  size: number;
  scripted: boolean;
  /** Whether changes need the person's leave. */
  asked: boolean;
  atMs: number;
}

/** A session under way: prompts come one after another, with the breaks that people take. */
export class Sitting {
  readonly session: Session;
  readonly thread: Thread;
  readonly opening: Opening;
  readonly #draw: Draw;
  #asked = 0;

  constructor(draw: Draw, opening: Opening) {
    this.#draw = draw;
    this.opening = opening;
    this.session = new Session(draw, opening.project.cwd, opening.scripted);
    this.session.branch = draw.chance(0.4)
      ? `topic/${draw.pick(["rate", "cart", "queue"])}-${draw.int(1, 60)}`
      : "main";
    this.thread = new Thread(this.session, opening.setting, opening.atMs, null);
  }

  /** A whole session from the first prompt to the last. */
  play(): void {
    const { persona, scripted } = this.opening;
    const most = scripted ? 1 : 24;
    for (let left = this.#draw.count(persona.prompts, persona.spread, 1, most); left > 0; left--) this.prompt();
  }

  /** A desk with a prompt just asked, after a break. */
  desk(): Desk {
    const { opening, thread } = this;
    if (this.#asked++ > 0) this.#pause();
    const size = opening.size * this.#draw.size(1, 0.5, 0.2, 4);
    const { project, agentModel } = opening;
    const manner = opening.scripted ? "away" : opening.asked ? "asked" : "accepts";
    const desk = new Desk(thread, { project, size, manner, agentModel });
    desk.ask(this.#words());
    return desk;
  }

  /** One prompt, its work, and the answer. */
  prompt(): void {
    const { thread } = this;
    const draw = this.#draw;
    const desk = this.desk();
    TASKS[draw.weighted(this.opening.persona.tasks)](desk);
    if (draw.chance(0.04)) thread.interrupted();
    else if (draw.chance(0.02)) this.#trouble();
    else thread.say("That is done.");
  }

  /** The person reads, thinks, has lunch, goes home and comes back in the morning; the model or the context may change. */
  #pause(): void {
    const { thread, opening } = this;
    const draw = this.#draw;
    const kind = draw.weighted({ think: 78, coffee: 12, lunch: 6, night: 4 });
    if (kind === "think") thread.pass(8 * SECOND, Math.round(draw.size(2 * MINUTE, 1, 20 * SECOND, 30 * MINUTE)));
    else if (kind === "coffee") thread.pass(6 * MINUTE, 40 * MINUTE);
    else if (kind === "lunch") thread.pass(HOUR, 4 * HOUR);
    else thread.pass(11 * HOUR, 20 * HOUR);
    if (draw.chance(0.03)) thread.setting = { ...thread.setting, model: draw.pick(opening.others), fast: false };
    if (draw.chance(0.04) && thread.context > 60_000) thread.compact("manual");
  }

  /** The API fails or a limit is reached; the person goes on later. */
  #trouble(): void {
    const draw = this.#draw;
    if (draw.chance(0.5)) {
      this.thread.apiError("API Error: 529 Overloaded");
      this.thread.pass(10 * SECOND, 10 * MINUTE);
    } else {
      this.thread.apiError("Claude usage limit reached. Your limit will reset at 3pm.");
      this.thread.pass(30 * MINUTE, 5 * HOUR);
    }
    this.thread.prompt("continue");
    this.thread.say("Going on where I was.");
  }

  #words(): string {
    const draw = this.#draw;
    if (this.opening.scripted) return `Triage issue #${draw.int(1, 4000)} and answer it`;
    return draw.pick([
      "continue",
      "yes",
      "the tests fail, fix them",
      `fix the rate in ${draw.pick(this.opening.project.files)}`,
      "/review",
      "add the cursor to the orders page, with tests",
      "why is the total wrong?",
      "go on with the next step of the plan",
      "move the parser out of the client",
      "make it faster",
    ]);
  }
}
