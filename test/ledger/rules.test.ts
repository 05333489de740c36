import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ingest, scratch } from "./ingest.ts";

/** One history for each rule of docs/accounting.md, and what the book must say of it; figures worked out by hand. */

type Fields = Record<string, unknown>;
type Files = Record<string, (object | string)[]>;

const at = (second: number): string => new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();

/** A reply of Opus 5.5: 10 in, 20 out, 30 read, 15 + 25 written. At 4/20/0.20/5/8 dollars per million it costs 721,000 nano-dollars. */
function reply(id: string | undefined, row: Fields = {}, message: Fields = {}, usage: Fields = {}): object {
  const counts = {
    input_tokens: 10,
    output_tokens: 20,
    cache_read_input_tokens: 30,
    cache_creation_input_tokens: 40,
    cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 25 },
  };
  return {
    type: "assistant",
    uuid: `row-${id}-${JSON.stringify(row)}`,
    timestamp: at(0),
    sessionId: "s1",
    version: "2.1.330",
    cwd: "/nowhere",
    gitBranch: "main",
    requestId: `req-${id}`,
    ...row,
    message: {
      id,
      role: "assistant",
      model: "claude-opus-5-5",
      content: [],
      stop_reason: "end_turn",
      ...message,
      usage: { ...counts, ...usage },
    },
  };
}
const COST = 10 * 4_000 + 20 * 20_000 + 30 * 200 + 15 * 5_000 + 25 * 8_000;

const asked = (promptId: string, text: string, row: Fields = {}): object => ({
  type: "user",
  promptId,
  uuid: `u-${promptId}`,
  timestamp: at(0),
  sessionId: "s1",
  cwd: "/nowhere",
  message: { role: "user", content: text },
  ...row,
});

async function book<T>(files: Files, use: (db: Database, config: string, home: string) => T | Promise<T>): Promise<T> {
  const { dir, remove } = scratch();
  try {
    const config = join(dir, "claude");
    for (const [name, rows] of Object.entries(files)) {
      const path = join(config, "projects", "-nowhere", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join(""));
    }
    const home = join(dir, "home");
    await ingest(config, home);
    const db = new Database(join(home, "ledger.db"), { readonly: true });
    try {
      return await use(db, config, home);
    } finally {
      db.close();
    }
  } finally {
    remove();
  }
}

const calls = (db: Database, columns: string): unknown[][] =>
  db.query(`SELECT ${columns} FROM v_calls ORDER BY at_ms, model, session_id`).values();

