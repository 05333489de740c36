import type { GitEvent } from "../events.ts";
import { objectOf, type Row, textOf } from "./rows.ts";

/** Commands whose output may tell of a commit, a push or a pull request. */
const OF_INTEREST = /\b(?:git|gh|glab|tea)\b/;
/** Commands that change files without telling which lines: stream editors, formatters, generators, redirections, patches. */
const WRITES =
  /\b(?:sed\s+(?:-\S+\s+)*-\S*i|perl\s+-\S*i|tee\b|patch\b|git\s+apply|prettier\b.*(?:--write|\s-w\b)|eslint\b.*--fix|biome\b.*(?:--write|--apply)|ruff\s+format|black\b|isort\b|gofmt\s+-w|goimports\s+-w|cargo\s+fmt|rustfmt\b|clang-format\s+-i|dprint\s+fmt|(?:npm|pnpm|yarn|bun|make|just)\s+(?:run\s+)?(?:format|fmt|generate|codegen|gen|build))|(?:^|[^0-9&>])>{1,2}\s*[^&>\s|]/;
const SHA = /^[0-9a-f]{7,64}$/;
const COMMITTED = /^\[([^\s\]]+)(?: \(root-commit\))? ([0-9a-f]{7,40})\] /gm;
const PULL_URL = /https?:\/\/[^\s"'<>]{1,200}\/(?:pull|pulls|pull-requests|-\/merge_requests)\/(\d{1,9})\b/;
const MAKES_PULL = /\b(?:gh|tea)\s+pr\s+create\b|\bglab\s+mr\s+create\b/;
const MAKES_COMMIT = /\bgit\b[^\n]*\b(?:commit|cherry-pick|revert|am|merge|rebase)\b/;

/** What a git operation says, without the session and the time. */
export type GitBody = Pick<GitEvent, "kind" | "sha" | "branch" | "number" | "url" | "action">;

/** Whether the result of a shell command is worth a look. */
export function isGitCommand(command: unknown): boolean {
  return typeof command === "string" && (OF_INTEREST.test(command) || WRITES.test(command.slice(0, 2000)));
}

/** What a shell tool's structured result says was done with git: its own account, else what git and the forge's tool printed. */
export function gitOperationsOf(result: Row | null, command: string): GitBody[] {
  const writes = WRITES.test(command) ? [operation("write", {})] : [];
  if (result === null || !OF_INTEREST.test(command)) return writes;
  const told = objectOf(result.gitOperation);
  const found = told === null ? printed(textOf(result.stdout, 20_000), command) : structured(told, result);
  // A commit that says nothing (`-q`) is looked up in git's own log of HEAD.
  const silent = MAKES_COMMIT.test(command) && !found.some(({ kind }) => kind === "commit");
  return [...writes, ...found, ...(silent ? [operation("commit", { action: "asked" })] : [])];
}

function operation(kind: GitBody["kind"], rest: Partial<GitBody>): GitBody {
  return { kind, sha: "", branch: "", number: 0, url: "", action: "", ...rest };
}

function structured(told: Row, result: Row): GitBody[] {
  const found: GitBody[] = [];
  const commit = objectOf(told.commit);
  const sha = textOf(commit?.sha, 64);
  if (commit !== null && SHA.test(sha))
    found.push(operation("commit", { sha, branch: textOf(commit.branch, 255), action: textOf(commit.kind, 40) }));
  const push = objectOf(told.push);
  if (push !== null) found.push(operation("push", { branch: textOf(push.branch, 255) }));
  const branch = objectOf(told.branch);
  if (branch !== null)
    found.push(operation("branch", { branch: textOf(branch.ref, 255), action: textOf(branch.action, 40) }));
  const pull = objectOf(told.pr);
  const url = textOf(pull?.url, 500) || (PULL_URL.exec(textOf(result.stdout, 20_000))?.[0] ?? "");
  const number = numberOf(pull?.number) || Number(PULL_URL.exec(url)?.[1] ?? 0);
  if (pull !== null && number > 0)
    found.push(operation("pull-request", { number, url, action: textOf(pull.action, 40) }));
  return found;
}

/** Clients before 2.1.2xx say nothing themselves; git's own line does. */
function printed(stdout: string, command: string): GitBody[] {
  const found: GitBody[] = [];
  if (MAKES_COMMIT.test(command)) {
    for (const [, branch = "", sha = ""] of stdout.matchAll(COMMITTED)) {
      found.push(operation("commit", { sha, branch: branch === "detached" ? "" : branch, action: "committed" }));
    }
  }
  const pull = MAKES_PULL.test(command) ? PULL_URL.exec(stdout) : null;
  if (pull !== null)
    found.push(operation("pull-request", { number: Number(pull[1]), url: pull[0], action: "created" }));
  return found;
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e9 ? value : 0;
}

/** What a `pr-link` row says. */
export function linkOf(row: Row): GitBody | null {
  const number = numberOf(row.prNumber);
  return number === 0 ? null : operation("link", { number, url: textOf(row.prUrl, 500) });
}
