/** The real client edits, commits and opens pull requests; the ledger says which session wrote which line, and what it cost. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ledger, ledgerJson } from "../rig/ledger.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";

setDefaultTimeout(120_000);

interface PullJson {
  totalNanoUsd: number;
  unattributedNanoUsd: number;
  branches: { branch: string; costNanoUsd: number }[];
  pullRequests: {
    number: number;
    branch: string;
    state: string;
    sessions: number;
    aiLinesAdded: number;
    linesAdded: number;
    costNanoUsd: number;
    evidence: { method: string; grade: string; costNanoUsd: number }[];
  }[];
}

interface BlameJson {
  lines: {
    line: number;
    sha: string;
    sessionId: string | null;
    runId: string | null;
    by: string;
    grade: string | null;
    costNanoUsd: number | null;
  }[];
}

function git(scratch: Scratch, args: string[], cwd = scratch.work): string {
  const done = Bun.spawnSync(["git", "-c", "user.name=P", "-c", "user.email=p@example.invalid", ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: scratch.home, GIT_CONFIG_NOSYSTEM: "1" },
  });
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString();
}

/** A repository with a person's first commit, and a `gh` that prints what the real one prints. */
async function prepared(hooks: boolean): Promise<Scratch> {
  const scratch = await makeScratch();
  git(scratch, ["init", "-q", "-b", "main"]);
  git(scratch, ["remote", "add", "origin", "https://github.com/acme/shop.git"]);
  writeFileSync(join(scratch.work, "shop.ts"), "export const byHand = 1;\nexport const alsoByHand = 2;\n");
  git(scratch, ["add", "-A"]);
  git(scratch, ["commit", "-qm", "By hand"]);
  const bin = join(scratch.root, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, "gh"),
    '#!/bin/sh\ncase "$*" in "pr create"*) echo "https://github.com/acme/shop/pull/$PULL" ;; *) exit 1 ;; esac\n',
  );
  chmodSync(join(bin, "gh"), 0o755);
  if (hooks) await ledger(["install"], scratch);
  return scratch;
}

const pulls = (scratch: Scratch): Promise<PullJson> => ledgerJson<PullJson>(["pr-cost", "--all", "--offline"], scratch);

async function blame(scratch: Scratch, path: string): Promise<BlameJson["lines"]> {
  return (await ledgerJson<BlameJson>(["blame", path], scratch)).lines;
}

for (const hooks of [true, false]) {
  test(`an edit, a commit and a pull request ${hooks ? "through hooks" : "from transcripts alone"}`, async () => {
    await using scratch = await prepared(hooks);
    const env = { PATH: `${join(scratch.root, "bin")}:${process.env.PATH ?? ""}`, PULL: "7" };
    const file_path = join(scratch.work, "shop.ts");
    const edit = {
      tool: "Edit",
      input: {
        file_path,
        old_string: "export const alsoByHand = 2;",
        new_string: "export const alsoByHand = 2;\nexport const byAgent = 3;\nexport const alsoByAgent = 4;",
      },
    };
    const fresh = {
      tool: "Write",
      input: { file_path: join(scratch.work, "fresh file.ts"), content: "export const written = true;\n" },
    };
    const result = await scratch.claude(
      [
        bash("git checkout -q -b topic && ls"),
        { tool: "Read", input: { file_path } },
        edit,
        fresh,
        bash('git add -A && git commit -q -m "Add what the agent wrote" && git log -1 --oneline'),
        bash("gh pr create --fill"),
        { say: "done" },
      ],
      { env },
    );
    const report = await pulls(scratch);
    const spent = Math.round(result.total_cost_usd * 1e9);
    expect(Math.abs(report.totalNanoUsd - spent)).toBeLessThanOrEqual(1);
    const [pull] = report.pullRequests;
    expect(report.pullRequests).toHaveLength(1);
    expect(pull).toMatchObject({
      number: 7,
      branch: "topic",
      state: "open",
      sessions: 1,
      aiLinesAdded: 3,
      linesAdded: 3,
    });
    expect(pull?.costNanoUsd).toBe(report.totalNanoUsd);
    expect(report.branches).toEqual([]);
    const lines = await blame(scratch, file_path);
    expect(lines.map((line) => [line.by, line.sessionId])).toEqual([
      ["human", null],
      ["human", null],
      ["agent", result.session_id],
      ["agent", result.session_id],
    ]);
    expect(lines.map((line) => line.grade).slice(2)).toEqual(["exact", "exact"]);
  });
}

