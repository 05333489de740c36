import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { factsOf, readStatusline } from "../../../src/agents/claude-code/statusline.ts";

const FULL = {
  cwd: "/w/shop",
  session_id: "7d0e-1",
  transcript_path: "/h/.claude/projects/-w-shop/7d0e-1.jsonl",
  version: "2.1.330",
  prompt_id: "p-1",
  session_name: "Fix the cart",
  model: { id: "claude-opus-5-5", display_name: "Opus 5.5" },
  workspace: {
    current_dir: "/w/shop/src",
    project_dir: "/w/shop",
    repo: { host: "github.com", owner: "acme", name: "shop" },
  },
  cost: { total_cost_usd: 1.42, total_duration_ms: 901_000.4, total_lines_added: 88, total_lines_removed: 12 },
  context_window: { total_input_tokens: 81_200, context_window_size: 1_000_000, used_percentage: 8 },
  rate_limits: {
    five_hour: { used_percentage: 37.5, resets_at: 1_795_312_800 },
    seven_day: { used_percentage: 52, resets_at: 1_795_651_200 },
  },
  pr: { number: 311, url: "https://github.com/acme/shop/pull/311", review_state: "pending" },
  effort: { level: "high" },
  fast_mode: true,
};

describe("the client's JSON", () => {
  test("is read field by field", () => {
    expect(readStatusline(JSON.stringify(FULL))).toEqual({
      sessionId: "7d0e-1",
      transcript: "/h/.claude/projects/-w-shop/7d0e-1.jsonl",
      promptKey: "p-1",
      cwd: "/w/shop/src",
      model: "Opus 5.5",
      agentName: null,
      title: "Fix the cart",
      version: "2.1.330",
      repo: "acme/shop",
      worktree: null,
      branch: null,
      costNanoUsd: 1_420_000_000,
      linesAdded: 88,
      linesRemoved: 12,
      durationMs: 901_000,
      context: { tokens: 81_200, size: 1_000_000, used: 8 },
      limits: [
        { period: "five_hour", used: 37.5, resetsMs: 1_795_312_800_000 },
        { period: "seven_day", used: 52, resetsMs: 1_795_651_200_000 },
      ],
      pull: { number: 311, url: "https://github.com/acme/shop/pull/311", review: "pending" },
      effort: "high",
      fast: true,
    });
  });

  test("where the context's percentage is null, the counts make it; before the first reply there is none", () => {
    const context = (window: object): unknown => readStatusline(JSON.stringify({ context_window: window })).context;
    expect(context({ total_input_tokens: 50_000, context_window_size: 200_000, used_percentage: null })).toEqual({
      tokens: 50_000,
      size: 200_000,
      used: 25,
    });
    expect(context({ total_input_tokens: 0, context_window_size: 200_000, used_percentage: null })).toMatchObject({
      used: null,
    });
    expect(context({ used_percentage: null })).toBeNull();
    expect(context({ total_input_tokens: 5, context_window_size: 0 })).toMatchObject({ used: null });
  });

  test.each([
    ["session_id", ["../../etc/passwd", "", 5, null, "a b", "x".repeat(201), {}]],
    ["transcript_path", ["relative.jsonl", "/etc/passwd", "/x/\u0000.jsonl", 7, []]],
    ["cost", [{ total_cost_usd: -1 }, { total_cost_usd: "1.42" }, { total_cost_usd: 1e300 }, null, 1.42, []]],
    [
      "rate_limits",
      [{ five_hour: { used_percentage: "x", resets_at: 5 } }, { five_hour: { used_percentage: 5 } }, [], 3],
    ],
    ["pr", [{ number: 0 }, { number: -4 }, { number: 1.5e9 }, { number: "3" }, "311"]],
    ["model", [{}, { display_name: 3 }, 4]],
  ] as [string, unknown[]][])("what cannot be used of %s says nothing", (field, values) => {
    const nothing = readStatusline("{}");
    for (const value of values) expect(readStatusline(JSON.stringify({ [field]: value }))).toEqual(nothing);
  });

  test("whatever it is handed, it neither throws nor invents", () => {
    const nothing = readStatusline("");
    for (const text of ["null", "[]", "{", "5", '"x"', "\u0000", "{}{}", "[".repeat(50_000)])
      expect(readStatusline(text)).toEqual(nothing);
    const twisted = fc.tuple(fc.constantFrom(...Object.keys(FULL)), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(fc.array(twisted, { maxLength: 6 }), (changes) => {
        const input = readStatusline(JSON.stringify({ ...FULL, ...Object.fromEntries(changes) }));
        for (const number of [input.costNanoUsd, input.linesAdded, input.durationMs, input.context?.used ?? null])
          expect(number === null || (Number.isFinite(number) && number >= 0)).toBe(true);
        for (const { used, resetsMs } of input.limits) expect(Number.isFinite(used) && resetsMs > 0).toBe(true);
        factsOf(input, 1_000);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readStatusline(text)));
  });
});

describe("what goes into the book", () => {
  test("the client's count and the link; nothing without a session", () => {
    const facts = factsOf(readStatusline(JSON.stringify(FULL)), 5_000);
    expect(facts?.events.sessions).toEqual([
      { sessionId: "7d0e-1", cwd: "/w/shop/src", reportedNanoUsd: 1_420_000_000 },
    ]);
    expect(facts?.events.gits).toEqual([
      {
        keyHigh: 0,
        keyLow: 0,
        sessionId: "7d0e-1",
        atMs: 5_000,
        cwd: "/w/shop/src",
        kind: "link",
        sha: "",
        branch: "",
        number: 311,
        url: "https://github.com/acme/shop/pull/311",
        action: "",
      },
    ]);
    expect(facts?.files).toEqual([FULL.transcript_path]);
    expect(facts?.subagentsDir).toBe("/h/.claude/projects/-w-shop/7d0e-1/subagents");
    expect(factsOf(readStatusline(JSON.stringify({ ...FULL, session_id: undefined })), 5_000)).toBeNull();
  });

  test("a count of nothing is none", () => {
    const facts = factsOf(readStatusline('{"session_id":"s","cost":{"total_cost_usd":0}}'), 5_000);
    expect(facts?.events.sessions).toEqual([{ sessionId: "s" }]);
  });
});
