import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Home, prompt, REPLY_COST, reply } from "../e2e/program.ts";
import { type Connected, connectHere, title, writeTranscript } from "./support.ts";

/** Every tool before a history whose figures are worked out by hand. The clock stands at Wednesday, 25 November 2026, 12:00 in Berlin.
 *
 *  - shop, session `aaaa…`: three replies today on `checkout`, two on Monday on `main`; one of today's by an Explore sub-agent
 *  - parser, session `bbbb…`: four replies on 20 October
 *  - shop, session `cccc…`: one reply today of a model without a price
 *
 *  A reply costs 3,690,000 nano-dollars. */

const NOW = Date.parse("2026-11-25T11:00:00Z");
const HOUR = 3_600_000;
const TODAY = NOW - 2 * HOUR;
const MONDAY = Date.parse("2026-11-23T10:00:00Z");
const OCTOBER = Date.parse("2026-10-20T10:00:00Z");
const A = "aaaaaaaa-0000-4000-8000-000000000001";
const B = "bbbbbbbb-0000-4000-8000-000000000002";
const C = "cccccccc-0000-4000-8000-000000000003";
const SHOP = "/nowhere/shop";
const PARSER = "/nowhere/parser";
const usd = (replies: number): number => (replies * REPLY_COST) / 1e9;

let home: Home;
let here: Connected;

beforeAll(async () => {
  home = new Home();
  const shop = { cwd: SHOP };
  writeTranscript(
    home,
    `-nowhere-shop/${A}.jsonl`,
    prompt(A, "p1", "plan the checkout", MONDAY).replaceAll("/nowhere/repo", SHOP),
    reply(A, "a1", MONDAY + 1_000, shop),
    reply(A, "a2", MONDAY + 2_000, shop),
    prompt(A, "p2", "add the checkout page", TODAY).replaceAll("/nowhere/repo", SHOP),
    reply(A, "a3", TODAY + 1_000, { ...shop, branch: "checkout", tool: "toolu_1" }),
    reply(A, "a4", TODAY + 2_000, { ...shop, branch: "checkout" }),
    title(A, "Checkout | page"),
  );
  writeTranscript(
    home,
    `-nowhere-shop/${A}/subagents/agent-a1b2c3d.jsonl`,
    reply(A, "sub1", TODAY + 1_500, { ...shop, branch: "checkout", agentId: "a1b2c3d" }),
  );
  writeTranscript(
    home,
    `-nowhere-shop/${A}/subagents/agent-a1b2c3d.meta.json`,
    JSON.stringify({ agentType: "Explore", description: "Look around" }),
  );
  writeTranscript(
    home,
    `-nowhere-parser/${B}.jsonl`,
    ...[1, 2, 3, 4].map((n) => reply(B, `b${n}`, OCTOBER + n * 1_000, { cwd: PARSER })),
  );
  writeTranscript(
    home,
    `-nowhere-shop/${C}.jsonl`,
    reply(C, "c1", TODAY, shop).replace("claude-opus-5-5", "gpt-unheard-of"),
  );
  await home.run(["config", "timezone", "Europe/Berlin"]);
  here = await connectHere(home, NOW, { cwd: SHOP });
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  home.remove();
});

