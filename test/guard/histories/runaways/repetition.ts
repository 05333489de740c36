import { SECOND } from "../draw.ts";
import type { Act } from "../thread.ts";
import type { Run, Story } from "./run.ts";

/** The same call, a small cycle of calls, or the same error, again and again. */

function cycle(run: Run, acts: readonly (() => Act)[]): void {
  const noise = run.draw.pick([0, 0, 0.05, 0.12, 0.25]);
  while (run.on) {
    for (const make of acts) {
      run.thread.turn([make()], run.draw.chance(0.1) ? "Let me try again." : null);
      if (run.draw.chance(noise)) run.aside();
    }
  }
}

/** Times in an error differ, as they do. */
function timed(run: Run, text: string): string {
  return run.draw.chance(0.5) ? text : `${text}\nTime: ${run.draw.int(1, 9)}.${run.draw.int(10, 99)}s`;
}

export const REPETITION: Readonly<Record<string, Story>> = {
  "a build that fails the same way": (run) => {
    const { acts, project } = run.desk;
    const error = `error: cannot find module '${acts.file()}'`;
    const plain = run.draw.chance(0.5);
    cycle(run, [() => acts.bashFails(project.build, plain ? error : timed(run, error), 8)]);
  },

  "an edit and its reverse": (run) => {
    const { acts, project, draw } = run.desk;
    const file = acts.file();
    const [one, other] = [acts.code(), acts.code()];
    const failure = project.failure(file, draw.int(1, 300), draw.int(1, 90));
    const swap = (from: string, to: string) => (): Act =>
      acts.act(
        "Edit",
        { file_path: acts.path(file), old_string: from, new_string: to },
        { writes: draw.int(120, 900) },
      );
    const test = (): Act => acts.bashFails(project.test(file), failure, 5);
    cycle(run, [swap(one, other), test, swap(other, one), test]);
  },

  "the same few files read": (run) => {
    const { acts } = run.desk;
    const files = Array.from({ length: run.draw.int(1, 4) }, () => acts.file());
    const tokens = run.draw.int(300, 6_000);
    cycle(
      run,
      files.map((file) => () => ({ ...acts.read(file), tokens })),
    );
  },

  "an edit that the client refuses": (run) => {
    const { acts, draw } = run.desk;
    const file = acts.file();
    const input = { file_path: acts.path(file), old_string: acts.code(), new_string: acts.code() };
    const refused = (): Act =>
      acts.fail("Edit", input, "<tool_use_error>String to replace not found in file.</tool_use_error>", {
        writes: draw.int(100, 500),
      });
    cycle(run, draw.chance(0.5) ? [refused] : [refused, () => acts.read(file)]);
  },

  "a server that times out": (run) => {
    const { acts, draw } = run.desk;
    const input = { sql: "SELECT * FROM orders JOIN users USING (id)" };
    cycle(run, [
      () =>
        acts.fail("mcp__warehouse__query", input, "MCP error -32001: Request timed out", {
          tookMs: draw.int(20, 62) * SECOND,
        }),
    ]);
  },

  "a task that never ends": (run) => {
    const { acts, draw } = run.desk;
    const input = { task_id: "b17", block: true, timeout: 60_000 };
    const looks = [
      () => acts.act("TaskOutput", input, { tookMs: draw.int(55, 61) * SECOND, tokens: 40, answer: "running" }),
      () => acts.bash("sleep 30 && tail -n 2 logs/build.log", 31, "Waiting for lock", { tokens: 40 }),
    ];
    cycle(run, [draw.pick(looks)]);
  },

  "many ways into one error": (run) => {
    const { acts, draw, project } = run.desk;
    const error = draw.pick([
      "ENOSPC: no space left on device, write",
      "Error: 401 Unauthorized: invalid x-api-key",
      'FATAL: password authentication failed for user "app"',
      "permission denied while trying to connect to the Docker daemon socket",
    ]);
    cycle(run, [
      () =>
        acts.bashFails(
          `${draw.pick([project.build, project.test(acts.file()), `make ${draw.pick(["up", "all", "seed"])}`])} --retry-${draw.hex(3)}`,
          error,
          3,
        ),
    ]);
  },

  "fixes that change nothing": (run) => {
    const { acts, draw, project } = run.desk;
    const file = acts.file();
    const failure = project.failure(file, draw.int(1, 300), draw.int(1, 90));
    cycle(run, [
      () => acts.edit(file),
      () => acts.bashFails(project.test(file), draw.chance(0.7) ? failure : timed(run, failure), 5),
    ]);
  },
};
