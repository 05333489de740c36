import { describe, expect, test } from "bun:test";
import { type CallSeed, CENT, rules, times, watch } from "./build.ts";

const same: CallSeed = { tools: [{ inputKey: 7, shapeKey: 7 }] };
const other: CallSeed = { tools: [{}] };
const edit = (n: number): CallSeed => ({ tools: [{ tool: "Edit", inputKey: 90_000 + n, changes: true }] });
const usual = (median: number): { limit: number; median: number; largest: number; samples: number } => ({
  limit: 1000 * CENT,
  median: median * CENT,
  largest: 100 * CENT,
  samples: 40,
});

describe("repetition", () => {
  test("the twentieth same call in a row is one too many", () => {
    expect(rules(times(19, same))).toEqual([]);
    const [found] = watch(times(20, same));
    expect(found).toMatchObject({ rule: "repetition", level: "warn", costNano: 20 * CENT });
    expect(found?.message).toBe(
      "cc-ledger: the last 20 tool calls were one and the same, mostly Bash, and nothing was written.",
    );
  });
  test("is said once a prompt", () => {
    expect(rules(times(120, same))).toEqual(["repetition"]);
    const nextPrompt = times(25, { ...same, promptId: 2 });
    expect(rules([...times(25, same), ...nextPrompt])).toEqual(["repetition", "repetition"]);
  });
  test("tests that are run after every edit are work", () => {
    expect(rules(times(120, (n) => (n % 2 === 0 ? edit(n) : same)))).toEqual([]);
  });
  test("but an edit that only puts the same text back and forth is none", () => {
    const swap = (n: number): CallSeed => ({ tools: [{ tool: "Edit", inputKey: n % 2, changes: true }] });
    // Two that are new among forty of two kinds.
    expect(rules(times(39, swap))).toEqual([]);
    expect(rules(times(40, swap))).toEqual(["repetition"]);
  });
  test("a few calls in turn take forty, a larger round eighty", () => {
    const round = (kinds: number): CallSeed[] =>
      times(90, (n) => ({ tools: [{ inputKey: n % kinds, shapeKey: n % kinds }] }));
    expect(rules(round(3).slice(0, 39))).toEqual([]);
    expect(rules(round(3).slice(0, 40))).toEqual(["repetition"]);
    expect(rules(round(10).slice(0, 79))).toEqual([]);
    expect(rules(round(10).slice(0, 80))).toEqual(["repetition"]);
  });
  test("calls in between that ask for something new make it work, a few of them do not", () => {
    const mixed = (every: number): CallSeed[] => times(120, (n) => (n % every === 0 ? other : same));
    expect(rules(mixed(2))).toEqual([]);
    expect(rules(mixed(10))).toEqual(["repetition"]);
  });
  test("what waits for something is given two and a half times as many", () => {
    const poll: CallSeed = { after: 60, tools: [{ inputKey: 7, shapeKey: 7, tookMs: 55_000 }] };
    expect(rules(times(49, poll))).toEqual([]);
    expect(rules(times(50, poll))).toEqual(["repetition"]);
  });
  test("it must have cost a part of what a session of this person costs", () => {
    // A quarter of one and a half medians of $2.00 is 75 cents.
    expect(rules(times(74, same), { baseline: { session: usual(200) } })).toEqual([]);
    expect(rules(times(75, same), { baseline: { session: usual(200) } })).toEqual(["repetition"]);
  });
  test("sub-agents are looked at one by one", () => {
    const twoAgents = times(38, (n) => ({ ...same, run: 2 + (n % 2), isMain: false, depth: 1 }));
    expect(rules(twoAgents)).toEqual([]);
  });
  test("a call that failed may be tried once more", () => {
    const failing = (n: number): CallSeed => ({
      tools: [{ inputKey: Math.floor(n / 2), shapeKey: Math.floor(n / 2), failed: n % 2 === 0, errorKey: n }],
    });
    expect(rules(times(120, failing))).toEqual([]);
  });

  const fails: CallSeed = { tools: [{ failed: true, errorKey: 9 }] };
  test("the same error twelve times, whatever was tried", () => {
    expect(rules(times(11, fails))).toEqual([]);
    expect(watch(times(12, fails))[0]?.message).toBe("cc-ledger: the same error 12 times, the last from Bash.");
    expect(rules(times(30, (n) => ({ tools: [{ failed: true, errorKey: n }] })))).toEqual([]);
  });
  test("a success of what failed ends the row", () => {
    const build = { shapeKey: 5 };
    const failed: CallSeed = { tools: [{ ...build, failed: true, errorKey: 9 }] };
    expect(rules([...times(11, failed), { tools: [build] }, ...times(11, failed)])).toEqual([]);
    expect(rules([...times(11, failed), other, failed])).toEqual(["repetition"]);
  });
  test("an error that edits try to mend may come twice as often", () => {
    const trying = (n: number): CallSeed => (n % 2 === 0 ? edit(n) : fails);
    expect(rules(times(46, trying))).toEqual([]);
    expect(rules(times(48, trying))).toEqual(["repetition"]);
  });
  test("tool uses of one call that fail together count once", () => {
    expect(rules([{ tools: times(20, {}).map(() => ({ failed: true, errorKey: 9 })) }])).toEqual([]);
  });
});

