import { unformatted } from "./code.ts";
import { type Edit, type EditKind, languageOf, planEdit } from "./edits.ts";
import { type FileState, hunksOf, type Line, newLine, rewrite } from "./lines.ts";
import type { Commit, Owner, WorkTree } from "./repository.ts";
import { type Call, type Placed, Thread, type ToolUse } from "./transcript.ts";
import { applyEdit, type World } from "./world.ts";

const CO_AUTHOR = "Co-Authored-By: Claude <noreply@anthropic.com>";

/** How an agent writes: `formatted: false` is left to the project's formatter. */
export interface Manner {
  formatted?: boolean;
  only?: (line: Line) => boolean;
}

/** A coding agent at work in one session (or a sub-agent of it). */
export class Agent {
  readonly thread: Thread;
  readonly tree: WorkTree;
  readonly #world: World;

  constructor(world: World, tree: WorkTree, subfolder = "", main?: Thread) {
    this.#world = world;
    this.tree = tree;
    const cwd = subfolder === "" ? tree.path : `${tree.path}/${subfolder}`;
    this.thread = new Thread(world, cwd, () => tree.branch, main);
    if (main === undefined) world.threads.push({ thread: this.thread });
  }

  /** A person's prompt; what follows works for `owners`. */
  ask(text: string, ...owners: Owner[]): void {
    this.thread.owners = owners;
    this.thread.prompt(text);
  }

  say(text: string): void {
    this.thread.reply(text, []);
  }

  bash(command: string, stdout: string, gitOperation?: object): void {
    this.bashThen(command, () => ({ stdout, ...(gitOperation === undefined ? {} : { gitOperation }) }));
  }

  /** Runs a command whose effect and output come about while it runs. */
  bashThen(command: string, run: () => { stdout: string; gitOperation?: object }): void {
    const description = command.split(" ").slice(0, 2).join(" ");
    const use = this.#one(this.#talk(), { name: "Bash", input: { command, description } }).use;
    this.#world.pass(1200, 4000);
    const { stdout, gitOperation } = run();
    const result = { stdout, stderr: "", interrupted: false, isImage: false };
    this.thread.result(use, { content: stdout, result: gitOperation ? { ...result, gitOperation } : result });
  }

