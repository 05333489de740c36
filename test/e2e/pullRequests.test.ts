/** Pull requests, commits and blame through the built program, with what goes wrong in real repositories. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Home, prompt, REPLY_COST, reply } from "./program.ts";

let home: Home;
let repo: string;
let turn = 0;

beforeEach(() => {
  home = new Home();
  repo = join(home.dir, "shop");
  mkdirSync(repo);
});
afterEach(() => home.remove());

const AT = Date.parse("2026-11-20T08:00:00Z");

function git(args: string[], cwd = repo, seconds = AT / 1000 + 3_600): string {
  const date = `${seconds} +0000`;
  const done = Bun.spawnSync(
    ["git", "-c", "user.name=P", "-c", "user.email=p@example.invalid", "-c", "init.defaultBranch=main", ...args],
    {
      cwd,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: home.dir,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    },
  );
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString().trim();
}

function start(): void {
  git(["init", "-q", "-b", "main"]);
  git(["remote", "add", "origin", "https://github.com/acme/shop.git"]);
  writeFileSync(join(repo, "hand.ts"), "export const byHand = 1;\n");
  git(["add", "-A"]);
  git(["commit", "-qm", "By hand"], repo, AT / 1000 - 3_600);
}

/** Puts lines into a file as an agent's edit: in the work tree and in a session's transcript. */
function edit(
  session: string,
  path: string,
  text: string,
  more: { branch?: string; failed?: boolean; cwd?: string } = {},
): void {
  turn++;
  const cwd = more.cwd ?? repo;
  const atMs = AT + turn * 60_000;
  const full = join(cwd, path);
  const lines = text.split("\n").slice(0, -1);
  const id = `toolu_e2e_${turn}`;
  const result = {
    type: "user",
    sessionId: session,
    cwd,
    uuid: `r_${turn}`,
    timestamp: new Date(atMs + 1_000).toISOString(),
    message: {
      role: "user",
      content: [
        {
          tool_use_id: id,
          type: "tool_result",
          content: more.failed ? "The user doesn't want to proceed" : "updated",
          ...(more.failed && { is_error: true }),
        },
      ],
    },
    ...(!more.failed && {
      toolUseResult: { filePath: full, structuredPatch: [{ lines: lines.map((line) => `+${line}`) }] },
    }),
  };
  const input = { file_path: full, old_string: "", new_string: text };
  log(
    session,
    reply(session, `msg_e2e_${turn}`, atMs, { tool: id, name: "Edit", input, cwd, branch: more.branch ?? "main" }) +
      `${JSON.stringify(result)}\n`,
  );
  if (more.failed) return;
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text, { flag: "a" });
}

