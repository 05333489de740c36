import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { zoneAtNoon } from "../e2e/program.ts";
import { connectHere, connectProgram } from "../mcp/support.ts";
import { call, DAY, dollars, Past, SESSION, START, USD, worth } from "./past.ts";

/** Faults of the tool before: which day something was spent on, limits over days, and what counts as far above the usual. */

let past: Past;
beforeEach(() => {
  past = new Past();
});
afterEach(() => past.remove());

interface Budgets {
  budgets: { id: number; label: string; spent: number; share: number; state: string; from: string; until: string }[];
}
const spent = async (): Promise<number[]> => (await past.json<Budgets>("budget")).budgets.map((one) => one.spent / USD);

describe("days", () => {
  test("W9: what a session of forty days ago costs today is spent today", async () => {
    const now = Date.now() - 1_000;
    past.session(call("old", { atMs: now - 40 * DAY, usage: worth(1) }), call("new", { atMs: now, usage: worth(100) }));
    for (const per of ["day", "month"]) expect((await past.run(["budget", "set", "200", "--per", per])).code).toBe(0);
    const { budgets } = await past.json<Budgets>("budget");
    expect(budgets.map(({ spent, share }) => [spent / USD, share])).toEqual([
      [100, 0.5],
      [100, 0.5],
    ]);
    for (const command of ["stats", "agents", "models", "projects", "tools", "skills"]) {
      const today = await past.json<{ totals: { costNanoUsd: number } }>(command, "--since", "today");
      expect([command, today.totals.costNanoUsd / USD]).toEqual([command, 100]);
    }
    const { daily, totals } = await past.stats();
    expect(totals.costNanoUsd).toBe(101 * USD);
    expect(dollars(daily, "day")).toEqual([
      [new Date(now).toISOString().slice(0, 10), 100],
      [new Date(now - 40 * DAY).toISOString().slice(0, 10), 1],
    ]);
    await using mcp = await connectProgram(past);
    expect((await mcp.call("model_stats", { period: "today" })).data.costUsd).toBe(100);
  });

  test("W10: a day is the person's own, from midnight to midnight, also when the clock is put back", async () => {
    const moments: [atUtc: string, usd: number][] = [
      ["2026-11-21T04:00:00Z", 1], // the 20th, 20:00 in Los Angeles
      ["2026-11-21T07:59:59.999Z", 2], // the last moment of the 20th
      ["2026-11-21T08:00:00Z", 4], // the first of the 21st
      ["2026-11-01T07:00:00Z", 8], // the first of the day on which the clock is put back,
      ["2026-11-02T07:30:00Z", 16], // and 24 and a half hours later still the same day
      ["2026-11-02T08:00:00Z", 32],
    ];
    past.session(...moments.map(([at, usd], n) => call(`m${n}`, { atMs: Date.parse(at), usage: worth(usd) })));
    const days = [
      ["2026-11-21", 4],
      ["2026-11-20", 3],
      ["2026-11-02", 32],
      ["2026-11-01", 24],
    ];
    const zone = ["--timezone", "America/Los_Angeles"] as const;
    expect(dollars((await past.stats(...zone)).daily, "day")).toEqual(days as never);
    const { periods } = await past.all<{ periods: { from: string; costNanoUsd: number }[] }>(
      "models",
      "--per",
      "day",
      ...zone,
    );
    expect(dollars(periods, "from")).toEqual(days as never);
    const one = await past.json<{ totals: { costNanoUsd: number } }>(
      ...["stats", "--since", "2026-11-01", "--until", "2026-11-01", ...zone],
    );
    expect(one.totals.costNanoUsd).toBe(24 * USD);

    // Limits are cut at the same midnights, and their ends are told as moments.
    expect((await past.run(["config", "timezone", "America/Los_Angeles"])).code).toBe(0);
    expect((await past.run(["budget", "set", "10", "--per", "day"])).code).toBe(0);
    await using mcp = await connectHere(past, Date.parse("2026-11-21T07:59:59.999Z"));
    expect((await mcp.call("budget_status")).data.limits).toMatchObject([{ spent: 3, until: "2026-11-21T08:00:00Z" }]);
    await using next = await connectHere(past, Date.parse("2026-11-21T08:00:01Z"));
    expect((await next.call("budget_status")).data.limits).toMatchObject([{ spent: 4, until: "2026-11-22T08:00:00Z" }]);
  });
});