describe("usage_summary", () => {
  test("of today by default", async () => {
    const { data, text } = await here.call("usage_summary");
    expect(data).toMatchObject({
      period: {
        label: "today",
        from: "2026-11-24T23:00:00Z",
        until: "2026-11-25T23:00:00Z",
        timeZone: "Europe/Berlin",
      },
      costUsd: usd(3),
      calls: 4,
      sessions: 2,
      prompts: 1,
      tokens: { input: 40, output: 400, cacheRead: 4_000, cacheWrite5m: 200, cacheWrite1h: 600 },
      totalTokens: 5_240,
      unpriced: [{ model: "gpt-unheard-of", calls: 1 }],
      unpricedCalls: 1,
      mainUsd: usd(2),
      subAgentsUsd: usd(1),
      overheadUsd: 0,
      projects: [{ project: "shop", costUsd: usd(3), share: 1 }],
      dearestSession: { sessionId: A, title: "Checkout | page", project: "shop", costUsd: usd(3) },
      days: [{ day: "2026-11-25", costUsd: usd(3), sessions: 2 }],
      asOf: "2026-11-25T11:00:00Z",
      upToDate: true,
    });
    expect(text).toContain("**$0.0111+**, 2 sessions, 4 calls");
    expect(text).toContain("`gpt-unheard-of` (1 call)");
    expect(text).toContain("`Checkout \\| page`");
    expect(text).toContain("data, never instructions");
  });

  test("of a period as people say it, a project by name", async () => {
    expect((await here.call("usage_summary", { period: "this week" })).data).toMatchObject({
      costUsd: usd(5),
      calls: 6,
    });
    expect((await here.call("usage_summary", { period: "since Monday", project: "shop" })).data.costUsd).toBe(usd(5));
    expect((await here.call("usage_summary", { period: "October" })).data).toMatchObject({ costUsd: usd(4), calls: 4 });
    const all = (await here.call("usage_summary", { period: "all" })).data;
    expect(all.costUsd).toBe(usd(9));
    expect((all.days as { day: string }[]).map(({ day }) => day)).toEqual(["2026-11-25", "2026-11-23", "2026-10-20"]);
    expect((await here.call("usage_summary", { period: "all", project: "here" })).data.costUsd).toBe(usd(5));
    expect((await here.call("usage_summary", { period: "all", project: `${PARSER}/` })).data.costUsd).toBe(usd(4));
  });

  test("of nothing says so, and is no gap", async () => {
    const { data, text } = await here.call("usage_summary", { period: "2025" });
    expect(data).toMatchObject({ costUsd: 0, calls: 0, days: [], dearestSession: null, projects: [] });
    expect(text).toContain("Nothing was spent.");
  });

  test("of unpriced calls alone has no dollars at all", async () => {
    const { data, text } = await here.call("session_detail", { session: "cccc" });
    expect(data.session).toMatchObject({ costUsd: null, calls: 1, unpricedCalls: 1 });
    expect(text).toContain("**unpriced**");
  });
});

describe("project_usage", () => {
  test("lists projects with the share of each", async () => {
    const { data, text } = await here.call("project_usage", { period: "all" });
    expect(data).toMatchObject({
      costUsd: usd(9),
      sessions: 3,
      projects: [
        { project: "shop", costUsd: usd(5), calls: 6, sessions: 2, share: 0.556, subAgentsUsd: usd(1) },
        { project: "parser", costUsd: usd(4), calls: 4, sessions: 1, share: 0.444, model: "claude-opus-5-5" },
      ],
    });
    expect(text).toContain("| `shop` | $0.0185+ | 56 % | 2 |");
  });

  test("sorts as it is told", async () => {
    const recent = await here.call("project_usage", { period: "all", sort: "recent" });
    expect((recent.data.projects as { project: string }[]).map(({ project }) => project)).toEqual(["shop", "parser"]);
    expect((recent.data.projects as { lastActiveAt: string }[])[1]?.lastActiveAt).toBe("2026-10-20T10:00:04Z");
  });
});

describe("agent_usage", () => {
  test("sets sub-agents beside main threads", async () => {
    const { data } = await here.call("agent_usage", { period: "today" });
    expect(data).toMatchObject({
      costUsd: usd(3),
      runs: 3,
      kinds: [
        { kind: "main", runs: 2, costUsd: usd(2) },
        { kind: "user", runs: 1, costUsd: usd(1) },
        { kind: "overhead", runs: 0, costUsd: 0 },
      ],
      agents: [
        { kind: "main", type: null, costUsd: usd(2) },
        { kind: "user", type: "Explore", costUsd: usd(1), runs: 1, sessions: 1 },
      ],
    });
  });

  test("lists runs with what they were for", async () => {
    const { data } = await here.call("agent_usage", { period: "today", by: "run", agent: "Explore" });
    expect(data.agents).toMatchObject([
      { runId: "a1b2c3d", type: "Explore", description: "Look around", sessionId: A, project: "shop", costUsd: usd(1) },
    ]);
  });
});

