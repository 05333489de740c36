import { afterAll, describe, expect, test } from "bun:test";
import { coldRestarts } from "../../../src/reports/optimize/rules/coldRestarts.ts";
import { Histories, SONNET, savings, Transcript, type Usage } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WRITTEN_1H: Usage = [10, 100, 0, 0, 100_000];
const WRITTEN_5M: Usage = [10, 100, 0, 100_000, 0];
type More = Parameters<Transcript["call"]>[2];

/** A window is written, its person pauses, and the next prompt goes on. */
async function adviceOn(first: Usage, pauseMs: number, second: Usage, more: More = {}, between = nothing) {
  const { usage: _, ...sameModel } = more;
  const transcript = new Transcript("s").prompt("p1", "fix the crash").call("m1", first, sameModel);
  between(transcript).wait(pauseMs).prompt("p2", "and the other one").call("m2", second, more);
  return coldRestarts(await histories.context(transcript));
}
const nothing = (transcript: Transcript): Transcript => transcript;

describe("cold restarts", () => {
  test("two hours later 100,000 cached tokens are written for 1 h again; 70,000 of them would not have been left", async () => {
    const advice = await adviceOn(WRITTEN_1H, 2 * HOUR, [10, 100, 0, 0, 101_000]);
    // 10 x (4,000 - 200) + 69,990 x (8,000 - 200)
    expect(savings(advice[0])).toEqual([545_960_000]);
    expect(advice[0]?.title).toContain("1 prompt went on");
    expect(advice[0]?.title).toContain("70.0K tokens");
    expect(advice).toHaveLength(1);
  });

  test("5 m writes; what was still read was not lost", async () => {
    const [advice] = await adviceOn(WRITTEN_5M, 2 * HOUR, [10, 100, 20_000, 81_000, 0]);
    // 80,000 lost, 50,000 beyond what is granted: 10 x 3,800 + 49,990 x 4,800
    expect(savings(advice)).toEqual([239_990_000]);
  });

  test("all five classes: input goes first, then 5 m and 1 h writes; output and what was read stay", async () => {
    const [advice] = await adviceOn(WRITTEN_1H, 2 * HOUR, [20_000, 500, 5_000, 30_000, 50_000]);
    // 95,000 lost, 65,000 beyond what is granted: 20,000 x 3,800 + 30,000 x 4,800 + 15,000 x 7,800
    expect(savings(advice)).toEqual([337_000_000]);
  });

  test("fast mode doubles it; another model after the pause pays its own price", async () => {
    const usage: Usage = [10, 100, 0, 0, 101_000];
    const [fast] = await adviceOn(WRITTEN_1H, 2 * HOUR, usage, { usage: { speed: "fast" } });
    expect(savings(fast)).toEqual([1_091_920_000]);
    const transcript = new Transcript("s")
      .prompt("p1", "fix it")
      .call("m1", WRITTEN_1H)
      .wait(2 * HOUR);
    transcript.prompt("p2", "go on").call("m2", usage, { model: SONNET });
    // Sonnet 5.5: 10 x (2,000 - 100) + 69,990 x (4,000 - 100)
    expect(savings(coldRestarts(await histories.context(transcript))[0])).toEqual([272_980_000]);
  });

  test("near misses: still warm, a small window, compacted, shorter, all of it read, no price, another vendor", async () => {
    const again: Usage = [10, 100, 0, 0, 101_000];
    expect(await adviceOn(WRITTEN_1H, 59 * MINUTE, again)).toEqual([]);
    // What an hour's cache would bridge is the matter of the lifetime.
    expect(await adviceOn(WRITTEN_5M, 50 * MINUTE, [10, 100, 0, 101_000, 0])).toEqual([]);
    expect(await adviceOn([10, 100, 0, 0, 30_000], 2 * HOUR, [10, 100, 0, 0, 31_000])).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, 2 * HOUR, again, {}, (one) => one.compacted())).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, 2 * HOUR, [10, 100, 0, 0, 99_000])).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, 2 * HOUR, [10, 100, 100_000, 0, 80_000])).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, 2 * HOUR, again, { model: "claude-unheard-9" })).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, 2 * HOUR, again, { model: "gpt-6-sol" })).toEqual([]);
  });

  test("a cache read renews the lifetime: an hour and a half of prompts, never an hour apart", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "a")
      .call("m1", WRITTEN_1H)
      .wait(50 * MINUTE);
    transcript
      .prompt("p2", "b")
      .call("m2", [10, 100, 100_000, 0, 0])
      .wait(50 * MINUTE);
    transcript.prompt("p3", "c").call("m3", [10, 100, 0, 0, 101_000]);
    expect(coldRestarts(await histories.context(transcript))).toEqual([]);
  });

  test("the middle of a prompt: all that was lost in more than an hour, nothing for less, which is the lifetime's matter", async () => {
    const during = async (pauseMs: number, more: More = {}) => {
      const transcript = new Transcript("s").prompt("p1", "a").call("m1", WRITTEN_5M).wait(pauseMs);
      return coldRestarts(await histories.context(transcript.call("m2", [10, 100, 0, 101_000, 0], more)));
    };
    const advice = await during(2 * HOUR);
    // 10 x 3,800 + 99,990 x 4,800
    expect(savings(advice[0])).toEqual([479_990_000]);
    expect(advice[0]?.confidence).toBe("low");
    expect(advice).toHaveLength(1);
    expect(await during(30 * MINUTE)).toEqual([]);
    expect(await during(2 * HOUR, { model: SONNET })).toEqual([]);
  });

  test("a sub-agent's first call has no cache of its own to lose", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "a")
      .call("m1", WRITTEN_1H)
      .wait(2 * HOUR);
    transcript.prompt("p2", "b").call("m2", [10, 100, 0, 101_000, 0], { agent: "a1" });
    expect(coldRestarts(await histories.context(transcript))).toEqual([]);
  });
});