describe("limits", () => {
  beforeEach(async () => {
    expect((await past.run(["config", "timezone", zoneAtNoon()])).code).toBe(0);
  });

  test("W18: setting a limit again replaces it, and it can be removed", async () => {
    past.session(call("m1", { atMs: Date.now() - 1_000, usage: worth(2) }));
    const set = async (...args: string[]): Promise<void> =>
      expect((await past.run(["budget", "set", ...args, "--per", "month"])).err).toBe("");
    await set("10");
    await set("20", "--repo", "repo");
    await set("40");
    const { budgets } = await past.json<Budgets>("budget");
    expect(budgets.map(({ label, share }) => [label, share])).toEqual([
      ["$40.00 a month", 2 / 40],
      ["$20.00 a month, repo repo", 2 / 20],
    ]);
    for (const { id } of budgets) expect((await past.run(["budget", "rm", String(id)])).code).toBe(0);
    expect(await spent()).toEqual([]);
  });

  test("W18: the alert, the list and the answer over MCP tell the same amount", async () => {
    const at = Date.now() - 1_000;
    const transcript = past.session(call("m1", { atMs: at, usage: worth(2) }));
    // A sub-agent's spending and another session's count as well.
    past.write(`${SESSION}/subagents/agent-a1.jsonl`, call("m2", { atMs: at, usage: worth(1.5), agent: "a1" }));
    past.write("other.jsonl", call("m3", { session: "other", atMs: at, usage: worth(4) }));
    expect((await past.run(["budget", "set", "1", "--per", "day"])).code).toBe(0);
    expect(await spent()).toEqual([7.5]);
    const payload = { session_id: SESSION, transcript_path: transcript, cwd: "/nowhere/repo" };
    const said = JSON.parse((await past.hook("stop", payload)).out) as { systemMessage: string };
    expect(said.systemMessage).toContain("$7.50");
    // What the alert costs is the session that it was raised in; its words tell the limit's own sum.
    const { alerts } = await past.json<{ alerts: { message: string; costNanoUsd: number }[] }>("alerts");
    expect(alerts).toMatchObject([{ costNanoUsd: 3.5 * USD, message: expect.stringContaining("$7.50") }]);
    expect(await spent()).toEqual([7.5]);
    await using mcp = await connectProgram(past);
    expect((await mcp.call("budget_status")).data.limits).toMatchObject([
      { limit: 1, spent: 7.5, share: 7.5, state: "over" },
    ]);
  });
});

describe("what is far above the usual", () => {
  /** Sessions of these costs, one a day from the newest back, with a week of rest after every fifth. */
  function sessions(costs: readonly number[]): void {
    costs.forEach((usd, n) => {
      const session = `5eed0000-0000-4000-8000-${String(n).padStart(12, "0")}`;
      const atMs = START - (n + 7 * Math.floor(n / 5)) * DAY;
      past.write(`${session}.jsonl`, call(`m${n}`, { session, atMs, usage: worth(usd) }));
    });
  }
  const marked = async (): Promise<[count: number, threshold: number | null, costs: number[]]> => {
    const { distribution, sessions: rows } = await past.stats("--top", "100");
    const { count, thresholdNanoUsd } = distribution.runaway;
    const costs = rows.filter(({ runaway }) => runaway).map(({ costNanoUsd }) => costNanoUsd / USD);
    return [count, thresholdNanoUsd === null ? null : thresholdNanoUsd / USD, costs];
  };

  test("W14: one thousand-dollar session after twenty-nine of a dollar is marked", async () => {
    sessions([1_000, ...Array<number>(29).fill(1)]);
    // All alike, so no deviation: four times the median.
    expect(await marked()).toEqual([1, 4, [1_000]]);
  });

  test("W14: an even history has nobody marked, not even its dearest", async () => {
    // From $1.00 to $2.45 in steps of five cents.
    sessions(Array.from({ length: 30 }, (_, n) => 1 + ((n * 7) % 30) * 0.05));
    const [count, threshold, costs] = await marked();
    expect([count, costs]).toEqual([0, []]);
    expect(threshold).toBeGreaterThan(4);
  });

  test("W14: with fewer than twenty sessions it says that it cannot tell, instead of never marking in silence", async () => {
    sessions([1_000, ...Array<number>(14).fill(1)]);
    expect(await marked()).toEqual([0, null, []]);
    expect((await past.run(["stats", "--since", "all"])).out).toMatch(/20 sessions/);
  });
});
