/** The ledger against the client's own count: what Claude Code says a run cost is what the ledger says it cost. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClaudeResult } from "../rig/claude.ts";
import { ledgerBinary, ledgerJson, type RunJson, type SessionsJson, type StatsJson } from "../rig/ledger.ts";
import { tokensOf } from "../rig/recount.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";
import { CASES, inPairs, MODELS, stepsFor, usage } from "./matrix.ts";

setDefaultTimeout(120_000);

/** Cost of one response of Opus 5.5 with the rig's default usage, worked out by hand in client.test.ts. */
const ONE_CALL_NANO = 11_788_000;

/** Of every price family one: a plain row, the cheapest reads, the steep fast mode, the prompt-length tier, an old id with a date. */
const SHORT_LIST: readonly string[] = [
  "claude-opus-5-5",
  "claude-fable-5-2",
  "claude-opus-4-6",
  "claude-haiku-5-5",
  "claude-sonnet-4-5-20250929",
];

type Session = SessionsJson["sessions"][number];

async function sessionsOf(scratch: Scratch): Promise<Session[]> {
  return (await ledgerJson<SessionsJson>(["sessions", "--runs", "--since", "all"], scratch)).sessions;
}

function statsOf(scratch: Scratch): Promise<StatsJson> {
  return ledgerJson<StatsJson>(["stats", "--since", "all"], scratch);
}

function sessionOf(sessions: readonly Session[], result: ClaudeResult): Session {
  const found = sessions.find((session) => session.sessionId === result.session_id);
  if (found === undefined) throw new Error(`the ledger has no session ${result.session_id}`);
  return found;
}

/** Equal within a billionth of a dollar: the client adds floating-point dollars, the ledger whole nano-dollars. */
function expectSameMoney(nanoUsd: number, dollars: number): void {
  expect(Math.abs(nanoUsd / 1e9 - dollars)).toBeLessThanOrEqual(1e-9);
}

/** The ledger's tokens per run are what the mock billed per agent, and its runs are not overhead. */
function expectRunsAsBilled(scratch: Scratch, session: Session): void {
  const billed = scratch.mock.billed.filter((call) => call.sessionId === session.sessionId);
  const agents = [...new Set(billed.map((call) => call.agentId))].sort();
  const runs = new Map(session.runs.map((run): [string, RunJson] => [run.kind === "main" ? "" : run.runId, run]));
  expect([...runs.keys()].sort()).toEqual(agents);
  for (const id of agents) {
    const calls = billed.filter((call) => call.agentId === id);
    expect(runs.get(id)).toMatchObject({
      kind: id === "" ? "main" : "user",
      calls: calls.length,
      tokens: tokensOf(calls),
    });
  }
  expect(session).toMatchObject({ calls: billed.length, tokens: tokensOf(billed) });
  const total = session.runs.reduce((sum, run) => sum + run.costNanoUsd, 0);
  expect(total).toBe(session.costNanoUsd);
}

beforeAll(() => {
  ledgerBinary();
});