describe("loop", () => {
  const nth = (n: number): CallSeed => ({ tools: [{ inputKey: n, shapeKey: 3 }] });
  test("eighty calls that differ in a number only", () => {
    expect(rules(times(79, nth))).toEqual([]);
    expect(rules(times(80, nth))).toEqual(["loop"]);
  });
  test("with files written in between it is a batch", () => {
    expect(rules(times(200, (n) => (n % 5 === 4 ? edit(n) : nth(n))))).toEqual([]);
  });
});

describe("fan-out", () => {
  const agent = (n: number, more: CallSeed = {}): CallSeed => ({
    run: 10 + n,
    isMain: false,
    depth: 1,
    after: 1,
    ...more,
  });
  test("twenty at once", () => {
    expect(rules(times(19, (n) => agent(n)))).toEqual([]);
    expect(watch(times(20, (n) => agent(n)))[0]?.message).toBe("cc-ledger: 20 sub-agents are at work at once.");
  });
  test("thirty one after the other", () => {
    expect(rules(times(29, (n) => agent(n, { after: 300 })))).toEqual([]);
    expect(rules(times(30, (n) => agent(n, { after: 300 })))).toEqual(["fan-out"]);
  });
  test("four levels deep", () => {
    expect(rules([agent(1, { depth: 3 })])).toEqual([]);
    expect(rules([agent(1, { depth: 4 })])).toEqual(["fan-out"]);
  });
  test("the client's own runs are none", () => {
    expect(rules(times(40, (n) => agent(n, { isOverhead: true })))).toEqual([]);
  });
  test("whoever works with crowds is told of larger ones only", () => {
    const baseline = { running: 20, started: 40 };
    expect(
      rules(
        times(29, (n) => agent(n)),
        { baseline },
      ),
    ).toEqual([]);
    expect(
      rules(
        times(30, (n) => agent(n)),
        { baseline },
      ),
    ).toEqual(["fan-out"]);
  });
});

describe("thrash", () => {
  const rewrite: CallSeed = { context: 100_000, cacheWrite: 90_000 };
  test("the fifth rewrite among ten calls, the first being nobody's fault", () => {
    expect(rules(times(5, rewrite))).toEqual([]);
    expect(rules(times(6, rewrite))).toEqual(["thrash"]);
  });
  test("a cache that went cold has to be written anew", () => {
    expect(rules(times(20, { ...rewrite, after: 400 }))).toEqual([]);
  });
  test("small contexts, and growth of large ones, are ordinary", () => {
    expect(rules(times(20, { context: 15_000, cacheWrite: 14_000 }))).toEqual([]);
    expect(rules(times(20, { context: 200_000, cacheWrite: 40_000 }))).toEqual([]);
  });
  test("eight compactions within sixty calls", () => {
    const compacting = (every: number): CallSeed[] =>
      times(200, (n) => ({ compactions: n % every === every - 1 ? 1 : 0 }));
    expect(rules(compacting(9))).toEqual([]);
    expect(rules(compacting(7))).toEqual(["thrash"]);
  });
});

