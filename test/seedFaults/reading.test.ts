import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { type Agents, asked, call, dollars, Past, result, SESSION, START, type Tools, USD, worth } from "./past.ts";

/** Faults of the tool before: lines that repeat, files that grow, histories that are read more than once. */

let past: Past;
beforeEach(() => {
  past = new Past();
});
afterEach(() => past.remove());

const uses = (tools: Tools): Record<string, number> =>
  Object.fromEntries(tools.tools.map(({ tool, uses }) => [tool, uses]));

interface SessionJson {
  session: { sessionId: string; calls: number; costNanoUsd: number };
  prompts: { category: string; calls: number }[];
  tools: { tool: string; calls: number }[];
  events: { kind: string; detail: string }[];
  calls?: { tokens: { output: number }; costNanoUsd: number }[];
}

describe("lines of one message", () => {
  test("W5: the tools of a message that is written line by line are all kept", async () => {
    const usage = worth(0.3);
    const block = (id: string, name: string, stop: string | null = null): string =>
      call("m1", { usage, stop, uses: [{ id, name }] });
    past.session(block("t1", "Read"), block("t2", "Grep"), block("t3", "Edit", "tool_use"));
    const tools = await past.all<Tools>("tools");
    expect(dollars(tools.tools, "tool").sort()).toEqual([
      ["Edit", 0.1],
      ["Grep", 0.1],
      ["Read", 0.1],
    ]);
    expect(uses(tools)).toEqual({ Read: 1, Grep: 1, Edit: 1 });
    expect(tools.withoutTools).toMatchObject({ calls: 0, costNanoUsd: 0 });
    expect((await past.stats()).totals).toMatchObject({ calls: 1, costNanoUsd: 0.3 * USD });
  });

  test("W5: where no line has a stop reason, the line with the highest output counts whole, and is called a lower bound", async () => {
    // 900 x 20,000 + 4 x 200 nano-dollars; the first line read more from the cache.
    past.session(
      call("m1", { usage: [0, 500, 9_000, 0, 0], stop: null, uses: [{ id: "t1", name: "Read" }] }),
      call("m1", { usage: [0, 900, 4, 0, 0], stop: null, uses: [{ id: "t2", name: "Bash" }] }),
      call("m1", { usage: [0, 2, 7_000, 0, 0], stop: null }),
    );
    const { totals } = await past.stats();
    expect(totals).toMatchObject({ calls: 1, costNanoUsd: 18_000_800, lowerBoundCalls: 1 });
    expect(totals.tokens).toMatchObject({ output: 900, cacheRead: 4 });
    expect(uses(await past.all<Tools>("tools"))).toEqual({ Read: 1, Bash: 1 });
  });

  test("W6: a reply that a hook saw half written is whole in every report once it is written", async () => {
    const half = call("m1", {
      usage: [0, 1, 0, 0, 0],
      stop: null,
      uses: [{ id: "t1", name: "Skill", input: { skill: "review" } }],
    });
    const transcript = past.session(asked("p1", "review it", START - 1_000), half);
    const payload = { session_id: SESSION, transcript_path: transcript, cwd: "/nowhere/repo" };
    expect((await past.hook("stop", payload)).code).toBe(0);
    expect((await past.stats()).totals.tokens.output).toBe(1);
    past.append(
      transcript,
      call("m1", { usage: [0, 5_000, 0, 0, 0] }),
      call("m2", { atMs: START + 1_000, usage: worth(1) }),
    );
    expect((await past.hook("stop", payload)).code).toBe(0);

    const first = 5_000 * 20_000;
    const whole = first + USD;
    const stats = await past.stats();
    expect(stats.totals).toMatchObject({ calls: 2, costNanoUsd: whole, lowerBoundCalls: 0 });
    expect(stats.models.map(({ costNanoUsd }) => costNanoUsd)).toEqual([whole]);
    const { models } = await past.all<{ models: { costNanoUsd: number; tokens: { output: number } }[] }>("models");
    expect(models.map(({ costNanoUsd, tokens }) => [costNanoUsd, tokens.output])).toEqual([[whole, 55_000]]);
    const { session, calls } = await past.json<SessionJson>("session", SESSION, "--calls");
    expect(session.costNanoUsd).toBe(whole);
    expect(calls?.map(({ tokens, costNanoUsd }) => [tokens.output, costNanoUsd])).toEqual([
      [5_000, first],
      [50_000, USD],
    ]);
    // The skill has what came after the call that asked for it.
    const { skills } = await past.all<Skills>("skills");
    expect([skills.rows.map(({ costNanoUsd }) => costNanoUsd), skills.rest.costNanoUsd]).toEqual([[USD], first]);
  });
});

interface Skills {
  skills: { rows: { name: string; uses: number; calls: number; costNanoUsd: number }[]; rest: { costNanoUsd: number } };
}

describe("histories that are copied", () => {
  const FORK = "5eed0000-0000-4000-8000-00000000f04c";
  const ten = (session: string): string[] =>
    Array.from({ length: 10 }, (_, n) => call(`m${n}`, { session, usage: worth(0.5), atMs: START + n * 1_000 }));

  test("W7: a fork that repeats ten messages under its own session costs what it adds", async () => {
    past.session(...ten(SESSION));
    past.write(`${FORK}.jsonl`, ...ten(FORK), call("own", { session: FORK, usage: worth(2), atMs: START + 60_000 }));
    const stats = await past.stats();
    expect(stats.totals).toMatchObject({ calls: 11, sessions: 2, costNanoUsd: 7 * USD });
    expect(stats.sessions.map(({ sessionId, calls, costNanoUsd }) => [sessionId, calls, costNanoUsd / USD])).toEqual([
      [SESSION, 10, 5],
      [FORK, 1, 2],
    ]);
  });

  test("W7: a resumed file whose copied lines keep the old session id takes nothing from the old session", async () => {
    past.session(...ten(SESSION));
    await past.stats();
    const copied = ten(SESSION).slice(0, 4);
    past.write(`${FORK}.jsonl`, ...copied, call("own", { session: FORK, usage: worth(2), atMs: START + 60_000 }));
    const stats = await past.stats();
    expect(stats.sessions.map(({ sessionId, calls, costNanoUsd }) => [sessionId, calls, costNanoUsd / USD])).toEqual([
      [SESSION, 10, 5],
      [FORK, 1, 2],
    ]);
  });
});

