/** The plugin in the real client: accepted, installed from its marketplace, started from folders with blanks and through links, beside the hooks
 *  of `install`, and without an executable. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildPlugin } from "../../scripts/build-plugin.ts";
import { factsOf } from "../rig/book.ts";
import { type ClaudeResult, claudeCommand } from "../rig/claude.ts";
import { ledger, ledgerBinary, ledgerJson, type SessionsJson, type StatsJson } from "../rig/ledger.ts";
import { toolResults } from "../rig/results.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";
import type { RequestMessage, Step } from "../rig/script.ts";

setDefaultTimeout(120_000);

interface Place extends Scratch {
  market: string;
  plugin: string;
}

async function place(): Promise<Place> {
  const scratch = await makeScratch();
  const market = join(scratch.root, "a market place");
  buildPlugin(market);
  return Object.assign(scratch, { market, plugin: join(market, "cc-ledger") });
}

const command = (scratch: Scratch, ...args: string[]): ReturnType<typeof claudeCommand> =>
  claudeCommand(args, { scratch: scratch.root, cwd: scratch.work, mockUrl: scratch.mock.url });

/** A run with the executable where the plugin looks for it. */
function run(scratch: Scratch, prompt: readonly Step[] | string, args: readonly string[]): Promise<ClaudeResult> {
  return scratch.claude(prompt, { args, env: { CC_LEDGER_BIN: ledgerBinary(), CC_LEDGER_AUDIT: "1" } });
}

/** What the model was sent in the last request of the run. */
function sent(scratch: Scratch): string {
  const body = scratch.mock.seen.findLast(({ path }) => path.endsWith("/v1/messages"))?.body;
  const messages = (body?.messages ?? []) as RequestMessage[];
  return messages
    .flatMap(({ content }) =>
      typeof content === "string" ? [content] : content.map((part) => part.text ?? JSON.stringify(part)),
    )
    .join("\n");
}

/** Events that hooks handled, each as often as it was. */
function handled(scratch: Scratch): string[] {
  const audit = join(scratch.ledgerHome, "audit");
  return readdirSync(audit)
    .map((name) => name.replace(/^\d+-(.+)-\d+\.json$/, "$1"))
    .sort();
}

/** The book without catching up, the client's own count, and what was billed are one. */
async function expectWhole(scratch: Scratch, result: ClaudeResult): Promise<void> {
  const { calls } = factsOf(scratch.ledgerHome);
  expect(calls).toHaveLength(scratch.mock.billed.length);
  const nano = calls.reduce((sum, call) => sum + Number(call.cost_nano), 0);
  expect(nano).toBe(Math.round(result.total_cost_usd * 1e9));
  const stats = await ledgerJson<StatsJson>(["stats", "--since", "all"], scratch);
  expect(stats.totals).toMatchObject({ calls: calls.length, costNanoUsd: nano });
}

const WORK: Step[] = [bash("echo hi"), agent([bash("true"), { say: "sub" }]), bash("false"), { say: "done" }];

beforeAll(() => {
  ledgerBinary();
});

test("the client accepts the plugin and its marketplace, also by the rules of the directory", async () => {
  await using scratch = await place();
  const plugin = await command(scratch, "plugin", "validate", scratch.plugin, "--strict", "--profile", "directory");
  expect(plugin.text).toContain("Validation passed");
  expect(plugin.code).toBe(0);
  const market = await command(scratch, "plugin", "validate", scratch.market, "--strict");
  expect(market.text).toContain("Validation passed");
  expect(market.code).toBe(0);
});

