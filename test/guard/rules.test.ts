import { describe, expect, test } from "bun:test";
import { type CallSeed, CENT, rules, times, watch } from "./build.ts";

const same: CallSeed = { tools: [{ inputKey: 7, shapeKey: 7 }] };
const edit = (n: number): CallSeed => ({ tools: [{ tool: "Edit", inputKey: 100_000 + n, changes: true }] });

describe("repetition", () => {
  test("the sixth same call in a row is one too many", () => {
    expect(rules(times(5, same))).toEqual([]);
    const [found] = watch(times(6, same));
    expect(found).toMatchObject({ rule: "repetition", level: "warn", costNano: 6 * CENT });
    expect(found?.message).toBe("cc-ledger: the same Bash call 6 times, and nothing was written in between.");
  });
  test("is said once a prompt", () => {
    expect(rules(times(60, same))).toEqual(["repetition"]);
    const nextPrompt = times(10, { ...same, promptId: 2 });
    expect(rules([...times(10, same), ...nextPrompt])).toEqual(["repetition", "repetition"]);
  });
  test("tests that are run after every edit are work", () => {
    expect(rules(times(40, (n) => (n % 2 === 0 ? edit(n) : same)))).toEqual([]);
  });
  test("but an edit that only puts the same text back and forth is none", () => {
    const back: CallSeed = { tools: [{ tool: "Edit", inputKey: 1, changes: true }] };
    const forth: CallSeed = { tools: [{ tool: "Edit", inputKey: 2, changes: true }] };
    expect(rules(times(30, (n) => (n % 2 === 0 ? back : forth)))).toContain("repetition");
  });
  test("among other calls it takes six in eighteen", () => {
    const everyThird = times(17, (n) => (n % 3 === 0 ? same : { tools: [{}] }));
    expect(rules(everyThird)).toEqual(["repetition"]);
    expect(rules(times(60, (n) => (n % 4 === 0 ? same : { tools: [{}] })))).toEqual([]);
  });
  test("what waits a minute each time is polling, and is given three times as many", () => {
    const poll: CallSeed = { ...same, after: 60 };
    expect(rules(times(17, poll))).toEqual([]);
    expect(rules(times(18, poll))).toEqual(["repetition"]);
  });
  test("sub-agents are looked at one by one", () => {
    const twoAgents = times(10, (n) => ({ ...same, run: 2 + (n % 2), isMain: false, depth: 1 }));
    expect(rules(twoAgents)).toEqual([]);
  });
  test("the same error seven times in a row; a success of the tool ends the row", () => {
    const fails: CallSeed = { tools: [{ failed: true, errorKey: 9 }] };
    expect(rules(times(6, fails))).toEqual([]);
    expect(watch(times(7, fails))[0]?.message).toBe("cc-ledger: Bash failed 7 times in a row with the same error.");
    expect(rules([...times(6, fails), { tools: [{}] }, ...times(6, fails)])).toEqual([]);
    expect(rules(times(12, (n) => ({ tools: [{ failed: true, errorKey: n }] })))).toEqual([]);
  });
  test("an error that edits try to mend may come three times as often", () => {
    const fails: CallSeed = { tools: [{ failed: true, errorKey: 9 }] };
    expect(rules(times(40, (n) => (n % 2 === 0 ? edit(n) : fails)))).toEqual([]);
    expect(rules(times(42, (n) => (n % 2 === 0 ? edit(n) : fails)))).toEqual(["repetition"]);
  });
  test("tool uses of one call that fail together count once", () => {
    expect(rules([{ tools: times(9, {}).map(() => ({ failed: true, errorKey: 9 })) }])).toEqual([]);
  });
});

