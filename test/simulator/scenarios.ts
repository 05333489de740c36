import { join } from "node:path";
import { Agent } from "./agent.ts";
import { Work } from "./work.ts";
import type { World } from "./world.ts";

/** A piece of work as it goes on: it stops (`yield`) where the person may turn to other work. */
export type Story = Generator<void, void>;

function* plain(world: World): Story {
  const work = new Work(world);
  let agent = work.session();
  work.ordinary(agent);
  yield;
  for (let more = world.random.int(0, 2); more > 0; more--) {
    if (world.random.chance(0.5)) agent = work.session("", `Go on with this: ${work.title.toLowerCase()}.`);
    else followUp(work, agent);
    work.ordinary(agent);
    yield;
  }
  work.enter();
  work.finish(agent);
}

/** The person comes back to a session that is still open. */
function followUp(work: Work, agent: Agent): void {
  work.enter();
  agent.ask(`Also: ${work.world.code.title().toLowerCase()}.`, work.owner);
}

function* severalSessions(world: World): Story {
  const work = new Work(world);
  work.enter();
  const files = work.files(2);
  let agent = work.session();
  for (let left = world.random.int(1, 3); left >= 0; left--) {
    agent.explore(1);
    work.edits(agent, files);
    if (left === 0 || world.random.chance(0.6)) work.commit(agent);
    agent.say("That part is done.");
    if (left > 0) agent = work.session("", `Improve what you did: ${work.title.toLowerCase()}.`);
  }
  yield;
  work.enter();
  work.finish(agent);
}

function* humanAndAgent(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const files = work.files(2);
  agent.explore(2);
  work.edits(agent, files);
  for (const id of files) {
    world.humanEdit(work.tree, id, world.random.pick(["block", "extend"]));
    const mine = (line: { session: string | null }): boolean => line.session === agent.thread.session;
    if (world.random.chance(0.5)) world.humanEdit(work.tree, id, "replace", mine);
  }
  const byAgent = world.random.chance(0.5);
  if (byAgent) agent.ask("I made some changes too. Commit it all.", work.owner);
  work.commit(byAgent ? agent : null);
  yield;
  work.enter();
  work.finish(byAgent ? agent : null);
}

function* splitCommits(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const [a = 0, b = 0] = work.files(2);
  agent.explore(1);
  agent.edit(a, "block");
  agent.edit(b, "block");
  if (world.random.chance(0.5)) agent.edit(a, "extend");
  work.commit(agent, [a]);
  work.commit(agent, [b]);
  agent.say("Two commits, one for each part.");
  yield;
  work.enter();
  work.finish(agent);
}

function* batched(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  agent.explore(2);
  const changed = work.edits(agent, work.files(world.random.int(2, 4)));
  agent.say("All changes are in the work tree.");
  for (const id of changed) work.commit(null, [id]);
  yield;
  work.enter();
  work.finish(null);
}

function* amended(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const files = work.files(2);
  work.edits(agent, files);
  work.commit(agent);
  for (let left = world.random.int(1, 2); left > 0; left--) {
    agent.ask("Not quite: improve it and amend the commit.", work.owner);
    work.edits(agent, files.slice(0, 1));
    if (world.random.chance(0.6)) agent.amend();
    else world.repository.amend(work.tree);
  }
  agent.say("Amended.");
  yield;
  work.enter();
  work.finish(agent);
}

function* rebased(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const files = work.files(2);
  for (const id of files) {
    work.edits(agent, [id]);
    work.commit(agent);
  }
  yield;
  world.moveMain(files[0]);
  world.moveMain();
  yield;
  work.enter();
  if (world.random.chance(0.5)) {
    agent.ask("Rebase this onto main.", work.owner);
    agent.rebase("main");
    agent.say("Rebased.");
  } else {
    world.repository.rebase(work.branch, "main");
  }
  work.finish(agent);
}

function* squashed(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  for (let left = world.random.int(1, 3); left >= 0; left--) {
    work.ordinary(agent);
    if (left > 0) agent.ask(`Next: ${world.code.title().toLowerCase()}.`, work.owner);
  }
  yield;
  work.enter();
  work.finish(agent, "squash");
}

function* mergeCommit(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  work.ordinary(agent);
  yield;
  world.moveMain();
  followUp(work, agent);
  work.ordinary(agent);
  work.finish(agent, "merge");
}

