import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { asked, call, line, result, SESSION, START, type Use, worth } from "../seedFaults/past.ts";
import { ingest, scratch } from "./ingest.ts";
import { writeText } from "./world.ts";

/** Sub-agents of sub-agents: whichever file is read first, each works for the prompt from which its chain of tool uses started. */

let home: ReturnType<typeof scratch>;
beforeEach(() => {
  home = scratch();
});
afterEach(() => home.remove());

const FOLDER = "projects/-nowhere-repo";
const spawn = (id: string, description?: string): readonly Use[] => [
  {
    id,
    name: "Task",
    input: { subagent_type: "Explore", prompt: "look", ...(description !== undefined && { description }) },
  },
];
const sidecar = (toolUseId: string, depth: number): string =>
  JSON.stringify({ agentType: "Explore", description: "look", toolUseId, spawnDepth: depth });

/** Prompt 2 starts a sub-agent in the background, which works on after prompt 3 and starts another, and that one a third. By time all would be of prompt 3. */
const FILES: Readonly<Record<string, string>> = {
  main: [
    asked("p1", "first", START),
    call("m1", { atMs: START + 1_000, usage: worth(1) }),
    asked("p2", "second", START + 2_000),
    call("m2", { atMs: START + 3_000, usage: worth(2), uses: spawn("t1") }),
    result("t1", START + 3_500),
    asked("p3", "third", START + 4_000),
    call("m3", { atMs: START + 5_000, usage: worth(4) }),
  ].join(""),
  a3: call("s3", { agent: "a3", atMs: START + 6_000, usage: worth(8), uses: spawn("t2") }),
  a2: call("s2", { agent: "a2", atMs: START + 7_000, usage: worth(16), uses: spawn("t3") }),
  a1: call("s1", { agent: "a1", atMs: START + 8_000, usage: worth(32) }),
  "a3.meta": sidecar("t1", 1),
  "a2.meta": sidecar("t2", 2),
  "a1.meta": sidecar("t3", 3),
};
const NAMES = Object.keys(FILES);

const pathOf = (name: string): string => {
  if (name === "main") return `${FOLDER}/${SESSION}.jsonl`;
  return `${FOLDER}/${SESSION}/subagents/agent-${name.replace(".meta", "")}${name.endsWith(".meta") ? ".meta.json" : ".jsonl"}`;
};

/** Dollars of each prompt in the order of time, when the files come in this order, so many at once. */
async function promptsAfter(order: readonly string[], atOnce: number): Promise<number[]> {
  const book = join(home.dir, "book");
  rmSync(home.dir, { recursive: true, force: true });
  for (let n = 0; n < order.length; n += atOnce) {
    for (const name of order.slice(n, n + atOnce)) writeText(home.dir, pathOf(name), FILES[name] as string);
    await ingest(home.dir, book);
  }
  const db = new Database(join(book, "ledger.db"), { readonly: true });
  try {
    const sums = db.query("SELECT cost_nano / 1e9 FROM prompts WHERE calls > 0 ORDER BY at_ms").values().flat();
    const byCalls = db
      .query(
        "SELECT sum(c.cost_nano) / 1e9 FROM calls c JOIN prompts p ON p.id = c.prompt_id GROUP BY p.id ORDER BY p.at_ms",
      )
      .values()
      .flat();
    expect(byCalls).toEqual(sums);
    return sums as number[];
  } finally {
    db.close();
  }
}

describe("sub-agents of sub-agents", () => {
  const RIGHT = [1, 2 + 8 + 16 + 32, 4];
  for (const [what, order] of [
    ["as listed", NAMES],
    ["the innermost first", [...NAMES].reverse()],
    ["the session last", [...NAMES.slice(1), "main"]],
    ["records last", ["a1", "a2", "a3", "main", "a1.meta", "a2.meta", "a3.meta"]],
    ["records in the other order", ["main", "a1", "a2", "a3", "a3.meta", "a2.meta", "a1.meta"]],
  ] as const)
    for (const atOnce of [1, 3, 7])
      test(`are of the prompt that started the chain: ${what}, ${atOnce} at once`, async () => {
        expect(await promptsAfter(order, atOnce)).toEqual(RIGHT);
      });

  test("a tool use that is copied history of another session is none of theirs: they go by their time", async () => {
    const owner = "5eed0000-0000-4000-8000-000000000009";
    // The call that asked for the first of them was streamed by another session, and this one only holds a copy.
    const marked = (FILES.main ?? "")
      .split("\n")
      .map((row) => (row.includes('"id":"m2"') ? row.replace("{", `{"requestSessionId":"${owner}",`) : row))
      .join("\n");
    for (const name of NAMES) writeText(home.dir, pathOf(name), name === "main" ? marked : (FILES[name] as string));
    await ingest(home.dir, join(home.dir, "book"));
    const db = new Database(join(home.dir, "book", "ledger.db"), { readonly: true });
    const sums = `SELECT s.session_id, p.cost_nano / 1e9 FROM prompts p JOIN sessions s ON s.id = p.session_id WHERE p.calls > 0 ORDER BY p.at_ms`;
    expect(db.query(sums).values()).toEqual([
      [SESSION, 1],
      [SESSION, 4 + 8 + 16 + 32],
    ]);
    db.close();
  });

  test("what a sub-agent is for is told by a copied tool use as well, whichever file is read first", async () => {
    const owner = "5eed0000-0000-4000-8000-000000000009";
    const copied = call("m1", { atMs: START, usage: worth(1), uses: spawn("t1", "looks for it") }).replace(
      "{",
      `{"requestSessionId":"${owner}",`,
    );
    const files = { main: copied, "a1.meta": JSON.stringify({ agentType: "Explore", toolUseId: "t1" }) };
    for (const order of [
      ["main", "a1.meta"],
      ["a1.meta", "main"],
    ] as const) {
      rmSync(home.dir, { recursive: true, force: true });
      for (const name of order) {
        writeText(home.dir, pathOf(name), files[name]);
        await ingest(home.dir, join(home.dir, "book"));
      }
      const db = new Database(join(home.dir, "book", "ledger.db"), { readonly: true });
      expect(db.query("SELECT run_id, description FROM runs WHERE run_id <> ''").values()).toEqual([
        ["a1", "looks for it"],
      ]);
      db.close();
    }
  });

  test("a chain that bites its own tail does not hang", async () => {
    const loop: Record<string, string> = { ...FILES, "a3.meta": sidecar("t3", 1) };
    for (const name of NAMES) writeText(home.dir, pathOf(name), loop[name] as string);
    await ingest(home.dir, join(home.dir, "book"));
    writeText(home.dir, pathOf("main"), `${FILES.main}${line({ type: "tag", tag: "x", sessionId: SESSION })}`);
    await ingest(home.dir, join(home.dir, "book"));
    const db = new Database(join(home.dir, "book", "ledger.db"), { readonly: true });
    expect(db.query("SELECT sum(cost_nano) / 1e9 FROM prompts").values()).toEqual([[63]]);
    db.close();
  });
});