test("a sub-agent's edit, a person's edit in the same commit, and a rejected edit", async () => {
  await using scratch = await prepared(true);
  const file_path = join(scratch.work, "shop.ts");
  const read = { tool: "Read", input: { file_path } };
  const good = {
    tool: "Edit",
    input: { file_path, old_string: "byHand = 1;", new_string: "byHand = 1;\nexport const bySubAgent = 5;" },
  };
  const bad = {
    tool: "Edit",
    input: { file_path, old_string: "nowhere in this file", new_string: "export const neverWritten = 6;" },
  };
  const result = await scratch.claude([
    bash("git checkout -q -b side"),
    agent([read, good, bad, { say: "sub" }]),
    { say: "done" },
  ]);
  writeFileSync(file_path, `${await Bun.file(file_path).text()}export const neverWritten = 6;\n`);
  git(scratch, ["commit", "-qam", "Both (#9)"]);
  const lines = await blame(scratch, file_path);
  expect(lines.map((line) => line.by)).toEqual(["human", "agent", "human", "human"]);
  expect(lines[1]?.sessionId).toBe(result.session_id);
  expect(lines[1]?.runId).not.toBe("");
  const report = await pulls(scratch);
  expect(report.pullRequests).toHaveLength(1);
  expect(report.pullRequests[0]).toMatchObject({ number: 9, state: "merged", aiLinesAdded: 1, linesAdded: 2 });
  expect(report.pullRequests[0]?.costNanoUsd).toBe(report.totalNanoUsd);
  expect(report.pullRequests[0]?.evidence.map((one) => one.method)).toContain("spawned");
});

test("a second worktree is the same repo, an amended commit keeps its lines, and money is where the lines went", async () => {
  await using scratch = await prepared(false);
  const other = join(scratch.root, "second tree");
  git(scratch, ["worktree", "add", "-q", "-b", "elsewhere", other]);
  const write = (name: string, text: string): object => ({
    tool: "Write",
    input: { file_path: join(other, name), content: text },
  });
  await scratch.claude([write("a.ts", "export const first = 'one';\n") as never, { say: "done" }], { cwd: other });
  git(scratch, ["add", "-A"], other);
  git(scratch, ["commit", "-qm", "First"], other);
  const before = await pulls(scratch);
  expect(before.branches.map((one) => one.branch)).toEqual(["elsewhere"]);
  git(scratch, ["commit", "-q", "--amend", "-m", "First, amended"], other);
  git(scratch, ["merge", "-q", "--no-ff", "-m", "Merge pull request #12 from acme/elsewhere", "elsewhere"]);
  const after = await pulls(scratch);
  expect(after.pullRequests).toHaveLength(1);
  expect(after.pullRequests[0]).toMatchObject({ number: 12, state: "merged", branch: "elsewhere", aiLinesAdded: 1 });
  expect(after.pullRequests[0]?.costNanoUsd).toBe(after.totalNanoUsd);
  expect((await blame(scratch, join(scratch.work, "a.ts")))[0]).toMatchObject({ by: "agent", grade: "exact" });
});

test("lines that a shell command wrote are told apart from those of edits", async () => {
  await using scratch = await prepared(false);
  await scratch.claude([
    // Git notes the second of a checkout, not the moment: the call that writes comes surely after it.
    bash("git checkout -q -b generated"),
    bash("printf 'export const generated = 1;\\n' > generated.ts"),
    bash(
      "git add -A && git commit -q -m Generated && git commit -q --amend -m Generated; git log -1 --format='[generated %h] Generated'",
    ),
    { say: "done" },
  ]);
  const lines = await blame(scratch, join(scratch.work, "generated.ts"));
  expect(lines.map((line) => [line.by, line.grade])).toEqual([["agent", "shell"]]);
  expect((await pulls(scratch)).branches.map((one) => one.branch)).toEqual(["generated"]);
});
