import { afterAll, describe, expect, test } from "bun:test";
import { overhead } from "../../../src/reports/optimize/rules/overhead.ts";
import { Histories, savings, Transcript, type Usage } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const USAGE: Usage = [1_000, 200, 30_000, 400, 50];
/** 1,000 x 4,000 + 200 x 20,000 + 30,000 x 200 + 400 x 5,000 + 50 x 8,000 */
const COST = 4_000_000 + 4_000_000 + 6_000_000 + 2_000_000 + 400_000;

const start = (): Transcript => new Transcript("s").prompt("p1", "fix the crash").call("m1", [10, 100, 20_000, 0, 0]);

describe("overhead", () => {
  test("prompt suggestions cost their calls in full, all five classes, and the setting is named", async () => {
    const transcript = start()
      .call("o1", USAGE, { agent: "aprompt_suggestion-0a1b" })
      .call("o2", USAGE, { agent: "aprompt_suggestion-0a1b" })
      .call("o3", USAGE, { agent: "aprompt_suggestion-77ff" });
    const [advice, ...rest] = overhead(await histories.context(transcript));
    expect(rest).toEqual([]);
    expect(savings(advice)).toEqual([COST, COST, COST]);
    // 3 x 16.4 of 55.24 millions; the prompt itself took 10 x 4,000 + 100 x 20,000 + 20,000 x 200 = 6,040,000.
    expect(advice?.title).toBe("The client's own work: prompt suggestion, in 2 runs, took 89 % of what was spent");
    expect(advice?.change).toContain('"promptSuggestionEnabled": false');
    expect(advice?.confidence).toBe("high");
  });

  test("each kind is a piece of advice of its own; where no setting is known, it says where to look", async () => {
    const transcript = start()
      .call("o1", USAGE, { agent: "aextract_memories-01" })
      .call("o2", USAGE, { agent: "aauto_dream-02" })
      .call("o3", USAGE, { agent: "asession_memory-03" });
    const advice = overhead(await histories.context(transcript));
    expect(advice.map(({ change }) => /"(\w+)": false|\/config/.exec(change)?.[0]).sort()).toEqual([
      '"autoDreamEnabled": false',
      '"autoMemoryEnabled": false',
      "/config",
    ]);
    expect(advice.map(({ confidence }) => confidence).sort()).toEqual(["high", "high", "medium"]);
    for (const one of advice) expect(savings(one)).toEqual([COST]);
  });

  test("near misses: compactions, side questions, sub-agents that were asked for, and names that only look alike", async () => {
    const transcript = start()
      .call("o1", USAGE, { agent: "acompact-0a1b" })
      .call("o2", USAGE, { agent: "aside_question-0a1b" })
      .call("o3", USAGE, { agent: "a1b2c3" })
      .call("o4", USAGE, { agent: "aprompt_suggestions-0a1b" })
      .call("o5", USAGE, { agent: "ainsights-0a1b" });
    expect(overhead(await histories.context(transcript))).toEqual([]);
  });

  test("unpriced calls save nothing", async () => {
    const model = "some-gateway-model";
    const only = start().call("o1", USAGE, { agent: "atitle-01", model });
    expect(overhead(await histories.context(only))).toEqual([]);
    const beside = start().call("o1", USAGE, { agent: "atitle-01", model }).call("o2", USAGE, { agent: "atitle-01" });
    expect(savings(overhead(await histories.context(beside))[0])).toEqual([COST]);
  });

  test("a history without any", async () => {
    expect(overhead(await histories.context(start()))).toEqual([]);
  });
});
