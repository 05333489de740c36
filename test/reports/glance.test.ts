import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filtersOf } from "../../src/reports/filters.ts";
import { glanceReport } from "../../src/reports/glance.ts";
import { pullReport } from "../../src/reports/pullRequests.ts";
import { sessionReport } from "../../src/reports/session.ts";
import { sessionsReport } from "../../src/reports/sessions.ts";
import { statsReport } from "../../src/reports/stats.ts";
import { generateHistory } from "../corpus/generate.ts";
import { prompt, REPLY_COST, reply } from "../e2e/program.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("a history made by hand", () => {
  /** Monday, half past two in the afternoon in Berlin (UTC+1). */
  const NOW = Date.UTC(2026, 10, 23, 13, 30);
  const { dir, remove } = scratch();
  let db: Database;

  beforeAll(async () => {
    const folder = join(dir, "claude", "projects", "-nowhere-shop");
    mkdirSync(join(folder, "live", "subagents"), { recursive: true });
    const title = (sessionId: string, text: string): string =>
      `${JSON.stringify({ type: "ai-title", aiTitle: text, sessionId })}\n`;
    const at = { cwd: "/nowhere/shop", branch: "checkout" };
    // At work: three calls of its own (one yesterday, Berlin's time; one 5 and one 2 minutes ago) and two of a sub-agent just now.
    writeFileSync(
      join(folder, "live.jsonl"),
      title("live", "Checkout page") +
        prompt("live", "p1", "add the page", NOW - 16 * HOUR) +
        reply("live", "m1", NOW - 15.5 * HOUR, at) +
        reply("live", "m2", NOW - 5 * MINUTE, at) +
        reply("live", "m3", NOW - 2 * MINUTE, { ...at, branch: "cart" }),
    );
    writeFileSync(
      join(folder, "live", "subagents", "agent-abc.jsonl"),
      reply("live", "s1", NOW - 12 * MINUTE, { ...at, agentId: "abc" }) +
        reply("live", "s2", NOW - 1 * MINUTE, { ...at, agentId: "abc", branch: "cart" }),
    );
    // Quiet for 20 minutes, and for 20 days.
    writeFileSync(join(folder, "quiet.jsonl"), reply("quiet", "q1", NOW - 20 * MINUTE, at));
    writeFileSync(join(folder, "old.jsonl"), reply("old", "o1", NOW - 20 * 24 * HOUR, at));
    // At work elsewhere, on a model without a price, in the last seconds before half past one UTC yesterday and now.
    const gateway = reply("other", "x1", NOW - 3 * MINUTE, { cwd: "/nowhere/docs" }).replace(
      "claude-opus-5-5",
      "gateway-7",
    );
    writeFileSync(
      join(folder, "other.jsonl"),
      gateway + reply("other", "x2", NOW - 24 * HOUR, { cwd: "/nowhere/docs" }),
    );
    // Ended by its own word.
    writeFileSync(join(folder, "ended.jsonl"), reply("ended", "e1", NOW - 4 * MINUTE, at));
    await ingest(join(dir, "claude"), join(dir, "home"));
    db = new Database(join(dir, "home", "ledger.db"));
    db.run(`UPDATE sessions SET ended_ms = ${NOW - 3 * MINUTE} WHERE session_id = 'ended'`);
    const limit = db.query("INSERT INTO limits (period, at_ms, used, resets_ms) VALUES (?, ?, ?, ?)");
    limit.run("five_hour", NOW - HOUR, 10, NOW + HOUR);
    limit.run("five_hour", NOW - MINUTE, 60, NOW + 3 * HOUR);
    limit.run("seven_day", NOW - MINUTE, 30, NOW - 1);
    const repo = db.query<{ id: number }, []>("SELECT id FROM repos WHERE name = 'shop'").get()?.id ?? 0;
    const pull = db.query(
      "INSERT INTO pull_requests (id, repo_id, number, url, title, state, branch, opened_ms, ended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const DAY = 24 * HOUR;
    pull.run(1, repo, 11, "https://forge.example/shop/pull/11", "Cart", "merged", "cart", NOW - 9 * DAY, NOW - 2 * DAY);
    pull.run(2, repo, 12, "https://forge.example/shop/pull/12", "Checkout", "open", "checkout", NOW - 5 * DAY, null);
    pull.run(
      3,
      repo,
      3,
      "https://forge.example/shop/pull/3",
      "Long ago",
      "merged",
      "x",
      NOW - 90 * DAY,
      NOW - 80 * DAY,
    );
    pull.run(
      4,
      repo,
      13,
      "https://forge.example/shop/pull/13",
      "Open for long, worked on",
      "open",
      "y",
      NOW - 70 * DAY,
      null,
    );
    const share = db.query("INSERT INTO allocation_sums VALUES (?, 0, ?, 'exact', 3, 1, 2, 3, 4, 5, ?)");
    share.run(1, "lines", 700);
    share.run(1, "branch", 50);
    share.run(4, "lines", 9);
    db.run(`INSERT INTO allocations VALUES (1, 4, NULL, NULL, 'lines', 'exact', 3, ${NOW - HOUR}, 1, 2, 3, 4, 5, 9)`);
    db.run(
      `INSERT INTO alerts (subject, rule, level, at_ms, session_id, message, cost_nano) VALUES
         ('a', 'loop', 'high', ${NOW - HOUR}, (SELECT id FROM sessions WHERE session_id = 'live'), 'It goes round in circles', 77),
         ('b', 'limit', '80', ${NOW - 25 * HOUR}, NULL, 'Too old to be told', 1)`,
    );
    db.run(
      `INSERT INTO budgets (per, unit, amount, warn, created_ms) VALUES ('day', 'usd', ${10 * REPLY_COST}, '50,80', ${NOW})`,
    );
  });

  afterAll(() => {
    db.close();
    remove();
  });

  const glance = (): ReturnType<typeof glanceReport> => glanceReport(db, { nowMs: NOW, timeZone: "Europe/Berlin" });

  test("today, the last 24 hours and the last 30 days", () => {
    const { today, last24h, last30d } = glance();
    // m2 m3 s1 s2 q1 x1 e1, of which x1 has no price; m1 was at 23:00 yesterday; x2 is 24 hours old to the millisecond; o1 is 20 days old.
    expect(today).toEqual({ calls: 7, costNanoUsd: 6 * REPLY_COST, unpricedCalls: 1 });
    expect(last24h).toEqual({ calls: 9, costNanoUsd: 8 * REPLY_COST, unpricedCalls: 1 });
    expect(last30d).toEqual({ calls: 10, costNanoUsd: 9 * REPLY_COST, unpricedCalls: 1 });
    expect(glance().unpriced).toEqual([{ model: "gateway-7", calls: 1 }]);
  });

  test("the trends have no gaps: 25 hours of which two are cut, and 30 days", () => {
    const { hours, days } = glance();
    expect(hours).toHaveLength(25);
    expect(hours[0]).toEqual({ fromMs: NOW - 24 * HOUR, calls: 1, costNanoUsd: REPLY_COST, unpricedCalls: 0 });
    expect(hours[1]?.fromMs).toBe(Date.UTC(2026, 10, 22, 14));
    expect(hours.at(-1)).toEqual({
      fromMs: Date.UTC(2026, 10, 23, 13),
      calls: 7,
      costNanoUsd: 6 * REPLY_COST,
      unpricedCalls: 1,
    });
    expect(hours.filter((hour) => hour.calls > 0).map((hour) => hour.fromMs)).toEqual([
      NOW - 24 * HOUR,
      Date.UTC(2026, 10, 22, 22),
      Date.UTC(2026, 10, 23, 13),
    ]);
    expect(days).toHaveLength(30);
    expect(days[0]?.day).toBe("2026-10-25");
    expect(days.filter((day) => day.calls > 0).map(({ day, calls }) => [day, calls])).toEqual([
      ["2026-11-03", 1],
      ["2026-11-22", 2],
      ["2026-11-23", 7],
    ]);
  });

  test("sessions at work by repo: their cost, today's, the burn of ten minutes, the latest branch, sub-agents", () => {
    expect(glance().active).toEqual([
      {
        repo: "shop",
        burnNanoUsdPerHour: 6 * 3 * REPLY_COST,
        sessions: [
          {
            sessionId: "live",
            agent: "claude-code",
            title: "Checkout page",
            branch: "cart",
            costNanoUsd: 5 * REPLY_COST,
            unpricedCalls: 0,
            costTodayNanoUsd: 4 * REPLY_COST,
            burnNanoUsdPerHour: 6 * 3 * REPLY_COST,
            lastCallAtMs: NOW - MINUTE,
            lastAtMs: NOW - MINUTE,
            runningSubAgents: 1,
          },
        ],
      },
      {
        repo: "docs",
        burnNanoUsdPerHour: 0,
        sessions: [
          {
            sessionId: "other",
            agent: "claude-code",
            title: null,
            branch: "main",
            costNanoUsd: REPLY_COST,
            unpricedCalls: 1,
            costTodayNanoUsd: 0,
            burnNanoUsdPerHour: 0,
            lastCallAtMs: NOW - 3 * MINUTE,
            lastAtMs: NOW - 3 * MINUTE,
            runningSubAgents: 0,
          },
        ],
      },
    ]);
    const wide = glanceReport(db, { nowMs: NOW, timeZone: "Europe/Berlin", activeMinutes: 30 });
    expect(wide.active.flatMap(({ sessions }) => sessions.map(({ sessionId }) => sessionId))).toEqual([
      "live",
      "quiet",
      "other",
    ]);
  });

  test("limits: the latest sample, nothing of a window that is over", () => {
    expect(glance().limits.fiveHour).toMatchObject({ usedPercent: 60, state: "fast", resetsAtMs: NOW + 3 * HOUR });
    expect(glance().limits.sevenDay).toBeNull();
  });

  test("pull requests that something happened to in 30 days, with all that they cost, the latest first", () => {
    expect(glance().pullRequests.map(({ number, costNanoUsd, state }) => [number, costNanoUsd, state])).toEqual([
      [13, 9, "open"],
      [11, 750, "merged"],
      [12, 0, "open"],
    ]);
    const whole = pullReport(db, { repoIds: null, number: null, branch: null, fromMs: null }).pullRequests;
    for (const pull of glance().pullRequests)
      expect(whole.find(({ number }) => number === pull.number)?.costNanoUsd).toBe(pull.costNanoUsd);
  });

  test("alerts of the last 24 hours; limits as `budget` shows them", () => {
    expect(glance().alerts.map(({ message, sessionId }) => [message, sessionId])).toEqual([
      ["It goes round in circles", "live"],
    ]);
    expect(glance().budgets.map(({ spent, share, state }) => [spent, share, state])).toEqual([
      [6 * REPLY_COST, 0.6, "warned"],
    ]);
  });

  test("twenty sessions make a usual; one of thousands of times that is told, while it is fresh", () => {
    expect(glance().runaways).toEqual([]);
    const { id } = db.query<{ id: number }, []>("SELECT id FROM sessions WHERE session_id = 'live'").get() as {
      id: number;
    };
    const agent = "(SELECT id FROM agents)";
    const hour = Math.floor((NOW - 40 * 24 * HOUR) / HOUR);
    for (let n = 0; n < 25; n++) {
      db.run(`INSERT INTO sessions (agent_id, session_id) VALUES (${agent}, 'usual-${n}')`);
      db.run(
        `INSERT INTO rollup_sessions SELECT (SELECT id FROM sessions WHERE session_id = 'usual-${n}'), branch_id, model_id, ${hour}, 1, 0, 0, 0, 0, 0, 0, 0,
           ${1_000 + n} FROM rollup_sessions WHERE session_id = ${id} LIMIT 1`,
      );
    }
    const threshold = sessionsReport(db, filtersOf({ since: "24h", timezone: "UTC", top: 100 }, NOW), {
      runs: false,
      order: "cost",
    });
    const marked = threshold.sessions.filter((row) => row.runaway).map((row) => row.sessionId);
    expect(marked.length).toBeGreaterThan(0);
    expect(glance().runaways.map((row) => row.sessionId)).toEqual(marked);
    expect(glance().runaways[0]).toMatchObject({ sessionId: "live", costNanoUsd: 5 * REPLY_COST, runaway: true });
    // A day and a bit later none of them is news any more.
    expect(glanceReport(db, { nowMs: NOW + 25 * HOUR, timeZone: "UTC" }).runaways).toEqual([]);
  });
});

