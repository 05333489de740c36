import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { contentOf, type FileState, type Line, mergeSnapshots, type Snapshot } from "./lines.ts";
import { ObjectStore } from "./objects.ts";

/** What work belongs to: a pull request once it has a number, else its branch. */
export interface Owner {
  branch: string;
  pr: number | null;
}

/** Somebody that commits. */
export interface Person {
  name: string;
  email: string;
}

/** A commit with the lines it holds; `owner` is the work it is part of. */
export interface Commit {
  sha: string;
  parents: string[];
  files: Snapshot;
  message: string;
  author: Person;
  authorTime: number;
  owner: Owner | null;
}

/** A folder with a branch checked out and files that may differ from it. */
export interface WorkTree {
  path: string;
  branch: string;
  files: Snapshot;
}

interface NewCommit {
  parents: string[];
  files: Snapshot;
  message: string;
  owner: Owner | null;
  author?: Person;
  authorTime?: number;
  committer?: Person;
}

/** The person at the keyboard. */
export const HUMAN: Person = { name: "Robin Vale", email: "robin@example.com" };
/** Who commits what the forge's buttons do. */
export const FORGE: Person = { name: "GitHub", email: "noreply@github.com" };

/** A git repository in memory, written to disk in a handful of processes. */
export class Repository {
  readonly commits = new Map<string, Commit>();
  readonly refs = new Map<string, string>();
  readonly trees: WorkTree[] = [];
  readonly #objects = new ObjectStore();
  readonly #blobs = new WeakMap<FileState, string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  commit(sha: string): Commit {
    const commit = this.commits.get(sha);
    if (commit === undefined) throw new Error(`no commit ${sha}`);
    return commit;
  }

  /** The commit at the end of a branch. */
  tip(branch: string): Commit {
    return this.commit(this.refs.get(`refs/heads/${branch}`) ?? "");
  }

  hasBranch(branch: string): boolean {
    return this.refs.has(`refs/heads/${branch}`);
  }

  /** Makes a commit object; no ref moves. */
  make(given: NewCommit): Commit {
    const author = given.author ?? HUMAN;
    const committerTime = Math.floor(this.#now() / 1000);
    const authorTime = given.authorTime ?? committerTime;
    const committer = given.committer ?? HUMAN;
    const header = [
      `tree ${this.#tree(given.files)}`,
      ...given.parents.map((parent) => `parent ${parent}`),
      `author ${author.name} <${author.email}> ${authorTime} +0100`,
      `committer ${committer.name} <${committer.email}> ${committerTime} +0100`,
    ];
    const sha = this.#objects.add("commit", Buffer.from(`${header.join("\n")}\n\n${given.message}\n`));
    const { parents, files, message, owner } = given;
    const commit = { sha, parents, files, message, author, authorTime, owner };
    this.commits.set(sha, commit);
    return commit;
  }

  /** Moves a branch; work trees that have it checked out follow and keep what is not committed. */
  move(branch: string, sha: string): void {
    const before = this.refs.get(`refs/heads/${branch}`);
    this.refs.set(`refs/heads/${branch}`, sha);
    for (const tree of this.trees) {
      if (tree.branch !== branch || before === undefined) continue;
      tree.files = mergeSnapshots(this.commit(before).files, this.commit(sha).files, tree.files);
    }
  }

  /** `git checkout`, or `git checkout -b` when the branch is new; changes that are not committed come along. */
  checkout(tree: WorkTree, branch: string, from?: string): void {
    const before = this.tip(tree.branch);
    if (!this.hasBranch(branch)) this.refs.set(`refs/heads/${branch}`, from ?? before.sha);
    tree.files = mergeSnapshots(before.files, this.tip(branch).files, tree.files);
    tree.branch = branch;
  }

  /** Commits a work tree's files, all or the named ones. */
  commitTree(tree: WorkTree, message: string, owner: Owner | null, ids?: readonly number[]): Commit {
    const parent = this.tip(tree.branch);
    const files = pickFiles(parent.files, tree.files, ids);
    const commit = this.make({ parents: [parent.sha], files, message, owner });
    this.refs.set(`refs/heads/${tree.branch}`, commit.sha);
    return commit;
  }

  /** `git commit --amend --no-edit` with all changes of the work tree. */
  amend(tree: WorkTree): Commit {
    const { parents, message, owner, authorTime } = this.tip(tree.branch);
    const commit = this.make({ parents, files: tree.files, message, owner, authorTime });
    this.refs.set(`refs/heads/${tree.branch}`, commit.sha);
    return commit;
  }

  /** Commits onto a branch what `commit` changed, as rebase and cherry-pick do. */
  replay(branch: string, commit: Commit, owner: Owner | null, message = commit.message): Commit {
    const base = this.commit(commit.parents[0] ?? "");
    const onto = this.tip(branch);
    const files = mergeSnapshots(base.files, onto.files, commit.files);
    const { author, authorTime } = commit;
    const copy = this.make({ parents: [onto.sha], files, message, owner, author, authorTime });
    this.move(branch, copy.sha);
    return copy;
  }

  /** Replays all commits of a branch that `onto` does not have on top of it. */
  rebase(branch: string, onto: string): void {
    const own = this.between(onto, branch);
    const before = this.tip(branch);
    const target = this.tip(onto).sha;
    const scratch = `${branch}-rebasing`;
    this.refs.set(`refs/heads/${scratch}`, target);
    for (const commit of own) this.replay(scratch, commit, commit.owner);
    const after = this.tip(scratch);
    this.refs.delete(`refs/heads/${scratch}`);
    if (after.sha !== before.sha) this.move(branch, after.sha);
  }

  /** Undoes a commit on a branch. */
  revert(branch: string, commit: Commit, owner: Owner | null): Commit {
    const onto = this.tip(branch);
    const files = mergeSnapshots(commit.files, onto.files, this.commit(commit.parents[0] ?? "").files);
    const subject = commit.message.split("\n")[0] ?? "";
    const message = `Revert "${subject}"\n\nThis reverts commit ${commit.sha}.`;
    const reverting = this.make({ parents: [onto.sha], files, message, owner });
    this.move(branch, reverting.sha);
    return reverting;
  }

  /** Puts the whole branch on `main` as one commit, as the forge does. */
  squash(branch: string, message: string, owner: Owner | null): Commit {
    const commit = this.make({ ...this.#merged(branch), message, owner, committer: FORGE });
    this.move("main", commit.sha);
    return commit;
  }

  /** Merges a branch into `main` with a commit of two parents. */
  merge(branch: string, message: string, committer: Person = FORGE): Commit {
    const { parents, files } = this.#merged(branch);
    parents.push(this.tip(branch).sha);
    const commit = this.make({ parents, files, message, owner: null, committer });
    this.move("main", commit.sha);
    return commit;
  }

  /** The non-merge commits of a branch that another one does not have, oldest first. */
  between(other: string, branch: string): Commit[] {
    const known = this.ancestors([this.tip(other).sha]);
    return [...this.ancestors([this.tip(branch).sha])]
      .filter((sha) => !known.has(sha))
      .map((sha) => this.commit(sha))
      .filter((commit) => commit.parents.length === 1)
      .reverse();
  }

  /** Every commit that the given ones hold, themselves included; nearest first. */
  ancestors(shas: readonly string[]): Set<string> {
    const seen = new Set<string>();
    const queue = [...shas];
    for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
      if (seen.has(sha)) continue;
      seen.add(sha);
      queue.push(...this.commit(sha).parents);
    }
    return seen;
  }

  /** The lines that a commit has and its first parent has not, by path. */
  added(commit: Commit): Map<string, { line: Line; number: number }[]> {
    const parent = commit.parents[0] === undefined ? null : this.commit(commit.parents[0]);
    const before = new Set<Line>();
    for (const [id, file] of parent?.files ?? []) {
      if (commit.files.get(id) !== file) for (const line of file.lines) before.add(line);
    }
    const added = new Map<string, { line: Line; number: number }[]>();
    for (const [id, file] of commit.files) {
      if (parent?.files.get(id) === file) continue;
      const lines = file.lines.map((line, index) => ({ line, number: index + 1 }));
      added.set(
        file.path,
        lines.filter(({ line }) => !before.has(line)),
      );
    }
    return added;
  }

  /** Writes the repository and its work trees; the first tree is the main one. */
  write(home: string): void {
    const main = this.trees[0];
    if (main === undefined) throw new Error("no work tree");
    mkdirSync(main.path, { recursive: true });
    git(home, main.path, ["init", "-q", "-b", main.branch]);
    git(home, main.path, ["index-pack", "--stdin", "--strict"], this.#objects.pack());
    const updates = [...this.refs].map(([name, sha]) => `create ${name} ${sha}\n`).join("");
    git(home, main.path, ["update-ref", "--stdin"], Buffer.from(updates));
    git(home, main.path, ["reset", "-q", "--hard"]);
    git(home, main.path, ["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    for (const tree of this.trees.slice(1)) {
      git(home, main.path, ["worktree", "add", "-q", tree.path, tree.branch]);
    }
  }

  #merged(branch: string): { parents: string[]; files: Snapshot } {
    const main = this.tip("main");
    const theirs = this.tip(branch);
    const ours = this.ancestors([main.sha]);
    const base = [...this.ancestors([theirs.sha])].find((sha) => ours.has(sha)) ?? "";
    return { parents: [main.sha], files: mergeSnapshots(this.commit(base).files, main.files, theirs.files) };
  }

  #tree(files: Snapshot): string {
    const blobs = new Map<string, string>();
    for (const file of files.values()) {
      const sha = this.#blobs.get(file) ?? this.#objects.blob(contentOf(file));
      this.#blobs.set(file, sha);
      blobs.set(file.path, sha);
    }
    return this.#objects.tree(blobs);
  }
}

function pickFiles(before: Snapshot, after: Snapshot, ids?: readonly number[]): Snapshot {
  if (ids === undefined) return after;
  const files = new Map(before);
  for (const id of ids) {
    const file = after.get(id);
    if (file === undefined) files.delete(id);
    else files.set(id, file);
  }
  return files;
}

/** Runs git away from the machine's own settings. */
export function git(home: string, folder: string, args: readonly string[], input?: Buffer): string {
  const run = Bun.spawnSync(["git", "-c", "commit.gpgsign=false", "-c", "core.quotePath=false", ...args], {
    cwd: folder,
    stdin: input ?? "ignore",
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_COMMITTER_NAME: HUMAN.name,
      GIT_COMMITTER_EMAIL: HUMAN.email,
      GIT_COMMITTER_DATE: "1770000000 +0100",
      LC_ALL: "C",
    },
  });
  if (run.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr.toString()}`);
  return run.stdout.toString();
}
