import { join } from "node:path";
import { CodeWriter } from "./code.ts";
import { type Edit, type EditKind, languageOf, planEdit } from "./edits.ts";
import { type FileState, type Line, newLine, rewrite, type Writer } from "./lines.ts";
import { Random } from "./random.ts";
import { type Commit, HUMAN, type Owner, Repository, type WorkTree } from "./repository.ts";
import type { Thread } from "./transcript.ts";

const FOLDERS = ["src", "src/billing", "src/stock", "src/web", "lib", "scripts"];

/** The simulated company: one repository, one person, the sessions the person runs, and a clock. */
export class World {
  readonly random: Random;
  readonly code: CodeWriter;
  readonly repository: Repository;
  readonly folder: string;
  readonly main: WorkTree;
  readonly threads: { thread: Thread; meta?: object }[] = [];
  readonly owners: Owner[] = [];
  /** Pull requests by number. */
  readonly pulls = new Map<number, { owner: Owner; state: "open" | "closed" | "merged" }>();
  #now: number;
  #nextPull: number;
  #nextFile = 0;
  readonly #names = new Set<string>();

  constructor(folder: string, seed: number, crlf: boolean) {
    this.folder = folder;
    this.random = new Random(seed);
    this.code = new CodeWriter(this.random);
    this.#now = Date.UTC(2026, 0, 5, 8, 0, 0) + this.random.int(0, 86_400_000 * 60);
    this.#nextPull = this.random.int(2, 140);
    this.repository = new Repository(() => this.#now);
    const files = new Map<number, FileState>();
    for (let left = this.random.int(6, 15); left > 0; left--) {
      const file = this.newFile(this.random.int(30, 110), null, crlf && left === 1 ? true : undefined);
      files.set(this.nextId(), file);
    }
    const root = this.repository.make({ parents: [], files, message: "Import the shop", owner: null });
    this.repository.refs.set("refs/heads/main", root.sha);
    this.main = { path: join(folder, "shop"), branch: "main", files };
    this.repository.trees.push(this.main);
    for (let left = this.random.int(1, 3); left > 0; left--) this.moveMain();
  }

  /** Lets time pass. */
  pass(atLeast: number, atMost: number): number {
    this.#now += this.random.int(atLeast, atMost);
    return this.#now;
  }

  nextId(): number {
    return this.#nextFile++;
  }

  /** Numbers go to pull requests and issues alike. */
  nextPull(): number {
    this.#nextPull += this.random.int(1, 3);
    return this.#nextPull;
  }

  /** A name that was not given before, by `make`. */
  unused(make: () => string): string {
    let name = make();
    while (this.#names.has(name)) name = make();
    this.#names.add(name);
    return name;
  }

  newPath(extension = this.random.pick(["ts", "ts", "ts", "ts", "py", "css"])): string {
    return this.unused(() => `${this.random.pick(FOLDERS)}/${this.code.name()}.${extension}`);
  }

  newFile(atLeast: number, writer: Writer | null, crlf?: boolean): FileState {
    const path = this.newPath(crlf === true ? "ts" : undefined);
    const texts = this.code.file(languageOf(path), atLeast);
    return { path, lines: texts.map((text) => newLine(text, writer)), crlf: crlf ?? false };
  }

  owner(branch: string): Owner {
    const owner = this.owners.find((known) => known.branch === branch && branch === "main") ?? { branch, pr: null };
    if (!this.owners.includes(owner)) this.owners.push(owner);
    return owner;
  }

  /** The file of a work tree. */
  file(tree: WorkTree, id: number): FileState {
    const file = tree.files.get(id);
    if (file === undefined) throw new Error(`no file ${id}`);
    return file;
  }

  put(tree: WorkTree, id: number, file: FileState): void {
    tree.files = new Map(tree.files).set(id, file);
  }

  /** A person edits a file by hand. */
  humanEdit(tree: WorkTree, id: number, kind: EditKind, only?: (line: Line) => boolean): void {
    const file = this.file(tree, id);
    applyEdit(this, tree, id, planEdit(this.random, this.code, file, kind, only), (text) => newLine(text, null));
    this.pass(30_000, 300_000);
  }

  /** A person commits in a terminal. */
  humanCommit(tree: WorkTree, message: string, owner: Owner | null, ids?: readonly number[]): Commit {
    this.pass(15_000, 120_000);
    return this.repository.commitTree(tree, message, owner, ids);
  }

  /** Somebody's commit lands on main; it may touch the given file. */
  moveMain(id?: number): void {
    this.pass(60_000, 900_000);
    const tip = this.repository.tip("main");
    const tree: WorkTree = { path: "", branch: "main", files: tip.files };
    const chosen = this.random.some([...tip.files.keys()], this.random.int(1, 2));
    if (id !== undefined && tip.files.has(id) && !chosen.includes(id)) chosen.push(id);
    for (const one of chosen) this.humanEdit(tree, one, this.random.pick(["block", "extend", "replace"]));
    const message = this.code.title();
    const author = this.random.chance(0.5) ? HUMAN : { name: "Kim Sol", email: "kim@example.com" };
    const commit = this.repository.make({ parents: [tip.sha], files: tree.files, message, owner: null, author });
    this.repository.move("main", commit.sha);
  }
}

/** Applies an edit; lines whose text stays keep their identity. Answers the file before and after. */
export function applyEdit(
  world: World,
  tree: WorkTree,
  id: number,
  edit: Edit,
  make: (text: string) => Line,
): { before: FileState; after: FileState } {
  const before = world.file(tree, id);
  const fresh = rewrite(before.lines.slice(edit.start, edit.end), edit.after.map(make));
  const lines = [...before.lines.slice(0, edit.start), ...fresh, ...before.lines.slice(edit.end)];
  const after = { ...before, lines };
  world.put(tree, id, after);
  return { before, after };
}
