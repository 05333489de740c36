import { afterAll, describe, expect, test } from "bun:test";
import { toolsReport } from "../../src/reports/tools.ts";
import { asked, call, result, SESSION, START, type Use, worth } from "../seedFaults/past.ts";
import { Books, filters, usd } from "./books.ts";

const books = new Books();
afterAll(() => books.remove());

const use = (id: string, name: string, input: object = { id }): Use => ({ id, name, input });
const failed = (id: string): Record<string, unknown> => ({
  message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, is_error: true, content: "no" }] },
});

describe("tools", () => {
  test("bear the call that asked for them in even shares, to the nano-dollar", async () => {
    // A token of Haiku 5.5's output is 500 nano-dollars: 167 + 167 + 166. The first two stand first by their keys.
    const db = await books.of({
      [`${SESSION}.jsonl`]: [
        call("m1", {
          model: "claude-haiku-5-5",
          usage: [0, 1, 0, 0, 0],
          uses: [use("a", "Read"), use("b", "Read"), use("c", "Bash")],
        }),
        call("m2", { usage: worth(1), atMs: START + 1 }),
      ],
    });
    const { tools, withoutTools, totals } = toolsReport(db, filters());
    const shares = new Map(tools.map((row) => [row.tool, row.costNanoUsd]));
    expect((shares.get("Read") ?? 0) + (shares.get("Bash") ?? 0)).toBe(500);
    expect([166, 167]).toContain(shares.get("Bash") as number);
    // The one token goes to one of them, not to all three.
    expect(tools.reduce((sum, row) => sum + row.totalTokens, 0)).toBe(1);
    expect(withoutTools).toEqual({ calls: 1, totalTokens: 50_000, costNanoUsd: 1_000_000_000 });
    expect(totals).toEqual({ calls: 2, totalTokens: 50_001, costNanoUsd: 1_000_000_500 });
  });

  test("uses, calls, sessions, failures, repeats", async () => {
    const other = "5eed0000-0000-4000-8000-000000000002";
    const same = { command: "npm test" };
    const db = await books.of({
      [`${SESSION}.jsonl`]: [
        asked("p1", "fix it", START),
        call("m1", {
          usage: worth(1),
          atMs: START + 1_000,
          uses: [use("a", "Bash", same), use("b", "Bash", { command: "ls" })],
        }),
        result("a", START + 2_000, failed("a")),
        call("m2", { usage: worth(2), atMs: START + 3_000, uses: [use("c", "Bash", same)] }),
        // Another prompt: the same input is no repeat there.
        asked("p2", "again", START + 4_000),
        call("m3", { usage: worth(4), atMs: START + 5_000, uses: [use("d", "Bash", same)] }),
      ],
      [`${other}.jsonl`]: [
        asked("q1", "look", START, other),
        call("n1", { session: other, usage: worth(8), uses: [use("e", "Bash", same), use("f", "Read", same)] }),
      ],
    });
    const { tools } = toolsReport(db, filters());
    expect(
      tools.map((row) => [row.tool, row.uses, row.calls, row.sessions, row.failures, row.repeats, usd(row)]),
    ).toEqual([
      ["Bash", 5, 4, 2, 1, 1, 11],
      ["Read", 1, 1, 1, 0, 0, 4],
    ]);
    expect(tools[0]?.share).toBe(11 / 15);
  });

  test("durations from use to result, unknown ones left out; results by their size in the log", async () => {
    const took = [1_000, 2_000, 4_000, 8_000];
    const lines = took.flatMap((ms, n) => [
      call(`m${n}`, { usage: worth(1), atMs: START + n * 60_000, uses: [use(`t${n}`, "Bash")] }),
      result(`t${n}`, START + n * 60_000 + ms),
    ]);
    const open = call("open", {
      usage: worth(1),
      atMs: START + 900_000,
      uses: [use("never", "Bash"), use("n2", "Read")],
    });
    const db = await books.of({ [`${SESSION}.jsonl`]: [...lines, open] });
    const { tools } = toolsReport(db, filters());
    const bytes = lines.filter((_, n) => n % 2 === 1).reduce((sum, line) => sum + line.length - 1, 0);
    // Between the second and the third; at 0.95 x 3 = 2.85 between the third and the fourth: 4,000 + 0.85 x 4,000.
    expect(tools[0]).toMatchObject({
      tool: "Bash",
      uses: 5,
      durationMedianMs: 3_000,
      durationP95Ms: 7_400,
      resultBytes: bytes,
      resultTokensEstimated: Math.round(bytes / 4),
    });
    expect(tools[1]).toMatchObject({ tool: "Read", durationMedianMs: null, durationP95Ms: null, resultBytes: 0 });
  });

  test("cut at --top: tools that are left are added up", async () => {
    const uses = ["Read", "Grep", "Bash"].map((name, n) =>
      call(`m${n}`, { usage: worth(2 ** n), atMs: START + n, uses: [use(`t${n}`, name)] }),
    );
    const db = await books.of({ [`${SESSION}.jsonl`]: uses });
    const { tools, toolsLeft, withoutTools } = toolsReport(db, filters({ top: 1 }));
    expect(tools.map((row) => [row.tool, usd(row)])).toEqual([["Bash", 4]]);
    expect(toolsLeft).toEqual({ rows: 2, uses: 2, totalTokens: 150_000, costNanoUsd: 3_000_000_000 });
    expect(withoutTools).toEqual({ calls: 0, totalTokens: 0, costNanoUsd: 0 });
  });
});
