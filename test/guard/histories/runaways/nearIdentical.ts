import { SECOND } from "../draw.ts";
import type { Act } from "../thread.ts";
import type { Run, Story } from "./run.ts";

/** Calls that differ in a counter, a time, a page or an attempt only. */

function count(run: Run, make: (n: number) => readonly Act[]): void {
  const noise = run.draw.pick([0, 0, 0.05, 0.12, 0.2]);
  for (let n = run.draw.int(1, 3); run.on; n++) {
    for (const act of make(n)) run.thread.turn([act]);
    if (run.draw.chance(noise)) run.aside();
  }
}

export const NEAR_IDENTICAL: Readonly<Record<string, Story>> = {
  "pages without end": (run) => {
    const { acts } = run.desk;
    count(run, (n) => [acts.bash(`curl -s 'https://api.example.com/v1/items?page=${n}&size=50' | jq length`, 1, "50")]);
  },

  "attempt after attempt": (run) => {
    const { acts, project } = run.desk;
    count(run, (n) => [
      acts.bashFails(`echo "attempt ${n}" && ${project.build}`, "deploy failed: health check did not pass", 15),
    ]);
  },

  "empty commits to wake the checks": (run) => {
    const { acts, draw } = run.desk;
    count(run, (n) => [
      acts.bash(`git commit --allow-empty -m "retry checks ${n}" && git push`, 3),
      acts.bash(`sleep ${draw.pick([30, 60])} && gh run view ${9_000_000_000 + n * 7}`, 45, "failure", { tokens: 90 }),
    ]);
  },

  "the time in the command": (run) => {
    const { acts, thread } = run.desk;
    count(run, () => {
      const time = new Date(thread.atMs).toISOString().slice(0, 19);
      return [acts.bash(`gh run list --created '>${time}Z' --json status`, 2, "[]", { tokens: 30 })];
    });
  },

  "a log read page by page": (run) => {
    const { acts, draw } = run.desk;
    const tokens = draw.int(500, 4_000);
    count(run, (n) => [{ ...acts.read("logs/server.log", n * 200), tokens }]);
  },

  "a script for every try": (run) => {
    const { acts } = run.desk;
    count(run, (n) => [
      { ...acts.write(`scratch/try_${n}.py`), writes: run.draw.int(150, 900) },
      acts.bashFails(`python scratch/try_${n}.py`, "ModuleNotFoundError: No module named 'ledgerlib'", 1),
    ]);
  },

  "a site's pages": (run) => {
    const { acts, draw } = run.desk;
    count(run, (n) => [
      acts.act(
        "WebFetch",
        { url: `https://forum.example.com/list?p=${n}`, prompt: "List the titles" },
        { tookMs: draw.int(2, 9) * SECOND },
      ),
    ]);
  },

  "a new temporary folder each time": (run) => {
    const { acts, draw } = run.desk;
    count(run, () => [
      acts.bashFails(`cd /tmp/tmp.${draw.hex(10)} && make check`, "make: *** No rule to make target 'check'.", 1),
    ]);
  },

  "longer and longer sleeps": (run) => {
    const { acts } = run.desk;
    count(run, (n) => [
      acts.bash(`sleep ${5 + ((n * 5) % 115)}; docker ps --filter name=db`, 5, "no containers", { tokens: 40 }),
    ]);
  },

  "a version for every release": (run) => {
    const { acts } = run.desk;
    const input = (n: number) => ({
      file_path: acts.path("package.json"),
      old_string: `"version": "1.0.${n}"`,
      new_string: `"version": "1.0.${n + 1}"`,
    });
    count(run, (n) => [
      acts.act("Edit", input(n)),
      acts.bashFails("npm publish", "npm error code E403\n403 Forbidden", 4),
    ]);
  },
};