describe("with an executable", () => {
  test("installed from its marketplace, its hooks file the run to the last call", async () => {
    await using scratch = await place();
    expect((await command(scratch, "plugin", "marketplace", "add", scratch.market)).code).toBe(0);
    expect((await command(scratch, "plugin", "install", "cc-ledger@cc-ledger")).code).toBe(0);
    const result = await run(scratch, WORK, []);
    await expectWhole(scratch, result);
    expect(handled(scratch)).toContain("session-end");
  });

  test("through a link to its folder it works as well", async () => {
    await using scratch = await place();
    const link = join(scratch.root, "a link");
    symlinkSync(scratch.plugin, link);
    const result = await run(scratch, WORK, ["--plugin-dir", link]);
    await expectWhole(scratch, result);
  });

  test("its server is found, and tells the model what this very run has cost", async () => {
    await using scratch = await place();
    const tool = "mcp__plugin_cc-ledger_ledger__session_detail";
    const find: Step = { tool: "ToolSearch", input: { query: `select:${tool}`, max_results: 5 } };
    // The client writes its log a moment after it has been answered.
    const steps = [bash("true"), find, bash("sleep 1"), { tool, input: { session: "current" } }, { say: "done" }];
    const result = await run(scratch, steps, ["--plugin-dir", scratch.plugin]);
    const answer = toolResults(scratch.mock).get(tool);
    expect(answer?.isError).toBe(false);
    const { session } = JSON.parse(answer?.text ?? "") as { session: { sessionId: string; calls: number } };
    expect(session.sessionId).toBe(result.session_id);
    expect(session.calls).toBeGreaterThanOrEqual(3);
  });

  test("beside the hooks of install nothing is counted twice, and each event is handled once", async () => {
    await using alone = await place();
    await ledger(["install"], alone);
    const first = await run(alone, WORK, []);
    await expectWhole(alone, first);

    await using both = await place();
    await ledger(["install"], both);
    const second = await run(both, WORK, ["--plugin-dir", both.plugin]);
    await expectWhole(both, second);
    expect(second.total_cost_usd).toBe(first.total_cost_usd);
    // What the script makes happen: three tools that work, one that fails, four batches, a sub-agent. `install` wires the older events here,
    // since it finds no client to ask; the plugin adds the newer ones. Background hooks of the end may be killed with the client.
    const most = {
      "post-tool-batch": 4,
      "post-tool-use": 3,
      "post-tool-use-failure": 1,
      "session-start": 1,
      "session-end": 1,
      stop: 1,
      "subagent-start": 1,
      "subagent-stop": 1,
      "user-prompt-submit": 1,
    };
    const events = Map.groupBy(handled(both), (event) => event);
    for (const [event, times] of events)
      expect(times.length, event).toBeLessThanOrEqual(most[event as keyof typeof most]);
    expect(events.get("session-end")).toHaveLength(1);
    expect(events.has("post-tool-batch")).toBe(true);
  });

  test("its command puts the figures of the session before the model, and asks nobody", async () => {
    await using scratch = await place();
    const first = await run(scratch, WORK, ["--plugin-dir", scratch.plugin]);
    const [session] = (await ledgerJson<SessionsJson>(["sessions", "--since", "all"], scratch)).sessions;
    expect(session?.calls).toBe(scratch.mock.billed.length);
    const args = ["--plugin-dir", scratch.plugin, "--resume", first.session_id, "--permission-mode", "default"];
    const second = await run(scratch, "/cc-ledger:cost why so dear", args);
    expect(second.is_error).toBe(false);
    const text = sent(scratch);
    expect(text).toContain("The person asks: why so dear");
    // Six calls at 1.1788 cents each.
    expect(scratch.mock.billed.length).toBeGreaterThanOrEqual(6);
    expect(text).toContain(`$${(session?.costUsd ?? 0).toFixed(4)}`);
    for (const name of ["/cc-ledger:pr-cost", "/cc-ledger:budget"]) {
      const result = await run(scratch, name, ["--plugin-dir", scratch.plugin, "--permission-mode", "default"]);
      expect(result.is_error).toBe(false);
      expect(sent(scratch)).not.toContain("permission check failed");
      expect(sent(scratch)).toContain(name === "/cc-ledger:budget" ? "No limits" : "The person asks:");
    }
  });
});

test("without an executable a run goes on, the person is told at its start, and the model is told by the server", async () => {
  await using scratch = await place();
  const result = await scratch.claude([{ say: "done" }], {
    args: ["--plugin-dir", scratch.plugin],
    env: { CC_LEDGER_BIN: "" },
  });
  expect(result.is_error).toBe(false);
  expect(existsSync(scratch.ledgerHome)).toBe(false);
  const body = JSON.stringify(scratch.mock.seen.findLast(({ path }) => path.endsWith("/v1/messages"))?.body);
  expect(body).toContain("plugin:cc-ledger:ledger");
  expect(body).toContain("cc-ledger is not installed");
  expect(body).toContain("how_to_install");
  const asked = await scratch.claude("/cc-ledger:cost", {
    args: ["--plugin-dir", scratch.plugin, "--permission-mode", "default"],
    env: { CC_LEDGER_BIN: "" },
  });
  expect(asked.is_error).toBe(false);
  expect(sent(scratch)).toContain("cc-ledger is not installed");
});