describe("prices", () => {
  const models = process.env.CC_LEDGER_LONG === "1" ? MODELS : SHORT_LIST;

  test(`${CASES.length} cases on each of ${models.length} models cost what the client says`, async () => {
    await using scratch = await makeScratch();
    const file = join(scratch.work, "read-me.txt");
    writeFileSync(file, "one\n");
    const steps = stepsFor(CASES, file);
    const results = await inPairs(models, (model) => scratch.claude(steps, { args: ["--model", model] }));
    const sessions = await sessionsOf(scratch);
    models.forEach((model, at) => {
      const result = results[at] as ClaudeResult;
      expect(Object.keys(result.modelUsage)).toEqual([model]);
      const session = sessionOf(sessions, result);
      expect(session.calls).toBe(CASES.length);
      if (Math.abs(session.costNanoUsd / 1e9 - result.total_cost_usd) > 1e-9)
        throw new Error(`${model}: the ledger says ${session.costNanoUsd / 1e9}, the client ${result.total_cost_usd}`);
    });
    expect((await statsOf(scratch)).totals.unpriced).toEqual([]);
  });

  test("an advisor is a call of its own model, US inference applies to it, fast mode does not", async () => {
    await using scratch = await makeScratch();
    const advisor = {
      type: "advisor_message",
      model: "claude-opus-5-5",
      input_tokens: 500,
      output_tokens: 600,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 3_000,
      cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 },
    } as const;
    const iterations = [{ type: "message" as const, input_tokens: 1_000, output_tokens: 2_000 }, advisor];
    const plain = usage(1_000, 2_000, 3_000, 4_000, 1_000, { iterations });
    const steps = [
      { ...bash("true"), usage: plain },
      { ...bash("true"), usage: { ...plain, inference_geo: "us" } },
      { say: "done", usage: { ...plain, speed: "fast" } },
    ];
    const result = await scratch.claude(steps, { args: ["--model", "claude-opus-5"] });
    expect(Object.keys(result.modelUsage).sort()).toEqual(["claude-opus-5", "claude-opus-5-5"]);
    const session = sessionOf(await sessionsOf(scratch), result);
    expect(session.calls).toBe(6);
    expectSameMoney(session.costNanoUsd, result.total_cost_usd);
  });
});

describe("declared differences", () => {
  test("batch calls cost half, which the client leaves out", async () => {
    await using scratch = await makeScratch();
    const result = await scratch.claude([{ say: "x", usage: { service_tier: "batch" } }]);
    expectSameMoney(ONE_CALL_NANO, result.total_cost_usd);
    expect(sessionOf(await sessionsOf(scratch), result).costNanoUsd).toBe(ONE_CALL_NANO / 2);
  });

  test("the cache writes of several iterations keep their classes, where the client takes the rest for 5 m", async () => {
    await using scratch = await makeScratch();
    const part = (input: number, five: number, hour: number) => ({
      type: "message" as const,
      input_tokens: input,
      output_tokens: 1_000,
      cache_creation_input_tokens: five + hour,
      cache_creation: { ephemeral_5m_input_tokens: five, ephemeral_1h_input_tokens: hour },
    });
    const sent = usage(1_000, 2_000, 0, 1_500, 500, {
      cache_creation_input_tokens: 5_000,
      iterations: [part(400, 1_500, 500), part(600, 500, 2_500)],
    });
    const result = await scratch.claude([{ say: "x", usage: sent }]);
    // 1,000 x 4 + 2,000 x 20 = 44,000; writes 2,000 x 5 + 3,000 x 8 = 34,000; the client: 4,500 x 5 + 500 x 8 = 26,500.
    const session = sessionOf(await sessionsOf(scratch), result);
    expect(session.tokens).toMatchObject({ cacheWrite5m: 2_000, cacheWrite1h: 3_000 });
    expect(session.costNanoUsd).toBe(78_000_000);
    expectSameMoney(70_500_000, result.total_cost_usd);
  });

  test("a model without a price is unpriced and named, where the client guesses", async () => {
    await using scratch = await makeScratch();
    const result = await scratch.claude([{ say: "x" }], { args: ["--model", "claude-zebra-9"] });
    expect(result.modelUsage["claude-zebra-9"]?.costBasis).toBe("unknown");
    const { totals } = await statsOf(scratch);
    expect(totals).toMatchObject({ calls: 1, costNanoUsd: 0, unpriced: [{ model: "claude-zebra-9", calls: 1 }] });
  });
});