describe("accounting rules", () => {
  test("1 identity: message id, else request id, else the row; the main thread beats a replay", async () => {
    const rows = [
      reply("m1"),
      reply("m1", { requestId: "other", isSidechain: true, agentId: "aside_question-1" }, {}, { output_tokens: 900 }),
      reply(undefined, { requestId: "r2" }),
      reply(undefined, { requestId: "r2", timestamp: at(5) }),
      reply(undefined, { requestId: undefined, uuid: "x" }),
      reply(undefined, { requestId: undefined, uuid: "y" }),
    ];
    await book({ "s1.jsonl": rows }, (db) =>
      expect(calls(db, "output, run_kind")).toEqual(Array.from({ length: 4 }, () => [20, "main"])),
    );
  });

  test("2 the winning line: highest output, whole; the later one on a tie; the time of the earliest", async () => {
    const rows = [
      reply("m1", { timestamp: at(3) }, {}, { output_tokens: 5, cache_read_input_tokens: 999 }),
      reply("m1", { timestamp: at(4) }, {}, { output_tokens: 50, cache_read_input_tokens: 1 }),
      reply("m1", { timestamp: at(5) }, {}, { output_tokens: 50, cache_read_input_tokens: 2 }),
    ];
    await book({ "s1.jsonl": rows }, (db) =>
      expect(calls(db, "output, cache_read, at_ms")).toEqual([[50, 2, Date.parse(at(3))]]),
    );
  });

  test("2 tool uses are the union over the lines", async () => {
    const use = (id: string, name: string): Fields => ({ content: [{ type: "tool_use", id, name, input: {} }] });
    const rows = [
      reply("m1", {}, use("t1", "Read")),
      reply("m1", { timestamp: at(1) }, use("t2", "Edit")),
      reply("m1", { timestamp: at(1) }, use("t2", "Edit")),
    ];
    await book({ "s1.jsonl": rows }, (db) =>
      expect(db.query("SELECT tool FROM v_tool_calls ORDER BY tool").values()).toEqual([["Edit"], ["Read"]]),
    );
  });

  test("3 the owner is the session that streamed it, also when only the copy is left", async () => {
    const copy = reply("m1", { sessionId: "s2", requestSessionId: "s1" });
    for (const files of [{ "a.jsonl": [reply("m1")], "b.jsonl": [copy] }, { "b.jsonl": [copy] }]) {
      await book(files, (db) => {
        expect(calls(db, "session_id")).toEqual([["s1"]]);
        expect(
          db.query("SELECT s.session_id FROM inherited_calls i JOIN sessions s ON s.id = i.session_id").values(),
        ).toEqual([["s2"]]);
      });
    }
  });

  test("4 client-made lines cost nothing; a reached limit is an event", async () => {
    const message = {
      model: "<synthetic>",
      content: [{ type: "text", text: "Claude AI usage limit reached|1790000000" }],
      usage: { input_tokens: 0, output_tokens: 0 },
    };
    await book({ "s1.jsonl": [{ ...reply("x", { isApiErrorMessage: true }), message }] }, (db) => {
      expect(calls(db, "1")).toEqual([]);
      expect(db.query("SELECT kind, detail FROM events").values()).toEqual([["limit-reached", "1790000000"]]);
    });
  });

  test("5 cache writes: the larger of flat and classes; the rest is 5 m; iterations add up their own", async () => {
    const rows = [
      reply("flat", { timestamp: at(1) }, {}, { cache_creation_input_tokens: 100 }),
      reply("none", { timestamp: at(2) }, {}, { cache_creation: undefined }),
      reply("split", { timestamp: at(3) }, {}, { cache_creation_input_tokens: 0 }),
      reply(
        "iterations",
        { timestamp: at(4) },
        {},
        {
          cache_creation_input_tokens: 100,
          iterations: [
            { type: "message", cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 25 } },
            { type: "message", cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 50 } },
          ],
        },
      ),
    ];
    await book({ "s1.jsonl": rows }, (db) => {
      expect(calls(db, "cache_write_5m, cache_write_1h")).toEqual([
        [75, 25],
        [40, 0],
        [15, 25],
        [25, 75],
      ]);
      expect(db.query("SELECT (flags & 32) <> 0 FROM calls ORDER BY at_ms").values()).toEqual([[1], [1], [0], [0]]);
    });
  });

  test("6 an advisor is another call, of its own model", async () => {
    const iterations = [
      { type: "message" },
      { type: "advisor_message", model: "claude-fable-5-2", input_tokens: 100, output_tokens: 10 },
    ];
    await book({ "s1.jsonl": [reply("m1", {}, {}, { iterations })] }, (db) => {
      expect(calls(db, "model, input, cost_nano")).toEqual([
        ["claude-fable-5-2", 100, 100 * 8_000 + 10 * 40_000],
        ["claude-opus-5-5", 10, COST],
      ]);
    });
  });

  test("7 sub-agents belong to the parent in every layout, also when its file is gone; overhead is told apart", async () => {
    const agent = (id: string, agentId: string): object => reply(id, { isSidechain: true, agentId });
    const files = {
      "s1/subagents/agent-a1.jsonl": [agent("m1", "a1")],
      "s1/subagents/workflows/wf_1/agent-a2.jsonl": [agent("m2", "a2")],
      "agent-a3.jsonl": [agent("m3", "a3")],
      "s1/subagents/agent-acompact-77aa.jsonl": [agent("m4", "acompact-77aa")],
      "s1/subagents/agent-a1.meta.json": ['{"agentType":"Explore","description":"look","toolUseId":"t1"}'],
    };
    await book(files, (db) => {
      expect(db.query("SELECT run_id, kind, agent_type FROM runs ORDER BY run_id").values()).toEqual([
        ["a1", "user", "Explore"],
        ["a2", "user", null],
        ["a3", "user", null],
        ["acompact-77aa", "overhead", null],
      ]);
      expect(calls(db, "DISTINCT session_id")).toEqual([["s1"]]);
    });
  });

  test("7 usage nested in progress lines counts only where it is recorded nowhere else", async () => {
    const nested = (id: string): object => {
      const { message, timestamp, requestId } = reply(id, {}, {}, { output_tokens: 500 }) as Fields;
      return {
        type: "progress",
        sessionId: "s1",
        timestamp,
        data: { type: "agent_progress", agentId: "a1", message: { type: "assistant", timestamp, requestId, message } },
      };
    };
    const files = {
      "s1.jsonl": [nested("m1"), nested("m2")],
      "s1/subagents/agent-a1.jsonl": [reply("m1", { isSidechain: true, agentId: "a1" })],
    };
    await book(files, (db) =>
      expect(db.query("SELECT output FROM calls ORDER BY output").values()).toEqual([[20], [500]]),
    );
  });

  test("8 no price row, or a gateway of zeros: unpriced, never free", async () => {
    const zero = {
      input_tokens: 0,
      output_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_creation: undefined,
    };
    await book(
      { "s1.jsonl": [reply("m1", {}, { model: "claude-opus-99" }), reply("m2", { timestamp: at(1) }, {}, zero)] },
      (db) => {
        expect(calls(db, "cost_nano")).toEqual([[null], [null]]);
        expect(db.query("SELECT sum(unpriced), sum(cost_nano) FROM rollup_hours").values()).toEqual([[2, 0]]);
      },
    );
  });

  test("9 and 10 modifiers multiply, one rounding, web searches on top", async () => {
    const usage = {
      speed: "fast",
      inference_geo: "us",
      service_tier: "batch",
      server_tool_use: { web_search_requests: 2 },
    };
    await book({ "s1.jsonl": [reply("m1", {}, {}, usage)] }, (db) =>
      expect(calls(db, "cost_nano")).toEqual([[COST * 1.1 + 20_000_000]]),
    );
  });

  test("12 two objects on a line are two lines, a broken one is kept out and counted, a missing last newline is no loss", async () => {
    const { dir, remove } = scratch();
    try {
      const path = join(dir, "projects", "p", "s1.jsonl");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(
        path,
        `${JSON.stringify(reply("m1"))}${JSON.stringify(reply("m2"))}\n{"broken": "usage"\n\u0000\u0000\n\n${JSON.stringify(reply("m3"))}`,
      );
      await ingest(dir, join(dir, "home"));
      const db = new Database(join(dir, "home", "ledger.db"), { readonly: true });
      expect(db.query("SELECT count(*) FROM calls").values()).toEqual([[3]]);
      expect(db.query("SELECT lines, broken FROM source_files").values()).toEqual([[5, 2]]);
      db.close();
    } finally {
      remove();
    }
  });

  test("13 nothing is forgotten when transcripts are deleted", async () => {
    await book({ "s1.jsonl": [reply("m1"), reply("m2")] }, async (_db, config, home) => {
      rmSync(join(config, "projects", "-nowhere"), { recursive: true });
      await ingest(config, home);
      const db = new Database(join(home, "ledger.db"), { readonly: true });
      expect(db.query("SELECT count(*), sum(cost_nano) FROM calls").values()).toEqual([[2, 2 * COST]]);
      db.close();
    });
  });

  test("15 a call whose lines never got a stop reason is a lower bound", async () => {
    const rows = [
      reply("m1", {}, { stop_reason: null }),
      reply("m2", { timestamp: at(1) }, { stop_reason: null }),
      reply("m2", { timestamp: at(2) }),
    ];
    await book({ "s1.jsonl": rows }, (db) => {
      expect(calls(db, "lower_bound")).toEqual([[1], [0]]);
      expect(db.query("SELECT sum(lower_bounds) FROM rollup_sessions").values()).toEqual([[1]]);
    });
  });

  test("16 the client's own count is kept beside the session", async () => {
    const rows = [
      reply("m1"),
      { type: "cost-state", sessionId: "s1", totalCostUSD: 0.5 },
      { type: "cost-state", sessionId: "s1", totalCostUSD: 0.75 },
    ];
    await book({ "s1.jsonl": rows }, (db) =>
      expect(db.query("SELECT reported_cost_nano FROM sessions").values()).toEqual([[750_000_000]]),
    );
  });

  test("prompts: only people start them, and what they said is not kept", async () => {
    const secret = "fix the bug, the password is hunter2";
    const rows = [
      asked("p1", secret),
      reply("m1", { timestamp: at(1) }),
      asked("p1", "tool output", {
        toolUseResult: "x",
        message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "x" }] },
      }),
      asked("p2", "<system-reminder>be brief</system-reminder>", { isMeta: true }),
      asked("p3", "an agent is done", { origin: { kind: "task-notification" } }),
      reply("m2", { timestamp: at(2) }),
      asked("p4", "explain it", { timestamp: at(3) }),
      reply("m3", { timestamp: at(4) }),
      reply("a1", { isSidechain: true, agentId: "x1", timestamp: at(4) }),
    ];
    await book({ "s1.jsonl": rows }, (db, _config, home) => {
      expect(db.query("SELECT calls FROM prompts WHERE calls > 0 ORDER BY at_ms").values()).toEqual([[2], [2]]);
      for (const name of readdirSync(home).filter((one) => one.startsWith("ledger.db"))) {
        expect(readFileSync(join(home, name), "latin1")).not.toContain("hunter2");
      }
    });
  });
});