describe("histories that are read again and again", () => {
  test("W11: a session that never ended has its tools, kinds of work and days", async () => {
    const edit = {
      id: "t1",
      name: "Edit",
      input: { file_path: "/nowhere/repo/cart.ts", old_string: "a", new_string: "b" },
    };
    const transcript = past.session(
      asked("p1", "fix the crash in the cart", START - 1_000),
      call("m1", { usage: worth(2), uses: [edit] }),
      result("t1", START + 500),
      call("m2", { atMs: START + 1_000, usage: worth(1) }),
    );
    const payload = { session_id: SESSION, transcript_path: transcript, cwd: "/nowhere/repo" };
    expect((await past.hook("stop", payload)).code).toBe(0);
    const stats = await past.stats();
    expect(dollars(stats.daily, "day")).toEqual([["2026-11-20", 3]]);
    expect(
      dollars(
        stats.categories.filter(({ calls }) => calls > 0),
        "category",
      ),
    ).toEqual([["debugging", 3]]);
    expect((await past.all<Tools>("tools")).tools).toMatchObject([{ tool: "Edit", uses: 1, costNanoUsd: 2 * USD }]);
    const { prompts, tools } = await past.json<SessionJson>("session", SESSION);
    expect(prompts.map(({ category, calls }) => [category, calls])).toEqual([["debugging", 2]]);
    expect(tools.map(({ tool, calls }) => [tool, calls])).toEqual([["Edit", 1]]);
  });

  test("W12: ten reads stay ten after five ends and a scan of everything, and the end stays known", async () => {
    const reads = Array.from({ length: 10 }, (_, n) =>
      call(`m${n}`, { usage: worth(0.1), atMs: START + n * 1_000, uses: [{ id: `t${n}`, name: "Read" }] }),
    );
    const transcript = past.session(...reads);
    const payload = { session_id: SESSION, transcript_path: transcript, cwd: "/nowhere/repo", reason: "logout" };
    for (let n = 0; n < 5; n++) expect((await past.hook("session-end", payload)).code).toBe(0);
    const check = async (): Promise<void> => {
      expect((await past.all<Tools>("tools")).tools).toMatchObject([{ tool: "Read", uses: 10, costNanoUsd: USD }]);
      const { events, session } = await past.json<SessionJson>("session", SESSION);
      expect(session).toMatchObject({ calls: 10, costNanoUsd: USD });
      expect(new Set(events.map(({ kind, detail }) => `${kind} ${detail}`))).toEqual(new Set(["session-end logout"]));
    };
    await check();
    expect((await past.run(["backfill"])).code).toBe(0);
    await check();
    // Another file of the same lines in its place.
    rmSync(transcript);
    past.session(...reads);
    await check();
  });
});

describe("skills", () => {
  test("W13: a skill has the calls of its prompt from its use on: in the first turn too, the last one too, and no more", async () => {
    const use = (id: string, skill: string): { id: string; name: string; input: object } => ({
      id,
      name: "Skill",
      input: { skill },
    });
    past.session(
      asked("p1", "look it over", START),
      call("m1", { atMs: START + 1_000, usage: worth(1), uses: [use("t1", "review")] }),
      call("m2", { atMs: START + 2_000, usage: worth(2) }),
      call("m3", { atMs: START + 3_000, usage: worth(3) }),
      asked("p2", "thanks, now add a test", START + 4_000),
      call("m4", { atMs: START + 5_000, usage: worth(4) }),
      asked("p3", "and what next?", START + 6_000),
      call("m5", { atMs: START + 7_000, usage: worth(0.5), uses: [use("t2", "plan")] }),
      call("m6", { atMs: START + 8_000, usage: worth(0.25) }),
    );
    const { skills } = await past.all<Skills>("skills");
    expect(skills.rows.map(({ name, uses, calls, costNanoUsd }) => [name, uses, calls, costNanoUsd / USD])).toEqual([
      ["review", 1, 2, 5],
      ["plan", 1, 1, 0.25],
    ]);
    expect(skills.rest.costNanoUsd / USD).toBe(5.5);
  });

  test("W13: a skill's calls are told apart from those of a sub-agent beside it", async () => {
    past.session(
      asked("p1", "look it over", START),
      call("m1", {
        atMs: START + 1_000,
        usage: worth(1),
        uses: [{ id: "t1", name: "Skill", input: { skill: "review" } }],
      }),
      call("m2", { atMs: START + 9_000, usage: worth(2) }),
    );
    past.write(
      `${SESSION}/subagents/agent-a1.jsonl`,
      call("s1", { atMs: START + 4_000, usage: worth(8), agent: "a1" }),
    );
    const { skills } = await past.all<Skills>("skills");
    expect(skills.rows.map(({ name, costNanoUsd }) => [name, costNanoUsd / USD])).toEqual([["review", 2]]);
    expect((await past.all<Agents>("agents")).totals.costNanoUsd).toBe(11 * USD);
  });
});
