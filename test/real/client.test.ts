/** What the ledger takes for granted about Claude Code, asked of the real client. A failure here means that the client
 *  changed, not that the ledger is wrong: see src/agents/claude-code/README.md. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { killClaude } from "../rig/claude.ts";
import { mainRows, recordedCalls, type TranscriptRow, transcriptsOf } from "../rig/recount.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";

setDefaultTimeout(60_000);

/** Cost of one response of Opus 5.5 with the rig's default usage, by hand:
 *  12 x 4 + 77 x 20 + 20,000 x 0.2 + 600 x 5 + 400 x 8 = 11,788 millionths of a dollar. */
const ONE_CALL_USD = 0.011788;

/** A script that can answer a compaction as well. */
function answerCompaction(scratch: Scratch): void {
  scratch.mock.override = (text) =>
    /create a detailed summary/i.test(text) ? { say: "<summary>one</summary>" } : null;
}

function billedIds(scratch: Scratch): string[] {
  return scratch.mock.billed.map((call) => call.id).sort();
}

function recordedIds(scratch: Scratch): string[] {
  return [...recordedCalls(scratch.configDir).keys()].sort();
}

function lastCostState(rows: readonly TranscriptRow[]): number {
  return rows.findLast((row) => row.type === "cost-state")?.totalCostUSD ?? Number.NaN;
}

function promptsOf(rows: readonly TranscriptRow[]): TranscriptRow[] {
  return rows.filter((row) => row.type === "user" && row.turnOrigin !== undefined);
}

describe("one session", () => {
  test("a response of four blocks is four rows with the same id and the final usage", async () => {
    await using scratch = await makeScratch();
    const tools = [bash("true"), bash("echo two")];
    const result = await scratch.claude([{ thinking: "so", blocks: 1, tools }, { say: "done" }]);
    const first = scratch.mock.billed[0]?.id;
    const rows = mainRows(scratch.configDir, result.session_id).filter((row) => row.message?.id === first);
    expect(rows.map((row) => row.message?.usage?.output_tokens)).toEqual([77, 77, 77, 77]);
    expect(rows.map((row) => row.message?.stop_reason)).toEqual(["tool_use", "tool_use", "tool_use", "tool_use"]);
    expect(result.total_cost_usd).toBeCloseTo(2 * ONE_CALL_USD, 12);
  });

  test("resumed runs append to the file, and the client's total runs on", async () => {
    await using scratch = await makeScratch();
    const first = await scratch.claude([{ say: "one" }]);
    const second = await scratch.claude([{ say: "two" }], { args: ["--continue"] });
    expect(second.session_id).toBe(first.session_id);
    expect(second.total_cost_usd).toBeCloseTo(2 * ONE_CALL_USD, 12);
    const rows = mainRows(scratch.configDir, first.session_id);
    expect(rows.filter((row) => row.type === "cost-state").map((row) => row.totalCostUSD)).toEqual([
      first.total_cost_usd,
      second.total_cost_usd,
    ]);
    expect(new Set(promptsOf(rows).map((row) => row.promptId)).size).toBe(2);
  });

  test("an overloaded server costs nothing; a stream cut after a block leaves a placeholder that looks final", async () => {
    await using scratch = await makeScratch();
    await scratch.claude([
      { status: 529, ...bash("true") },
      { say: "long", blocks: 1, cutAfterEvents: 4 },
      { say: "end" },
    ]);
    expect(scratch.mock.seen.filter((request) => request.status === 529)).toHaveLength(1);
    expect(recordedIds(scratch)).toEqual(billedIds(scratch));
    const cut = scratch.mock.billed.find((call) => call.cut)?.id;
    const rows = [...transcriptsOf(scratch.configDir).values()].flat();
    const at = rows.findIndex((row) => row.message?.id === cut);
    expect(rows[at]?.message).toMatchObject({ stop_reason: "end_turn", usage: { output_tokens: 1 } });
    const next = rows.slice(at + 1).find((row) => row.type === "user");
    expect(next).toMatchObject({ isMeta: true });
    expect(String(next?.message?.content)).toContain("cut off mid-stream");
  });
});

describe("a killed client", () => {
  test("leaves no total, and a resumed one counts from zero: below its own transcript", async () => {
    await using scratch = await makeScratch();
    const prompt = JSON.stringify([bash("sleep 0.4"), { say: "never", delayMs: 5_000 }]);
    const run = { scratch: scratch.root, cwd: scratch.work, prompt, mockUrl: scratch.mock.url };
    await killClaude(run, () => scratch.mock.seen.length === 2);
    const rows = [...transcriptsOf(scratch.configDir).values()].flat();
    expect(rows.filter((row) => row.type === "cost-state")).toEqual([]);
    const resumed = await scratch.claude([{ say: "on" }], { args: ["--continue"] });
    expect(recordedIds(scratch)).toHaveLength(2);
    expect(resumed.total_cost_usd).toBeCloseTo(ONE_CALL_USD, 12);
  });
});

