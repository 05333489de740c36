import { MINUTE } from "../draw.ts";
import type { Run, Story } from "./run.ts";

/** The context is paid for at the price of writing again and again. */

/** Reads until the context is big, as part of normal work. */
function fill(run: Run, tokens: number): void {
  const { acts } = run.desk;
  while (run.thread.context < tokens) run.thread.turn([{ ...acts.read(), tokens: run.draw.int(2_000, 14_000) }]);
}

export const CONTEXT_THRASH: Readonly<Record<string, Story>> = {
  "every request misses the cache": (run) => {
    run.thread.misses = true;
    while (run.on) run.varied();
  },

  "most requests miss the cache": (run) => {
    const share = run.draw.pick([0.4, 0.6, 0.8]);
    while (run.on) {
      run.thread.misses = run.draw.chance(share);
      run.varied();
    }
  },

  "compaction after compaction": (run) => {
    const { thread, draw } = run;
    const { acts } = run.desk;
    thread.setting = { ...thread.setting, window: 200_000 };
    const files = Array.from({ length: draw.int(4, 9) }, () => acts.file());
    while (run.on) for (const file of files) thread.turn([{ ...acts.read(file), tokens: draw.int(11_000, 26_000) }]);
  },

  "a timer that wakes a cold session": (run) => {
    const { thread, draw } = run;
    fill(run, draw.int(60_000, 140_000));
    const pause = thread.setting.cache === "5m" ? draw.int(6, 15) : draw.int(61, 80);
    while (run.on) {
      thread.pass(pause * MINUTE, (pause + 1) * MINUTE);
      thread.prompt("Check whether there is something to do.", "scheduled");
      for (let left = draw.int(0, 2); left > 0; left--) run.varied();
      thread.say("Nothing to do yet.", 60);
    }
  },
};