function* cherryPicked(world: World): Story {
  const { repository, random } = world;
  if (!repository.hasBranch("release/1.x")) {
    repository.refs.set("refs/heads/release/1.x", repository.tip("main").sha);
  }
  const work = new Work(world);
  const agent = work.session();
  const commit = work.ordinary(agent);
  yield;
  work.enter();
  const landed = work.finish(agent, random.pick(["merge", "squash", "open"]));
  yield;
  world.pass(600_000, 7_200_000);
  const picked = landed !== null && landed.parents.length === 1 && random.chance(0.7) ? landed : commit;
  if (random.chance(0.3)) {
    if (repository.hasBranch(work.branch)) work.enter();
    agent.ask("Put this on release/1.x too.", work.owner);
    agent.cherryPick("release/1.x", picked);
    agent.say("It is on release/1.x.");
    return;
  }
  const note = random.chance(0.5) ? `\n\n(cherry picked from commit ${picked.sha})` : "";
  repository.replay("release/1.x", picked, null, picked.message + note);
}

function* reverted(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const commit = work.ordinary(agent);
  yield;
  work.enter();
  const landed = work.finish(agent, world.random.pick(["merge", "squash"]));
  yield;
  world.pass(600_000, 7_200_000);
  world.repository.revert("main", landed !== null && landed.parents.length === 1 ? landed : commit, null);
}

function* stacked(world: World): Story {
  const lower = new Work(world);
  const first = lower.session();
  lower.ordinary(first);
  const lowerEnding = world.random.pick(["open", "merge", "squash"] as const);
  lower.open(first, lowerEnding);
  const upper = new Work(world, { from: lower.branch });
  const second = upper.session();
  upper.ordinary(second);
  const upperEnding = lowerEnding === "open" ? "open" : world.random.pick(["open", "merge", "squash"] as const);
  upper.open(second, upperEnding);
  yield;
  lower.end(lowerEnding);
  yield;
  upper.end(upperEnding);
}

function* worktree(world: World): Story {
  const { repository } = world;
  const path = join(world.folder, `shop-${world.code.noun()}${repository.trees.length}`);
  const tree = { path, branch: "main", files: repository.tip("main").files };
  const work = new Work(world, { tree });
  repository.checkout(tree, work.branch);
  repository.trees.push(tree);
  const agent = work.session();
  work.ordinary(agent);
  yield;
  agent.ask(`Also: ${world.code.title().toLowerCase()}.`, work.owner);
  work.ordinary(agent);
  work.finish(agent);
}

function* subfolder(world: World): Story {
  const work = new Work(world);
  const path = [...world.repository.tip("main").files.values()][0]?.path ?? "src/a.ts";
  const agent = work.session(path.slice(0, path.lastIndexOf("/")));
  work.ordinary(agent);
  yield;
  work.enter();
  work.finish(agent);
}

function* renamed(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const [id = 0] = work.files(1);
  agent.edit(id, "block");
  if (world.random.chance(0.6)) work.commit(agent);
  const extension = world.file(work.tree, id).path.replace(/.*\./, "");
  const path = world.newPath(extension);
  if (world.random.chance(0.5)) agent.rename(id, path);
  else world.put(work.tree, id, { ...world.file(work.tree, id), path });
  if (world.random.chance(0.5)) agent.edit(id, "extend");
  work.commit(agent);
  agent.edit(id, "block");
  work.commit(agent);
  agent.say("Renamed.");
  yield;
  work.enter();
  work.finish(agent);
}

function* formatter(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  agent.explore(1);
  const changed = work.edits(agent, work.files(2), false);
  agent.format(changed);
  work.commit(agent);
  agent.say("Formatted and committed.");
  yield;
  work.enter();
  work.finish(agent);
}

function* planning(world: World): Story {
  const work = new Work(world);
  const { random } = world;
  if (random.chance(0.1)) {
    world.repository.checkout(work.tree, "main");
    const early = new Agent(world, work.tree);
    early.ask("What should we do next in this project?", world.owner("main"));
    early.explore(random.int(2, 4));
    early.say("Here is a list of ideas.");
  }
  work.enter();
  const planner = work.session("", `Only plan, do not edit: ${work.title.toLowerCase()}.`);
  planner.explore(random.int(2, 6));
  planner.say("This is the plan.");
  yield;
  const agent = work.session();
  work.ordinary(agent);
  yield;
  work.enter();
  work.finish(agent);
}

