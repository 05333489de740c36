import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDemoHistory } from "../../src/demo/history.ts";
import { listedTools } from "../../src/mcp/calls.ts";
import { PROMPTS } from "../../src/mcp/prompts.ts";
import { RESOURCES, TEMPLATES } from "../../src/mcp/resources.ts";
import { Home, prompt, reply } from "../e2e/program.ts";
import { type Connected, connectProgram, type Told, writeTranscript } from "./support.ts";

/** docs/mcp.md against the program: its questions are asked of a demo book, its tables are held against the schemas. */

const DOC = readFileSync(join(import.meta.dir, "..", "..", "docs", "mcp.md"), "utf8");
const SESSION = "0a0a0a0a-0000-4000-8000-000000000042";
const CWD = "/home/demo/shop";

interface Question {
  number: number;
  question: string;
  tool: string;
  args: Record<string, unknown>;
}

const QUESTIONS: readonly Question[] = [...DOC.matchAll(/^\| (\d+) \| (.+?) \| `(\w+)` \| `(\{.*\})` \|$/gm)].map(
  ([, number, question = "", tool = "", args = ""]) => ({
    number: Number(number),
    question,
    tool,
    args: JSON.parse(args) as Record<string, unknown>,
  }),
);

let home: Home;
let server: Connected;

beforeAll(async () => {
  home = new Home();
  const nowMs = Date.now();
  writeDemoHistory(home.claude, nowMs);
  // The session that the client is in, which has opened a pull request.
  const link = {
    type: "pr-link",
    sessionId: SESSION,
    prNumber: 42,
    prUrl: "https://github.com/acme/shop/pull/42",
    prRepository: "acme/shop",
    timestamp: new Date(nowMs - 30_000).toISOString(),
  };
  writeTranscript(
    home,
    `-home-demo-shop/${SESSION}.jsonl`,
    prompt(SESSION, "p1", "add a page", nowMs - 60_000).replaceAll("/nowhere/repo", CWD),
    reply(SESSION, "m1", nowMs - 50_000, { cwd: CWD, branch: "page" }),
    reply(SESSION, "m2", nowMs - 40_000, { cwd: CWD, branch: "page" }),
    `${JSON.stringify(link)}\n`,
  );
  await home.run(["pr-cost", "--offline"]);
  server = await connectProgram(home, { CLAUDE_CODE_SESSION_ID: SESSION, CLAUDE_PROJECT_DIR: CWD });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  home.remove();
});

/** What must be true of an answer for it to answer the question. */
const HOLDS: Readonly<Record<number, (told: Told) => void>> = {
  2: ({ data }) => expect((data.projects as { project: string }[]).length).toBe(1),
  4: ({ data }) => expect((data.days as unknown[]).length).toBeGreaterThan(5),
  5: ({ data }) => expect(data.projects as unknown[]).not.toBeEmpty(),
  10: ({ data }) => expect((data.periods as unknown[]).length).toBeGreaterThan(3),
  13: ({ data }) => expect(data.set).toMatchObject({ limit: 20, per: "day" }),
  14: ({ data }) => expect(data.limits).toMatchObject([{ limit: 20 }]),
  16: ({ data }) => {
    expect(data.pullRequests).toMatchObject([{ number: 42 }]);
    expect((data.explanation as { sessions: object[] }).sessions).toMatchObject([{ sessionId: SESSION }]);
  },
  17: ({ data }) => expect(data.session).toMatchObject({ sessionId: SESSION, calls: 2 }),
  18: ({ data }) => expect(data.verdict).toBeString(),
  20: ({ data }) => expect(data.rows as unknown[]).toHaveLength(10),
};

describe("the questions of docs/mcp.md", () => {
  test("are twenty, and every tool that reads or sets is asked", () => {
    expect(QUESTIONS.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    const asked = new Set(QUESTIONS.map(({ tool }) => tool));
    expect(
      listedTools()
        .map(({ name }) => name)
        .filter((name) => !asked.has(name)),
    ).toEqual([]);
  });

  for (const { number, question, tool, args } of QUESTIONS)
    test(`${number}. ${question}`, async () => {
      const told = await server.call(tool, args);
      expect(`${tool}: ${told.isError ? told.text : "ok"}`).toBe(`${tool}: ok`);
      expect(told.data.upToDate).toBe(true);
      HOLDS[number]?.(told);
    });
});

describe("the tables of docs/mcp.md", () => {
  test("name every tool with all its arguments", () => {
    const rows = new Map(
      [...DOC.matchAll(/^\| `(\w+)` \| (.*?) \| /gm)].map(([, name = "", takes = ""]) => [name, takes]),
    );
    const tools = listedTools();
    expect([...rows.keys()].sort()).toEqual(tools.map(({ name }) => name).sort());
    for (const { name, inputSchema } of tools) {
      const documented = [...(rows.get(name) ?? "").matchAll(/`(\w+)`/g)].map(([, argument]) => argument);
      expect(`${name}: ${documented.sort()}`).toBe(`${name}: ${Object.keys(inputSchema.properties as object).sort()}`);
    }
  });

  test("name prompts and resources, and each of them answers", async () => {
    for (const { name } of PROMPTS) {
      expect(DOC).toContain(`\`${name}\``);
      const { messages } = await server.client.getPrompt({ name, arguments: { pr: "42", period: "this week" } });
      expect(JSON.stringify(messages)).toContain("cc-ledger");
    }
    for (const { uri } of RESOURCES) {
      expect(DOC).toContain(`\`${uri}\``);
      const { contents } = await server.client.readResource({ uri });
      expect(contents).toMatchObject([{ uri, mimeType: "text/markdown" }]);
    }
    for (const { uriTemplate } of TEMPLATES) expect(DOC).toContain(`\`${uriTemplate}\``);
    const session = await server.client.readResource({ uri: `ledger://session/${SESSION.slice(0, 8)}` });
    expect(JSON.stringify(session)).toContain(SESSION);
  });

  test("offer values for the arguments of prompts", async () => {
    const complete = (name: string, value: string): Promise<string[]> =>
      server.client
        .complete({ ref: { type: "ref/prompt", name: "spend" }, argument: { name, value } })
        .then(({ completion }) => completion.values);
    expect(await complete("period", "last w")).toEqual(["last week"]);
    expect(await complete("project", "sho")).toEqual(["shop"]);
    expect(await complete("nothing", "")).toEqual([]);
  });
});

describe("answers", () => {
  test("hold the same figures as the commands", async () => {
    const json = async (...args: string[]): Promise<Record<string, Record<string, unknown>>> =>
      JSON.parse((await home.run([...args, "--json"])).out) as Record<string, Record<string, unknown>>;
    const stats = await json("stats", "--since", "7d");
    const { costUsd, calls, sessions, totalTokens } = stats.totals ?? {};
    const week = await server.call("usage_summary", { period: "last 7 days" });
    expect(week.data).toMatchObject({ costUsd, calls, sessions, totalTokens });
    const projects = (await json("projects", "--since", "all")).projects as unknown as {
      project: string;
      costUsd: number;
    }[];
    const told = (await server.call("project_usage", { period: "all" })).data.projects as typeof projects;
    expect(told.map(({ project, costUsd }) => [project, costUsd])).toEqual(
      projects.map(({ project, costUsd }) => [project, costUsd]),
    );
    const session = (await json("session", SESSION)).session;
    expect((await server.call("session_detail", { session: SESSION })).data.session).toMatchObject({
      costUsd: session?.costUsd,
      calls: session?.calls,
    });
  });
});