describe("runs", () => {
  test("sub-agents, nested and in background, are runs of their own and add up to the client's total", async () => {
    await using scratch = await makeScratch();
    const late = agent([bash("sleep 0.5"), { say: "late" }], { run_in_background: true });
    const nested = agent([agent([{ say: "in" }], { model: "haiku" }), { say: "out", usage: { output_tokens: 900 } }]);
    const result = await scratch.claude([late, nested, { say: "waiting" }, { say: "heard" }]);
    const session = sessionOf(await sessionsOf(scratch), result);
    expect(session.runs).toHaveLength(4);
    expectRunsAsBilled(scratch, session);
    expectSameMoney(session.costNanoUsd, result.total_cost_usd);
    const types = session.runs.filter((run) => run.kind === "user").map((run) => run.agentType);
    expect(types).toEqual(["general-purpose", "general-purpose", "general-purpose"]);
    expect((await statsOf(scratch)).coverage.residualNanoUsd).toBe(0);
  });
});

describe("resumed and forked sessions", () => {
  test("several prompts and resumed runs add up to the client's running total", async () => {
    await using scratch = await makeScratch();
    const first = await scratch.claude([bash("true"), { say: "one" }]);
    await scratch.claude([{ say: "two", usage: { output_tokens: 500 } }], { args: ["--continue"] });
    const before = sessionOf(await sessionsOf(scratch), first);
    expect(before.calls).toBe(3);
    const last = await scratch.claude([agent([{ say: "sub" }]), { say: "three" }], {
      args: ["--resume", first.session_id],
    });
    const session = sessionOf(await sessionsOf(scratch), last);
    expectRunsAsBilled(scratch, session);
    expectSameMoney(session.costNanoUsd, last.total_cost_usd);
  });

  test("a fork costs what it adds, in whichever order the two files are read", async () => {
    await using scratch = await makeScratch();
    const original = await scratch.claude([agent([{ say: "sub" }]), { say: "one" }]);
    const onlyOriginal = await sessionsOf(scratch);
    expectSameMoney(sessionOf(onlyOriginal, original).costNanoUsd, original.total_cost_usd);
    const args = ["--resume", original.session_id, "--fork-session"];
    const fork = await scratch.claude([{ say: "forked" }], { args });
    const grown = await sessionsOf(scratch);
    expectSameMoney(sessionOf(grown, original).costNanoUsd, original.total_cost_usd);
    expectSameMoney(sessionOf(grown, fork).costNanoUsd, fork.total_cost_usd - original.total_cost_usd);
    for (const result of [original, fork]) expectRunsAsBilled(scratch, sessionOf(grown, result));
    const later = await scratch.claude([{ say: "on" }], { args: ["--resume", original.session_id] });
    const place = { ...scratch, ledgerHome: join(scratch.root, "afresh") };
    const afresh = (await ledgerJson<SessionsJson>(["sessions", "--runs", "--since", "all"], place)).sessions;
    expectSameMoney(sessionOf(afresh, later).costNanoUsd, later.total_cost_usd);
    expectSameMoney(sessionOf(afresh, fork).costNanoUsd, fork.total_cost_usd - original.total_cost_usd);
    const stats = await statsOf(scratch);
    expect(stats.totals.calls).toBe(scratch.mock.billed.length);
    expect(stats.coverage).toMatchObject({ inheritedCalls: 2, residualNanoUsd: 0 });
  });
});

describe("what transcripts leave out", () => {
  test("compaction and web-search requests are the residual, to the nano-dollar", async () => {
    await using scratch = await makeScratch();
    scratch.mock.override = (text) =>
      /create a detailed summary/i.test(text)
        ? { say: "<summary>one</summary>", usage: { output_tokens: 1_077 } }
        : null;
    await scratch.claude([{ tool: "WebSearch", input: { query: "bun release" } }, { say: "one" }]);
    const result = await scratch.claude("/compact", { args: ["--continue"] });
    expect(scratch.mock.billed).toHaveLength(4);
    const session = sessionOf(await sessionsOf(scratch), result);
    expect(session.costNanoUsd).toBe(2 * ONE_CALL_NANO);
    // A thousand more output tokens at 20 dollars a million: 0.02 dollars.
    const residual = 2 * ONE_CALL_NANO + 20_000_000;
    expectSameMoney(session.costNanoUsd + residual, result.total_cost_usd);
    expect((await statsOf(scratch)).coverage.residualNanoUsd).toBe(residual);
  });
});
