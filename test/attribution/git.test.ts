import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { gitOperationsOf } from "../../src/agents/claude-code/gitOperations.ts";
import { apportion } from "../../src/attribution/apportion.ts";
import { namesInMessage } from "../../src/attribution/message.ts";
import { parsePullUrl, parseRemote } from "../../src/forge/remote.ts";
import { parseAiNote } from "../../src/git/aiNotes.ts";
import { type LoggedCommit, LogParser, unquote } from "../../src/git/log.ts";
import { runProgram } from "../../src/git/run.ts";

const message = (subject: string, body = "", parents = ["a"]): ReturnType<typeof namesInMessage> =>
  namesInMessage({ subject, body, parents });

describe("messages", () => {
  test("merges of every forge, squashes, and numbers that only are quoted", () => {
    expect(message("Merge pull request #12 from acme/feat/cart", "", ["a", "b"])).toMatchObject({
      number: 12,
      how: "merge",
      branch: "feat/cart",
    });
    expect(message("Merged in feat/cart (pull request #7)", "", ["a", "b"])).toMatchObject({
      number: 7,
      branch: "feat/cart",
    });
    expect(message("Merged PR 31: Cart", "", ["a", "b"])).toMatchObject({ number: 31, how: "merge" });
    expect(message("Merge branch 'cart' into 'main'", "See merge request acme/shop!9", ["a", "b"])).toMatchObject({
      number: 9,
      branch: "cart",
    });
    expect(message("Fix #3 in the cart (#44)")).toMatchObject({ number: 44, how: "squash" });
    expect(message('Revert "Cart (#44)" (#45)')).toMatchObject({ number: 45, how: "squash" });
    expect(message('Revert "Cart (#44)"', "This reverts commit 0123456789.")).toMatchObject({
      number: 0,
      reverts: "0123456789",
    });
    expect(message("Cart (#44)", "(cherry picked from commit abcdef0)")).toMatchObject({ number: 0 });
    expect(message("Fixes (#44) at last")).toMatchObject({ number: 0 });
  });
});

describe("what a shell command did with git", () => {
  const told = (command: string, stdout: string): string[] =>
    gitOperationsOf({ stdout }, command).map(({ kind, sha, branch, number, action }) =>
      [kind, sha, branch, number || "", action].join(" ").trim(),
    );

  test("is found in compound commands, and not in words about it", () => {
    const out = "[feat/cart 1a2b3c4] Cart\n 2 files changed";
    for (const command of [
      "git add -A && git commit -m x",
      "git status; git commit -m x",
      "git -c user.name=a commit -m x",
      "(cd sub && git commit -m x)",
      "git -C other commit -m x",
    ])
      expect(told(command, out)).toContain("commit 1a2b3c4 feat/cart  committed");
    expect(told("git commit -m x && git push", `${out}\nTo github.com:acme/shop.git`)).toContain(
      "commit 1a2b3c4 feat/cart  committed",
    );
    expect(told("echo git commit", "git commit")).not.toContain("commit 1a2b3c4 feat/cart  committed");
    expect(told("cat log.txt", out)).toEqual([]);
    expect(told("gh pr create --fill", "https://github.com/acme/shop/pull/12")).toContain("pull-request   12 created");
    expect(
      told("echo see https://github.com/acme/shop/pull/12 with gh", "https://github.com/acme/shop/pull/12"),
    ).toEqual([]);
    expect(told("git commit -q -m x", "")).toEqual(["commit    asked"]);
    expect(told("npx prettier --write . && git diff", "")).toEqual(["write"]);
  });
});

describe("addresses", () => {
  test("hosts are parsed, not searched for", () => {
    expect(parsePullUrl("https://github.com/acme/shop/pull/7")).toMatchObject({
      host: "github.com",
      owner: "acme",
      repo: "shop",
      number: 7,
      forge: "github",
    });
    expect(parsePullUrl("https://gitlab.com/a/b/c/-/merge_requests/9")).toMatchObject({
      owner: "a/b",
      repo: "c",
      number: 9,
      forge: "gitlab",
    });
    expect(parsePullUrl("https://github.com.evil.example/acme/shop/pull/7")?.host).toBe("github.com.evil.example");
    for (const forged of [
      "https://evil.example/github.com/acme/shop/pull/7",
      "https://user:word@github.com/acme/shop/pull/7",
      "https://github.com:8443/acme/shop/pull/7",
      "javascript:alert(1)",
      "http://github.com/acme/shop/pull/7",
      "https://github.com/acme/shop/pull/0",
      "https://github.com/acme/shop/pull/12345678901",
      "https://github.com/a b/shop/pull/1",
      "",
    ])
      expect(parsePullUrl(forged)).toBeNull();
    expect(parseRemote("git@github.com:acme/shop.git")).toMatchObject({
      host: "github.com",
      owner: "acme",
      repo: "shop",
      forge: "github",
    });
    expect(parseRemote("https://token@github.com/acme/shop.git")).toMatchObject({ owner: "acme", repo: "shop" });
    expect(parseRemote("ssh://git@git.example.com:2222/team/sub/shop")).toMatchObject({
      host: "git.example.com",
      owner: "team/sub",
      forge: "unknown",
    });
    for (const none of ["/srv/git/shop.git", "file:///srv/shop", "C:\\shop", ""]) expect(parseRemote(none)).toBeNull();
  });
});

