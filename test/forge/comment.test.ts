/** Notes, the comment that is made of them, and the two that write it: the action and `pr-comment`, against a mock of the API. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { dollars, escapeMarkdown, MARKER, renderComment } from "../../src/forge/comment.ts";
import { ForgeError, upsertComment } from "../../src/forge/github.ts";
import { type CommitNote, formatNote, parseNote } from "../../src/forge/note.ts";
import { Home, REPLY_COST, reply } from "../e2e/program.ts";

const note = (costNanoUsd: number, more: Partial<CommitNote["sessions"][0]> = {}): CommitNote => ({
  version: 1,
  tool: "cc-ledger/test",
  sessions: [
    {
      key: "0123456789abcdef",
      agent: "claude-code",
      models: ["claude-sonnet-4-5-20250929"],
      tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 },
      costNanoUsd,
      ...more,
    },
  ],
  lines: { added: 10, agent: 8 },
});

describe("notes", () => {
  test("are read as they were written, and equal notes are equal texts", () => {
    expect(parseNote(formatNote(note(12_345)))).toEqual(note(12_345));
    expect(formatNote(note(1, { models: ["b", "a"] }))).toBe(formatNote(note(1, { models: ["a", "b"] })));
  });

  test("of others are taken only where every field is what it should be", () => {
    const spoil = (change: (value: Record<string, unknown>) => void): string => {
      const value = JSON.parse(formatNote(note(1))) as Record<string, unknown>;
      change(value);
      return JSON.stringify(value);
    };
    const bad = [
      "",
      "[]",
      "null",
      "{",
      spoil((value) => Object.assign(value, { version: 2 })),
      spoil((value) => Object.assign(value, { sessions: {} })),
      spoil((value) => Object.assign(value, { lines: { added: -1, agent: 0 } })),
      spoil((value) => Object.assign((value.sessions as object[])[0] as object, { costNanoUsd: 1.5 })),
      spoil((value) => Object.assign((value.sessions as object[])[0] as object, { costNanoUsd: 1e300 })),
      spoil((value) => Object.assign((value.sessions as object[])[0] as object, { key: "../../etc" })),
      spoil((value) => Object.assign((value.sessions as object[])[0] as object, { models: [1] })),
      spoil((value) => Object.assign(value, { sessions: Array(500).fill((value.sessions as object[])[0]) })),
    ];
    for (const text of bad) expect(parseNote(text)).toBeNull();
    expect(parseNote(spoil((value) => Object.assign(value, { later: true })))).not.toBeNull();
  });
});

describe("the comment", () => {
  test("says cost, share, sessions, and what is missing", () => {
    const body = renderComment({
      notes: [
        { sha: "a", note: note(1_000_000_000) },
        { sha: "b", note: note(500_000_000) },
      ],
      commitsWithoutNote: 1,
      linesAdded: 20,
      medianNanoUsd: 750_000_000,
    });
    expect(body.startsWith(MARKER)).toBe(true);
    for (const words of [
      "**$1.50** (2.0 x the median)",
      "| Sessions | 1 |",
      "16 (80 % of the diff)",
      "3, 2 of them with a note",
      "1 commits carry no note",
    ])
      expect(body).toContain(words);
    expect([0, 1, 100_000, 9_900_000, 10_000_000, 123_450_000_000].map(dollars)).toEqual([
      "$0.00",
      "&lt;$0.0001",
      "$0.0001",
      "$0.0099",
      "$0.01",
      "$123.45",
    ]);
  });

  test("shows what it is given and does nothing else with it", () => {
    const hostile = [
      "</td><script>alert(1)</script>",
      "[x](javascript:1)",
      "@everyone",
      "![](https://x.example/p.png)",
      "a|b\n# c",
      "`id`",
      "#12",
      "\u202egpj.exe",
      "www.example.com",
    ];
    const body = renderComment({
      notes: hostile.map((model, n) => ({ sha: String(n), note: note(1, { models: [model] }) })),
      commitsWithoutNote: 0,
      linesAdded: 0,
      medianNanoUsd: null,
    });
    for (const trace of ["<script", "](", "@everyone", "https://", "\u202e", "`id`", "www."])
      expect(body).not.toContain(trace);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => !/[<>|`*_[\]()!@~\\\n\r]/.test(escapeMarkdown(text))),
    );
  });
});

/** A forge that keeps comments in memory, fails when it is told to, and counts. */
class Mock {
  comments: { id: number; body: string }[] = [];
  failures: number[] = [];
  calls: string[] = [];
  readonly server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      this.calls.push(`${request.method} ${pathname}`);
      const status = this.failures.shift();
      if (status !== undefined)
        return new Response("no", { status, headers: status === 429 ? { "retry-after": "0" } : {} });
      if (request.headers.get("authorization") !== "Bearer not-a-token") return new Response("who?", { status: 401 });
      if (request.method === "GET") {
        const page = Number(searchParams.get("page") ?? 1);
        const next =
          page * 2 < this.comments.length
            ? { link: `<${request.url.split("?")[0]}?page=${page + 1}>; rel="next"` }
            : undefined;
        return Response.json(this.comments.slice(page * 2 - 2, page * 2), next === undefined ? {} : { headers: next });
      }
      const { body } = (await request.json()) as { body: string };
      const id = Number(/comments\/(\d+)$/.exec(pathname)?.[1] ?? 0);
      const known = this.comments.find((one) => one.id === id);
      if (known !== undefined) known.body = body;
      else this.comments.push({ id: 100 + this.comments.length, body });
      return Response.json({});
    },
  });
  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }
}

