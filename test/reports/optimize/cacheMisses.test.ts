import { afterAll, describe, expect, test } from "bun:test";
import { cacheLifetime } from "../../../src/reports/optimize/rules/cacheLifetime.ts";
import { cacheMisses } from "../../../src/reports/optimize/rules/cacheMisses.ts";
import { coldRestarts } from "../../../src/reports/optimize/rules/coldRestarts.ts";
import { contextOf, Histories, SONNET, START, savings, Transcript, type Usage } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000.
 *  Sonnet 5.5: input 2,000, output 10,000, cache read 100, 5 m write 2,500, 1 h write 4,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const MINUTE = 60_000;
const WRITTEN_1H: Usage = [10, 100, 0, 0, 100_000];
const WRITTEN_5M: Usage = [10, 100, 0, 100_000, 0];
const AGAIN_1H: Usage = [10, 100, 0, 0, 100_500];
type More = Parameters<Transcript["call"]>[2];

/** A window is written, something happens, and the next call of the run comes. */
function history(first: Usage, second: Usage, more: More = {}, between = nothing): Transcript {
  const transcript = new Transcript("s").prompt("p1", "fix the crash").call("m1", first);
  return between(transcript).call("m2", second, more);
}
const nothing = (transcript: Transcript): Transcript => transcript;
const adviceOn = async (...of: Parameters<typeof history>) => cacheMisses(await histories.context(history(...of)));

describe("cache misses", () => {
  test("the model was changed: the call at its own model's price, but the window read", async () => {
    const advice = await adviceOn(WRITTEN_1H, AGAIN_1H, { model: SONNET });
    // 10 x (2,000 - 100) + 99,990 x (4,000 - 100)
    expect(savings(advice[0])).toEqual([389_980_000]);
    expect(advice.map(({ title, confidence }) => [title, confidence])).toEqual([
      [
        "1 call lost a warm cache and paid for 100.0K tokens again: the model was changed in the middle of a run",
        "medium",
      ],
    ]);
  });

  test("fast mode was switched on, which doubles the price", async () => {
    const advice = await adviceOn(WRITTEN_1H, AGAIN_1H, { usage: { speed: "fast" } });
    // 2 x (10 x 3,800 + 99,990 x 7,800)
    expect(savings(advice[0])).toEqual([1_559_920_000]);
    expect(advice[0]?.title).toContain("fast mode");
  });

  test("no cause in the log: 80,000 of 100,000 tokens were lost within 5 minutes", async () => {
    const again: Usage = [10, 100, 20_000, 80_500, 0];
    const advice = await adviceOn(WRITTEN_5M, again, {}, (one) => one.wait(3 * MINUTE));
    // 10 x 3,800 + 79,990 x 4,800
    expect(savings(advice[0])).toEqual([383_990_000]);
    expect(advice.map(({ confidence }) => confidence)).toEqual(["low"]);
    expect(advice[0]?.title).toContain("the log does not tell why (1 still read the beginning");
  });

  test("all five classes, and each cause is a piece of advice of its own", async () => {
    const transcript = history(WRITTEN_1H, [10_000, 500, 40_000, 20_000, 31_000])
      // 101,000 tokens' prompt, 91,000 of them cached; now on another model.
      .call("m3", [10, 100, 0, 0, 102_000], { model: SONNET });
    const advice = cacheMisses(await histories.context(transcript));
    expect(advice.map((one) => savings(one))).toEqual([
      // 10 x 1,900 + 90,990 x 3,900
      [354_880_000],
      // 60,000 lost: 10,000 x 3,800 + 20,000 x 4,800 + 30,000 x 7,800
      [368_000_000],
    ]);
  });

  test("near misses: compacted, shorter, nearly all read, few tokens, no price, another vendor", async () => {
    expect(await adviceOn(WRITTEN_1H, AGAIN_1H, {}, (one) => one.compacted())).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, [10, 100, 20_000, 0, 50_000])).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, [10, 100, 95_000, 0, 10_000])).toEqual([]);
    expect(await adviceOn([10, 100, 0, 0, 1_900], [10, 100, 0, 0, 2_000])).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, [10, 100, 100_000, 0, 90_000])).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, AGAIN_1H, { model: "claude-unheard-9" })).toEqual([]);
    expect(await adviceOn(WRITTEN_1H, AGAIN_1H, { model: "gpt-6-sol" })).toEqual([]);
  });

  test("a call that only re-used the window cannot tell how long it lives", async () => {
    expect(await adviceOn([10, 100, 100_000, 0, 0], AGAIN_1H)).toEqual([]);
  });

  test("a sub-agent's first call and an advisor's are not the run's next one", async () => {
    const next: Usage = [10, 100, 100_000, 0, 500];
    const agent = history(WRITTEN_1H, [10, 100, 0, 100_500, 0], { agent: "a1" }).call("m3", next);
    expect(cacheMisses(await histories.context(agent))).toEqual([]);
    const advised = { type: "advisor_message", model: SONNET, input_tokens: 150_000, output_tokens: 500 };
    const advisor = history(WRITTEN_1H, next, { usage: { iterations: [advised] } }).call(
      "m3",
      [10, 9, 100_500, 0, 600],
    );
    const context = await histories.context(advisor);
    expect(context.calls).toHaveLength(4);
    expect(cacheMisses(context)).toEqual([]);
  });

  test("a session that was resumed has a new process, and its loss is no wonder", async () => {
    const db = await histories.book(history(WRITTEN_1H, AGAIN_1H));
    expect(cacheMisses(contextOf(db))).toHaveLength(1);
    db.run(
      `INSERT INTO events (session_id, at_ms, kind, detail) SELECT id, ${START + 2_500}, 'session-start', 'resume' FROM sessions`,
    );
    expect(cacheMisses(contextOf(db))).toEqual([]);
  });

  test("no call is both a miss and a cold restart, and nothing is said of a lifetime's last minute", async () => {
    const said = [1, 58, 59.5, 61].map(async (minutes) => {
      const between = (one: Transcript): Transcript => one.wait(minutes * MINUTE).prompt("p2", "go on");
      const context = await histories.context(history(WRITTEN_1H, AGAIN_1H, {}, between));
      return [cacheMisses(context).length, coldRestarts(context).length];
    });
    expect(await Promise.all(said)).toEqual([
      [1, 0],
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
    // Half an hour with 5 m entries: neither, for a longer lifetime would bridge it.
    const idle = (one: Transcript): Transcript => one.wait(30 * MINUTE).prompt("p2", "go on");
    const context = await histories.context(history(WRITTEN_5M, [10, 100, 0, 100_500, 0], {}, idle));
    expect([cacheMisses(context).length, coldRestarts(context).length, cacheLifetime(context).length]).toEqual([
      0, 0, 1,
    ]);
  });
});