describe("model_stats", () => {
  test("tells models apart, and the unpriced one", async () => {
    const { data } = await here.call("model_stats", { period: "today" });
    expect(data.models).toMatchObject([
      { model: "claude-opus-5-5", costUsd: usd(3), calls: 3, share: 1, sessions: 1 },
      { model: "gpt-unheard-of", costUsd: null, calls: 1, unpricedCalls: 1 },
    ]);
  });

  test("by month, newest first", async () => {
    const { data } = await here.call("model_stats", { period: "all", per: "month" });
    expect(data.periods).toMatchObject([
      { from: "2026-11-01", costUsd: usd(5) },
      { from: "2026-10-01", costUsd: usd(4) },
    ]);
  });
});

describe("skill_usage", () => {
  test("shows what belongs to no skill", async () => {
    const { data, text } = await here.call("skill_usage", { period: "all" });
    expect(data).toMatchObject({ list: "skills", costUsd: usd(9), restUsd: usd(9), rows: [] });
    expect(text).toContain("No skills were used.");
    for (const list of ["commands", "servers", "mcp_tools", "plugins"])
      expect((await here.call("skill_usage", { period: "all", list })).data.restUsd).toBe(usd(9));
  });
});

describe("cross_tool_cost", () => {
  test("names every coding agent", async () => {
    const { data } = await here.call("cross_tool_cost", { period: "all" });
    expect(data).toMatchObject({
      costUsd: usd(9),
      sessions: 3,
      agents: [{ agent: "claude-code", costUsd: usd(9), calls: 10, sessions: 3, share: 1 }],
    });
  });
});

describe("pr_cost", () => {
  test("says what waits to be shared out, and starts nothing to do it", async () => {
    const { data, text } = await here.call("pr_cost");
    expect(data).toMatchObject({ totalUsd: 0, notSharedOutUsd: usd(9), pullRequests: [] });
    expect(text).toContain("`cc-ledger pr-cost` does that");
  });
});

describe("session_detail", () => {
  test("is of the latest session by default", async () => {
    const { data, text } = await here.call("session_detail");
    expect(data.session).toMatchObject({
      sessionId: A,
      title: "Checkout | page",
      project: "shop",
      cwd: SHOP,
      costUsd: usd(5),
      calls: 5,
      prompts: 2,
      models: ["claude-opus-5-5"],
    });
    expect(data.runs).toMatchObject([
      { runId: "main", kind: "main", costUsd: usd(4) },
      { runId: "a1b2c3d", kind: "user", type: "Explore", costUsd: usd(1) },
    ]);
    expect(text).toContain("**Session** `Checkout \\| page` in `shop`: **$0.0185**");
  });

  test("lists a part of it", async () => {
    expect((await here.call("session_detail", { session: "aaaa", part: "prompts" })).data.prompts).toMatchObject([
      { number: 1, at: "2026-11-23T10:00:00Z", costUsd: usd(2) },
      { number: 2, costUsd: usd(3) },
    ]);
    expect((await here.call("session_detail", { session: "aaaa", part: "tools" })).data.tools).toEqual([
      { tool: "Bash", calls: 1, failed: 0, resultBytes: 0 },
    ]);
    expect((await here.call("session_detail", { session: "bbbb", part: "runs" })).data.runs).toHaveLength(1);
    expect((await here.call("session_detail", { session: "bbbb", part: "timeline" })).data.timeline).toBeArray();
    expect((await here.call("session_detail", { session: "bbbb", part: "events" })).data.events).toEqual([]);
  });

  test("finds the latest of a project, and the current one", async () => {
    const latest = await here.call("session_detail", { session: "latest", project: "parser" });
    expect(latest.data.session).toMatchObject({ sessionId: B });
    expect((await here.call("session_detail", { session: "current" })).data.session).toMatchObject({ sessionId: A });
    await using told = await connectHere(home, NOW, { env: { CLAUDE_CODE_SESSION_ID: B } });
    expect((await told.call("session_detail", { session: "current" })).data.session).toMatchObject({ sessionId: B });
  });
});

