import type { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { LISTS, type SkillsReport, type SourceRow, skillsReport } from "../../src/reports/skills.ts";
import { asked, call, result, SESSION, START, USD, type Use, worth } from "../seedFaults/past.ts";
import { Books, filters, usd } from "./books.ts";

const books = new Books();
afterAll(() => books.remove());

const skill = (id: string, name: string): Use => ({ id, name: "Skill", input: { skill: name } });
/** What the client says that a call was for. */
const said = (skillName: string, more: object = {}): object => ({ row: { attributionSkill: skillName, ...more } });
const at = (second: number): { atMs: number } => ({ atMs: START + second * 1_000 });
const session = (...lines: readonly string[]): Promise<Database> => books.of({ [`${SESSION}.jsonl`]: lines });
type Name = (typeof LISTS)[number];
const report = async (name: Name, db: Promise<Database>, flags = {}): Promise<[unknown[][], rest: number]> => {
  const { [name]: list, totals } = skillsReport(await db, filters(flags));
  // Rows and what belongs to nobody are all there is, whatever the list.
  expect(list.rows.reduce((sum, row) => sum + row.costNanoUsd, list.rest.costNanoUsd)).toBe(totals.costNanoUsd);
  return [list.rows.map(short), usd(list.rest)];
};
const short = (row: SourceRow): unknown[] => [row.name, row.uses, row.calls, usd(row)];

describe("skills, where the client says nothing", () => {
  const two = (): Promise<Database> =>
    session(
      asked("p1", "look it over", START),
      call("m1", { usage: worth(1), ...at(1), uses: [skill("t1", "review")] }),
      call("m2", { usage: worth(2), ...at(2) }),
      call("m3", { usage: worth(4), ...at(3), uses: [skill("t2", "plan")] }),
      call("m4", { usage: worth(8), ...at(4) }),
      asked("p2", "thanks", START + 5_000),
      call("m5", { usage: worth(16), ...at(6) }),
    );
  test("a window goes from the call after the use to the next skill or the prompt's end", async () => {
    // The call that asks for the second skill is still in the course of the first.
    expect(await report("skills", two())).toEqual([
      [
        ["plan", 1, 1, 8],
        ["review", 1, 2, 6],
      ],
      17,
    ]);
  });

  test("a period may begin in the middle of a window", async () => {
    const since = new Date(START + 2_500).toISOString();
    expect(await report("skills", two(), { since })).toEqual([
      [
        ["plan", 1, 1, 8],
        ["review", 0, 1, 4],
      ],
      16,
    ]);
  });

  test("a use that failed opens no window; a sub-agent's skill is its own thread's", async () => {
    const db = books.of({
      [`${SESSION}.jsonl`]: [
        asked("p1", "look it over", START),
        call("m1", { usage: worth(1), ...at(1), uses: [skill("t1", "broken")] }),
        result("t1", START + 1_500, {
          message: {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: "t1", is_error: true, content: "no" }],
          },
        }),
        call("m2", { usage: worth(2), ...at(2) }),
      ],
      [`${SESSION}/subagents/agent-a1.jsonl`]: [
        call("s1", { agent: "a1", usage: worth(4), ...at(1), uses: [skill("t2", "pdf")] }),
        call("s2", { agent: "a1", usage: worth(8), ...at(3) }),
      ],
    });
    expect(await report("skills", db)).toEqual([
      [
        ["pdf", 1, 1, 8],
        ["broken", 1, 0, 0],
      ],
      7,
    ]);
  });
});

describe("skills, where the client says which call was for which", () => {
  test("its word goes before windows in that prompt's thread, and nowhere else", async () => {
    const db = session(
      asked("p1", "look it over", START),
      call("m1", { usage: worth(1), ...at(1), uses: [skill("t1", "review")] }),
      call("m2", { usage: worth(2), ...at(2), ...said("review") }),
      // By the window this one would be the skill's, too.
      call("m3", { usage: worth(4), ...at(3) }),
      asked("p2", "again", START + 4_000),
      call("m4", { usage: worth(8), ...at(5), uses: [skill("t2", "review")] }),
      call("m5", { usage: worth(16), ...at(6) }),
    );
    expect(await report("skills", db)).toEqual([[["review", 2, 2, 18]], 13]);
  });
});