describe("git's output", () => {
  const parsed = (text: string): LoggedCommit[] => {
    const commits: LoggedCommit[] = [];
    const parser = new LogParser((commit) => commits.push(commit));
    for (const line of text.split("\n")) parser.line(line);
    parser.end();
    return commits;
  };
  const header = "\x01aaaa\x02bbbb\x02100\x02200\x02Subject\x02Body\nof two lines\x03\n\n";

  test("names with quotes, newlines and letters beyond ASCII, renames, binary files, lines that look like headers", () => {
    expect(unquote('"a\\"b\\nc\\303\\244"')).toBe('a"b\ncä');
    const [commit] = parsed(
      `${header}diff --git "a/q\\"x" "b/q\\"x"\n--- "a/q\\"x"\n+++ "b/q\\"x"\n@@ -1 +1,2 @@\n--- looks like a header\n+++ b/neither\n+two\n` +
        `diff --git a/old.ts b/new.ts\nsimilarity index 90%\nrename from old.ts\nrename to new.ts\n--- a/old.ts\n+++ b/new.ts\n@@ -3,0 +4 @@\n+added\r\n` +
        "diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n",
    );
    expect(commit).toMatchObject({
      sha: "aaaa",
      parents: ["bbbb"],
      authorMs: 100_000,
      committedMs: 200_000,
      subject: "Subject",
    });
    expect(commit?.files).toEqual([
      {
        path: 'q"x',
        oldPath: null,
        removed: 1,
        hunks: [[1, 2]],
        added: [
          { line: 1, text: "++ b/neither" },
          { line: 2, text: "two" },
        ],
      },
      { path: "new.ts", oldPath: "old.ts", removed: 0, hunks: [[4, 1]], added: [{ line: 4, text: "added\r" }] },
    ]);
  });

  test("git-ai notes give lines to sessions, people's lines to nobody, and nonsense to nobody", () => {
    const meta = {
      schema_version: "authorship/3.0.0",
      sessions: { s_0123456789abcd: { agent_id: { tool: "claude", id: "session-1" } } },
    };
    const note = `src/a.ts\n  s_0123456789abcd::t_0 1-4,9\n  h_0123456789abcd 5\n"with space.ts"\n  s_0123456789abcd::t_1 2\n---\n${JSON.stringify(meta)}`;
    expect(parseAiNote(note)).toEqual([
      {
        path: "src/a.ts",
        ranges: [
          [1, 4],
          [9, 9],
        ],
        sessionId: "session-1",
      },
      { path: "with space.ts", ranges: [[2, 2]], sessionId: "session-1" },
    ]);
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseAiNote(text))));
  });
});

test("a share of a cost is whole, and the shares add up to it", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), weights, (total, list) => {
      const parts = apportion(total, list);
      expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(total));
      const sum = list.reduce((all, weight) => all + weight, 0);
      for (const [at, part] of parts.entries()) {
        const exact = (BigInt(total) * BigInt(list[at] as number)) / BigInt(sum);
        expect(BigInt(part) - exact === 0n || BigInt(part) - exact === 1n).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test("a program that hangs is killed with its children when its time is up", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cc-ledger-hang-"));
  try {
    const pids = join(folder, "pids");
    const script = join(folder, "hang.sh");
    writeFileSync(script, `sleep 60 & echo $! > ${pids}\necho $$ >> ${pids}\nwait\n`);
    const answer = await runProgram(["sh", script], { dir: folder, env: process.env }, { timeoutMs: 300 });
    expect(answer.code).toBe(-1);
    for (const pid of readFileSync(pids, "utf8").trim().split("\n")) {
      const state = await Bun.file(`/proc/${pid}/stat`)
        .text()
        .catch(() => "gone");
      expect(state === "gone" || / Z /.test(state)).toBe(true);
    }
    expect((await runProgram(["no-such-program"], { dir: folder, env: process.env })).code).toBe(-2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
