/** The MCP server in the real Claude Code: as a plugin brings it, found by its tool search, every tool called by the (mock) model. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { listedTools } from "../../src/mcp/calls.ts";
import { ledgerBinary } from "../rig/ledger.ts";
import { toolResults } from "../rig/results.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";
import type { Step } from "../rig/script.ts";

setDefaultTimeout(120_000);

/** Arguments of each tool that make sense in a scratch whose history is this very run. */
const ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  usage_summary: { period: "today" },
  project_usage: { period: "this week" },
  agent_usage: { period: "today", by: "run" },
  model_stats: { period: "this month" },
  cost_optimize: { period: "all" },
  skill_usage: { period: "today" },
  budget_set: { amount: "5", per: "day" },
  budget_status: {},
  cross_tool_cost: { period: "all" },
  pr_cost: {},
  session_detail: { session: "current" },
  runaway_status: {},
  forecast: { per: "month" },
  query: { sql: "SELECT count(*) AS calls, sum(cost_nano) AS nano FROM v_calls" },
};

const PREFIX = "mcp__plugin_probe_ledger__";

/** A plugin that holds nothing but the server. */
function pluginIn(scratch: Scratch, config: (server: object) => object): string {
  const folder = join(scratch.root, "plugin");
  mkdirSync(join(folder, ".claude-plugin"), { recursive: true });
  writeFileSync(
    join(folder, ".claude-plugin", "plugin.json"),
    JSON.stringify({ name: "probe", version: "1.0.0", description: "The ledger's tools", author: { name: "Test" } }),
  );
  const server = { ledger: { command: ledgerBinary(), args: ["mcp"] } };
  writeFileSync(join(folder, ".mcp.json"), JSON.stringify(config(server)));
  return folder;
}

const call = (name: string): Step => ({ tool: `${PREFIX}${name}`, input: ARGUMENTS[name] ?? {} });
const find = (names: readonly string[]): Step => ({
  tool: "ToolSearch",
  input: { query: `select:${names.map((name) => `${PREFIX}${name}`).join(",")}`, max_results: 30 },
});

beforeAll(() => {
  ledgerBinary();
});

describe("in the real client", () => {
  test("every tool is found and answers; what the model gets is valid by its schema and holds this very session", async () => {
    await using scratch = await makeScratch();
    const tools = listedTools();
    const names = tools.map(({ name }) => name);
    const work = [bash("true"), agent([{ say: "looked around" }])];
    // The client writes its log a moment after it has been answered.
    const steps = [...work, find(names), bash("sleep 1"), ...names.map(call), { say: "done" }];
    const plugin = pluginIn(scratch, (server) => ({ mcpServers: server }));
    const run = await scratch.claude(steps, { args: ["--plugin-dir", plugin] });
    expect(run.is_error).toBe(false);
    const results = toolResults(scratch.mock);
    const answers = new Map<string, Record<string, unknown>>();
    for (const { name, outputSchema } of tools) {
      const result = results.get(`${PREFIX}${name}`);
      expect(`${name}: ${result?.isError === true ? result.text : "ok"}`).toBe(`${name}: ok`);
      const data: unknown = JSON.parse(result?.text ?? "");
      const checked = new AjvJsonSchemaValidator().getValidator(outputSchema)(data);
      expect(`${name}: ${checked.errorMessage ?? "valid"}`).toBe(`${name}: valid`);
      answers.set(name, data as Record<string, unknown>);
    }
    const answerOf = (name: string): Record<string, unknown> => answers.get(name) ?? {};
    // By the time of the first tool at least three calls were logged: two of the main thread, one of the sub-agent.
    expect(Number(answerOf("usage_summary").calls)).toBeGreaterThanOrEqual(3);
    expect(answerOf("session_detail").session).toMatchObject({ sessionId: run.session_id });
    expect(answerOf("budget_set").set).toMatchObject({ limit: 5, per: "day" });
    expect(answerOf("budget_status").limits).toHaveLength(1);
    expect(answerOf("agent_usage").kinds).toMatchObject([{ kind: "main" }, { kind: "user", runs: 1 }, {}]);
  });

  test("a flat .mcp.json does as well, and `here` is the folder that the client stands in", async () => {
    await using scratch = await makeScratch();
    const plugin = pluginIn(scratch, (server) => server);
    const here: Step = { tool: `${PREFIX}usage_summary`, input: { period: "today", project: "here" } };
    await scratch.claude([bash("sleep 1"), find(["usage_summary"]), here, { say: "done" }], {
      args: ["--plugin-dir", plugin],
    });
    const result = toolResults(scratch.mock).get(`${PREFIX}usage_summary`);
    expect(result?.isError).toBe(false);
    expect(JSON.parse(result?.text ?? "")).toMatchObject({ projects: [{ project: "work" }], upToDate: true });
  });

  test("a mistake reaches the model as a sentence", async () => {
    await using scratch = await makeScratch();
    const plugin = pluginIn(scratch, (server) => ({ mcpServers: server }));
    const wrong: Step = { tool: `${PREFIX}usage_summary`, input: { period: "fortnight" } };
    await scratch.claude([find(["usage_summary"]), wrong, { say: "sorry" }], { args: ["--plugin-dir", plugin] });
    const result = toolResults(scratch.mock).get(`${PREFIX}usage_summary`);
    expect(result?.isError).toBe(true);
    expect(result?.text).toContain('"fortnight" is no period');
    expect(result?.text).toContain("last 7 days");
  });
});