describe("slash commands", () => {
  const text = "<command-message>shop:plan</command-message>\n<command-name>/shop:plan</command-name>";
  test("have all calls of their prompt, sub-agents included; a prompt that cost nothing counts as a use", async () => {
    const db = books.of({
      [`${SESSION}.jsonl`]: [
        asked("p1", text, START),
        call("m1", { usage: worth(1), ...at(1) }),
        asked("p2", "go on", START + 2_000),
        call("m2", { usage: worth(2), ...at(3) }),
        asked("p3", text, START + 4_000),
      ],
      [`${SESSION}/subagents/agent-a1.jsonl`]: [call("s1", { agent: "a1", usage: worth(4), ...at(1.5) })],
    });
    expect(await report("commands", db)).toEqual([[["shop:plan", 2, 2, 5]], 2]);
    expect(await report("plugins", db)).toEqual([[["shop", 2, 2, 5]], 2]);
  });

  test("a skill that a person typed says so", async () => {
    const db = await session(asked("p1", text, START), call("m1", { usage: worth(1), ...at(1), ...said("shop:plan") }));
    const [row] = skillsReport(db, filters()).skills.rows;
    expect([row?.name, row?.plugin, row?.uses, row?.typed, row?.prompts]).toEqual(["shop:plan", "shop", 0, 1, 1]);
  });
});

describe("MCP servers", () => {
  const issues = (id: string, tool = "search"): Use => ({ id, name: `mcp__issues__${tool}` });
  test("have an even share of the call that asked for their tools", async () => {
    const db = session(
      asked("p1", "go on", START),
      call("m1", {
        usage: worth(3),
        ...at(1),
        uses: [issues("t1"), issues("t2", "close"), { id: "t3", name: "Read" }],
      }),
      call("m2", { usage: worth(4), ...at(2), uses: [{ id: "t4", name: "mcp__plugin_shop_stock__count" }] }),
      call("m3", { usage: worth(8), ...at(3) }),
    );
    expect(await report("servers", db)).toEqual([
      [
        ["stock", 1, 1, 4],
        ["issues", 2, 1, 2],
      ],
      9,
    ]);
    expect(await report("mcpTools", db)).toEqual([
      [
        ["count", 1, 1, 4],
        ["close", 1, 1, 1],
        ["search", 1, 1, 1],
      ],
      9,
    ]);
    expect(await report("plugins", db)).toEqual([[["shop", 1, 1, 4]], 11]);
  });

  test("have the calls that the client gives them, and then no shares in that thread", async () => {
    const db = session(
      asked("p1", "go on", START),
      call("m1", { usage: worth(1), ...at(1), uses: [issues("t1")] }),
      call("m2", { usage: worth(2), ...at(2), row: { attributionMcpServer: "issues", attributionMcpTool: "search" } }),
      call("m3", { usage: worth(4), ...at(3), uses: [issues("t2")] }),
    );
    expect(await report("servers", db)).toEqual([[["issues", 2, 1, 2]], 5]);
  });
});

describe("plugins", () => {
  test("have whole calls, by the first that names one, and no call twice", async () => {
    const db = books.of({
      [`${SESSION}.jsonl`]: [
        asked("p1", "<command-message>shop:plan</command-message>\n<command-name>/shop:plan</command-name>", START),
        // The client's own word, against the command and the tool.
        call("m1", {
          usage: worth(1),
          ...at(1),
          ...said("x", { attributionPlugin: "bank" }),
          uses: [{ id: "t1", name: "mcp__plugin_tools_fs__read" }],
        }),
        // The skill's, against the command.
        call("m2", { usage: worth(2), ...at(2), ...said("docs:pdf") }),
        call("m3", { usage: worth(4), ...at(3) }),
      ],
      // The sub-agent's type, against the command that it worked for.
      [`${SESSION}/subagents/agent-a1.jsonl`]: [call("s1", { agent: "a1", usage: worth(8), ...at(3) })],
      [`${SESSION}/subagents/agent-a1.meta.json`]: [JSON.stringify({ agentType: "lint:reader" })],
    });
    const [rows, rest] = await report("plugins", db);
    expect([rows.map(([name, , calls, cost]) => [name, calls, cost]), rest]).toEqual([
      [
        ["lint", 1, 8],
        ["shop", 1, 4],
        ["docs", 1, 2],
        ["bank", 1, 1],
        ["tools", 0, 0],
      ],
      0,
    ]);
  });
});

test("every list says its method, and what --top cuts off stays in it", async () => {
  const db = await session(
    asked("p1", "go on", START),
    ...[1, 2, 3].map((n) => call(`m${n}`, { usage: worth(n), ...at(n), ...said(`skill-${n}`) })),
    call("m9", { usage: worth(4), ...at(9) }),
  );
  const cut: SkillsReport = skillsReport(db, filters({ top: 1 }));
  for (const name of LISTS) expect(cut[name].method.length).toBeGreaterThan(20);
  expect(cut.skills.rows.map(short)).toEqual([["skill-3", 0, 1, 3]]);
  expect(cut.skills.left).toEqual({ rows: 2, totalTokens: 150_000, costNanoUsd: 3 * USD });
  expect(usd(cut.skills.rest)).toBe(4);
});
