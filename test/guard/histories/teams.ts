import { feature, fix, testLoop } from "./building.ts";
import type { Desk } from "./desk.ts";
import { explore, question, research } from "./reading.ts";
import type { AgentSpec } from "./thread.ts";

/** Work that is handed to sub-agents. */

const TOPICS = [
  "the routes",
  "the models",
  "error handling",
  "the tests",
  "the build",
  "naming",
  "speed",
  "security",
  "the docs",
];

function explorers(desk: Desk, count: number): AgentSpec[] {
  const { draw } = desk;
  return Array.from({ length: count }, () => {
    const searches = draw.chance(0.2);
    return desk.agent(searches ? "general-purpose" : "Explore", `Look at ${draw.pick(TOPICS)}`, (own) =>
      searches ? research(own) : explore(own, 8),
    );
  });
}

/** One to four agents look around. */
export function scouts(desk: Desk): void {
  const { draw } = desk;
  desk.thread.agents(
    explorers(desk, draw.weighted({ 1: 5, 2: 3, 3: 2, 4: 1 }) === "1" ? 1 : draw.int(2, 4)),
    draw.chance(0.3),
  );
  question(desk);
  if (draw.chance(0.5)) fix(desk);
}

/** A change is reviewed by many at once, each with one question; sometimes once more after the fixes. */
export function review(desk: Desk): void {
  const { draw, acts, thread } = desk;
  thread.turn([
    acts.bash("git diff main...HEAD --stat"),
    acts.bash("git diff main...HEAD", 0.5, "", { tokens: draw.int(800, 14_000) }),
  ]);
  const background = draw.chance(0.25);
  for (let rounds = draw.chance(0.25) ? 2 : 1; rounds > 0 && !desk.over; rounds--) {
    const count = draw.chance(0.3) ? draw.int(9, 12) : draw.int(3, 8);
    const reviewers = Array.from({ length: count }, (_, n) =>
      desk.agent(
        draw.pick(["code-reviewer", "general-purpose", "Explore"]),
        `Review ${TOPICS[n % TOPICS.length]}`,
        (own) => explore(own, 6),
      ),
    );
    thread.agents(reviewers, background);
    for (let fixes = draw.int(0, 4); fixes > 0; fixes--) thread.turn([acts.edit()]);
  }
  testLoop(desk, acts.file(), 5);
}

/** A big task split among agents that build; now and then one of them starts agents of its own. */
export function crew(desk: Desk): void {
  const { draw, thread } = desk;
  explore(desk, 6);
  const builders = Array.from({ length: draw.int(2, 6) }, () =>
    desk.agent("general-purpose", `Build ${draw.pick(TOPICS)}`, (own) => {
      if (draw.chance(0.12)) own.thread.agents(explorers(own, draw.int(1, 3)));
      feature(own);
    }),
  );
  thread.agents(builders, draw.chance(0.4));
  testLoop(desk);
}

/** One agent after the other, each for a step of a checklist. */
export function relay(desk: Desk): void {
  const { draw, thread } = desk;
  for (let left = draw.int(2, 8); left > 0 && !desk.over; left--) {
    thread.agents([
      desk.agent("general-purpose", `Do step ${left}`, (own) => (draw.chance(0.5) ? fix(own) : explore(own, 7))),
    ]);
    if (draw.chance(0.4)) question(desk);
  }
}
