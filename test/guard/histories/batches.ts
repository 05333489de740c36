import { checkLoop, commit, feature, fix, testLoop } from "./building.ts";
import type { Desk } from "./desk.ts";
import { explore } from "./reading.ts";
import type { Act } from "./thread.ts";
import { flaky, startServer } from "./waiting.ts";

/** Work in many like steps, and work that is long. */

/** One similarly named file after the other gets the same treatment, one or a few at a time. */
export function batch(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  const count = Math.min(project.family.length, desk.steps(18, 60));
  const start = draw.int(0, project.family.length - count);
  const files = project.family.slice(start, start + count);
  const form = draw.weighted({ edit: 3, readEdit: 3, convert: 2, read: 2, write: 1, inspect: 1, commit: 1 });
  const width = draw.pick([1, 1, 1, 2, 4]);
  const [from, to] = [acts.code(), acts.code()];
  const one = (file: string): Act => {
    const input = { file_path: acts.path(file), old_string: from, new_string: to };
    switch (form) {
      case "convert":
        return acts.bash(`node scripts/convert.mjs ${file} --out build/`, 2, `converted ${file}`);
      case "inspect":
        return acts.bash(`head -c 400 ${file} | jq '.version'`, 0.1, `${draw.int(1, 4)}`);
      case "commit":
        return acts.bash(`git add ${file} && git commit -m "Update ${file}"`, 1, "1 file changed");
      case "read":
        return acts.read(file);
      case "write":
        return acts.write(file);
      default:
        return acts.act("Edit", input, {
          writes: draw.count(180, 0.4, 60, 900),
          tokens: draw.count(150, 0.4, 40, 900),
        });
    }
  };
  for (let at = 0; at < files.length && !desk.over; at += width) {
    const some = files.slice(at, at + width);
    if (form === "readEdit") thread.turn(some.map((file) => acts.read(file)));
    thread.turn(some.map(one).map((act) => desk.permitted(act)));
    if (draw.chance(0.03)) testLoop(desk, some[0], 4);
  }
  if (draw.chance(0.6)) thread.turn([acts.bash(project.testAll, 15, "all passed")]);
}

/** A name is changed everywhere: one search, the same edit in many files, and the type checker until it is content. */
export function codemod(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  thread.turn([acts.search()]);
  const [from, to] = [acts.code(), acts.code()];
  for (const file of draw.some(project.files, desk.steps(14, 50))) {
    if (draw.chance(0.3)) thread.turn([acts.read(file)]);
    const input = { file_path: acts.path(file), old_string: from, new_string: to, replace_all: true };
    if (draw.chance(0.06))
      thread.turn([acts.fail("Edit", input, "<tool_use_error>String to replace not found in file.</tool_use_error>")]);
    else thread.turn([acts.act("Edit", input, { writes: draw.count(160, 0.4, 60, 700) })]);
    if (desk.over) break;
  }
  checkLoop(desk);
  commit(desk);
}

/** A notebook: cells are written and run; a run takes minutes. */
export function notebook(desk: Desk): void {
  const { draw, acts, thread } = desk;
  const path = acts.path(`notebooks/${draw.pick(["churn", "demand", "latency"])}.ipynb`);
  for (let left = desk.steps(8, 28); left > 0 && !desk.over; left--) {
    const input = {
      notebook_path: path,
      cell_id: `c${draw.int(1, 40)}`,
      new_source: acts.code(),
      edit_mode: "replace",
    };
    thread.turn([acts.act("NotebookEdit", input, { writes: draw.count(500, 0.7, 80, 4_000) })]);
    if (draw.chance(0.7)) {
      const run = "jupyter nbconvert --execute --inplace notebooks/main.ipynb";
      if (draw.chance(0.3))
        thread.turn([acts.bashFails(run, `KeyError: '${draw.pick(["day", "user", "total"])}'`, 25)]);
      else thread.turn([acts.bash(run, 40, "[NbConvertApp] Writing")]);
    }
    if (draw.chance(0.2)) thread.turn([acts.bash(`python - <<'E'\nprint(df.iloc[${draw.int(0, 90)}])\nE`, 3)]);
  }
}

/** A long task that the agent does by itself, in phases, for up to an hour and a half. */
export function marathon(prompt: Desk): void {
  const desk = prompt.accepting();
  const { draw, acts, thread } = desk;
  explore(desk, 20);
  for (let phases = desk.steps(5, 14, 0.4); phases > 0 && !desk.over; phases--) {
    thread.turn([acts.act("TodoWrite", { todos: [{ content: `phase ${phases}`, status: "in_progress" }] })]);
    const part = draw.weighted({ feature: 4, fix: 3, check: 2, explore: 2, server: 1, flaky: 0.5, codemod: 0.7 });
    ({ feature, fix, check: checkLoop, explore, server: startServer, flaky, codemod })[part](desk);
  }
  checkLoop(desk);
  commit(desk);
}
