import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { serversOf } from "../../src/agents/claude-code/servers.ts";
import { prompt } from "../e2e/program.ts";
import { ingest, scratch } from "./ingest.ts";
import { writeText } from "./world.ts";

/** MCP servers that stand in a run's prompts: names and sizes, and nothing of what they say. */

const AT = Date.parse("2026-11-20T10:00:00Z");

const row = (attachment: object, at: number, more: object = {}): string =>
  `${JSON.stringify({
    parentUuid: "u",
    isSidechain: false,
    ...more,
    attachment,
    type: "attachment",
    uuid: `a${at}`,
    timestamp: new Date(AT + at).toISOString(),
    cwd: "/nowhere/repo",
    sessionId: "s1",
    version: "2.1.330",
  })}\n`;

const tools = (added: string[], removed: string[] = []): object => ({
  type: "deferred_tools_delta",
  addedNames: added.map((line) => line.split(": ")[0]),
  addedLines: added,
  removedNames: removed,
});
const instructions = (added: Record<string, string>, removed: string[] = []): object => ({
  type: "mcp_instructions_delta",
  addedNames: Object.keys(added),
  addedBlocks: Object.values(added),
  removedNames: removed,
});

async function servers(lines: string[], use?: (bytes: string) => void): Promise<unknown[][]> {
  const { dir, remove } = scratch();
  try {
    writeText(dir, "claude/projects/p/s1.jsonl", prompt("s1", "p1", "go on", AT) + lines.join(""));
    await ingest(join(dir, "claude"), join(dir, "home"));
    const path = join(dir, "home", "ledger.db");
    const db = new Database(path, { readonly: true });
    const rows = db
      .query(
        `SELECT run_id, mcp_server, tools, tool_bytes, instruction_bytes, first_ms - ${AT}, removed_ms - ${AT}
         FROM v_run_servers ORDER BY run_id, mcp_server`,
      )
      .values();
    db.close();
    use?.(await Bun.file(path).text());
    return rows;
  } finally {
    remove();
  }
}

test("tools and instructions of a server are one row, under the name that its tools have; the client's own tools are none", async () => {
  const lines = [
    row(tools(["WebSearch", "mcp__claude_ai_Linear__get_issue", "mcp__plugin_shop_db__query: Zebulon asks"]), 10),
    row(instructions({ "claude.ai Linear": "## Zebulon", "plugin:shop:db": "ä" }), 20),
  ];
  const found = await servers(lines, (bytes) => expect(bytes).not.toContain("Zebulon"));
  expect(found).toEqual([
    // 32 and 1 for the line's end; 10 and 1.
    ["", "claude_ai_Linear", 1, 33, 11, 10, null],
    // 40 and 1; 2 bytes and 1.
    ["", "plugin_shop_db", 1, 41, 3, 10, null],
  ]);
});

test("told again it counts once, at its largest, from the first moment to the first removal", async () => {
  const lines = [
    row(tools(["mcp__db__a", "mcp__db__b"]), 30),
    row(tools(["mcp__db__a"]), 10),
    row(tools([], ["mcp__db__b"]), 50),
    row(instructions({}, ["db"]), 40),
  ];
  const expected = [["", "db", 2, 22, 0, 10, 40]];
  expect(await servers(lines)).toEqual(expected);
  expect(await servers(lines.toReversed())).toEqual(expected);
});

test("a sub-agent's servers are its own run's", async () => {
  const agent = { isSidechain: true, agentId: "a1" };
  expect(await servers([row(tools(["mcp__db__a"]), 10, agent)])).toEqual([["a1", "db", 1, 11, 0, 10, null]]);
});

test("nonsense and other attachments tell of none; names are capped", () => {
  for (const odd of [null, "x", [], {}, { type: "skill_listing", addedNames: ["mcp__a__b"] }])
    expect(serversOf(odd)).toEqual([]);
  expect(serversOf({ type: "deferred_tools_delta", addedLines: [7, null, "mcp__", "mcp____x"] })).toEqual([]);
  expect(serversOf({ type: "mcp_instructions_delta", addedNames: ["a", ""], addedBlocks: [7, "x"] })).toEqual([]);
  const [long] = serversOf(tools([`mcp__${"x".repeat(500)}__tool`]));
  expect(long?.server).toBe("x".repeat(120));
  // A client that gives no lines lists the bare names.
  expect(serversOf({ type: "deferred_tools_delta", addedNames: ["mcp__db__a"] })).toEqual([
    { server: "db", tools: 1, toolBytes: 11, instructionBytes: 0, removed: false },
  ]);
});
