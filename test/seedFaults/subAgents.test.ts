import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { zoneAtNoon } from "../e2e/program.ts";
import { connectProgram } from "../mcp/support.ts";
import { type Agents, asked, byKind, call, dollars, line, Past, SESSION, START, USD, worth } from "./past.ts";

/** Faults of the tool before: what sub-agents and the client's own runs cost. */

let past: Past;
beforeEach(() => {
  past = new Past();
});
afterEach(() => past.remove());

const AGENTS = `${SESSION}/subagents`;

describe("sub-agents", () => {
  test("W1: what sub-agents and overhead spent is in every headline, each once", async () => {
    const now = Date.now() - 60_000;
    expect((await past.run(["config", "timezone", zoneAtNoon()])).code).toBe(0);
    past.session(asked("p1", "add the page", now), call("m1", { atMs: now, usage: worth(2) }));
    past.write(`${AGENTS}/agent-a1.jsonl`, call("m2", { atMs: now, usage: worth(0.25), agent: "a1" }));
    past.write(`${AGENTS}/agent-a1.meta.json`, JSON.stringify({ agentType: "Explore", description: "look" }));
    past.write(
      `${AGENTS}/agent-acompact-77ad.jsonl`,
      call("m3", { atMs: now, usage: worth(16.25), agent: "acompact-77ad" }),
    );
    expect((await past.run(["budget", "set", "200", "--per", "month"])).code).toBe(0);

    const stats = await past.stats();
    expect(stats.totals).toMatchObject({ calls: 3, sessions: 1, costNanoUsd: 18.5 * USD });
    for (const [list, key] of [
      [stats.daily, "day"],
      [stats.repos, "repo"],
      [stats.models, "model"],
      [stats.sessions, "sessionId"],
    ] as const)
      expect(dollars(list as never[], key as never).map(([, usd]) => usd)).toEqual([18.5]);
    const agents = await past.all<Agents>("agents");
    expect(byKind(agents)).toEqual({ main: 2, user: 0.25, overhead: 16.25 });
    const projects = await past.all<{ projects: (Agents & { costNanoUsd: number })[] }>("projects");
    expect(projects.projects.map((row) => [row.costNanoUsd / USD, byKind(row)])).toEqual([
      [18.5, { main: 2, user: 0.25, overhead: 16.25 }],
    ]);
    const { budgets } = await past.json<{ budgets: { spent: number }[] }>("budget");
    expect(budgets.map(({ spent }) => spent)).toEqual([18.5 * USD]);
    await using mcp = await connectProgram(past);
    expect((await mcp.call("usage_summary", { period: "all" })).data).toMatchObject({
      costUsd: 18.5,
      mainUsd: 2,
      subAgentsUsd: 0.25,
      overheadUsd: 16.25,
    });
  });

  test("W2: a compaction that replays the session's history costs what it adds", async () => {
    const ten = Array.from({ length: 10 }, (_, n) => ({ id: `m${n}`, atMs: START + n * 1_000 }));
    past.session(...ten.map(({ id, atMs }) => call(id, { atMs, usage: worth(2.5) })));
    past.write(
      `${AGENTS}/agent-acompact-77ad.jsonl`,
      ...ten.map(({ id, atMs }) => call(id, { atMs, usage: worth(2.5), agent: "acompact-77ad" })),
      call("own", { atMs: START + 11_000, usage: worth(0.25), agent: "acompact-77ad" }),
    );
    const agents = await past.all<Agents>("agents");
    expect(byKind(agents)).toEqual({ main: 25, user: 0, overhead: 0.25 });
    expect(agents.agents.map(({ kind, type, calls }) => [kind, type, calls])).toEqual([
      ["main", null, 10],
      ["overhead", "compaction", 1],
    ]);
    expect((await past.stats()).totals).toMatchObject({ calls: 11, costNanoUsd: 25.25 * USD });
  });

  test("W3: a sub-agent that a hook told of and its file are one run", async () => {
    const transcript = past.session(asked("p1", "look", START), call("m1", { atMs: START, usage: worth(1) }));
    const file = past.write(`${AGENTS}/agent-abc1234.jsonl`, call("m2", { usage: worth(0.25), agent: "abc1234" }));
    const payload = { session_id: SESSION, transcript_path: transcript, cwd: "/nowhere/repo", agent_id: "abc1234" };
    const told = { ...payload, agent_transcript_path: file, agent_type: "Explore" };
    expect(await past.hook("subagent-start", told)).toEqual({ code: 0, out: "", err: "" });
    expect(await past.hook("subagent-stop", told)).toEqual({ code: 0, out: "", err: "" });
    // The file is then read by its own name, which has `agent-` before the id, and once more from its start.
    for (const again of [[], ["backfill"]] as const) {
      if (again.length > 0) expect((await past.run([...again])).code).toBe(0);
      const agents = await past.all<Agents>("agents", "--runs");
      expect(agents.runs?.map(({ runId, type, calls }) => [runId, type, calls])).toEqual([
        ["main", null, 1],
        ["abc1234", "Explore", 1],
      ]);
      expect(byKind(agents)).toEqual({ main: 1, user: 0.25, overhead: 0 });
    }
  });

  for (const [order, first] of [
    ["before", "agent-0abc.jsonl"],
    ["after", "agent-zabc.jsonl"],
  ] as const)
    test(`W4: a sub-agent's file of old clients beside the session's own, read ${order} it, takes nothing from the session`, async () => {
      const agent = first.slice("agent-".length, -".jsonl".length);
      const task = line({
        isSidechain: true,
        agentId: agent,
        type: "user",
        message: { role: "user", content: "look around" },
        uuid: "task",
        timestamp: new Date(START).toISOString(),
        sessionId: SESSION,
        cwd: "/nowhere/repo",
        version: "1.0.80",
      });
      const own = (): string =>
        past.session(...Array.from({ length: 10 }, (_, n) => call(`m${n}`, { usage: worth(0.5), atMs: START + n })));
      const legacy = (): string => past.write(first, task, call("a1", { usage: worth(0.25), agent, atMs: START + 20 }));
      // The first of them is filed before the other is there.
      for (const write of order === "before" ? [legacy, own] : [own, legacy]) {
        write();
        await past.stats();
      }
      const stats = await past.stats();
      expect(stats.sessions.map(({ sessionId, calls, costNanoUsd }) => [sessionId, calls, costNanoUsd / USD])).toEqual([
        [SESSION, 11, 5.25],
      ]);
      expect(byKind(await past.all<Agents>("agents"))).toEqual({ main: 5, user: 0.25, overhead: 0 });
    });

  test("W19: rows without ids, orphans, workflows and sidechains in the session's own file all count, as what they are", async () => {
    const nameless = (n: number): string =>
      call("", { usage: worth(0.5), message: { id: undefined }, row: { requestId: undefined, uuid: `row-${n}` } });
    past.session(
      ...[1, 2, 3, 4, 5].map(nameless),
      call("side", { usage: worth(0.25), agent: "a9", atMs: START + 5_000 }),
    );
    past.write(
      `${AGENTS}/workflows/wf_1/agent-a2.jsonl`,
      call("w1", { usage: worth(1), agent: "a2", atMs: START + 6_000 }),
    );
    // The session that this one belonged to was deleted by the client.
    past.write("0rphan/subagents/agent-a3.jsonl", call("o1", { session: "0rphan", usage: worth(2), agent: "a3" }));

    expect((await past.stats()).totals).toMatchObject({ calls: 8, sessions: 2, costNanoUsd: 5.75 * USD });
    const { runs = [], ...agents } = await past.all<Agents>("agents", "--runs");
    expect(byKind(agents)).toEqual({ main: 2.5, user: 3.25, overhead: 0 });
    expect(
      runs.map(({ sessionId, runId, calls, costNanoUsd }) => [sessionId, runId, calls, costNanoUsd / USD]),
    ).toEqual([
      [SESSION, "main", 5, 2.5],
      ["0rphan", "a3", 1, 2],
      [SESSION, "a2", 1, 1],
      [SESSION, "a9", 1, 0.25],
    ]);
  });
});