  read(id: number): void {
    const file = this.#world.file(this.tree, id);
    const use = this.#one(this.#talk(), { name: "Read", input: { file_path: this.#path(file) } }).use;
    const content = file.lines.map((line) => line.text).join("\n");
    const numbered = file.lines.map((line, index) => `${String(index + 1).padStart(6)}\t${line.text}`).join("\n");
    const count = file.lines.length;
    const read = { filePath: this.#path(file), content, numLines: count, startLine: 1, totalLines: count };
    this.thread.result(use, { content: numbered, result: { type: "text", file: read } });
  }

  /** Looks around in some files. */
  explore(count: number): void {
    const { random } = this.#world;
    for (const id of random.some([...this.tree.files.keys()], count)) {
      if (random.chance(0.75)) this.read(id);
      else this.bash(`grep -rn "${this.#world.code.noun()}" src | head -5`, "src/index.ts:3: // see below");
    }
  }

  edit(id: number, kind: EditKind, manner: Manner = {}): Call {
    const { call, uses } = this.editAll([id], kind, manner, this.thread.owners);
    if (uses === 0) throw new Error("no edit");
    return call;
  }

  /** Edits several files by one reply of several tool uses. */
  editAll(
    ids: readonly number[],
    kind: EditKind,
    manner: Manner,
    owners: readonly Owner[],
  ): { call: Call; uses: number } {
    const plans = ids.map((id) => ({ id, edit: this.#plan(id, kind, manner) }));
    const tools = plans.map(({ id, edit }) => {
      const file = this.#world.file(this.tree, id);
      return { name: "Edit", input: { file_path: this.#path(file), ...strings(file, edit, this.#style(id, manner)) } };
    });
    const { call, uses } = this.thread.reply(this.#talk(), tools, owners);
    for (const [index, { id, edit }] of plans.entries()) {
      const use = uses[index];
      if (use !== undefined) this.#applyEdit(id, edit, call, use, manner);
    }
    return { call, uses: uses.length };
  }

  /** Several edits of one file by one tool use. */
  multiEdit(id: number): void {
    const first = this.#plan(id, "block", {});
    const before = this.#world.file(this.tree, id);
    const draft = { path: "", branch: this.tree.branch, files: this.tree.files };
    applyEdit(this.#world, draft, id, first, (text) => newLine(text, null));
    const { random, code } = this.#world;
    const second = planEdit(random, code, this.#world.file(draft, id), "extend", (line) => before.lines.includes(line));
    const edits = [strings(before, first), strings(this.#world.file(draft, id), second)];
    const file_path = this.#path(before);
    const { call, use } = this.#one(this.#talk(), { name: "MultiEdit", input: { file_path, edits } });
    const make = (text: string): Line => newLine(text, { session: this.thread.session, call });
    applyEdit(this.#world, this.tree, id, first, make);
    const { after } = applyEdit(this.#world, this.tree, id, second, make);
    const structuredPatch = hunksOf(texts(before), texts(after));
    const result = { filePath: file_path, edits, originalFile: null, structuredPatch, userModified: false };
    this.thread.result(use, { content: `Applied 2 edits to ${file_path}`, result });
  }

  /** Writes a new file; answers its id. */
  create(manner: Manner = {}): number {
    const { random } = this.#world;
    const path = this.#world.newPath(manner.formatted === false ? "ts" : undefined);
    const id = this.#world.nextId();
    const pretty = this.#world.code.file(languageOf(path), random.int(15, 45));
    this.#write(id, { path, lines: [], crlf: false }, pretty, this.#styleOf(path, manner), "create");
    return id;
  }

  /** Writes an old file anew, with one change. */
  overwrite(id: number): void {
    const file = this.#world.file(this.tree, id);
    const { start, end, after } = this.#plan(id, "block", {});
    const whole = texts(file);
    whole.splice(start, end - start, ...after);
    this.#write(id, file, whole, (text) => text, "update");
  }

  /** An edit that the person refuses or that fails: nothing changes. */
  failedEdit(id: number, why: "rejected" | "failed"): void {
    const file = this.#world.file(this.tree, id);
    const file_path = this.#path(file);
    const input = strings(file, this.#plan(id, "block", {}));
    if (why === "failed") input.old_string = `${input.old_string}\n// ${this.#world.code.title()}`;
    const { use } = this.#one(this.#talk(), { name: "Edit", input: { file_path, ...input } });
    if (why === "failed") {
      const text = `String to replace not found in file.\nString: ${input.old_string}`;
      const content = `<tool_use_error>${text}</tool_use_error>`;
      this.thread.result(use, { content, result: `Error: ${text}`, isError: true });
      return;
    }
    const content =
      "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";
    this.thread.result(use, { content, result: "User rejected tool use", isError: true });
    this.thread.interrupted();
  }

  test(): void {
    const passed = this.#world.random.int(12, 90);
    this.bash("npm test", `> shop@1.4.0 test\n> vitest run\n\n Tests  ${passed} passed (${passed})`);
  }

  /** Runs the formatter over files: the agent's lines get the project's style. */
  format(ids: readonly number[]): void {
    const paths = ids.map((id) => this.#world.file(this.tree, id).path);
    this.bashThen(`npx prettier --write ${paths.join(" ")}`, () => {
      for (const id of ids) this.#format(id);
      return { stdout: paths.map((path) => `${path} ${this.#world.random.int(8, 90)}ms`).join("\n") };
    });
  }

  checkout(branch: string, from?: string): void {
    const fresh = !this.#world.repository.hasBranch(branch);
    const start = from === undefined ? "" : ` ${from}`;
    this.bashThen(fresh ? `git checkout -b ${branch}${start}` : `git checkout ${branch}`, () => {
      const { repository } = this.#world;
      repository.checkout(this.tree, branch, from === undefined ? undefined : repository.tip(from).sha);
      return { stdout: `Switched to ${fresh ? "a new " : ""}branch '${branch}'` };
    });
  }

  /** Commits all changes or the named files. */
  commit(title: string, owner: Owner, ids?: readonly number[]): Commit {
    const { random, repository } = this.#world;
    const message = random.chance(0.7) ? `${title}\n\n${CO_AUTHOR}` : title;
    const add = ids === undefined ? "-A" : ids.map((id) => this.#world.file(this.tree, id).path).join(" ");
    const quoted = message === title ? `"${title}"` : `"$(cat <<'EOF'\n${message}\nEOF\n)"`;
    const made: Commit[] = [];
    this.bashThen(`git add ${add} && git commit -m ${quoted}`, () => {
      const commit = repository.commitTree(this.tree, message, owner, ids);
      made.push(commit);
      return this.#committed(commit, "committed");
    });
    return made[0] ?? repository.tip(this.tree.branch);
  }

  amend(): void {
    this.bashThen("git add -A && git commit --amend --no-edit", () =>
      this.#committed(this.#world.repository.amend(this.tree), "amended"),
    );
  }

  /** Puts a copy of a commit on another branch and comes back. */
  cherryPick(branch: string, commit: Commit): void {
    const home = this.tree.branch;
    this.bashThen(`git checkout ${branch} && git cherry-pick ${commit.sha.slice(0, 9)}`, () => {
      this.#world.repository.checkout(this.tree, branch);
      return this.#committed(this.#world.repository.replay(branch, commit, null), "cherry-picked");
    });
    this.checkout(home);
  }

  rename(id: number, path: string): void {
    const file = this.#world.file(this.tree, id);
    this.bashThen(`git mv ${file.path} ${path}`, () => {
      this.#world.put(this.tree, id, { ...file, path });
      return { stdout: "" };
    });
  }

  rebase(onto: string): void {
    this.bashThen(`git fetch origin && git rebase origin/${onto}`, () => {
      this.#world.repository.rebase(this.tree.branch, onto);
      return { stdout: `Successfully rebased and updated refs/heads/${this.tree.branch}.` };
    });
  }

  openPull(number: number, title: string): void {
    const { branch } = this.tree;
    if (this.#world.random.chance(0.6)) this.bash(`git push -u origin ${branch}`, "", { push: { branch } });
    const url = `https://github.com/acme/shop/pull/${number}`;
    const command = `gh pr create --title "${title}" --body "${this.#world.code.title()}."`;
    this.bash(command, url, { pr: { number, url, action: "created" } });
    if (this.#world.random.chance(0.7)) this.thread.link(number);
  }

  closePull(number: number, title: string): void {
    const url = `https://github.com/acme/shop/pull/${number}`;
    const stdout = `✓ Closed pull request acme/shop#${number} (${title})`;
    this.bash(`gh pr close ${number}`, stdout, { pr: { number, url, action: "closed" } });
  }

  /** Has a sub-agent do some work. */
  delegate(task: string, work: (helper: Agent) => void): void {
    const helper = new Agent(this.#world, this.tree, "", this.thread);
    const input = { description: task, prompt: `${task}. Report what you changed.`, subagent_type: "general-purpose" };
    const { use } = this.#one(this.#talk(), { name: "Agent", input });
    const { agentId } = helper.thread;
    helper.thread.prompt(input.prompt);
    work(helper);
    helper.say("Done: the change is in place.");
    const meta = { agentType: "general-purpose", description: task, toolUseId: use.id };
    this.#world.threads.push({ thread: helper.thread, meta });
    const content = [{ type: "text", text: "Done: the change is in place." }];
    const result = { status: "completed", prompt: input.prompt, agentId, content, totalToolUseCount: 3 };
    this.thread.result(use, { content, result });
  }

  #plan(id: number, kind: EditKind, manner: Manner): Edit {
    const { random, code } = this.#world;
    return planEdit(random, code, this.#world.file(this.tree, id), kind, manner.only);
  }

  #applyEdit(id: number, edit: Edit, call: Call, use: Placed, manner: Manner): void {
    const style = this.#style(id, manner);
    const input = strings(this.#world.file(this.tree, id), edit, style);
    const make = this.#maker(call, style);
    const old = this.#world.file(this.tree, id).lines.slice(edit.start, edit.end);
    const kept = new Set(old.map((line) => line.text));
    const plain = this.#maker(call, (text) => text);
    const { before, after } = applyEdit(this.#world, this.tree, id, edit, (text) =>
      kept.has(text) ? plain(text) : make(text),
    );
    const filePath = this.#path(before);
    const patch = hunksOf(texts(before), texts(after));
    const result = {
      filePath,
      oldString: input.old_string,
      newString: input.new_string,
      originalFile: null,
      structuredPatch: patch,
      userModified: false,
      replaceAll: false,
    };
    this.thread.result(use, { content: `The file ${filePath} has been updated successfully.`, result });
  }

  #write(id: number, file: FileState, pretty: string[], style: (text: string) => string, type: string): void {
    const filePath = this.#path(file);
    const known = new Set(texts(file));
    const content = `${pretty.map((text) => (known.has(text) ? text : style(text))).join("\n")}\n`;
    const { call, use } = this.#one(this.#talk(), { name: "Write", input: { file_path: filePath, content } });
    const lines = rewrite(file.lines, pretty.map(this.#maker(call, style)));
    this.#world.put(this.tree, id, { ...file, lines });
    const structuredPatch = type === "create" ? [] : hunksOf(texts(file), texts({ ...file, lines }));
    const done = type === "create" ? "created" : "updated";
    this.thread.result(use, {
      content: `File ${done} successfully at: ${filePath}`,
      result: { type, filePath, content, structuredPatch, originalFile: null, userModified: false },
    });
  }

  #format(id: number): void {
    const file = this.#world.file(this.tree, id);
    const lines = file.lines.map((line) => {
      if (line.formatted === undefined) return line;
      const { formatted, ...rest } = line;
      return { ...rest, text: formatted, exact: false };
    });
    this.#world.put(this.tree, id, { ...file, lines });
  }

  #committed(commit: Commit, kind: string): { stdout: string; gitOperation: object } {
    const { branch } = this.tree;
    const sha = commit.sha.slice(0, this.#world.random.pick([7, 7, 7, 8, 10]));
    const files = [...this.#world.repository.added(commit).values()];
    const count = files.reduce((sum, lines) => sum + lines.length, 0);
    const changed = `${files.length} file${files.length === 1 ? "" : "s"} changed, ${count} insertions(+)`;
    const stdout = `[${branch} ${sha}] ${commit.message.split("\n")[0]}\n ${changed}`;
    return { stdout, gitOperation: { commit: { sha, kind, branch } } };
  }

  #maker(call: Call, style: (text: string) => string): (text: string) => Line {
    return (text) => {
      const line = newLine(style(text), { session: this.thread.session, call });
      return line.text === text ? line : { ...line, formatted: text };
    };
  }

  #style(id: number, manner: Manner): (text: string) => string {
    return this.#styleOf(this.#world.file(this.tree, id).path, manner);
  }

  #styleOf(path: string, manner: Manner): (text: string) => string {
    return manner.formatted === false && languageOf(path) === "ts" ? unformatted : (text) => text;
  }

  #path(file: FileState): string {
    return `${this.tree.path}/${file.path}`;
  }

  #talk(): string | null {
    return this.#world.random.chance(0.35) ? `Next: ${this.#world.code.title().toLowerCase()}.` : null;
  }

  #one(text: string | null, tool: ToolUse): { call: Call; use: Placed } {
    const { call, uses } = this.thread.reply(text, [tool]);
    const use = uses[0];
    if (use === undefined) throw new Error("no tool use");
    return { call, use };
  }
}

function texts(file: FileState): string[] {
  return file.lines.map((line) => line.text);
}

/** The texts of an edit: lines that the old text has stay as they are, new ones get the agent's style. */
function strings(
  file: FileState,
  edit: Edit,
  style: (text: string) => string = (text) => text,
): { old_string: string; new_string: string } {
  const old = texts(file).slice(edit.start, edit.end);
  const kept = new Set(old);
  return {
    old_string: old.join("\n"),
    new_string: edit.after.map((text) => (kept.has(text) ? text : style(text))).join("\n"),
  };
}
