import type { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { agentsReport } from "../../src/reports/agents.ts";
import { asked, call, result, SESSION, START, worth } from "../seedFaults/past.ts";
import { Books, filters, NOW, usd } from "./books.ts";

/** Two sessions. The first: two prompts, the second of which sends out an Explore sub-agent, which sends out a plugin's reviewer; and the client's own
 *  compaction, prompt suggestion and side question. The second: an Explore sub-agent of another model, and one that nothing tells the type of. */

const OTHER = "5eed0000-0000-4000-8000-000000000002";
const SUB = `${SESSION}/subagents`;
const books = new Books();
let db: Database;

const run = (agent: string, id: string, usd: number, more: object = {}): string =>
  call(id, { agent, usage: worth(usd), atMs: START + 10_000, ...more });
const task = (id: string, type: string): { id: string; name: string; input: object } => ({
  id,
  name: "Task",
  input: { subagent_type: type, description: "d", prompt: "p" },
});

beforeAll(async () => {
  db = await books.of({
    [`${SESSION}.jsonl`]: [
      asked("p1", "explain how the cart works", START),
      call("m1", { usage: worth(1), atMs: START + 1_000 }),
      asked("p2", "fix the crash in the cart", START + 5_000),
      call("m2", { usage: worth(2), atMs: START + 6_000, uses: [task("t1", "Explore")] }),
      result("t1", START + 12_000),
    ],
    [`${SUB}/agent-a1.jsonl`]: [
      run("a1", "s1", 0.5, { uses: [task("t2", "shop:reviewer")] }),
      run("a1", "s1b", 0.25, { atMs: START + 20_000 }),
    ],
    [`${SUB}/agent-a1.meta.json`]: [
      JSON.stringify({ agentType: "Explore", description: "Look at the cart", toolUseId: "t1", spawnDepth: 1 }),
    ],
    [`${SUB}/agent-a2.jsonl`]: [run("a2", "s2", 4)],
    [`${SUB}/agent-a2.meta.json`]: [
      JSON.stringify({ agentType: "shop:reviewer", toolUseId: "t2", parentAgentId: "a1", spawnDepth: 2 }),
    ],
    [`${SUB}/agent-acompact-7a.jsonl`]: [run("acompact-7a", "c1", 8)],
    [`${SUB}/agent-aprompt_suggestion-7b.jsonl`]: [run("aprompt_suggestion-7b", "c2", 0.125)],
    [`${SUB}/agent-aside_question-7c.jsonl`]: [run("aside_question-7c", "c3", 0.0625)],
    [`${OTHER}.jsonl`]: [
      asked("q1", "go on", START, OTHER),
      call("n1", { session: OTHER, usage: worth(16), atMs: START + 1_000, cwd: "/nowhere/shop" }),
    ],
    // Haiku 4.5: 200,000 x 5,000 nano-dollars.
    [`${OTHER}/subagents/agent-a3.jsonl`]: [
      call("s3", {
        session: OTHER,
        agent: "a3",
        model: "claude-haiku-4-5",
        usage: [0, 200_000, 0, 0, 0],
        cwd: "/nowhere/shop",
      }),
    ],
    [`${OTHER}/subagents/agent-a3.meta.json`]: [JSON.stringify({ agentType: "Explore" })],
    [`${OTHER}/subagents/agent-a4.jsonl`]: [
      call("s4", { session: OTHER, agent: "a4", usage: worth(0.1875), cwd: "/nowhere/shop" }),
    ],
  });
});
afterAll(() => books.remove());

const TOTAL = 1 + 2 + 0.75 + 4 + 8 + 0.125 + 0.0625 + 16 + 1 + 0.1875;

describe("agents", () => {
  test("by type: who spent it, the dearest first", () => {
    const { totals, kinds, agents } = agentsReport(db, filters(), { runs: false });
    expect([usd(totals), totals.sessions, totals.runs, totals.calls]).toEqual([TOTAL, 2, 9, 11]);
    expect(kinds.map((row) => [row.kind, row.runs, usd(row), row.share])).toEqual([
      ["main", 2, 19, 19 / TOTAL],
      ["user", 4, 5.9375, 5.9375 / TOTAL],
      ["overhead", 3, 8.1875, 8.1875 / TOTAL],
    ]);
    expect(agents.map((row) => [row.kind, row.type, row.plugin, row.runs, row.sessions, row.calls, usd(row)])).toEqual([
      ["main", null, null, 2, 2, 3, 19],
      ["overhead", "compaction", null, 1, 1, 1, 8],
      ["user", "shop:reviewer", "shop", 1, 1, 1, 4],
      ["user", "Explore", null, 2, 2, 3, 1.75],
      ["user", null, null, 1, 1, 1, 0.1875],
      ["overhead", "prompt suggestion", null, 1, 1, 1, 0.125],
      ["overhead", "side question", null, 1, 1, 1, 0.0625],
    ]);
    expect(agents.find((row) => row.type === "Explore")?.models).toEqual(["claude-haiku-4-5", "claude-opus-5-5"]);
  });

  test("by run: what for, from which prompt, sent by whom", () => {
    const { runs } = agentsReport(db, filters(), { runs: true });
    expect(
      runs?.map((row) => [row.runId, usd(row), row.depth, row.parentRunId, row.prompt?.number, row.prompt?.category]),
    ).toEqual([
      ["main", 16, null, null, undefined, undefined],
      ["acompact-7a", 8, null, null, 2, "delegation"],
      ["a2", 4, 2, "a1", 2, "delegation"],
      ["main", 3, null, null, undefined, undefined],
      ["a3", 1, null, null, 1, "conversation"],
      ["a1", 0.75, 1, null, 2, "delegation"],
      ["a4", 0.1875, null, null, 1, "conversation"],
      ["aprompt_suggestion-7b", 0.125, null, null, 2, "delegation"],
      ["aside_question-7c", 0.0625, null, null, 2, "delegation"],
    ]);
    expect(runs?.find((row) => row.runId === "a1")).toMatchObject({
      description: "Look at the cart",
      sessionId: SESSION,
      repo: "repo",
      startedAtMs: START + 10_000,
      models: ["claude-opus-5-5"],
      share: 0.75 / TOTAL,
    });
    expect(runs?.[0]).toMatchObject({ sessionId: OTHER, repo: "shop", type: null, prompt: null });
  });

  test("of a period: a run counts with the calls that lie in it", () => {
    const asOf = filters({ since: new Date(START + 15_000).toISOString() });
    const { totals, runs } = agentsReport(db, asOf, { runs: true });
    expect(usd(totals)).toBe(0.25);
    expect(runs?.map((row) => [row.runId, row.calls, usd(row), row.share])).toEqual([["a1", 1, 0.25, 1]]);
  });

  test("of one type or kind", () => {
    const of = (agent: string): number => usd(agentsReport(db, filters({ agent }), { runs: false }).totals);
    expect(["main", "user", "overhead", "Explore", "explore", "shop:reviewer", "claude-code"].map(of)).toEqual([
      19,
      5.9375,
      8.1875,
      1.75,
      1.75,
      4,
      TOTAL,
    ]);
    expect(() => of("nobody")).toThrow('--agent "nobody" matches nothing in the book');
  });

  test("cut at --top: what is left is added up", () => {
    const { agents, agentsLeft, runs, runsLeft } = agentsReport(db, filters({ top: 2 }), { runs: true });
    expect([agents.length, agentsLeft.rows, usd(agentsLeft)]).toEqual([2, 5, TOTAL - 27]);
    expect([runs?.length, runsLeft?.rows, runsLeft?.calls]).toEqual([2, 7, 9]);
  });

  test("of nothing", () => {
    const none = agentsReport(db, filters({ since: new Date(NOW).toISOString() }), { runs: true });
    expect([none.totals.calls, none.agents, none.runs, none.kinds.map(({ share }) => share)]).toEqual([
      0,
      [],
      [],
      [0, 0, 0],
    ]);
  });
});
