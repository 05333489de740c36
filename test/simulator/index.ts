import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Random } from "./random.ts";
import { type ScenarioName, STORIES, type Story } from "./scenarios.ts";
import { type Truth, truthOf } from "./truth.ts";
import { World } from "./world.ts";

export type { ScenarioName } from "./scenarios.ts";
export type { Truth } from "./truth.ts";

/** A simulated history on disk, with what is known about it. */
export interface SimulatedHistory {
  /** The main work tree. */
  repo: string;
  /** What CLAUDE_CONFIG_DIR names: holds `projects/<slug>/<session>.jsonl`. */
  claude: string;
  truth: Truth;
}

/** All kinds of work that a history can hold. */
export const SCENARIOS: readonly ScenarioName[] = Object.keys(STORIES) as ScenarioName[];

/** Writes a git repository and transcripts below `folder` (which must not hold any yet), the same for the same seed. */
export function simulate(folder: string, seed: number, options: { scenarios?: ScenarioName[] } = {}): SimulatedHistory {
  const names = options.scenarios ?? drawScenarios(seed);
  const world = new World(folder, seed, names.includes("crlf"));
  play(
    world,
    names.map((name) => STORIES[name]),
  );
  const home = join(folder, "home");
  const claude = join(folder, "claude");
  for (const path of [home, join(folder, "notes"), join(claude, "projects")]) mkdirSync(path, { recursive: true });
  const { repository } = world;
  repository.checkout(world.main, "main");
  repository.refs.set("refs/remotes/origin/main", repository.tip("main").sha);
  repository.write(home);
  for (const { thread, meta } of world.threads) thread.write(claude, meta);
  return { repo: world.main.path, claude, truth: truthOf(world, home) };
}

function drawScenarios(seed: number): ScenarioName[] {
  const random = new Random(seed + 77_777);
  return Array.from({ length: random.int(3, 7) }, () => random.pick(SCENARIOS));
}

/** Lets the stories go on by turns, up to two at a time, with commits of others on main in between. */
function play(world: World, stories: readonly ((world: World) => Story)[]): void {
  const waiting = [...stories];
  const open: Story[] = [];
  while (waiting.length > 0 || open.length > 0) {
    const next = open.length === 0 || (open.length < 2 && world.random.chance(0.4)) ? waiting.shift() : undefined;
    if (next !== undefined) open.push(next(world));
    const story = world.random.pick(open);
    if (story.next().done === true) open.splice(open.indexOf(story), 1);
    world.pass(300_000, 3_600_000);
    if (world.random.chance(0.15)) world.moveMain();
  }
}
