import type { Desk } from "./desk.ts";
import { explore } from "./reading.ts";
import type { Act } from "./thread.ts";
import { pollChecks } from "./waiting.ts";

/** Work that changes files: fixes, features, refactorings, and their loops of trying again. */

/** Edits and runs the same test until it passes; the error stays similar, or the very same, for a while. */
export function testLoop(desk: Desk, file = desk.acts.file(), most = 14): void {
  const { draw, acts, thread, project } = desk;
  const command = draw.chance(0.7) ? project.test(file) : project.testAll;
  const piped = draw.chance(0.35);
  const line = draw.int(10, 300);
  let value = draw.int(1, 900);
  const attempts = draw.count(1.9, 0.8, 0, most);
  for (let attempt = 0; attempt < attempts && !desk.over; attempt++) {
    if (draw.chance(0.55)) value = draw.int(1, 900);
    const failure = project.failure(file, line, value);
    thread.turn([piped ? acts.bash(`${command} 2>&1 | tail -20`, 5, failure) : acts.bashFails(command, failure, 5)]);
    if (draw.chance(0.4)) thread.turn([acts.read(draw.chance(0.6) ? file : acts.file())]);
    if (draw.chance(0.15)) thread.turn([acts.bashFails(command, failure, 5)]);
    for (let edits = draw.int(1, 3); edits > 0; edits--)
      thread.turn([edit(desk, draw.chance(0.75) ? file : acts.file())]);
  }
  thread.turn([acts.bash(piped ? `${command} 2>&1 | tail -20` : command, 5, `${draw.int(1, 400)} passed`)]);
}

/** An edit, sometimes after the client refused it. */
function edit(desk: Desk, file: string): Act {
  const { draw, acts, thread } = desk;
  const change = acts.edit(file);
  if (draw.chance(0.04)) {
    thread.turn([acts.fail("Edit", change.input, draw.pick(REFUSALS))]);
    thread.turn([acts.read(file)]);
  }
  return desk.permitted(change);
}

const REFUSALS = [
  "<tool_use_error>String to replace not found in file.</tool_use_error>",
  "<tool_use_error>File has been modified since read, either by the user or by a linter.</tool_use_error>",
  "<tool_use_error>File has not been read yet. Read it first before writing to it.</tool_use_error>",
];

/** A linter or type checker run again and again while its count of complaints goes down. */
export function checkLoop(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  for (
    let errors = draw.count(9, 1, 0, 140);
    errors > 0 && !desk.over;
    errors = Math.floor(errors * draw.next() * 0.9)
  ) {
    thread.turn([acts.bashFails(project.check, `Found ${errors} errors in ${1 + Math.floor(errors / 3)} files`, 6)]);
    for (let edits = Math.min(6, 1 + Math.floor(errors / 4)); edits > 0; edits--)
      thread.turn([edit(desk, acts.file())]);
  }
  thread.turn([acts.bash(project.check, 6, "no errors")]);
}

export function fix(desk: Desk): void {
  explore(desk, 5);
  const file = desk.acts.file();
  desk.thread.turn([edit(desk, file)]);
  testLoop(desk, file);
  if (desk.draw.chance(0.5)) commit(desk);
}

export function feature(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  if (draw.chance(0.3)) plan(desk);
  explore(desk, 9);
  for (let parts = desk.steps(3, 12); parts > 0 && !desk.over; parts--) {
    if (draw.chance(0.4))
      thread.turn([acts.act("TodoWrite", { todos: [{ content: `part ${parts}`, status: "in_progress" }] })]);
    const file = acts.file();
    thread.turn([draw.chance(0.35) ? acts.write(file) : edit(desk, file)]);
    for (let edits = draw.int(1, 6); edits > 0; edits--)
      thread.turn([edit(desk, draw.chance(0.5) ? file : acts.file())]);
    if (draw.chance(0.75)) testLoop(desk, file);
  }
  if (draw.chance(0.4)) checkLoop(desk);
  if (draw.chance(0.2)) thread.turn([acts.bash(project.build, 20, "built")]);
  if (draw.chance(0.6)) commit(desk);
  if (draw.chance(0.3)) publish(desk);
}