describe("against the other reports, in zones of every kind", () => {
  const { dir, remove } = scratch();
  let db: Database;

  beforeAll(async () => {
    generateHistory(join(dir, "claude"), { seed: 5, sessions: 60, calls: 30 });
    await ingest(join(dir, "claude"), join(dir, "home"));
    db = new Database(join(dir, "home", "ledger.db"), { readonly: true });
  });

  afterAll(() => {
    db.close();
    remove();
  });

  /** Within the history; Berlin's clock goes back on 2026-10-25, New York's on 2026-11-01, Lord Howe's went on by half an hour on 10-04. */
  const MOMENTS = ["2026-10-25T12:00:00Z", "2026-11-01T17:13:57.123Z", "2026-10-05T03:30:00Z", "2026-10-20T00:00:00Z"];

  for (const timeZone of ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]) {
    for (const moment of MOMENTS) {
      test(`${timeZone} at ${moment}`, () => {
        const nowMs = Date.parse(moment);
        const glance = glanceReport(db, { nowMs, timeZone });
        const stats = (since: string): ReturnType<typeof statsReport> =>
          statsReport(db, filtersOf({ since, timezone: timeZone, top: 1_000 }, nowMs));
        for (const [spend, since] of [
          [glance.today, "today"],
          [glance.last24h, "24h"],
          [glance.last30d, "30d"],
        ] as const) {
          const { calls, costNanoUsd, unpricedCalls } = stats(since).totals;
          expect(spend).toEqual({ calls, costNanoUsd, unpricedCalls });
        }
        expect(glance.last30d.calls).toBeGreaterThan(0);
        expect(glance.unpriced).toEqual(stats("30d").totals.unpriced);

        const add = (parts: readonly { costNanoUsd: number }[]): number =>
          parts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
        expect(add(glance.hours)).toBe(glance.last24h.costNanoUsd);
        expect(add(glance.days)).toBe(glance.last30d.costNanoUsd);
        expect(new Set(glance.days.map(({ day }) => day)).size).toBe(30);
        const today = glance.days.at(-1)?.day ?? "";
        // The history goes on after `nowMs`: what a later day holds is counted to today.
        for (const row of stats("30d").daily.filter(({ day }) => day < today))
          expect(glance.days.find(({ day }) => day === row.day)).toMatchObject({
            calls: row.calls,
            costNanoUsd: row.costNanoUsd,
          });
        const steps = glance.hours.slice(1).map((hour, n) => hour.fromMs - (glance.hours[n]?.fromMs ?? 0));
        expect(steps.slice(1).every((step) => step === HOUR)).toBe(true);
        for (const hour of glance.hours.slice(0, -1)) {
          const next = glance.hours.find(({ fromMs }) => fromMs > hour.fromMs)?.fromMs;
          const row = db
            .query<{ n: number; cost: number | null }, []>(
              `SELECT count(*) AS n, sum(cost_nano) AS cost FROM calls WHERE at_ms >= ${hour.fromMs} AND at_ms < ${next}`,
            )
            .get();
          expect([hour.calls, hour.costNanoUsd]).toEqual([row?.n ?? 0, row?.cost ?? 0]);
        }
        for (const { sessionId, costNanoUsd } of glance.active.flatMap(({ sessions }) => sessions)) {
          const { session } = sessionReport(db, sessionId, filtersOf({ since: "all", timezone: timeZone }, nowMs), {
            calls: false,
          });
          expect(costNanoUsd).toBe(session.costNanoUsd);
        }
        const runaways = sessionsReport(db, filtersOf({ since: "24h", timezone: timeZone, top: 1_000 }, nowMs), {
          runs: false,
          order: "cost",
        }).sessions.filter((row) => row.runaway);
        expect(glance.runaways.map((row) => row.sessionId).sort()).toEqual(
          runaways
            .map((row) => row.sessionId)
            .sort()
            .slice(0, 20),
        );
      });
    }
  }
});
