import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectProgram } from "../mcp/support.ts";
import { call, Past, START, USD, worth } from "./past.ts";

/** Faults of the tool before: which project something belongs to, and what belongs to nobody. */

let past: Past;
beforeEach(() => {
  past = new Past();
});
afterEach(() => past.remove());

interface Projects {
  projects: {
    project: string;
    costNanoUsd: number;
    sessions: number;
    repos: { folder: string; workTrees: number }[];
  }[];
}
const projects = async (): Promise<[string, number, number][]> =>
  (await past.all<Projects>("projects")).projects.map((row) => [row.project, row.costNanoUsd / USD, row.sessions]);

/** A session in a folder. */
function work(session: string, cwd: string, usd: number, atMs = START): void {
  past.write(`${session}.jsonl`, call(session, { session, cwd, atMs, usage: worth(usd) }));
}

function git(cwd: string, ...args: readonly string[]): void {
  const who = ["-c", "user.name=T", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"];
  const env = { PATH: process.env.PATH ?? "", HOME: past.dir, GIT_CONFIG_NOSYSTEM: "1" };
  const ran = Bun.spawnSync(["git", ...who, ...args], { cwd, env });
  if (ran.exitCode !== 0) throw new Error(ran.stderr.toString());
}

describe("projects", () => {
  test("W17: two folders of one name are two projects, and a limit on one counts that one only", async () => {
    const now = Date.now() - 1_000;
    work("one", "/nowhere/shop/api", 1, now);
    work("two", "/nowhere/bank/api", 2, now);
    expect(await projects()).toEqual([
      ["api (/nowhere/bank/api)", 2, 1],
      ["api (/nowhere/shop/api)", 1, 1],
    ]);
    expect((await past.run(["budget", "set", "10", "--per", "month", "--repo", "/nowhere/bank/api"])).code).toBe(0);
    const { budgets } = await past.json<{ budgets: { spent: number }[] }>("budget");
    expect(budgets.map(({ spent }) => spent / USD)).toEqual([2]);
    // A name that fits both is refused, not added up.
    const both = await past.run(["budget", "set", "10", "--per", "month", "--repo", "api"]);
    expect([both.code, both.err.includes("/nowhere/shop/api")]).toEqual([1, true]);
  });

  test("W17: a folder of another system is named by its last part", async () => {
    work("drive", "C:\\Users\\ada\\src\\shop", 4);
    work("share", "\\\\server\\team\\bank", 2);
    // On Unix a backslash is a letter like any other.
    work("unix", "/nowhere/a\\b", 1);
    expect(await projects()).toEqual([
      ["shop", 4, 1],
      ["bank", 2, 1],
      ["a\\b", 1, 1],
    ]);
  });

  test("W17: worktrees and sub-folders are their repo, also when they are gone", async () => {
    const repo = join(past.dir, "src", "shop");
    mkdirSync(join(repo, "packages", "cart"), { recursive: true });
    git(repo, "init", "-q", "-b", "main");
    git(repo, "commit", "-q", "--allow-empty", "-m", "first");
    git(repo, "worktree", "add", "-q", "../beside");
    work("main", repo, 1);
    work("sub", join(repo, "packages", "cart"), 2);
    work("beside", join(past.dir, "src", "beside"), 4);
    work("gone", join(repo, ".claude", "worktrees", "topic"), 8);
    expect(await projects()).toEqual([["shop", 15, 4]]);
    // Without git the folder before `.claude/worktrees` is the project.
    work("bare", "/nowhere/api/.claude/worktrees/topic", 16);
    work("bare-main", "/nowhere/api", 32);
    expect(await projects()).toEqual([
      ["api", 48, 2],
      ["shop", 15, 4],
    ]);
  });
});

test("W20: histories of other coding agents make no false rows", async () => {
  // No adapter reads them yet. When one for Codex is there, its own tests replace the first of these files here.
  const at = "2026-11-20T10:00:00.000Z";
  const total = {
    input_tokens: 1_000_000,
    cached_input_tokens: 900_000,
    output_tokens: 500_000,
    total_tokens: 1_500_000,
  };
  const rollout = [
    { timestamp: at, type: "session_meta", payload: { id: "c0de", cwd: "/nowhere/repo", cli_version: "0.60.0" } },
    { timestamp: at, type: "turn_context", payload: { model: "gpt-5-codex", cwd: "/nowhere/repo" } },
    {
      timestamp: at,
      type: "event_msg",
      payload: { type: "token_count", info: { total_token_usage: total, last_token_usage: total } },
    },
    {
      timestamp: at,
      type: "event_msg",
      payload: { type: "token_count", info: { total_token_usage: total, last_token_usage: total } },
    },
  ];
  const lines = rollout.map((row) => `${JSON.stringify(row)}\n`).join("");
  const old = JSON.stringify({ type: "response", response: { model: "o4-mini", created_at: at, usage: total } });
  const cline = JSON.stringify([
    { role: "assistant", tokensIn: 5, tokensOut: 7, cost: 3, model: "claude-opus-5-5", ts: 1 },
  ]);
  const gemini = JSON.stringify({ messages: [{ usage_metadata: { prompt_token_count: 1_000_000 }, timestamp: at }] });
  const put = (path: string, text: string): void => {
    mkdirSync(join(past.dir, path, ".."), { recursive: true });
    writeFileSync(join(past.dir, path), text);
  };
  put(".codex/sessions/2026/11/20/rollout-2026-11-20T10-00-00-c0de.jsonl", lines);
  put(".codex/archived_sessions/rollout-2026-11-19T10-00-00-c0df.jsonl", lines);
  put(".codex/sessions/x/old.jsonl", old);
  put(".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/api_conversation_history.json", cline);
  put(".gemini/tmp/abc/chats/session-1.json", gemini);
  // Even where somebody copied one among Claude Code's own transcripts.
  past.write("rollout-c0de.jsonl", lines);
  past.session(call("m1", { usage: worth(1) }));

  const stats = await past.stats();
  expect(stats.totals).toMatchObject({ calls: 1, sessions: 1, costNanoUsd: USD, unpricedCalls: 0 });
  expect(stats.models.map(({ model }) => model)).toEqual(["claude-opus-5-5"]);
  expect((await past.all<{ sessions: unknown[] }>("sessions")).sessions).toHaveLength(1);
  await using mcp = await connectProgram(past);
  const { data } = await mcp.call("cross_tool_cost", { period: "all" });
  expect(data).toMatchObject({ costUsd: 1, calls: 1 });
  expect(JSON.stringify(data)).not.toMatch(/codex|cline|gemini/i);
});
