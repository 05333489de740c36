import { afterAll, describe, expect, test } from "bun:test";
import { modelsReport } from "../../src/reports/models.ts";
import { asked, call, SESSION, START, worth } from "../seedFaults/past.ts";
import { Books, filters, usd } from "./books.ts";

const books = new Books();
afterAll(() => books.remove());

const at = (moment: string): number => Date.parse(moment);
const SONNET = "claude-sonnet-5-5";

describe("models", () => {
  test("by who called them and for what", async () => {
    const db = await books.of({
      [`${SESSION}.jsonl`]: [
        call("m0", { usage: worth(0.5), atMs: START - 1_000 }),
        asked("p1", "explain how the cart works", START),
        call("m1", { usage: worth(1), atMs: START + 1_000, uses: [{ id: "t1", name: "Read" }] }),
        asked("p2", "fix the crash in the cart", START + 2_000),
        call("m2", { usage: worth(2), atMs: START + 3_000 }),
        call("m3", { model: SONNET, usage: [0, 10_000, 0, 0, 0], atMs: START + 4_000 }),
        call("m4", { model: "nobody-1", atMs: START + 5_000 }),
      ],
      [`${SESSION}/subagents/agent-a1.jsonl`]: [
        call("s1", { agent: "a1", model: SONNET, usage: [0, 400_000, 0, 0, 0], atMs: START + 4_000 }),
      ],
      [`${SESSION}/subagents/agent-acompact-7a.jsonl`]: [
        call("s2", { agent: "acompact-7a", usage: worth(0.25), atMs: START + 4_500 }),
      ],
    });
    const { totals, models } = modelsReport(db, filters(), { per: "day" });
    // Sonnet 5.5: 10 dollars a million out.
    expect([usd(totals), totals.unpriced]).toEqual([7.85, [{ model: "nobody-1", calls: 1 }]]);
    expect(models.map((row) => [row.model, row.calls, usd(row), row.share, row.sessions])).toEqual([
      [SONNET, 2, 4.1, 4.1 / 7.85, 1],
      ["claude-opus-5-5", 4, 3.75, 3.75 / 7.85, 1],
      ["nobody-1", 1, 0, 0, 1],
    ]);
    const kinds = models.map((row) => row.kinds.map((kind) => [kind.kind, kind.calls, usd(kind)]));
    expect(kinds[0]).toEqual([
      ["main", 1, 0.1],
      ["user", 1, 4],
      ["overhead", 0, 0],
    ]);
    expect(kinds[1]).toEqual([
      ["main", 3, 3.5],
      ["user", 0, 0],
      ["overhead", 1, 0.25],
    ]);
    // Calls before the first prompt are of no kind of work.
    expect(models[1]?.categories.map((part) => [part.category, usd(part), part.share])).toEqual([
      ["debugging", 2.25, 2.25 / 3.75],
      ["exploration", 1, 1 / 3.75],
      ["general", 0.5, 0.5 / 3.75],
    ]);
  });

  /** Around the end of a year: Monday, 28 December, to Monday, 4 January. */
  const YEAR_END: [atUtc: string, usd: number][] = [
    ["2026-12-27T23:59:59.999Z", 1],
    ["2026-12-28T00:00:00Z", 2],
    ["2026-12-31T23:30:00Z", 4],
    ["2027-01-01T00:30:00Z", 8],
    ["2027-01-03T23:59:59Z", 16],
    ["2027-01-04T00:00:00Z", 32],
  ];

  for (const [per, timezone, expected] of [
    [
      "month",
      "UTC",
      [
        ["2027-01-01", 56],
        ["2026-12-01", 7],
      ],
    ],
    [
      "month",
      "Asia/Kolkata",
      [
        ["2027-01-01", 60],
        ["2026-12-01", 3],
      ],
    ],
    [
      "week",
      "UTC",
      [
        ["2027-01-04", 32],
        ["2026-12-28", 30],
        ["2026-12-21", 1],
      ],
    ],
    [
      "week",
      "America/New_York",
      [
        ["2026-12-28", 60],
        ["2026-12-21", 3],
      ],
    ],
    [
      "day",
      "Asia/Kolkata",
      [
        ["2027-01-04", 48],
        ["2027-01-01", 12],
        ["2026-12-28", 3],
      ],
    ],
  ] as const)
    test(`per ${per} in ${timezone}, the newest first`, async () => {
      const lines = YEAR_END.map(([moment, usd], n) => call(`m${n}`, { atMs: at(moment), usage: worth(usd) }));
      const db = await books.of({ [`${SESSION}.jsonl`]: lines });
      const { periods } = modelsReport(db, filters({ timezone }), { per });
      expect(periods.map((row) => [row.from, usd(row)])).toEqual(expected as never);
    });

  test("a price that changed: each call at that of its own day", async () => {
    const usage = [0, 0, 10_000_000, 0, 0] as const;
    const db = await books.of({
      [`${SESSION}.jsonl`]: [
        call("m1", { model: SONNET, usage, atMs: at("2026-10-06T23:59:59Z") }),
        call("m2", { model: SONNET, usage, atMs: at("2026-10-07T00:00:00Z") }),
      ],
    });
    // Cache reads cost $0.20 a million until then, and $0.10 from then on.
    const { periods, models } = modelsReport(db, filters(), { per: "day" });
    expect(periods.map((row) => [row.from, usd(row)])).toEqual([
      ["2026-10-07", 1],
      ["2026-10-06", 2],
    ]);
    expect(models.map(usd)).toEqual([3]);
  });

  test("cut at --top: models and periods that are left are added up; no periods where none are asked for", async () => {
    const lines = YEAR_END.map(([moment, usd], n) =>
      call(`m${n}`, { atMs: at(moment), usage: worth(usd), model: n === 0 ? SONNET : "claude-opus-5-5" }),
    );
    const db = await books.of({ [`${SESSION}.jsonl`]: lines });
    const { models, modelsLeft, periods, periodsLeft } = modelsReport(db, filters({ top: 1 }), { per: "week" });
    // Sonnet's output is half as dear.
    expect([models.map(usd), modelsLeft.rows, usd(modelsLeft)]).toEqual([[62], 1, 0.5]);
    expect([periods.map(usd), periodsLeft.rows, usd(periodsLeft)]).toEqual([[32], 2, 30.5]);
    expect(modelsReport(db, filters(), { per: "week", periods: false }).periods).toEqual([]);
  });
});
