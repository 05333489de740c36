import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { listedTools } from "../../src/mcp/calls.ts";
import { encodeCursor } from "../../src/mcp/cursor.ts";
import { Home, prompt, REPLY_COST, reply } from "../e2e/program.ts";
import { type Connected, connectHere, type Told, title, writeTranscript } from "./support.ts";

/** Answers stay small however large the history is, and what does not fit is found by the cursor. 130 projects of one session each, with long
 *  names and titles; one session of 300 sub-agents. */

const NOW = Date.parse("2026-11-25T11:00:00Z");
const PROJECTS = 130;
const RUNS = 300;
const BIG = "bbbbbbbb-0000-4000-8000-000000000000";
const NAME = "with-a-rather-long-name-for-a-folder-of-sources-that-somebody-thought-of";

let home: Home;
let here: Connected;

beforeAll(async () => {
  home = new Home();
  for (let n = 0; n < PROJECTS; n++) {
    const session = `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, "0")}`;
    const cwd = `/nowhere/p${n}-${NAME}`;
    const at = NOW - (n + 1) * 3_600_000;
    const calls = Array.from({ length: n + 1 }, (_, call) =>
      reply(session, `p${n}-${call}`, at + call, { cwd, branch: `b${n}` }),
    );
    writeTranscript(home, `p${n}/${session}.jsonl`, ...calls, title(session, `${"long title ".repeat(40)}${n}`));
  }
  writeTranscript(
    home,
    `big/${BIG}.jsonl`,
    prompt(BIG, "p", "go", NOW - 1_000),
    reply(BIG, "big", NOW - 900, { cwd: "/nowhere/big" }),
  );
  for (let n = 0; n < RUNS; n++)
    writeTranscript(
      home,
      `big/${BIG}/subagents/agent-a${n}.jsonl`,
      reply(BIG, `run${n}`, NOW - 800 + n, { cwd: "/nowhere/big", agentId: `a${n}` }),
    );
  await home.run(["stats", "--since", "all"]);
  here = await connectHere(home, NOW);
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  home.remove();
});

describe("an answer", () => {
  const CALLS: readonly [tool: string, args: Record<string, unknown>][] = [
    ["usage_summary", { period: "all" }],
    ["project_usage", { period: "all" }],
    ["agent_usage", { period: "all" }],
    ["agent_usage", { period: "all", by: "run" }],
    ["model_stats", { period: "all" }],
    ["model_stats", { period: "all", per: "day" }],
    ["skill_usage", { period: "all" }],
    ["cross_tool_cost", { period: "all" }],
    ["pr_cost", {}],
    ["session_detail", { session: BIG }],
    ["session_detail", { session: BIG, part: "runs" }],
    ["runaway_status", {}],
    ["forecast", {}],
    ["budget_status", {}],
    ["query", { sql: "SELECT * FROM v_calls" }],
    ["query", { sql: "SELECT printf('%.*c', 100000, 'x') AS a, printf('%.*c', 100000, 'y') AS b FROM v_calls" }],
  ];
  for (const [tool, args] of CALLS)
    test(`of ${tool} ${JSON.stringify(args)} has 4 KB at most`, async () => {
      const { bytes, isError } = await here.call(tool, args);
      expect(isError).toBe(false);
      expect(bytes).toBeLessThanOrEqual(4_096);
    });

  test("is of every tool", () => {
    const tested = new Set([...CALLS.map(([tool]) => tool), "budget_set", "cost_optimize"]);
    expect(
      listedTools()
        .map(({ name }) => name)
        .filter((name) => !tested.has(name)),
    ).toEqual([]);
  });

  test("has as many rows as are asked for, within reason", async () => {
    const { data, bytes } = await here.call("project_usage", { period: "all", limit: 60 });
    expect(data.projects).toHaveLength(60);
    expect(bytes).toBeWithin(4_096, 32_768);
    const most = await here.call("agent_usage", { period: "all", by: "run", limit: 200 });
    expect(most.bytes).toBeLessThanOrEqual(32_768);
  });
});

describe("a cursor", () => {
  /** All pages of a list. */
  async function pages(tool: string, args: Record<string, unknown>): Promise<Told[]> {
    const found = [await here.call(tool, args)];
    for (let cursor = cursorOf(found[0] as Told); cursor !== null; cursor = cursorOf(found.at(-1) as Told)) {
      found.push(await here.call(tool, { cursor }));
      if (found.length > 200) throw new Error("the cursor goes on for ever");
    }
    return found;
  }
  const cursorOf = ({ data }: Told): string | null => (data.left as { cursor: string } | undefined)?.cursor ?? null;

  test("leads through all projects, each once, and what is left always adds up", async () => {
    const all = await pages("project_usage", { period: "all" });
    const rows = all.flatMap(({ data }) => data.projects as { project: string; calls: number }[]);
    expect(rows).toHaveLength(PROJECTS + 1);
    expect(new Set(rows.map(({ project }) => project)).size).toBe(PROJECTS + 1);
    let shown = 0;
    let nano = 0;
    const total = ((PROJECTS * (PROJECTS + 1)) / 2 + 1 + RUNS) * REPLY_COST;
    for (const { data, bytes } of all) {
      const page = data.projects as { costUsd: number }[];
      shown += page.length;
      nano += page.reduce((sum, row) => sum + Math.round(row.costUsd * 1e9), 0);
      const left = data.left as { rows: number; costUsd: number } | undefined;
      expect(left?.rows ?? 0).toBe(PROJECTS + 1 - shown);
      expect(Math.round((left?.costUsd ?? 0) * 1e9)).toBe(total - nano);
      expect(bytes).toBeLessThanOrEqual(4_096);
    }
    expect(all.length).toBeGreaterThan(5);
  });

  test("leads through all runs, though the report looks at no more than it has to", async () => {
    const all = await pages("agent_usage", { period: "all", by: "run", agent: "user" });
    const runs = all.flatMap(({ data }) => (data.agents as { runId: string }[]).map(({ runId }) => runId));
    expect(runs).toHaveLength(RUNS);
    expect(new Set(runs).size).toBe(RUNS);
  });

  test("leads through the runs of a session", async () => {
    const all = await pages("session_detail", { session: BIG, part: "runs" });
    const runs = all.flatMap(({ data }) => (data.runs as { runId: string }[]).map(({ runId }) => runId));
    expect(runs).toHaveLength(RUNS + 1);
    expect(runs[0]).toBe("main");
    expect(new Set(runs).size).toBe(RUNS + 1);
  });

  test("keeps the period that it began with", async () => {
    const first = await here.call("project_usage", { period: "past 24 hours", limit: 2 });
    await using later = await connectHere(home, NOW + 86_400_000);
    const next = await later.call("project_usage", { cursor: cursorOf(first), limit: 2 });
    expect(next.data.period).toEqual(first.data.period);
    expect(next.data.costUsd).toBe(first.data.costUsd);
    const fresh = await later.call("project_usage", { period: "past 24 hours" });
    expect(fresh.data.costUsd).not.toBe(first.data.costUsd);
  });

  test("of a list that has become shorter ends it", async () => {
    const bounds = { fromMs: null, toMs: null, label: "all" };
    const cursor = encodeCursor({ tool: "project_usage", args: { period: "all" }, offset: 1_000, bounds });
    const { data, isError } = await here.call("project_usage", { cursor });
    expect(isError).toBe(false);
    expect(data.projects).toEqual([]);
    expect(data.left).toBeUndefined();
  });
});