describe("sub-agents", () => {
  test("a nested agent lies beside its parent, names it, and bears the prompt's id", async () => {
    await using scratch = await makeScratch();
    const inner = agent([{ say: "inner" }]);
    const result = await scratch.claude([agent([inner, { say: "outer" }]), { say: "done" }]);
    expect(result.total_cost_usd).toBeCloseTo(5 * ONE_CALL_USD, 12);
    expect(recordedIds(scratch)).toEqual(billedIds(scratch));
    const recorded = recordedCalls(scratch.configDir);
    for (const call of scratch.mock.billed) expect(recorded.get(call.id)?.runId).toBe(call.agentId);
    const nested = scratch.mock.billed.find((call) => call.parentAgentId !== "");
    const folder = folderOf(scratch, result.session_id);
    const metas = readdirSync(folder).filter((name) => name.endsWith(".meta.json"));
    expect(metas).toHaveLength(2);
    const meta = JSON.parse(readFileSync(join(folder, `agent-${nested?.agentId}.meta.json`), "utf8"));
    expect(meta).toMatchObject({ parentAgentId: nested?.parentAgentId, spawnDepth: 2 });
    const rows = [...transcriptsOf(scratch.configDir).values()].flat();
    const ids = new Set(rows.flatMap((row) => (row.type === "user" ? [row.promptId] : [])));
    expect(ids.size).toBe(1);
  });

  test("the end of a background agent opens a prompt of its own; the agent stays with the one that launched it", async () => {
    await using scratch = await makeScratch();
    const late = agent([bash("sleep 0.5"), { say: "sub" }], { run_in_background: true });
    const result = await scratch.claude([late, { say: "waiting" }, { say: "heard" }]);
    expect(result.result).toBe("heard");
    expect(recordedIds(scratch)).toEqual(billedIds(scratch));
    const main = mainRows(scratch.configDir, result.session_id);
    expect(promptsOf(main).map((row) => row.turnOrigin)).toEqual(["sdk", "task_notification"]);
    const launched = promptsOf(main)[0]?.promptId;
    const all = [...transcriptsOf(scratch.configDir).values()].flat();
    const own = all.filter((row) => row.type === "user" && row.isSidechain === true);
    expect(new Set(own.map((row) => row.promptId))).toEqual(new Set([launched]));
  });
});

describe("forks", () => {
  test("copies name the session that streamed them, but bear the fork's promptId, and its total starts from the original's", async () => {
    await using scratch = await makeScratch();
    const original = await scratch.claude([agent([{ say: "sub" }]), { say: "one" }]);
    const args = ["--resume", original.session_id, "--fork-session"];
    const fork = await scratch.claude([{ say: "forked" }], { args });
    expect(fork.session_id).not.toBe(original.session_id);
    expect(fork.total_cost_usd).toBeCloseTo(original.total_cost_usd + ONE_CALL_USD, 12);
    const rows = mainRows(scratch.configDir, fork.session_id);
    const answers = rows.filter((row) => row.type === "assistant");
    const { session_id: from } = original;
    expect(answers.map((row) => row.requestSessionId)).toEqual([from, from, undefined]);
    expect(new Set(answers.map((row) => row.sessionId))).toEqual(new Set([fork.session_id]));
    const copied = new Set(mainRows(scratch.configDir, from).flatMap((row) => (row.type === "user" ? [row.uuid] : [])));
    const users = rows.filter((row) => row.type === "user");
    expect(users.filter((row) => copied.has(row.uuid)).length).toBe(2);
    expect(new Set(users.map((row) => row.promptId)).size).toBe(1);
    expect(recordedIds(scratch)).toEqual(billedIds(scratch));
    for (const call of scratch.mock.billed)
      expect(recordedCalls(scratch.configDir).get(call.id)?.sessionId).toBe(call.sessionId);
  });
});

describe("what transcripts leave out", () => {
  test("a compaction is in the client's total only", async () => {
    await using scratch = await makeScratch();
    answerCompaction(scratch);
    const { session_id: id } = await scratch.claude([bash("true"), { say: "one" }]);
    const compacted = await scratch.claude("/compact", { args: ["--continue"] });
    expect(scratch.mock.billed).toHaveLength(3);
    expect(recordedIds(scratch)).toHaveLength(2);
    expect(compacted.total_cost_usd).toBeCloseTo(3 * ONE_CALL_USD, 12);
    const rows = mainRows(scratch.configDir, id);
    expect(lastCostState(rows)).toBeCloseTo(3 * ONE_CALL_USD, 12);
    expect(rows.filter((row) => row.type === "system" && row.subtype === "compact_boundary")).toHaveLength(1);
    expect(transcriptsOf(scratch.configDir).size).toBe(1);
  });

  test("so is the request inside a web search", async () => {
    await using scratch = await makeScratch();
    const result = await scratch.claude([{ tool: "WebSearch", input: { query: "bun release" } }, { say: "done" }]);
    expect(scratch.mock.billed).toHaveLength(3);
    expect(recordedIds(scratch)).toHaveLength(2);
    expect(result.total_cost_usd).toBeCloseTo(3 * ONE_CALL_USD, 12);
  });
});

describe("hooks", () => {
  test("at SessionEnd every transcript is complete on disk, with the client's total in it", async () => {
    await using scratch = await makeScratch();
    const command = `cp -r "${scratch.configDir}/projects" "${scratch.root}/seen"`;
    const settings = { hooks: { SessionEnd: [{ hooks: [{ type: "command", command, timeout: 10 }] }] } };
    await scratch.claude([agent([agent([{ say: "a" }]), { say: "b" }]), { say: "done" }], { settings });
    const seen = join(scratch.root, "seen");
    const after = join(scratch.configDir, "projects");
    const files = readdirSync(after, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".jsonl"));
    expect(files).toHaveLength(3);
    for (const file of files)
      expect(readFileSync(join(seen, file), "utf8")).toBe(readFileSync(join(after, file), "utf8"));
  });
});

function folderOf(scratch: Scratch, sessionId: string): string {
  const projects = join(scratch.configDir, "projects");
  const slug = readdirSync(projects)[0] ?? "";
  return join(projects, slug, sessionId, "subagents");
}
