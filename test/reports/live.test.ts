import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { raiseAlerts } from "../../src/ledger/alerts.ts";
import { allowSession } from "../../src/ledger/passes.ts";
import { burnFrom, burnOf } from "../../src/reports/burn.ts";
import { type LiveReport, liveReport } from "../../src/reports/live.ts";
import { liveDetail } from "../../src/reports/liveDetail.ts";
import type { LiveSession } from "../../src/reports/liveSessions.ts";
import { prompt, REPLY_COST as R, reply } from "../e2e/program.ts";
import { ingest, scratch } from "../ledger/ingest.ts";
import { writeText } from "../ledger/world.ts";

/** What is going on at 12:00:30 on 2026-11-20 (UTC), in a history whose figures can be counted on one's fingers. */

const NOW = Date.parse("2026-11-20T12:00:30Z");
const at = (clock: string): number => Date.parse(`2026-11-20T${clock}Z`);
const MINUTE = 60_000;
const ACTIVE = 30 * MINUTE;
const { dir, remove } = scratch();
let db: Database;

const projects = (path: string): string => `projects/-nowhere-repo/${path}`;

function result(session: string, id: string, atMs: number, failed: boolean): string {
  const content = [{ tool_use_id: id, type: "tool_result", content: "x", ...(failed && { is_error: true }) }];
  const row = {
    type: "user",
    uuid: `r_${id}`,
    message: { role: "user", content },
    timestamp: new Date(atMs).toISOString(),
  };
  return `${JSON.stringify({ ...row, cwd: "/nowhere/repo", sessionId: session, version: "2.1.330" })}\n`;
}

/** At work: two prompts today and a call yesterday; a sub-agent whose tool call is still open, and one that is long done. */
function busy(): void {
  const s = "busy";
  const main = [
    reply(s, "b0", at("00:00:00") - 10 * MINUTE),
    prompt(s, "p1", "fix the bug in the cart", at("11:40:00")),
    reply(s, "b1", at("11:41:00"), {
      tool: "t1",
      name: "Edit",
      input: { file_path: "/nowhere/repo/cart.ts", old_string: "a", new_string: "b" },
    }),
    result(s, "t1", at("11:41:05"), false),
    reply(s, "b2", at("11:55:10"), { tool: "t2" }),
    result(s, "t2", at("11:55:20"), true),
    reply(s, "b3", at("11:56:10"), { tool: "t3" }),
    result(s, "t3", at("11:56:20"), true),
    prompt(s, "p2", "now look around", at("11:58:00")),
    reply(s, "b4", at("11:59:00"), { tool: "spawn", name: "Agent", input: { prompt: "x" }, branch: "topic" }),
  ];
  writeText(dir, projects(`${s}.jsonl`), main.join(""));
  const agent = (run: string, name: string, atMs: number): string => reply(s, name, atMs, { agentId: run });
  writeText(
    dir,
    projects(`${s}/subagents/agent-a1.jsonl`),
    agent("a1", "x1", at("11:59:20")) + agent("a1", "x2", at("11:59:50")),
  );
  writeText(
    dir,
    projects(`${s}/subagents/agent-a1.meta.json`),
    JSON.stringify({ agentType: "Explore", description: "look around", toolUseId: "spawn", spawnDepth: 1 }),
  );
  writeText(dir, projects(`${s}/subagents/agent-a2.jsonl`), agent("a2", "y1", at("11:42:00")));
  writeText(
    dir,
    projects(`${s}/subagents/agent-a2.meta.json`),
    JSON.stringify({ agentType: "Plan", description: "long done", toolUseId: "t1" }),
  );
}

beforeAll(async () => {
  busy();
  const waiting = prompt("waiting", "w1", "explain this", at("11:35:00")) + reply("waiting", "w1", at("11:50:00"));
  writeText(dir, projects("waiting.jsonl"), waiting);
  const gateway = reply("gateway", "g1", at("11:57:00")).replace("claude-opus-5-5", "some-gateway-model");
  writeText(dir, projects("gateway.jsonl"), prompt("gateway", "g", "hello", at("11:56:00")) + gateway);
  writeText(dir, projects("over.jsonl"), reply("over", "o1", at("11:45:00")));
  writeText(dir, projects("idle.jsonl"), reply("idle", "i1", at("11:30:29")));
  const night = at("18:00:00") - 24 * 60 * MINUTE;
  writeText(
    dir,
    projects("night.jsonl"),
    reply("night", "n1", night + 10 * MINUTE) + reply("night", "n2", night + 40 * MINUTE),
  );
  await ingest(dir, join(dir, "home"));
  db = new Database(join(dir, "home", "ledger.db"), { strict: true });
  db.run("UPDATE sessions SET ended_ms = last_ms + 1000 WHERE session_id = 'over'");
});

afterAll(() => {
  db.close();
  remove();
});

