import { afterAll, describe, expect, test } from "bun:test";
import { runawayPrompts } from "../../../src/reports/optimize/rules/runawayPrompts.ts";
import { Histories, savings, Transcript } from "./history.ts";

/** Opus 5.5: a call of 10 x 4,000 + 100 x 20,000 + 1,000 x 200 + 50 x 5,000 + 150 x 8,000 nano-dollars. */
const COST = 3_690_000;
const USAGE = [10, 100, 1_000, 50, 150] as const;

const histories = new Histories();
afterAll(() => histories.remove());

/** So many prompts of one call each, then one of many calls, its last two by a sub-agent. */
function history(usual: number, many: number): Transcript {
  const transcript = new Transcript("s");
  for (let n = 0; n < usual; n++) transcript.prompt(`p${n}`, "fix the crash").call(`m${n}`, USAGE);
  transcript.prompt("long", "fix the crash");
  for (let n = 0; n < many; n++) transcript.call(`l${n}`, USAGE, n >= many - 2 ? { agent: "a1" } : {});
  return transcript;
}

describe("runaway prompts", () => {
  test("all but one prompt cost the same: the threshold is four times their cost, what is beyond it could be saved", async () => {
    const [advice] = runawayPrompts(await histories.context(history(30, 7)));
    // Equal costs have no spread, so the threshold is the least there is: 4 x the median. Calls five to seven lie beyond it.
    expect(savings(advice)).toEqual([COST, COST, COST]);
    expect(advice?.title).toStartWith("1 prompt cost more than $0.0148");
    expect(advice?.confidence).toBe("low");
  });

  test("a call that crosses the threshold is claimed in part", async () => {
    const transcript = history(30, 3);
    // 3 x COST, then a call of twice as much: 5 x COST, one COST beyond the threshold.
    transcript.call("big", [20, 200, 2_000, 100, 300]);
    expect(savings(runawayPrompts(await histories.context(transcript))[0])).toEqual([COST]);
  });

  test("sub-agents' calls count when they were made: not run after run", async () => {
    const transcript = history(30, 0);
    const double = [20, 200, 2_000, 100, 300] as const;
    transcript.call("a1", USAGE, { agent: "a1" }).call("b1", double).call("a2", USAGE, { agent: "a1" });
    transcript.call("b2", double).call("a3", USAGE, { agent: "a1" });
    // Up to 1, 3, 4, 6 and 7 x COST: the fourth and the fifth lie beyond four of them. Run after run it would be three parts of one COST.
    expect(savings(runawayPrompts(await histories.context(transcript))[0])).toEqual([2 * COST, COST]);
  });

  test("near misses: a prompt at the threshold; a history too short to say what is usual", async () => {
    expect(runawayPrompts(await histories.context(history(30, 4)))).toEqual([]);
    expect(runawayPrompts(await histories.context(history(18, 50)))).toEqual([]);
  });

  test("many prompts of one's own make it surer", async () => {
    const [advice] = runawayPrompts(await histories.context(history(120, 7)));
    expect(advice?.confidence).toBe("medium");
  });
});