function* testing(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  work.ordinary(agent);
  work.open(agent, "squash");
  const tester = work.session("", "Run the tests.");
  for (let left = world.random.int(1, 3); left > 0; left--) tester.test();
  tester.say("All tests pass.");
  yield;
  work.end("squash");
}

function* rewriting(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const [id = 0] = work.files(1);
  agent.edit(id, "block");
  const own = (line: { session: string | null }): boolean => line.session === agent.thread.session;
  for (let left = world.random.int(2, 5); left > 0; left--) {
    agent.edit(id, world.random.pick(["replace", "replace", "delete", "extend"]), { only: own });
    if (world.random.chance(0.4)) agent.test();
  }
  work.commit(world.random.chance(0.6) ? agent : null);
  agent.say("It works now.");
  yield;
  work.enter();
  work.finish(agent);
}

function* subagent(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const files = work.files(2);
  agent.delegate(work.title, (helper) => {
    helper.explore(1);
    work.edits(helper, files);
  });
  if (world.random.chance(0.5)) agent.test();
  work.commit(agent);
  agent.say("The helper's change is committed.");
  yield;
  work.enter();
  work.finish(agent);
}

function* outside(world: World): Story {
  const tree = { path: join(world.folder, "notes"), branch: "HEAD", files: new Map() };
  const agent = new Agent(world, tree);
  agent.ask("What is the difference between a receipt and an invoice?");
  for (let left = world.random.int(0, 3); left > 0; left--) agent.bash("ls", "notes.txt");
  agent.say("A receipt confirms a payment; an invoice asks for one.");
  yield;
}

function* noPullRequest(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  work.ordinary(agent);
  yield;
  followUp(work, agent);
  work.ordinary(agent);
}

function* closed(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  work.ordinary(agent);
  work.open(agent, "closed");
  yield;
  work.enter();
  work.end("closed", agent);
}

function* rejected(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const files = work.files(2);
  for (const id of files) {
    const why = world.random.pick(["rejected", "failed"] as const);
    agent.failedEdit(id, why);
    if (why === "rejected") agent.ask("Not so. Do it in another way.", work.owner);
    agent.edit(id, "block");
  }
  agent.failedEdit(files[0] ?? 0, "failed");
  work.commit(agent);
  agent.say("Done, in another way.");
  yield;
  work.enter();
  work.finish(agent);
}

function* crlf(world: World): Story {
  const work = new Work(world);
  const agent = work.session();
  const files = [...work.tree.files].filter(([, file]) => file.crlf).map(([id]) => id);
  agent.explore(1);
  work.edits(agent, [...files, ...work.files(1).filter((id) => !files.includes(id))]);
  work.commit(agent);
  agent.say("Done.");
  yield;
  work.enter();
  work.finish(agent);
}

function* splitPullRequests(world: World): Story {
  const one = new Work(world);
  const two = new Work(world);
  one.enter();
  const [a = 0, b = 0] = one.files(2);
  const agent = new Agent(world, one.tree);
  agent.ask(`Two things: ${one.title}, and apart from it: ${two.title}.`, one.owner);
  agent.editAll([a, b], "block", {}, [one.owner, two.owner]);
  agent.edit(a, "block");
  one.commit(agent, [a]);
  agent.thread.owners = [two.owner];
  if (world.random.chance(0.5)) agent.edit(b, "block");
  agent.checkout(two.branch, "main");
  two.commit(agent, [b]);
  agent.say("Both are committed, each on its branch.");
  yield;
  one.enter();
  one.finish(null, "merge");
  yield;
  two.enter();
  two.finish(null, "squash");
}

/** How each kind of work goes. */
export const STORIES = {
  plain,
  severalSessions,
  humanAndAgent,
  splitCommits,
  batched,
  amended,
  rebased,
  squashed,
  mergeCommit,
  cherryPicked,
  reverted,
  stacked,
  worktree,
  subfolder,
  renamed,
  formatter,
  planning,
  testing,
  rewriting,
  subagent,
  outside,
  noPullRequest,
  closed,
  rejected,
  crlf,
  splitPullRequests,
} as const satisfies Record<string, (world: World) => Story>;

/** The name of a kind of work. */
export type ScenarioName = keyof typeof STORIES;
