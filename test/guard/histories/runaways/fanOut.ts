import type { Desk } from "../desk.ts";
import { explore, question } from "../reading.ts";
import type { AgentSpec } from "../thread.ts";
import type { Run, Story } from "./run.ts";

/** More agents than anybody asked for: at once, wave after wave, or each starting more. */

const MOST_AGENTS = 300;

function worker(desk: Desk, number: number): AgentSpec {
  const type = desk.draw.pick(["general-purpose", "Explore", "code-reviewer"]);
  return desk.agent(type, `Check part ${number}`, (own) => (desk.draw.chance(0.3) ? question(own) : explore(own, 5)));
}

function waves(run: Run, width: () => number, background: boolean): void {
  const { session } = run.sitting;
  const target = run.draw.count(70, 0.7, 25, MOST_AGENTS);
  let number = session.agents;
  const before = session.agents;
  while (session.agents - before < target || (!run.burnedEnough && session.agents - before < MOST_AGENTS)) {
    run.thread.agents(
      Array.from({ length: width() }, () => worker(run.desk, ++number)),
      background,
    );
    if (run.draw.chance(0.3)) run.aside();
  }
}

export const FAN_OUT: Readonly<Record<string, Story>> = {
  "all at once": (run) => {
    const target = run.draw.count(60, 0.6, 25, 200);
    waves(run, () => target, run.draw.chance(0.5));
  },

  "wave after wave": (run) => {
    const width = run.draw.int(6, 20);
    waves(run, () => width, run.draw.chance(0.4));
  },

  "one after the other": (run) => {
    waves(run, () => run.draw.int(1, 3), false);
  },

  "agents that start agents": (run) => {
    const { draw } = run;
    const { session } = run.sitting;
    const target = draw.count(80, 0.6, 25, MOST_AGENTS);
    const before = session.agents;
    const left = (): number => target - (session.agents - before);
    const breed = (desk: Desk, depth: number): AgentSpec =>
      desk.agent("general-purpose", `Solve part ${session.agents}`, (own) => {
        explore(own, 3);
        const children = Math.min(draw.int(1, 4), left());
        if (depth < 7 && children > 0) own.thread.agents(Array.from({ length: children }, () => breed(own, depth + 1)));
      });
    while (left() > 0 || (!run.burnedEnough && session.agents - before < MOST_AGENTS)) {
      run.thread.agents(Array.from({ length: draw.int(1, 4) }, () => breed(run.desk, 1)));
    }
  },
};