function live(timeZone = "UTC", nowMs = NOW): LiveReport {
  return liveReport(db, { nowMs, timeZone, activeWithinMs: ACTIVE });
}

function session(name: string): LiveSession {
  return live().sessions.find(({ sessionId }) => sessionId === name) as LiveSession;
}

describe("burn", () => {
  test("minutes of the clock, the running one last; ten minutes times six", () => {
    expect(burnFrom(NOW)).toBe(at("11:31:00"));
    const calls = [
      [at("11:30:59"), 1_000],
      [at("11:31:00"), 20],
      [at("11:50:29"), 300],
      [at("11:50:30"), 4_000],
      [at("12:00:00"), 5],
      [at("12:05:00"), 6],
    ] as const;
    const { burnNanoUsdPerHour, series } = burnOf(calls, NOW);
    expect(burnNanoUsdPerHour).toBe((4_000 + 5 + 6) * 6);
    expect(series).toHaveLength(30);
    expect([series[0], series[19], series[29]]).toEqual([20, 4_300, 11]);
    expect(series.reduce((sum, value) => sum + value, 0)).toBe(20 + 4_300 + 11);
  });
});

describe("live report", () => {
  test("active are the sessions with a row in the last half hour, the most expensive first", () => {
    const report = live();
    expect(report.sessions.map(({ sessionId }) => sessionId)).toEqual(["busy", "over", "waiting", "gateway"]);
    expect(report.matched).toBe(4);
    expect(live("UTC", NOW - 2_000).sessions.map(({ sessionId }) => sessionId)).toContain("idle");
  });

  test("cost of the session, of its prompt, of today; unpriced calls are counted, not guessed", () => {
    const one = session("busy");
    expect(one.calls).toBe(8);
    expect(one.costNanoUsd).toBe(8 * R);
    expect(one.todayNanoUsd).toBe(7 * R);
    expect(one.totalTokens).toBe(8 * 1_310);
    expect(one.prompt).toMatchObject({ atMs: at("11:58:00"), calls: 3, costNanoUsd: 3 * R, unpricedCalls: 0 });
    expect(session("gateway")).toMatchObject({
      costNanoUsd: 0,
      unpricedCalls: 1,
      prompt: { unpricedCalls: 1, costNanoUsd: 0 },
    });
  });

  test("burn and minutes, of a session and of all", () => {
    const one = session("busy");
    // b2, b3, b4, x1 and x2 are later than 11:50:30.
    expect(one.burnNanoUsdPerHour).toBe(5 * R * 6);
    const minutes = Object.fromEntries(one.series.entries().filter(([, cost]) => cost > 0));
    expect(minutes).toEqual({ 10: R, 11: R, 24: R, 25: R, 28: 3 * R });
    const all = live();
    expect(all.burnNanoUsdPerHour).toBe(5 * R * 6);
    expect(Object.fromEntries(all.series.entries().filter(([, cost]) => cost > 0))).toEqual({
      ...minutes,
      14: R,
      19: R,
    });
  });

  test("today begins at midnight in the person's zone, also where that is no whole hour", () => {
    // Since midnight: all but b0.
    expect(live().today).toEqual({ calls: 11, costNanoUsd: 10 * R, unpricedCalls: 1, totalTokens: 11 * 1_310 });
    // In Kolkata it began at 18:30 UTC the day before, b0 is of 23:50.
    // The same hour holds a call before and one after that.
    expect(live("Asia/Kolkata").today).toMatchObject({ calls: 13, costNanoUsd: 12 * R });
    expect(live("Asia/Kolkata").sessions[0]?.todayNanoUsd).toBe(8 * R);
  });

  test("branch, model and context are those of the main thread's last call", () => {
    expect(session("busy")).toMatchObject({
      repo: "repo",
      branch: "topic",
      models: ["claude-opus-5-5"],
      contextTokens: 10 + 1_000 + 200,
      lastAtMs: at("11:59:50"),
    });
  });

  test("at work, waiting for the person, ended", () => {
    expect(session("busy").state).toBe("working");
    expect(session("waiting").state).toBe("waiting");
    expect(session("over").state).toBe("ended");
  });

  test("sub-agents at work: with a call lately, or with their tool call still open", () => {
    const [run, ...others] = session("busy").runs;
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      runId: "a1",
      agentType: "Explore",
      description: "look around",
      calls: 2,
      costNanoUsd: 2 * R,
    });
    expect(run?.startedAtMs).toBe(at("11:59:20"));
    // Ten minutes later nothing has come back: it may still be at it.
    expect(live("UTC", NOW + 10 * MINUTE).sessions[0]?.runs).toHaveLength(1);
    const { changes } = db
      .query("UPDATE tool_calls SET failed = 0 WHERE key = (SELECT spawned_by FROM runs WHERE run_id = 'a1')")
      .run();
    expect(changes).toBe(1);
    expect(live("UTC", NOW + 10 * MINUTE).sessions[0]?.runs).toHaveLength(0);
    // Sent into the background it came back before, and may be at it; back after its last call it is done.
    expect(live().sessions[0]?.runs).toHaveLength(1);
    db.query(
      "UPDATE tool_calls SET duration_ms = 60000 WHERE key = (SELECT spawned_by FROM runs WHERE run_id = 'a1')",
    ).run();
    expect(live().sessions[0]?.runs).toHaveLength(0);
    db.query(
      "UPDATE tool_calls SET failed = NULL, duration_ms = NULL WHERE key = (SELECT spawned_by FROM runs WHERE run_id = 'a1')",
    ).run();
  });

  test("last tools, equal ones in a row as one", () => {
    expect(session("busy").tools.map(({ name, path, count, failed }) => ({ name, path, count, failed }))).toEqual([
      { name: "Agent", path: null, count: 1, failed: null },
      { name: "Bash", path: null, count: 2, failed: true },
      { name: "Edit", path: "/nowhere/repo/cart.ts", count: 1, failed: false },
    ]);
  });

  test("alerts of the session and of none, leave, limits with their pace, budgets", () => {
    const id = db.query<{ id: number }, []>("SELECT id FROM sessions WHERE session_id = 'busy'").get()?.id ?? 0;
    const alert = { level: "high", promptId: null, budgetId: null, costNano: 0 };
    raiseAlerts(db, [
      { ...alert, subject: "a", rule: "loop", atMs: at("11:59:00"), sessionId: id, message: "of the session" },
      { ...alert, subject: "b", rule: "limit", atMs: at("11:59:10"), sessionId: null, message: "of the day" },
      { ...alert, subject: "c", rule: "limit", atMs: NOW - 25 * 60 * MINUTE, sessionId: null, message: "long ago" },
    ]);
    allowSession(db, "busy", NOW - MINUTE, NOW + MINUTE);
    allowSession(db, "waiting", NOW - 2 * MINUTE, NOW - MINUTE);
    const reset = NOW + 2 * 60 * MINUTE;
    db.run("INSERT INTO limits VALUES ('five_hour', ?, 10, ?), ('five_hour', ?, 45, ?), ('seven_day', ?, 3, ?)", [
      NOW - 9 * MINUTE,
      reset,
      NOW - MINUTE,
      reset,
      NOW - MINUTE,
      NOW - 1,
    ]);
    const report = live();
    expect(report.sessions[0]?.alerts.map(({ message }) => message)).toEqual(["of the session"]);
    expect(report.alerts.map(({ message }) => message)).toEqual(["of the day"]);
    expect(report.sessions[0]?.pass).toEqual({ fromMs: NOW - MINUTE, untilMs: NOW + MINUTE });
    expect(report.sessions.find(({ sessionId }) => sessionId === "waiting")?.pass).toBeNull();
    // Three of five hours are over, 45 % is used: 75 % at the end.
    expect(report.limits.fiveHour?.usedPercent).toBe(45);
    expect(report.limits.fiveHour?.projectedPercent).toBeCloseTo(75, 6);
    // That window is over, and nobody has said yet what the next one holds.
    expect(report.limits.sevenDay).toBeNull();
    expect(report.budgets).toEqual([]);
  });
});

