import { ToolFlag } from "./flags.ts";
import { setOf, WordTable } from "./lists.ts";
import { editFlag } from "./paths.ts";
import { PROGRAMS } from "./programs.ts";
import { type SimpleCommand, simpleCommands } from "./shell.ts";
import { subcommandsOf, taskFlags } from "./subcommands.ts";

/** Words before a command that say nothing about it; the value is the number of words that go with it. */
const WRAPPERS = new WordTable<number>([
  [
    0,
    "sudo doas env time nohup nice command exec builtin xargs npx bunx pnpx uvx pipx watch stdbuf " +
      "cross-env dotenv caffeinate xvfb-run if then do else elif while until ! { &",
  ],
  [1, "timeout gtimeout"],
]);

/** Two-word wrappers: `uv run pytest`. */
const WRAPPER_PAIRS = new WordTable<string>([
  ["run", "uv poetry pipenv pdm hatch rye conda op doppler"],
  ["exec", "bundle pnpm yarn npm mise direnv"],
  ["dlx", "pnpm yarn"],
  ["x", "bun"],
]);

const SHELLS = setOf("bash sh zsh fish dash ksh pwsh powershell cmd");
const MAX_NESTING = 2;

/** What the commands of a shell line do, as tool flags. */
export function commandFlags(line: string, nesting = 0): number {
  let flags = 0;
  for (const command of simpleCommands(line)) flags |= simpleFlags(command, nesting);
  // A test, a commit or an edit with `cd` and `echo` around it is just that.
  return (flags & ~ToolFlag.idle) === 0 ? flags : flags & ~ToolFlag.idle;
}

function simpleFlags(command: SimpleCommand, nesting: number): number {
  const words = unwrapped(command.words);
  const name = baseName(words[0] ?? "");
  let flags = programFlags(name, words, nesting);
  // `npm test | tail` runs tests; it does not read files.
  if (command.piped && (flags & ~(ToolFlag.read | ToolFlag.idle)) === 0) flags = 0;
  return flags | targetFlag(command.target, flags);
}

/** `cat > file` writes a file where the program itself does nothing else; logs of other programs are no edits. */
function targetFlag(target: string, flags: number): number {
  if (target === "" || target.startsWith("/dev/") || target.startsWith("/tmp/") || target.startsWith("$")) return 0;
  return (flags & ~(ToolFlag.read | ToolFlag.idle)) === 0 && !/\.(?:log|out|err)$/.test(target) ? editFlag(target) : 0;
}

function unwrapped(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    const extra = WRAPPERS.first(word);
    if (extra !== undefined) at = afterOptions(words, at + 1) + extra;
    else if (WRAPPER_PAIRS.all(word).includes(words[at + 1] ?? "")) at = afterOptions(words, at + 2);
    else if ((word.includes("=") && /^[A-Za-z_]\w{0,80}=/.test(word)) || word.startsWith("$env:")) at++;
    else break;
  }
  return at === 0 ? words : words.slice(at);
}

function afterOptions(words: readonly string[], from: number): number {
  let at = from;
  while ((words[at] ?? "").startsWith("-")) at++;
  return at;
}

function programFlags(name: string, words: readonly string[], nesting: number): number {
  if (name === "" || name.startsWith("-") || name.startsWith("$")) return ToolFlag.idle;
  if (SHELLS.has(name)) return shellFlags(words, nesting);
  if (name === "apply_patch" || name === "applypatch") return patchFlags(words.join("\n"));
  if (name === "sed" || name === "perl" || name === "ruby") {
    const inPlace = words.find((word) => /^(?:-[a-zA-Z]{0,4}i|--in-place)/.test(word));
    if (inPlace !== undefined) return editFlag(words.at(-1) ?? "");
  }
  if (name === "tee") return targetFlag(words.at(-1) ?? "", 0);
  if (name === "git") return gitFlags(words);
  if (name.startsWith("python") || name === "py") return pythonFlags(words, nesting);
  const table = subcommandsOf(name);
  if (table !== undefined) return table(words);
  const known = PROGRAMS.first(name.toLowerCase());
  if (known !== undefined) return known;
  // A script of the project: its name often says what it is for.
  return taskFlags(name) || ToolFlag.script;
}

/** `bash -lc "..."` runs a line of its own; `bash deploy.sh` a script. */
function shellFlags(words: readonly string[], nesting: number): number {
  const at = words.findIndex((word, i) => i > 0 && /^(?:-[a-z]*c|-Command|\/c)$/i.test(word));
  const line = at > 0 ? words[at + 1] : undefined;
  if (line !== undefined) return nesting < MAX_NESTING ? commandFlags(line, nesting + 1) : ToolFlag.script;
  const script = words.find((word, i) => i > 0 && !word.startsWith("-"));
  return script === undefined ? ToolFlag.script : taskFlags(baseName(script)) || ToolFlag.script;
}

function pythonFlags(words: readonly string[], nesting: number): number {
  const at = words.indexOf("-m");
  if (at < 0) {
    const script = words.find((word, i) => i > 0 && !word.startsWith("-"));
    if (script === undefined || words.includes("-c")) return ToolFlag.script;
    const name = baseName(script);
    if (name === "manage.py") return taskFlags(words[words.indexOf(script) + 1] ?? "") || ToolFlag.script;
    if (name === "setup.py") return ToolFlag.build;
    return taskFlags(name) || ToolFlag.script;
  }
  return programFlags(words[at + 1] ?? "", words.slice(at + 1), nesting);
}

const GIT_READS = setOf(
  "status log diff show blame annotate shortlog reflog rev-parse rev-list ls-files ls-tree ls-remote " +
    "describe grep cat-file fetch config remote bisect merge-base name-rev show-ref for-each-ref " +
    "range-diff check-ignore version help count-objects whatchanged",
);

/** `git -C dir -c key=value commit` and the like: the options before the subcommand are passed over. */
function gitFlags(words: readonly string[]): number {
  let at = 1;
  while ((words[at] ?? "").startsWith("-")) at += words[at] === "-C" || words[at] === "-c" ? 2 : 1;
  const command = words[at] ?? "";
  if (command === "mv" || command === "rm") return ToolFlag.files;
  if (command === "") return ToolFlag.gitRead;
  const rest = words.slice(at + 1);
  if (command === "branch" || command === "tag" || command === "stash" || command === "worktree") {
    const lists = rest.every((word) => LISTING.test(word));
    return lists && !(command === "stash" && rest.length === 0) ? ToolFlag.gitRead : ToolFlag.gitWrite;
  }
  return GIT_READS.has(command) ? ToolFlag.gitRead : ToolFlag.gitWrite;
}

const LISTING = /^(?:list|show|-a|-r|-v|-vv|-l|--list|--all|--merged|--no-merged|--show-current|--sort=.*|--contains)$/;

/** Edits named by a patch in the form that `apply_patch` takes, or by a unified diff. */
export function patchFlags(patch: string): number {
  let flags = 0;
  let files = 0;
  const names = /^(?:\*\*\* (?:Add|Update|Delete) File: |\+\+\+ (?:b\/)?)(\S[^\n]{0,400})/gm;
  for (const match of patch.slice(0, 65_536).matchAll(names)) {
    flags |= editFlag((match[1] ?? "").trim());
    if (++files >= 40) break;
  }
  return flags || ToolFlag.editCode;
}

function baseName(word: string): string {
  const slash = Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\"));
  return slash < 0 ? word : word.slice(slash + 1);
}