let mock: Mock;
let folder: string;
beforeEach(() => {
  mock = new Mock();
  folder = mkdtempSync(join(tmpdir(), "cc-ledger-forge-"));
});
afterEach(async () => {
  await mock.server.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

describe("the client of the forge", () => {
  const target = (): Parameters<typeof upsertComment>[0] => ({
    apiUrl: mock.url,
    token: "not-a-token",
    owner: "acme",
    repo: "shop",
    number: 7,
    wait: () => Promise.resolve(),
  });

  test("creates once, changes its own, leaves alone what is equal, and finds it on a later page", async () => {
    mock.comments = [1, 2, 3, 4].map((id) => ({ id, body: "of a person" }));
    expect(await upsertComment(target(), `${MARKER} one`)).toBe("created");
    expect(await upsertComment(target(), `${MARKER} one`)).toBe("unchanged");
    expect(await upsertComment(target(), `${MARKER} two`)).toBe("updated");
    expect(mock.comments.filter(({ body }) => body.startsWith(MARKER))).toEqual([{ id: 104, body: `${MARKER} two` }]);
  });

  test("tries again where that may help, and says what failed without the token", async () => {
    mock.failures = [502, 429];
    expect(await upsertComment(target(), MARKER)).toBe("created");
    mock.failures = [500, 500, 500];
    const error = await upsertComment(target(), `${MARKER} x`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ForgeError);
    expect(String(error)).toContain("500");
    expect(String(error)).not.toContain("not-a-token");
    const before = mock.calls.length;
    for (const wrong of [{ apiUrl: "http://forge.example" }, { owner: "../.." }, { repo: "a/b" }])
      await expect(upsertComment({ ...target(), ...wrong }, MARKER)).rejects.toThrow();
    expect(mock.calls.length).toBe(before);
  });
});

function git(cwd: string, args: string[], stdin = ""): string {
  const done = Bun.spawnSync(["git", "-c", "user.name=P", "-c", "user.email=p@example.invalid", ...args], {
    cwd,
    stdin: Buffer.from(stdin),
    env: { PATH: process.env.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
  });
  if (done.exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.toString()}`);
  return done.stdout.toString().trim();
}

describe("the action, as it is built", () => {
  async function act(repo: string, event: object): Promise<{ code: number; out: string }> {
    const path = join(folder, "event.json");
    writeFileSync(path, JSON.stringify(event));
    const child = Bun.spawn(["node", join(import.meta.dir, "../../action/dist/index.js")], {
      cwd: repo,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GITHUB_EVENT_PATH: path,
        GITHUB_REPOSITORY: "acme/shop",
        GITHUB_API_URL: mock.url,
        INPUT_TOKEN: "not-a-token",
      },
      stdout: "pipe",
      stderr: "pipe",
    });
    return { out: await new Response(child.stdout).text(), code: await child.exited };
  }

  test("is the one that its source makes", async () => {
    const built = await Bun.build({
      entrypoints: [join(import.meta.dir, "../../action/src/index.ts")],
      target: "node",
      format: "esm",
    });
    const text = await Bun.file(join(import.meta.dir, "../../action/dist/index.js")).text();
    expect(await built.outputs[0]?.text()).toBe(text);
  });

  test("keeps one comment up to date from the notes of the remote", async () => {
    const origin = join(folder, "origin.git");
    const repo = join(folder, "shop");
    git(folder, ["init", "-q", "--bare", "-b", "main", origin]);
    git(folder, ["clone", "-q", origin, repo]);
    git(repo, ["checkout", "-q", "-b", "main"]);
    writeFileSync(join(repo, "a.ts"), "one\n");
    git(repo, ["add", "-A"]);
    git(repo, ["commit", "-qm", "Base"]);
    const base = git(repo, ["rev-parse", "HEAD"]);
    writeFileSync(join(repo, "a.ts"), "one\ntwo\nthree\n");
    git(repo, ["commit", "-qam", "Work"]);
    writeFileSync(join(repo, "a.ts"), "one\ntwo\nthree\nfour\n");
    git(repo, ["commit", "-qam", "By hand"]);
    const head = git(repo, ["rev-parse", "HEAD"]);
    const event = { pull_request: { number: 7, base: { sha: base }, head: { sha: head } } };
    expect(await act(repo, event)).toMatchObject({ code: 0 });
    expect(mock.comments[0]?.body).toContain("2, 0 of them with a note");
    git(repo, ["notes", "--ref=refs/notes/cc-ledger", "add", "-F", "-", `${head}~1`], formatNote(note(2_000_000_000)));
    git(repo, ["push", "-q", "origin", "refs/notes/cc-ledger"]);
    git(repo, ["update-ref", "-d", "refs/notes/cc-ledger"]);
    expect((await act(repo, event)).out).toContain("comment updated");
    expect((await act(repo, event)).out).toContain("comment unchanged");
    expect(mock.comments).toHaveLength(1);
    expect(mock.comments[0]?.body).toContain("**$2.00**");
    expect(mock.comments[0]?.body).toContain("8 (100 % of the diff)");
    mock.failures = [403];
    const denied = await act(repo, event);
    expect(denied.code).toBe(0);
    expect(denied.out).toContain("::warning::");
    expect((await act(repo, { push: true })).code).toBe(1);
  }, 30_000);
});

test("pr-comment does the same from the laptop", async () => {
  const home = new Home();
  try {
    const repo = join(home.dir, "shop");
    mkdirSync(repo);
    folder = home.dir;
    git(repo, ["init", "-q", "-b", "main"]);
    git(repo, ["remote", "add", "origin", "https://github.com/acme/shop.git"]);
    writeFileSync(join(repo, "a.ts"), "export const alpha = 'alpha';\n");
    git(repo, ["add", "-A"]);
    git(repo, ["commit", "-qm", "Alpha (#7)"]);
    const atMs = Date.now() - 60_000;
    const input = { file_path: join(repo, "a.ts"), old_string: "", new_string: "export const alpha = 'alpha';\n" };
    const rows =
      reply("s1", "msg_1", atMs, { tool: "t1", name: "Edit", input, cwd: repo }) +
      `${JSON.stringify({ type: "user", sessionId: "s1", cwd: repo, uuid: "r1", timestamp: new Date(atMs + 1_000).toISOString(), message: { role: "user", content: [{ tool_use_id: "t1", type: "tool_result", content: "ok" }] } })}\n`;
    mkdirSync(join(home.claude, "projects", "-shop"), { recursive: true });
    writeFileSync(join(home.claude, "projects", "-shop", "s1.jsonl"), rows);
    const env = { GITHUB_API_URL: mock.url, GH_TOKEN: "not-a-token" };
    const inRepo = async (
      args: string[],
      extra: Record<string, string>,
    ): Promise<{ code: number; out: string; err: string }> => home.runIn(repo, args, extra);
    const dry = await inRepo(["pr-comment", "--pr", "7", "--dry-run"], {});
    expect(dry.out).toContain(dollars(REPLY_COST));
    expect((await inRepo(["pr-comment", "--pr", "7"], {})).err).toContain("no token");
    expect((await inRepo(["pr-comment", "--pr", "7"], env)).out).toContain("comment on #7 created");
    expect((await inRepo(["pr-comment", "--pr", "7"], env)).out).toContain("comment on #7 unchanged");
    expect((await inRepo(["pr-comment", "--pr", "8"], env)).code).toBe(1);
    expect(mock.comments.map(({ body }) => body)).toEqual([dry.out]);
  } finally {
    home.remove();
  }
}, 30_000);
