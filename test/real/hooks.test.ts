/** Real runs with installed hooks: what the hooks filed while the client worked is what a clean rebuild says. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type BookFacts, factsOf } from "../rig/book.ts";
import { killClaude } from "../rig/claude.ts";
import { ledger, ledgerBinary, ledgerJson, type StatsJson } from "../rig/ledger.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";

setDefaultTimeout(120_000);

/** The book that a clean rebuild makes of the transcripts. */
async function rebuilt(scratch: Scratch): Promise<BookFacts> {
  const place = { ...scratch, ledgerHome: join(scratch.root, `rebuilt-${crypto.randomUUID().slice(0, 8)}`) };
  await ledger(["backfill"], place);
  return factsOf(place.ledgerHome);
}

/** The hooks' own book, read without a command that would catch up, equals the rebuild; then the program says so too. */
async function expectHooksFiledAll(scratch: Scratch): Promise<void> {
  const filed = factsOf(scratch.ledgerHome);
  expect(filed.calls).toHaveLength(scratch.mock.billed.length);
  expect(filed).toEqual(await rebuilt(scratch));
  const spool = join(scratch.ledgerHome, "spool");
  expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
  const before = filed.calls.reduce((sum, call) => sum + Number(call.cost_nano), 0);
  const stats = await ledgerJson<StatsJson>(["stats", "--since", "all"], scratch);
  expect(stats.totals).toMatchObject({ calls: filed.calls.length, costNanoUsd: before });
}

async function installed(): Promise<Scratch> {
  const scratch = await makeScratch();
  await ledger(["install"], scratch);
  return scratch;
}

beforeAll(() => {
  ledgerBinary();
});

describe("installed hooks", () => {
  test("file a run with edits, tools and errors", async () => {
    await using scratch = await installed();
    const file_path = join(scratch.work, "a.txt");
    const write = { tool: "Write", input: { file_path, content: "one\n" } };
    const edit = { tool: "Edit", input: { file_path, old_string: "one", new_string: "two" } };
    await scratch.claude([{ blocks: 1, tools: [write, bash("echo hi")] }, edit, bash("false"), { say: "done" }]);
    await expectHooksFiledAll(scratch);
  });

  test("file sub-agents, nested and in background", async () => {
    await using scratch = await installed();
    const late = agent([bash("sleep 0.5"), { say: "late" }], { run_in_background: true });
    await scratch.claude([late, agent([agent([{ say: "in" }]), { say: "out" }]), { say: "waiting" }, { say: "heard" }]);
    await expectHooksFiledAll(scratch);
  });

  test("file a background agent that ends while the session is at another prompt with the prompt that launched it", async () => {
    await using scratch = await installed();
    const background = { run_in_background: true };
    const late = agent([bash("sleep 1.5"), { say: "late" }], background);
    const early = agent([{ say: "early" }], background);
    await scratch.claude([late, early, { say: "waiting" }, { say: "early heard" }, { say: "late heard" }]);
    await expectHooksFiledAll(scratch);
    // Both notifications are no prompts of a person, and what the agents cost stands with the prompt that launched them.
    expect(factsOf(scratch.ledgerHome).prompts).toHaveLength(1);
  });

  test("file two sub-agents that work at the same time", async () => {
    await using scratch = await installed();
    const worker = (): ReturnType<typeof agent> => agent([bash("true"), bash("echo two"), { say: "sub" }]);
    await scratch.claude([{ tools: [worker(), worker()] }, { say: "done" }]);
    await expectHooksFiledAll(scratch);
  });

  test("file resumed runs and a fork", async () => {
    await using scratch = await installed();
    const first = await scratch.claude([agent([{ say: "sub" }]), { say: "one" }]);
    await expectHooksFiledAll(scratch);
    await scratch.claude([bash("true"), { say: "two" }], { args: ["--resume", first.session_id] });
    await expectHooksFiledAll(scratch);
    await scratch.claude([{ say: "three" }], { args: ["--resume", first.session_id, "--fork-session"] });
    await expectHooksFiledAll(scratch);
  });

  // The tool had ended, as its hook says; the kill took the transcript's row of it. So tools are not compared here.
  test("that a killed client never ran are made up for by the next command", async () => {
    await using scratch = await installed();
    const prompt = JSON.stringify([bash("sleep 0.4"), { say: "never", delayMs: 5_000 }]);
    const run = { scratch: scratch.root, cwd: scratch.work, prompt, mockUrl: scratch.mock.url };
    await killClaude(run, () => scratch.mock.seen.length === 2);
    expect(scratch.mock.billed).toHaveLength(1);
    const stats = await ledgerJson<StatsJson>(["stats", "--since", "all"], scratch);
    expect(stats.totals.calls).toBe(1);
    const { tools: _hooksKnowMore, ...filed } = factsOf(scratch.ledgerHome);
    expect(await rebuilt(scratch)).toMatchObject(filed);
  });
});