function log(session: string, rows: string): void {
  const path = join(home.claude, "projects", "-shop", `${session}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rows, { flag: "a" });
}

function commit(subject: string): string {
  git(["add", "-A"]);
  git(["commit", "-qm", subject]);
  return git(["rev-parse", "HEAD"]);
}

interface Report {
  totalNanoUsd: number;
  unattributedNanoUsd: number;
  branches: { repo: string; branch: string; costNanoUsd: number }[];
  pullRequests: {
    number: number;
    state: string;
    costNanoUsd: number;
    aiLinesAdded: number;
    linesAdded: number;
    commits: number;
    evidence: { costNanoUsd: number }[];
  }[];
}

async function report(args: string[] = ["--all"], cwd = repo, extra: Record<string, string> = {}): Promise<Report> {
  const ran = await home.run(["pr-cost", "--json", "--offline", ...args], "", { PWD: cwd, ...extra });
  if (ran.code !== 0) throw new Error(ran.err);
  const found = JSON.parse(ran.out) as Report;
  const parts = [
    found.unattributedNanoUsd,
    ...found.branches.map((one) => one.costNanoUsd),
    ...found.pullRequests.map((one) => one.costNanoUsd),
  ];
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(found.totalNanoUsd);
  for (const pull of found.pullRequests)
    expect(pull.evidence.reduce((sum, one) => sum + one.costNanoUsd, 0)).toBe(pull.costNanoUsd);
  return found;
}

async function blamed(path: string): Promise<{ by: string; sessionId: string | null; grade: string | null }[]> {
  const ran = await home.run(["blame", path, "--json"]);
  if (ran.code !== 0) throw new Error(ran.err);
  return (JSON.parse(ran.out) as { lines: { by: string; sessionId: string | null; grade: string | null }[] }).lines;
}

test("a cost that comes in after the merge is still the pull request's: nothing is frozen, nothing is asked to recompute", async () => {
  start();
  edit("s1", "a.ts", "export const alpha = 'alpha';\n");
  commit("Alpha (#5)");
  expect((await report()).pullRequests[0]).toMatchObject({ number: 5, state: "merged", costNanoUsd: REPLY_COST });
  log("s1", reply("s1", "msg_later", AT + 50_000_000, { cwd: repo }));
  const later = await report();
  expect(later.pullRequests[0]?.costNanoUsd).toBe(2 * REPLY_COST);
  expect(await report(["--all", "--recompute"])).toMatchObject({
    totalNanoUsd: later.totalNanoUsd,
    pullRequests: [{ costNanoUsd: 2 * REPLY_COST }],
  });
});

test("refused edits are no edits, and a line written five times counts once", async () => {
  start();
  edit("s1", "a.ts", "export const refused = 'never written';\n", { failed: true });
  for (let n = 0; n < 5; n++)
    edit("s1", "a.ts", n === 4 ? "export const kept = 'kept at last';\n" : "export const kept = 'kept at last';\n");
  writeFileSync(join(repo, "a.ts"), "export const kept = 'kept at last';\nexport const refused = 'never written';\n");
  commit("Kept (#6)");
  const found = await report();
  expect(found.pullRequests[0]).toMatchObject({ aiLinesAdded: 1, linesAdded: 2, costNanoUsd: 6 * REPLY_COST });
  expect((await blamed(join(repo, "a.ts"))).map((line) => line.by)).toEqual(["agent", "human"]);
});

test("names with quotes, newlines, spaces and umlauts; CRLF; bytes that are no UTF-8; binary files; renames", async () => {
  start();
  const names = ['with "quotes".ts', "new\nline.ts", "sp ace/ümläut.ts"];
  for (const [n, name] of names.entries()) edit("s1", name, `export const name${n} = 'named ${n}';\r\n`);
  writeFileSync(join(repo, "raw.bin"), Buffer.from([0, 255, 254, 10, 0]));
  writeFileSync(join(repo, "latin.txt"), Buffer.from([0xe4, 0xf6, 10]));
  commit("Names (#7)");
  expect((await report()).pullRequests[0]).toMatchObject({ aiLinesAdded: 3 });
  for (const name of names) expect((await blamed(join(repo, name)))[0]).toMatchObject({ by: "agent", sessionId: "s1" });
  edit(
    "s2",
    "first.ts",
    "export const beforeTheRename = 'one';\nexport const stillHere = 'two';\nexport const andHere = 'three';\n",
  );
  renameSync(join(repo, "first.ts"), join(repo, "second.ts"));
  git(["add", "-A"]);
  git(["commit", "-qm", "Written, then moved (#8)"]);
  const moved = (await report()).pullRequests.find((one) => one.number === 8);
  // Nothing under the new name was ever edited, and git sees no rename within one commit: the money still finds the branch.
  expect(moved?.aiLinesAdded).toBe(0);
  git(["mv", "second.ts", "third.ts"]);
  commit("Move again (#9)");
  await report();
});

test("a symlinked checkout, a sub-folder, a moved checkout: one repo", async () => {
  start();
  const link = join(home.dir, "link");
  symlinkSync(repo, link);
  edit("s1", "linked.ts", "export const throughTheLink = 1;\n", { cwd: link });
  mkdirSync(join(repo, "sub"));
  edit("s2", "inner.ts", "export const fromBelow = 2;\n", { cwd: join(repo, "sub") });
  commit("Both (#10)");
  expect((await report()).pullRequests).toMatchObject([{ number: 10, aiLinesAdded: 2, costNanoUsd: 2 * REPLY_COST }]);
  const moved = join(home.dir, "moved");
  renameSync(repo, moved);
  repo = moved;
  edit("s3", "after.ts", "export const afterTheMove = 3;\n");
  commit("After the move (#11)");
  const found = await report();
  expect(found.pullRequests.map((one) => [one.number, one.costNanoUsd])).toEqual([
    [10, 2 * REPLY_COST],
    [11, REPLY_COST],
  ]);
});

test("no git, a bare repo, a detached head, a repo that is gone, an empty one: figures stand, nothing fails", async () => {
  start();
  edit("s1", "a.ts", "export const alpha = 'alpha';\n");
  git(["checkout", "-q", "--detach"]);
  commit("Detached (#12)");
  const bare = join(home.dir, "bare.git");
  git(["clone", "-q", "--bare", repo, bare], home.dir);
  log("s2", prompt("s2", "p2", "look", AT) + reply("s2", "msg_bare", AT, { cwd: bare, branch: "" }));
  const empty = join(home.dir, "empty");
  mkdirSync(empty);
  git(["init", "-q"], empty);
  edit("s4", "x.ts", "export const neverCommitted = 1;\n", { cwd: empty });
  const all = await report();
  expect(all.pullRequests).toMatchObject([{ number: 12, aiLinesAdded: 1 }]);
  const without = await report(["--all"], repo, { PATH: join(home.dir, "nothing") });
  expect(without.totalNanoUsd).toBe(all.totalNanoUsd);
  rmSync(repo, { recursive: true });
  expect((await report(["--all"], home.dir)).totalNanoUsd).toBe(all.totalNanoUsd);
  const gone = await home.run(["blame", join(repo, "a.ts")]);
  expect(gone).toMatchObject({ code: 1, out: "" });
  expect(gone.err).toContain("is no file");
});

test("a shallow clone and a submodule", async () => {
  start();
  edit("s1", "a.ts", "export const alpha = 'alpha';\n");
  commit("Alpha (#13)");
  const clone = join(home.dir, "clone");
  git(["clone", "-q", "--depth=1", `file://${repo}`, clone], home.dir);
  edit("s2", "b.ts", "export const inTheClone = 'beta';\n", { cwd: clone });
  git(["add", "-A"], clone);
  git(["commit", "-qm", "Beta (#14)"], clone);
  git(["-c", "protocol.file.allow=always", "submodule", "add", "-q", clone, "vendor"], repo);
  edit("s3", "c.ts", "export const inTheSubmodule = 'gamma';\n", { cwd: join(repo, "vendor") });
  git(["add", "-A"], join(repo, "vendor"));
  git(["commit", "-qm", "Gamma (#15)"], join(repo, "vendor"));
  const found = await report();
  expect(
    found.pullRequests
      .filter((one) => one.costNanoUsd > 0)
      .map((one) => one.number)
      .sort(),
  ).toEqual([13, 14, 15]);
});