describe("unattended", () => {
  // A call every three minutes: 120 make six hours.
  const hours = (count: number, more: CallSeed = {}): CallSeed[] => times(count * 20, { after: 180, ...more });
  const prompt = usual(5);
  test("six hours of calls, and a louder word after twelve", () => {
    expect(rules(hours(5.9))).toEqual([]);
    expect(rules(hours(6))).toEqual(["unattended"]);
    expect(rules(hours(12))).toEqual(["unattended", "unattended high"]);
  });
  test("a pause of more than two hours begins a new stretch, and so does a person's answer", () => {
    expect(rules([...hours(4), { after: 8_000 }, ...hours(4)])).toEqual([]);
    const asked: CallSeed = { after: 180, tools: [{ tool: "AskUserQuestion", byPerson: true, tookMs: 60_000 }] };
    expect(rules([...hours(4), asked, ...hours(4)])).toEqual([]);
  });
  test("a few calls in hours are no work", () => {
    expect(rules(times(12, { after: 6_000 }))).toEqual([]);
  });
  test("cheap work is given twice as long, dear work less", () => {
    // The dearest prompt of this person cost one dollar.
    expect(rules(hours(11, { costNano: CENT / 10 }), { baseline: { prompt } })).toEqual([]);
    // Six times the dearest: half the hours.
    expect(rules(hours(2.7, { costNano: 11 * CENT }), { baseline: { prompt } })).toEqual([]);
    expect(rules(hours(3.1, { costNano: 11 * CENT }), { baseline: { prompt } })).toEqual(["unattended"]);
  });
});

describe("costs against one's own", () => {
  const limit = { limit: 50 * CENT, median: 5 * CENT, largest: 10 * CENT, samples: 40 };
  test("a prompt above the limit, and again at twice the limit", () => {
    expect(rules(times(50, {}), { baseline: { prompt: limit } })).toEqual([]);
    const found = watch(times(101, {}), { baseline: { prompt: limit } });
    expect(found.map(({ rule, level, costNano }) => [rule, level, costNano / CENT])).toEqual([
      ["prompt-cost", "warn", 51],
      ["prompt-cost", "high", 101],
    ]);
    expect(found[0]?.message).toBe("cc-ledger: this prompt has cost $0.5100, 10 times the median of yours.");
  });
  test("but not before it has cost more than any session did", () => {
    const session = { ...limit, limit: 1000 * CENT, largest: 80 * CENT };
    expect(watch(times(90, {}), { baseline: { prompt: limit, session } })[0]?.costNano).toBe(81 * CENT);
  });
  test("a session adds up its prompts", () => {
    const calls = times(60, (n) => ({ promptId: n }));
    expect(rules(calls, { baseline: { session: limit } })).toEqual(["session-cost"]);
    expect(rules(calls, { baseline: { prompt: limit } })).toEqual([]);
  });
  test("ten minutes of burn", () => {
    expect(rules(times(100, { after: 15 }), { baseline: { burn: limit } })).toEqual([]);
    expect(rules(times(100, { after: 5 }), { baseline: { burn: limit } })).toEqual(["burn-rate"]);
  });
  test("too short a history says nothing", () => {
    expect(rules(times(500, { costNano: 100 * CENT, after: 1 }))).toEqual([]);
  });
});

test("a rule that is off is silent, and figures are the person's to choose", () => {
  expect(rules(times(120, same), { settings: { "guard.repetition": "off" } })).toEqual([]);
  expect(rules(times(7, same), { settings: { "guard.repetition.calls": "32" } })).toEqual([]);
  expect(rules(times(8, same), { settings: { "guard.repetition.calls": "32" } })).toEqual(["repetition"]);
});

test("a watch that begins in the middle knows what was before", () => {
  const start = { sessionCost: 100 * CENT, prompts: new Map([[1, { cost: 49 * CENT, calls: 60, subagents: 29 }]]) };
  const prompt = { limit: 50 * CENT, median: 5 * CENT, largest: 10 * CENT, samples: 40 };
  const found = watch([{}, { run: 9, isMain: false, depth: 1 }], { start, baseline: { prompt } });
  expect(found.map(({ rule, costNano }) => [rule, costNano / CENT])).toEqual([
    ["prompt-cost", 102],
    ["fan-out", 102],
  ]);
});