describe("loop", () => {
  const nth = (n: number): CallSeed => ({ tools: [{ inputKey: n, shapeKey: 3 }] });
  test("twenty calls that differ in a number only", () => {
    expect(rules(times(19, nth))).toEqual([]);
    expect(rules(times(20, nth))).toEqual(["loop"]);
  });
  test("with files written in between it is a batch", () => {
    expect(rules(times(60, (n) => (n % 10 === 9 ? edit(n) : nth(n))))).toEqual([]);
  });
  test("a circle of a few calls, each too rare to be a repetition", () => {
    const circle = times(36, (n) => ({ tools: [{ inputKey: n % 6, shapeKey: n % 6 }] }));
    expect(rules(circle.slice(0, 30))).toEqual([]);
    expect(rules(circle)).toEqual(["loop"]);
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
  test("fourteen at once", () => {
    expect(rules(times(13, (n) => agent(n)))).toEqual([]);
    expect(watch(times(14, (n) => agent(n)))[0]?.message).toBe("cc-ledger: 14 sub-agents are at work at once.");
  });
  test("twenty one after the other", () => {
    expect(rules(times(19, (n) => agent(n, { after: 300 })))).toEqual([]);
    expect(rules(times(20, (n) => agent(n, { after: 300 })))).toEqual(["fan-out"]);
  });
  test("four levels deep", () => {
    expect(rules([agent(1, { depth: 3 })])).toEqual([]);
    expect(rules([agent(1, { depth: 4 })])).toEqual(["fan-out"]);
  });
  test("the client's own runs are none", () => {
    expect(rules(times(30, (n) => agent(n, { isOverhead: true })))).toEqual([]);
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
  test("four compactions within sixty calls", () => {
    const compacting = (every: number): CallSeed[] =>
      times(200, (n) => ({ compactions: n % every === every - 1 ? 1 : 0 }));
    expect(rules(compacting(30))).toEqual([]);
    expect(rules(compacting(15))).toEqual(["thrash"]);
  });
});

describe("unattended", () => {
  test("two hours of calls, and a louder word after four", () => {
    expect(rules(times(40, { after: 170 }))).toEqual([]);
    expect(rules(times(90, { after: 170 }))).toEqual(["unattended", "unattended high"]);
  });
  test("a pause of more than half an hour begins a new stretch", () => {
    const stretch = times(30, { after: 170 });
    expect(rules([...stretch, ...times(1, { after: 2_000 }), ...stretch])).toEqual([]);
  });
  test("a few calls in hours are no work", () => {
    expect(rules(times(10, { after: 1_700 }))).toEqual([]);
  });
});

describe("costs against one's own", () => {
  const usual = { limit: 50 * CENT, median: 5 * CENT, samples: 40 };
  const nothing = { limit: null, median: null, samples: 3 };
  const baseline = { session: nothing, prompt: nothing, burn: nothing };
  test("a prompt above the limit, and again at twice the limit", () => {
    expect(rules(times(50, {}), { baseline: { ...baseline, prompt: usual } })).toEqual([]);
    const found = watch(times(101, {}), { baseline: { ...baseline, prompt: usual } });
    expect(found.map(({ rule, level, costNano }) => [rule, level, costNano / CENT])).toEqual([
      ["prompt-cost", "warn", 51],
      ["prompt-cost", "high", 101],
    ]);
    expect(found[0]?.message).toBe("cc-ledger: this prompt has cost $0.5100, 10 times the median of yours.");
  });
  test("a session adds up its prompts", () => {
    const calls = times(60, (n) => ({ promptId: n }));
    expect(rules(calls, { baseline: { ...baseline, session: usual } })).toEqual(["session-cost"]);
    expect(rules(calls, { baseline: { ...baseline, prompt: usual } })).toEqual([]);
  });
  test("ten minutes of burn", () => {
    expect(rules(times(100, { after: 15 }), { baseline: { ...baseline, burn: usual } })).toEqual([]);
    expect(rules(times(100, { after: 5 }), { baseline: { ...baseline, burn: usual } })).toEqual(["burn-rate"]);
  });
  test("too short a history says nothing", () => {
    expect(rules(times(500, { costNano: 100 * CENT, after: 1 }), { baseline })).toEqual([]);
  });
});

test("a rule that is off is silent, and figures are the person's to choose", () => {
  expect(rules(times(60, same), { settings: { "guard.repetition": "off", "guard.loop": "off" } })).toEqual([]);
  expect(rules(times(11, same), { settings: { "guard.repetition.times": "12" } })).toEqual([]);
  expect(rules(times(12, same), { settings: { "guard.repetition.times": "12" } })).toEqual(["repetition"]);
});

test("a watch that begins in the middle knows what was before", () => {
  const start = { sessionCost: 100 * CENT, prompts: new Map([[1, { cost: 49 * CENT, calls: 60, subagents: 19 }]]) };
  const usual = { limit: 50 * CENT, median: 5 * CENT, samples: 40 };
  const baseline = {
    session: { limit: null, median: null, samples: 0 },
    prompt: usual,
    burn: { limit: null, median: null, samples: 0 },
  };
  const found = watch([{}, { run: 9, isMain: false, depth: 1 }], { start, baseline });
  expect(found.map(({ rule, costNano }) => [rule, costNano / CENT])).toEqual([
    ["prompt-cost", 102],
    ["fan-out", 102],
  ]);
});