/** The agent asks, or shows its plan, and waits for the person's answer. */
function plan(desk: Desk): void {
  const { draw, acts, thread } = desk;
  explore(desk, 6);
  if (!desk.attended) return;
  const tookMs = draw.count(90_000, 1.2, 8_000, 4_000_000);
  if (draw.chance(0.4))
    thread.turn([acts.act("AskUserQuestion", { questions: [{ question: "Which way?" }] }, { tookMs })]);
  thread.turn([
    acts.act("ExitPlanMode", { plan: "1. read 2. write 3. test" }, { tookMs, answer: "User has approved your plan." }),
  ]);
}

export function commit(desk: Desk): void {
  const { draw, acts, thread } = desk;
  if (draw.chance(0.6)) thread.turn([acts.glance()]);
  const command = `git add -A && git commit -m "${draw.pick(["Fix", "Add", "Move", "Name"])} the ${draw.pick(["rate", "total", "cursor", "state"])}"`;
  for (let refused = draw.chance(0.12) ? draw.int(1, 3) : 0; refused > 0; refused--) {
    thread.turn([acts.bashFails(command, "[FORMAT] Code is not formatted.\nFix these issues before committing.", 4)]);
    thread.turn([draw.chance(0.5) ? acts.bash("npm run format", 3) : acts.edit()]);
  }
  thread.turn([desk.permitted(acts.bash(command, 1.5, "1 file changed"))]);
}

/** Pushes, opens a pull request, and often waits for its checks. */
export function publish(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  const { session } = thread;
  if (session.branch === "main") {
    session.branch = `topic/${draw.pick(["rate", "total", "state", "queue"])}-${draw.int(1, 99)}`;
    thread.turn([acts.bash(`git switch -c ${session.branch}`)]);
  }
  thread.turn([acts.bash(`git push -u origin ${session.branch}`, 3)]);
  thread.turn([
    acts.bash(
      'gh pr create --fill --title "The rate is a number"',
      3,
      `https://github.com/acme/x/pull/${++project.pull}`,
    ),
  ]);
  if (draw.chance(0.5)) pollChecks(desk);
}

/** A rebase that stops at conflict after conflict. */
export function rebase(desk: Desk): void {
  const { draw, acts, thread } = desk;
  thread.turn([acts.bash("git fetch origin", 2), acts.glance()]);
  const conflict = (file: string): string =>
    `CONFLICT (content): Merge conflict in ${file}\nerror: could not apply ${draw.hex(7)}`;
  let file = acts.file();
  thread.turn([acts.bashFails("git rebase origin/main", conflict(file))]);
  for (let left = draw.count(3, 0.7, 1, 14); left > 0 && !desk.over; left--) {
    thread.turn([acts.read(file)]);
    thread.turn([edit(desk, file)]);
    file = draw.chance(0.5) ? file : acts.file();
    const command = `git add -A && GIT_EDITOR=true git rebase --continue`;
    thread.turn([left > 1 ? acts.bashFails(command, conflict(file)) : acts.bash(command, 0.6, "Successfully rebased")]);
  }
  testLoop(desk);
}

/** Halves the history: the same command at one commit after the other. */
export function bisect(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  thread.turn([acts.bash(`git bisect start HEAD v1.${draw.int(1, 9)}.0`)]);
  for (let left = draw.int(5, 11); left > 0; left--) {
    const bad = draw.chance(0.5);
    thread.turn([
      bad
        ? acts.bashFails(project.testAll, project.failure("src/total", 41, 7), 9)
        : acts.bash(project.testAll, 9, "12 passed"),
    ]);
    thread.turn([
      acts.bash(`git bisect ${bad ? "bad" : "good"}`, 0.3, `Bisecting: ${left} revisions left\n[${draw.hex(40)}]`),
    ]);
  }
  thread.turn([acts.bash("git bisect reset")]);
}

/** Makes something faster: an edit, the same benchmark, another edit. */
export function tune(desk: Desk): void {
  const { draw, acts, thread, project } = desk;
  explore(desk, 4);
  const file = acts.file();
  for (let left = desk.steps(6, 18); left > 0 && !desk.over; left--) {
    thread.turn([acts.bash(project.bench, 30, `${draw.int(100, 900)}.${draw.int(0, 99)} ms per run`)]);
    if (draw.chance(0.5)) thread.turn([acts.read(file)]);
    thread.turn([edit(desk, file)]);
    if (draw.chance(0.2)) thread.turn([acts.bash(`git checkout ${file}`)]);
  }
}
