import { HOUR, MINUTE } from "../draw.ts";
import type { Model } from "../models.ts";
import { explore } from "../reading.ts";
import type { Run, Story } from "./run.ts";

/** Nobody is there: hours of work of all kinds without a prompt, or money spent many times faster than ever. */

/** Goes on for 5 to 40 hours; the pace follows from how many calls are made in that time. */
function forHours(run: Run, between: () => void): void {
  const { draw, thread } = run;
  const endMs = thread.atMs + draw.size(11 * HOUR, 0.6, 5 * HOUR, 40 * HOUR);
  const pauseMs = Math.max(0, (endMs - thread.atMs) / draw.count(450, 0.6, 120, 1_500) - 12_000);
  const latestMs = thread.atMs + 40 * HOUR;
  while (run.extraCalls < 2_500 && (thread.atMs < endMs || (run.on && thread.atMs < latestMs))) {
    run.fresh();
    run.varied();
    thread.atMs += Math.round(pauseMs * draw.size(0.7, 0.8, 0.05, 6));
    between();
  }
}

export const UNATTENDED: Readonly<Record<string, Story>> = {
  "on through the night": (run) => {
    forHours(run, () => undefined);
  },

  "with agents now and then": (run) => {
    const { draw } = run;
    forHours(run, () => {
      if (draw.chance(0.02))
        run.thread.agents(
          Array.from({ length: draw.int(1, 3) }, () =>
            run.desk.agent("Explore", "Look around", (own) => explore(own, 6)),
          ),
        );
    });
  },

  "woken by its own tasks": (run) => {
    const { draw, thread } = run;
    forHours(run, () => {
      if (!draw.chance(0.06)) return;
      thread.say("Waiting for the task.", 40);
      thread.pass(MINUTE, 20 * MINUTE);
      thread.prompt('<task-notification>\n<summary>Background command "watch" completed</summary>', "task");
    });
  },
};

/** What {@link BURNS} cost in ten minutes, about. */
export const BURN_NANO_USD = 6_500_000_000;

export const BURNS: Readonly<Record<string, Story>> = {
  "on a dear model, in fast mode": (run) => burn(run, "claude-opus-5-5", true),

  "on the dearest model with a huge context": (run) => burn(run, "claude-fable-5-1", false),
};

/** Big outputs and big reads, one right after the other. */
function burn(run: Run, model: Model, fast: boolean): void {
  const { draw, thread } = run;
  thread.setting = { ...thread.setting, model, fast, window: 1_000_000 };
  const writes = draw.int(1_500, 6_000);
  while (run.on) run.varied({ writes, tokens: draw.int(2_000, 22_000), tookMs: draw.int(100, 3_000) });
}