test("a forged link names no pull request here, a real one does", async () => {
  start();
  edit("s1", "a.ts", "export const alpha = 'alpha';\n", { branch: "topic" });
  git(["checkout", "-q", "-b", "topic"]);
  commit("Alpha");
  const link = (number: number, prUrl: string): string =>
    `${JSON.stringify({ type: "pr-link", sessionId: "s1", prNumber: number, prUrl, prRepository: "acme/shop", timestamp: new Date(AT + 9e6).toISOString() })}\n`;
  log(
    "s1",
    link(66, "https://github.com.evil.example/acme/shop/pull/66") +
      link(67, "https://evil.example/github.com/acme/shop/pull/67"),
  );
  expect((await report()).pullRequests).toEqual([]);
  log("s1", link(16, "https://github.com/acme/shop/pull/16"));
  expect((await report()).pullRequests).toMatchObject([{ number: 16, state: "open", costNanoUsd: REPLY_COST }]);
});

test("what gh says of pull requests is taken; a gh that hangs or prints nonsense holds nothing up and changes nothing", async () => {
  start();
  edit("s1", "a.ts", "export const alpha = 'alpha';\n", { branch: "topic" });
  git(["checkout", "-q", "-b", "topic"]);
  const head = commit("Alpha");
  const bin = join(home.dir, "bin");
  mkdirSync(bin);
  const gh = (script: string): void => writeFileSync(join(bin, "gh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const ask = async (): Promise<Report> => {
    // Forges are asked every five minutes at most: each time of asking has a ledger of its own.
    home.ledger = join(home.dir, `ledger-${turn++}`);
    const ran = await home.run(["pr-cost", "--json", "--all"], "", { PATH: `${bin}:${process.env.PATH ?? ""}` });
    expect(ran.code).toBe(0);
    return JSON.parse(ran.out) as Report;
  };
  const pull = {
    number: 21,
    url: "https://github.com/acme/shop/pull/21",
    title: "Alpha",
    state: "CLOSED",
    headRefName: "topic",
    headRefOid: head,
    closedAt: "2026-11-21T00:00:00Z",
  };
  gh(`cat <<'END'\n${JSON.stringify([pull, { number: "x" }, null])}\nEND`);
  expect((await ask()).pullRequests).toMatchObject([
    { number: 21, state: "closed", costNanoUsd: REPLY_COST, aiLinesAdded: 1 },
  ]);
  gh("echo '<html>not json'");
  expect((await ask()).pullRequests).toEqual([]);
  gh("sleep 60");
  const started = Date.now();
  expect((await ask()).branches).toMatchObject([{ branch: "topic", costNanoUsd: REPLY_COST }]);
  expect(Date.now() - started).toBeLessThan(30_000);
}, 60_000);

test("a repo that is not on this machine: its sessions' links and branches still say what a pull request cost", async () => {
  const cwd = "/elsewhere/shop";
  log("s1", prompt("s1", "p1", "work", AT) + reply("s1", "msg_far", AT + 1_000, { cwd, branch: "topic" }));
  log(
    "s1",
    `${JSON.stringify({ type: "pr-link", sessionId: "s1", prNumber: 31, prUrl: "https://github.com/acme/shop/pull/31", timestamp: new Date(AT + 2_000).toISOString() })}\n`,
  );
  log("s2", prompt("s2", "p2", "work", AT) + reply("s2", "msg_far_2", AT + 1_000, { cwd, branch: "other" }));
  const found = await report(["--all"], home.dir);
  expect(found.pullRequests).toMatchObject([{ number: 31, costNanoUsd: REPLY_COST }]);
  expect(found.branches).toMatchObject([{ branch: "other", costNanoUsd: REPLY_COST }]);
});

test("notes: written, shown, kept through an amend, without prompts or paths; only where they are wanted", async () => {
  start();
  const inRepo = (args: string[]): Promise<{ code: number; out: string; err: string }> => home.runIn(repo, args);
  edit("s1", "a.ts", "export const alpha = 'alpha';\n");
  const first = commit("Alpha");
  await report();
  expect((await inRepo(["notes", "show", first])).code).toBe(1);
  await home.run(["config", "git_notes.enabled", "true"]);
  git(["commit", "-q", "--amend", "-m", "Alpha, amended"]);
  await report();
  const shown = await inRepo(["notes", "show", "HEAD", "--json"]);
  const { note } = JSON.parse(shown.out) as { note: { sessions: { costNanoUsd: number }[]; lines: object } };
  expect(note.lines).toEqual({ added: 1, agent: 1 });
  expect(note.sessions.map((one) => one.costNanoUsd)).toEqual([REPLY_COST]);
  const raw = git(["notes", "--ref=refs/notes/cc-ledger", "show", "HEAD"]);
  for (const secret of ["s1", "a.ts", repo, home.dir]) expect(raw).not.toContain(`"${secret}`);
  expect((await inRepo(["notes", "show", "no-such-commit"])).err).toContain("no commit is called");
  expect((await inRepo(["notes", "write"])).out).toContain("0 notes written");
});

test("blobs are kept only where they are wanted, privately, and never of secrets", async () => {
  start();
  const payload = (name: string, id: string): object => ({
    session_id: "s1",
    transcript_path: join(home.claude, "projects", "-shop", "s1.jsonl"),
    cwd: repo,
    hook_event_name: "PostToolUse",
    tool_name: "Write",
    tool_use_id: id,
    tool_input: { file_path: join(repo, name), content: "export const secretWord = 1;\n" },
    tool_response: { type: "create", filePath: join(repo, name), content: "export const secretWord = 1;\n" },
  });
  for (const name of [".env.local", "id_rsa", "plain.ts"])
    writeFileSync(join(repo, name), `export const secretWord = '${name}';\n`);
  const blobs = (): string[] =>
    [...new Bun.Glob("**/*").scanSync({ cwd: home.ledger, onlyFiles: true })].filter((path) =>
      path.startsWith("blobs/"),
    );
  await home.hook("post-tool-use", payload("plain.ts", "t1"));
  expect(blobs()).toEqual([]);
  await home.run(["config", "blobs.enabled", "true"]);
  for (const [n, name] of [".env.local", "id_rsa", "plain.ts"].entries())
    await home.hook("post-tool-use", payload(name, `t2${n}`));
  const kept = blobs();
  expect(kept).toHaveLength(2);
  for (const path of kept) {
    expect(path).toMatch(/^blobs\/[0-9a-f]{2}\/[0-9a-f]{62}$/);
    const bytes = await Bun.file(join(home.ledger, path)).bytes();
    expect((await Bun.file(join(home.ledger, path)).stat()).mode & 0o777).toBe(0o600);
    expect(Buffer.from(Bun.zstdDecompressSync(bytes)).toString()).not.toMatch(/env|id_rsa/);
  }
});

test("nonsense is a clear error", async () => {
  start();
  for (const [args, words] of [
    [["pr-cost", "--pr", "0"], "--pr must be the number"],
    [["pr-cost", "--pr", "99", "--offline"], "knows no pull request #99"],
    [["pr-cost", "--repo", "no-such-repo", "--offline"], "no repo is called"],
    [["pr-cost", "--since", "whenever"], "whenever"],
    [["blame", join(repo, "hand.ts"), "-L", "x"], "-L takes two line numbers"],
    [["blame", repo], "is no file"],
    [["notes", "sing"], "one of show, write, push, fetch"],
    [["config", "blobs.enabled", "maybe"], "true or false"],
  ] as const) {
    const ran = await home.run(args);
    expect(ran.code).not.toBe(0);
    expect(ran.err).toContain(words);
    expect(ran.err).not.toContain("at <anonymous>");
  }
});
