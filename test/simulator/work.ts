import { Agent } from "./agent.ts";
import type { EditKind } from "./edits.ts";
import type { Commit, Owner, WorkTree } from "./repository.ts";
import type { World } from "./world.ts";

/** How a pull request ends. */
export type Ending = "open" | "closed" | "merge" | "squash" | "rebase";

/** One piece of work: a branch, perhaps a pull request, and the sessions and edits that make it. */
export class Work {
  readonly world: World;
  readonly title: string;
  readonly branch: string;
  readonly owner: Owner;
  readonly tree: WorkTree;
  readonly #from: string;
  /** How the pull request can be known from outside: by the agent's `gh`, a ref, or its merge commit's subject. */
  #knownBy: "gh" | "ref" | "subject" = "gh";

  constructor(world: World, options: { from?: string; tree?: WorkTree } = {}) {
    this.world = world;
    this.title = world.unused(() => world.code.title());
    const prefix = world.random.pick(["feat/", "fix/", "", "robin/"]);
    this.branch = prefix + this.title.toLowerCase().replaceAll(" ", "-");
    this.owner = world.owner(this.branch);
    this.tree = options.tree ?? world.main;
    this.#from = options.from ?? "main";
  }

  /** Checks the branch out; a new one is started by the person or by a session. */
  enter(): void {
    const { repository } = this.world;
    if (this.tree.branch === this.branch) return;
    const from = repository.tip(this.#from).sha;
    repository.checkout(this.tree, this.branch, from);
    this.world.pass(10_000, 600_000);
  }

  /** A session that works on this, with its first prompt; now and then the session itself starts the branch. */
  session(subfolder = "", request = `${this.title}, please.`): Agent {
    const { random, repository } = this.world;
    const byAgent = !repository.hasBranch(this.branch) && random.chance(0.4);
    if (byAgent && this.#from === "main") repository.checkout(this.tree, "main");
    else this.enter();
    const agent = new Agent(this.world, this.tree, subfolder);
    agent.ask(request, this.owner);
    if (this.tree.branch !== this.branch) agent.checkout(this.branch);
    return agent;
  }

  /** Some files to work on. */
  files(count: number): number[] {
    const { random } = this.world;
    return random.some([...this.tree.files.keys()], count);
  }

  /** A few edits of the given files by a session; answers the files it changed, new ones included. */
  edits(agent: Agent, ids: readonly number[], formatted = true): number[] {
    const { random } = this.world;
    const changed = [...ids];
    for (const id of ids) {
      if (random.chance(0.3)) agent.read(id);
      agent.edit(id, random.pick<EditKind>(["block", "block", "extend", "replace"]), { formatted });
      if (random.chance(0.35))
        agent.edit(id, random.pick<EditKind>(["block", "replace", "extend", "delete"]), { formatted });
    }
    const first = ids[0];
    if (formatted && first !== undefined && random.chance(0.15)) agent.multiEdit(first);
    if (formatted && first !== undefined && random.chance(0.1)) agent.overwrite(first);
    if (random.chance(0.4)) changed.push(agent.create({ formatted }));
    return changed;
  }

  /** The session's or the person's commit of everything. */
  commit(agent: Agent | null, ids?: readonly number[]): Commit {
    const title = this.world.code.title();
    if (agent !== null) return agent.commit(title, this.owner, ids);
    return this.world.humanCommit(this.tree, title, this.owner, ids);
  }

  /** Edits, perhaps a test run, a commit and a last word: an ordinary session. */
  ordinary(agent: Agent, files = this.files(this.world.random.int(1, 3))): Commit {
    const { random } = this.world;
    agent.explore(random.int(1, 3));
    this.edits(agent, files);
    if (random.chance(0.5)) agent.test();
    const commit = this.commit(random.chance(0.75) ? agent : null);
    agent.say("Done: the change is committed.");
    return commit;
  }

  /** Opens the pull request; `ending` limits how it can be known. */
  open(agent: Agent | null, ending: Ending): void {
    const { random, pulls } = this.world;
    const number = this.world.nextPull();
    this.owner.pr = number;
    pulls.set(number, { owner: this.owner, state: "open" });
    const subject = ending === "merge" || ending === "squash";
    this.#knownBy = random.pick(subject ? ["gh", "ref", "subject"] : ["gh", "ref"]);
    if (agent === null && this.#knownBy === "gh") this.#knownBy = subject ? "subject" : "ref";
    if (agent !== null && this.#knownBy === "gh") {
      if (random.chance(0.5)) agent.ask("Open a pull request.", this.owner);
      agent.openPull(number, this.title);
      agent.say(`The pull request is #${number}.`);
    } else {
      this.world.pass(60_000, 600_000);
    }
  }

  /** Ends the pull request. */
  end(ending: Ending, agent: Agent | null = null): Commit | null {
    const pull = this.world.pulls.get(this.owner.pr ?? 0);
    if (pull === undefined) throw new Error("no pull request to end");
    this.world.pass(600_000, 7_200_000);
    if (ending === "closed") {
      pull.state = "closed";
      if (agent !== null) {
        agent.ask("Close the pull request, we do not need it.", this.owner);
        agent.closePull(this.owner.pr ?? 0, this.title);
        agent.say("It is closed.");
      }
    } else if (ending !== "open") {
      pull.state = "merged";
    }
    const commit = this.#land(ending);
    this.#clean(ending);
    return commit;
  }

  /** Opens and ends it as drawn. */
  finish(agent: Agent | null, ending: Ending = this.drawEnding()): Commit | null {
    this.open(agent, ending);
    return this.end(ending);
  }

  drawEnding(): Ending {
    return this.world.random.pick(["open", "merge", "merge", "squash", "squash", "squash", "rebase"]);
  }

  #land(ending: Ending): Commit | null {
    const { repository } = this.world;
    const number = this.owner.pr ?? 0;
    if (ending === "merge") {
      return repository.merge(this.branch, `Merge pull request #${number} from acme/${this.branch}\n\n${this.title}`);
    }
    if (ending === "squash") return repository.squash(this.branch, `${this.title} (#${number})`, this.owner);
    if (ending !== "rebase") return null;
    const own = repository.between("main", this.branch);
    return own.map((commit) => repository.replay("main", commit, this.owner)).at(-1) ?? null;
  }

  /** Refs as they stay: the pull request's own, the pushed branch's, and perhaps no branch any more. */
  #clean(ending: Ending): void {
    const { random, repository } = this.world;
    const { sha } = repository.tip(this.branch);
    if (this.#knownBy === "ref") repository.refs.set(`refs/pull/${this.owner.pr ?? 0}/head`, sha);
    const merged = ending === "merge" || ending === "squash" || ending === "rebase";
    if (!merged || this.tree !== this.world.main || random.chance(0.5)) {
      if (random.chance(0.5)) repository.refs.set(`refs/remotes/origin/${this.branch}`, sha);
      return;
    }
    if (this.tree.branch === this.branch) repository.checkout(this.tree, "main");
    repository.refs.delete(`refs/heads/${this.branch}`);
  }
}