describe("one session in full", () => {
  const detail = () => liveDetail(db, "busy", { nowMs: NOW, timeZone: "UTC", activeWithinMs: ACTIVE });

  test("prompts, the latest first, with all that followed each", () => {
    const prompts = detail()?.prompts.map(({ number, atMs, calls, costNanoUsd }) => ({
      number,
      atMs,
      calls,
      costNanoUsd,
    }));
    expect(prompts?.slice(0, 2)).toEqual([
      { number: 3, atMs: at("11:58:00"), calls: 3, costNanoUsd: 3 * R },
      { number: 2, atMs: at("11:40:00"), calls: 4, costNanoUsd: 4 * R },
    ]);
  });

  test("runs as a tree", () => {
    const runs = detail()?.runs.map(({ runId, depth, atWork, costNanoUsd }) => ({ runId, depth, atWork, costNanoUsd }));
    expect(runs).toEqual([
      { runId: "main", depth: 0, atWork: false, costNanoUsd: 5 * R },
      { runId: "a1", depth: 1, atWork: true, costNanoUsd: 2 * R },
      { runId: "a2", depth: 1, atWork: false, costNanoUsd: R },
    ]);
  });

  test("the same figures as in the list", () => {
    expect(detail()?.session).toEqual(session("busy"));
    expect(detail()?.timeline.reduce((sum, step) => sum + step.costNanoUsd, 0)).toBe(8 * R);
  });

  test("a session that the book does not have is none", () => {
    expect(liveDetail(db, "nobody", { nowMs: NOW, timeZone: "UTC", activeWithinMs: ACTIVE })).toBeNull();
  });
});