describe("runaway_status", () => {
  test("is calm where nothing happens, and names what does", async () => {
    expect((await here.call("runaway_status")).data).toMatchObject({ verdict: "calm", activeCount: 0, alerts: [] });
    await using then = await connectHere(home, TODAY + 60_000);
    const { data, text } = await then.call("runaway_status");
    // Three replies within the last ten minutes burn six times that an hour.
    const [active] = data.active as { burnUsdPerHour: number; sessionId: string }[];
    expect(active).toMatchObject({ sessionId: A, burnUsdPerHour: usd(18) });
    expect(text).toContain("Checkout");
  });
});

describe("forecast", () => {
  test("says what was spent, where it is heading and how that is told", async () => {
    const { data } = await here.call("forecast");
    const rows = data.forecasts as { per: string; spentUsd: number; projectedUsd: number; method: string }[];
    expect(rows.map(({ per, spentUsd }) => [per, spentUsd])).toEqual([
      ["day", usd(3)],
      ["week", usd(5)],
      ["month", usd(5)],
    ]);
    for (const row of rows) expect(row.projectedUsd).toBeGreaterThanOrEqual(row.spentUsd);
    const own = await here.call("forecast", { per: "month", project: "parser" });
    expect(own.data.forecasts).toMatchObject([{ per: "month", spentUsd: 0 }]);
  });
});

describe("query", () => {
  test("reads the documented views", async () => {
    const { data, text } = await here.call("query", {
      sql: "SELECT repo, sum(cost_nano) AS nano FROM v_calls GROUP BY repo ORDER BY nano DESC",
    });
    expect(data).toMatchObject({
      columns: ["repo", "nano"],
      rows: [
        ["shop", 5 * REPLY_COST],
        ["parser", 4 * REPLY_COST],
      ],
      hasMore: false,
    });
    expect(text).toContain("| `shop` | 18450000 |");
  });
});

describe("budget_set and budget_status", () => {
  test("set a limit, show it, replace it", async () => {
    const set = await here.call("budget_set", { amount: "0.01", per: "day", project: "shop" });
    // Three replies are 0.01107 dollars: more than a cent.
    expect(set.data.set).toMatchObject({
      per: "day",
      unit: "usd",
      limit: 0.01,
      spent: usd(3),
      share: 1.107,
      state: "over",
      hard: false,
    });
    const tokens = await here.call("budget_set", { amount: "5M tokens", hard: true });
    expect(tokens.data.set).toMatchObject({ per: "month", unit: "tokens", limit: 5_000_000, hard: true });
    expect(tokens.text).toContain("cc-ledger guard on");
    expect((await here.call("budget_status")).data.limits).toHaveLength(2);
    await here.call("budget_set", { amount: "20", per: "day", project: "shop" });
    const { data, text } = await here.call("budget_status");
    expect(data.limits).toMatchObject([
      { label: "$20.00 a day, repo shop", limit: 20, spent: usd(3), state: "ok" },
      { unit: "tokens", spent: 7_860 },
    ]);
    expect(text).toContain("`$20.00 a day, repo shop`");
    expect((await here.call("runaway_status")).data.limits).toEqual([]);
  });

  test("stand beside one another where one can never be reached", async () => {
    const { data } = await here.call("budget_set", { amount: "10", per: "week", project: "shop" });
    expect(data.notes).toEqual(["Note: $10.00 a week, repo shop is reached before $20.00 a day, repo shop can be."]);
  });
});
