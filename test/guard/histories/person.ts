import { DAY, type Draw, HOUR, MINUTE } from "./draw.ts";
import type { Model } from "./models.ts";
import { PERSONAS, type Persona, type PersonaName } from "./personas.ts";
import { drawProject, type Project } from "./project.ts";
import { Sitting } from "./sitting.ts";
import type { Setting } from "./thread.ts";

const FIRST_DAY = Date.UTC(2026, 8, 23);
/** No session starts after this day: the program that reads the history must not find calls in its future. */
const LAST_DAY = Date.UTC(2026, 10, 10);

const MODELS: Partial<Record<Model, number>> = {
  "claude-opus-5-5": 5,
  "claude-sonnet-5": 3,
  "claude-sonnet-4-6": 1,
  "claude-opus-4-6": 1,
  "claude-fable-5-1": 0.7,
};

/** Somebody over some weeks: what they work on, with which models, when, and how much. */
export class Person {
  readonly name: PersonaName;
  readonly persona: Persona;
  readonly projects: readonly Project[];
  readonly #draw: Draw;
  readonly #model: Model;
  readonly #others: readonly Model[];
  readonly #agentModel: Model | null;
  readonly #cache: "5m" | "1h";
  readonly #window: number;
  readonly #startMs: number;
  /** The person's own scale: some always ask for more. */
  readonly #scale: number;
  /** Days of a deadline, days away, and days on which a dearer model is tried, as numbers of days from the start. */
  readonly #rush: readonly [number, number];
  readonly #away: readonly [number, number];
  readonly #trial: readonly [number, number];
  /** Share of sessions in which the person wants to be asked before changes. */
  readonly #asked: number;
  #project: Project;

  constructor(draw: Draw) {
    this.#draw = draw;
    this.name = draw.pick(Object.keys(PERSONAS) as PersonaName[]);
    this.persona = PERSONAS[this.name];
    this.projects = Array.from({ length: draw.int(1, 5) }, (_, number) => drawProject(draw, number));
    this.#project = this.projects[0] as Project;
    this.#model = draw.weighted(MODELS);
    this.#others = [draw.weighted(MODELS), draw.pick(["claude-haiku-4-5-20251001", "claude-sonnet-5"] as const)];
    this.#agentModel = draw.chance(0.4) ? draw.pick(["claude-sonnet-5", "claude-haiku-4-5-20251001"] as const) : null;
    this.#cache = draw.chance(0.7) ? "1h" : "5m";
    this.#window = draw.chance(0.35) ? 1_000_000 : 200_000;
    this.#startMs = FIRST_DAY + draw.int(0, 14) * DAY;
    this.#asked = draw.pick([0, 0.1, 0.3, 0.8]);
    this.#scale = draw.size(1, 0.35, 0.4, 2.5);
    const span = (chance: number, longest: number): [number, number] => {
      if (!draw.chance(chance)) return [-1, -1];
      const first = draw.int(8, 40);
      return [first, first + draw.int(2, longest)];
    };
    this.#rush = span(0.4, 5);
    this.#away = span(0.4, 10);
    this.#trial = span(0.2, 3);
  }

  /** So many sessions, played one after another or side by side, in order of their starts. */
  sessions(count: number): Sitting[] {
    const sittings: Sitting[] = [];
    for (let day = 0; sittings.length < count && this.#dayMs(day) < LAST_DAY; day++) {
      let atMs = this.#dayMs(day) + Math.round(this.#draw.size(9, 0.12, 6, 14) * HOUR);
      for (let left = Math.min(this.#sessionsOf(day), count - sittings.length); left > 0; left--) {
        const sitting = new Sitting(this.#draw, this.#opening(atMs, day, sittings.length / count));
        sitting.play();
        sittings.push(sitting);
        const endMs = this.#draw.chance(this.persona.parallel) ? atMs : Math.min(sitting.thread.atMs, atMs + 5 * HOUR);
        atMs = endMs + Math.round(this.#draw.size(25 * MINUTE, 1, MINUTE, 5 * HOUR));
        if (atMs > this.#dayMs(day) + 23 * HOUR) break;
      }
    }
    return sittings;
  }

  /** The opening of one more session, some hours after a time. */
  next(afterMs: number): Sitting {
    const atMs = afterMs + this.#draw.int(HOUR, 30 * HOUR);
    return new Sitting(this.#draw, {
      ...this.#opening(atMs, Math.floor((atMs - this.#startMs) / DAY), 1),
      scripted: false,
    });
  }

  #opening(atMs: number, day: number, progress: number) {
    const draw = this.#draw;
    const { persona } = this;
    if (draw.chance(0.35)) this.#project = draw.pick(this.projects);
    const growth = persona.growth ** progress;
    const rush = within(this.#rush, day) ? 1.5 : 1;
    const scripted = draw.chance(persona.scripted);
    return {
      persona,
      project: this.#project,
      setting: this.#setting(day),
      agentModel: this.#agentModel,
      others: this.#others,
      size: persona.size * this.#scale * growth * rush * draw.size(1, persona.sizeSpread, 0.2, 6),
      scripted,
      asked: draw.chance(this.#asked),
      atMs: scripted ? this.#dayMs(day) + draw.int(2, 20) * HOUR + draw.int(0, 5) * MINUTE : atMs,
    };
  }

  #setting(day: number): Setting {
    const draw = this.#draw;
    let model = draw.chance(0.1) ? draw.pick(this.#others) : this.#model;
    if (within(this.#trial, day)) model = "claude-fable-5-1";
    const fast = model === "claude-opus-5-5" && draw.chance(0.04);
    return { model, cache: this.#cache, window: this.#window, fast };
  }

  #dayMs(day: number): number {
    return this.#startMs + day * DAY;
  }

  #sessionsOf(day: number): number {
    const draw = this.#draw;
    if (within(this.#away, day)) return draw.chance(0.06) ? 1 : 0;
    const weekday = new Date(this.#dayMs(day)).getUTCDay();
    const weekend = weekday === 0 || weekday === 6;
    if (!draw.chance(weekend ? 0.18 : 0.88)) return 0;
    return draw.count(this.persona.daily * (within(this.#rush, day) ? 2 : 1), 0.5, 1, 9);
  }
}

function within([first, last]: readonly [number, number], day: number): boolean {
  return day >= first && day <= last;
}
