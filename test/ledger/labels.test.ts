import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { commandOf, skillOf } from "../../src/agents/claude-code/labels.ts";
import { prompt, reply } from "../e2e/program.ts";
import { ingest, scratch } from "./ingest.ts";
import { writeText } from "./world.ts";

/** What calls were for: names of skills, slash commands, plugins and MCP servers, and nothing that was passed to them. */

const AT = Date.parse("2026-11-20T10:00:00Z");

async function bookOf(files: Record<string, string[]>, use: (db: Database, bytes: string) => void): Promise<void> {
  const { dir, remove } = scratch();
  try {
    for (const [path, lines] of Object.entries(files)) writeText(dir, `claude/projects/p/${path}`, lines.join(""));
    await ingest(join(dir, "claude"), join(dir, "home"));
    const path = join(dir, "home", "ledger.db");
    const db = new Database(path, { readonly: true });
    try {
      use(db, await Bun.file(path).text());
    } finally {
      db.close();
    }
  } finally {
    remove();
  }
}

/** A line with more fields beside its own. */
const labelled = (line: string, fields: object): string => `${JSON.stringify({ ...JSON.parse(line), ...fields })}\n`;

test("a skill's name is kept, its arguments are not", async () => {
  const skill = { tool: "t1", name: "Skill", input: { skill: "shop:refund", args: "for Zebulon the secret" } };
  const old = { tool: "t2", name: "Skill", input: { command: "pdf" } };
  const slash = { tool: "t3", name: "SlashCommand", input: { command: "/deploy Zebulon now" } };
  const lines = [
    prompt("s1", "p1", "go on", AT),
    reply("s1", "m1", AT + 1, skill),
    reply("s1", "m2", AT + 2, old),
    reply("s1", "m3", AT + 3, slash),
    reply("s1", "m4", AT + 4, { tool: "t4", name: "Bash", input: { command: "ls" } }),
  ];
  await bookOf({ "s1.jsonl": lines }, (db, bytes) => {
    const names = "SELECT n.name FROM skill_uses u JOIN labels n ON n.id = u.label_id ORDER BY n.name";
    expect(db.query(names).values()).toEqual([["deploy"], ["pdf"], ["shop:refund"]]);
    expect(bytes).not.toContain("Zebulon");
  });
});

test("a prompt's slash command, with its plugin, in both orders that clients write", async () => {
  const lines = [
    prompt("s1", "p1", "<command-name>/compact</command-name>\n  <command-message>compact</command-message>", AT),
    prompt(
      "s1",
      "p2",
      "<command-message>shop:plan</command-message>\n<command-name>/shop:plan</command-name>\n<command-args>Zebulon</command-args>",
      AT + 1,
    ),
    prompt("s1", "p3", "what does <command-name>/x</command-name> mean?", AT + 2),
  ];
  await bookOf({ "s1.jsonl": lines }, (db, bytes) => {
    const names = "SELECT n.name FROM prompt_commands u JOIN labels n ON n.id = u.label_id ORDER BY n.name";
    expect(db.query(names).values()).toEqual([["compact"], ["shop:plan"]]);
    expect(bytes).not.toContain("Zebulon");
  });
});

test("what the client says of a call: joined over its lines, most calls have no row", async () => {
  const lines = [
    reply("s1", "m1", AT),
    labelled(reply("s1", "m2", AT + 1), { attributionSkill: "plan" }),
    labelled(reply("s1", "m2", AT + 1), { attributionSkill: "shop:plan", attributionPlugin: "shop" }),
    labelled(reply("s1", "m2", AT + 1), { attributionMcpServer: "issues", attributionMcpTool: "search" }),
    labelled(reply("s1", "m3", AT + 2), { attributionSkill: "x".repeat(5000), attributionPlugin: 7 }),
  ];
  await bookOf({ "s1.jsonl": lines }, (db) => {
    expect(db.query("SELECT skill, plugin, mcp_server, mcp_tool FROM v_call_labels ORDER BY call_id").values()).toEqual(
      [
        ["shop:plan", "shop", "issues", "search"],
        ["x".repeat(120), "", "", ""],
      ],
    );
  });
});

test("a sub-agent without a record of its own is typed by its calls; the record has the last word", async () => {
  const call = (run: string, id: string): string =>
    labelled(reply("s1", id, AT, { agentId: run }), { attributionAgent: "shop:reader" });
  const files = {
    "s1/subagents/agent-a1.jsonl": [call("a1", "m1")],
    "s1/subagents/agent-a2.jsonl": [call("a2", "m2")],
    "s1/subagents/agent-a2.meta.json": [JSON.stringify({ agentType: "Explore", description: "looks around" })],
  };
  await bookOf(files, (db) => {
    expect(db.query("SELECT run_id, agent_type FROM runs WHERE run_id <> '' ORDER BY run_id").values()).toEqual([
      ["a1", "shop:reader"],
      ["a2", "Explore"],
    ]);
  });
});

test("odd names", () => {
  expect(commandOf("<command-message>x</command-message>")).toBe("");
  expect(commandOf(`<command-name>/${"y".repeat(500)}</command-name>`)).toBe("y".repeat(120));
  expect(commandOf("<command-name></command-name>")).toBe("");
  expect(skillOf("Skill", null)).toBe("");
  expect(skillOf("Skill", { skill: ["a"] })).toBe("");
  expect(skillOf("Skill", { skill: "  /a|b\nc" })).toBe("a|b");
  expect(skillOf("Read", { skill: "a" })).toBe("");
});

test("an old sub-agent without a record is of the type, and has the task, that the tool use named which asked for it", async () => {
  const task = {
    tool: "t1",
    name: "Task",
    input: { subagent_type: "Explore", description: "find it", prompt: "Zebulon" },
  };
  const result = {
    type: "user",
    timestamp: new Date(AT + 9).toISOString(),
    sessionId: "s1",
    cwd: "/nowhere/repo",
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "found" }] },
    toolUseResult: { agentId: "a1", status: "completed" },
  };
  const files = {
    "s1.jsonl": [prompt("s1", "p1", "go on", AT), reply("s1", "m1", AT + 1, task), `${JSON.stringify(result)}\n`],
    "s1/subagents/agent-a1.jsonl": [reply("s1", "m2", AT + 2, { agentId: "a1" })],
  };
  await bookOf(files, (db, bytes) => {
    expect(db.query("SELECT agent_type, description FROM runs WHERE run_id = 'a1'").values()).toEqual([
      ["Explore", "find it"],
    ]);
    expect(bytes).not.toContain("Zebulon");
  });
});
