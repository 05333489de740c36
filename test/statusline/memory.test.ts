import { describe, expect, test } from "bun:test";
import { readStatusline } from "../../src/agents/claude-code/statusline.ts";
import type { StatuslineReport } from "../../src/reports/statusline.ts";
import { type Memory, memoryOf, memoryText, stillTrue } from "../../src/statusline/memory.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const sum = { costNanoUsd: 1, calls: 1, unpricedCalls: 0 };
const budgetOf = (per: string, toMs: number | null): StatuslineReport["budget"] =>
  ({ budget: { per }, fromMs: toMs === null ? null : 0, toMs }) as unknown as StatuslineReport["budget"];

const REPORT: StatuslineReport = {
  session: sum,
  differs: false,
  prompt: sum,
  today: sum,
  day: { fromMs: NOON - 12 * HOUR, toMs: NOON + 12 * HOUR },
  historyRead: true,
  burn: { perHourNanoUsd: 5, unpricedCalls: 0 },
  budget: budgetOf("day", NOON + 12 * HOUR),
  limits: [],
};

const MEMORY: Memory = {
  atMs: NOON,
  key: "k",
  reportedMs: 0,
  report: REPORT,
  foundMs: NOON,
  behind: false,
  template: "{session}",
  branch: null,
  promptKey: "p1",
  heard: [],
  wrap: null,
  text: "",
};

const input = (promptId = "p1") => readStatusline(JSON.stringify({ session_id: "s", prompt_id: promptId }));

describe("figures of before", () => {
  test("hold a moment later", () => expect(stillTrue(MEMORY, input(), NOON + 5_000)).toEqual(REPORT));
  test("of another prompt are none of this one", () => {
    expect(stillTrue(MEMORY, input("p2"), NOON)).toEqual({ ...REPORT, prompt: null });
    const perPrompt = { ...MEMORY, report: { ...REPORT, budget: budgetOf("prompt", null) } };
    expect(stillTrue(perPrompt, input(), NOON)?.budget).not.toBeNull();
    expect(stillTrue(perPrompt, input("p2"), NOON)?.budget).toBeNull();
  });
  test("of a day end with it, also where the clock was set back", () => {
    for (const nowMs of [NOON + 12 * HOUR, NOON - 13 * HOUR])
      expect(stillTrue(MEMORY, input(), nowMs)).toMatchObject({ today: null, burn: null, session: sum });
    expect(stillTrue(MEMORY, input(), NOON + 12 * HOUR)?.budget).toBeNull();
  });
  test("a rate is over after a minute, however often it was carried on", () =>
    expect(stillTrue({ ...MEMORY, atMs: NOON + 61_000 }, input(), NOON + 61_000)?.burn).toBeNull());
  test("of nothing are nothing", () => expect(stillTrue({ ...MEMORY, report: null }, input(), NOON)).toBeNull());
});

test("what is remembered is read again, and nothing else", () => {
  expect(memoryOf(memoryText(MEMORY))).toMatchObject(MEMORY);
  for (const text of [undefined, "", "{", "{}", '{"version":0}', "null"]) expect(memoryOf(text)).toBeNull();
});
