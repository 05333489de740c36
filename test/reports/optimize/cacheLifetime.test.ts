import { afterAll, describe, expect, test } from "bun:test";
import { cacheLifetime } from "../../../src/reports/optimize/rules/cacheLifetime.ts";
import { Histories, START, savings, Transcript, type Usage } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
type More = Parameters<Transcript["call"]>[2];

/** A session of two calls with a pause between them. */
function session(
  name: string,
  first: Usage,
  pauseMs: number,
  second: Usage,
  more: More = {},
  startMs = START,
): Transcript {
  const transcript = new Transcript(name, startMs).prompt("p1", "a").call("m1", first, more).wait(pauseMs);
  return (more.agent === undefined ? transcript.prompt("p2", "b") : transcript).call("m2", second, more);
}
const adviceOn = async (...sessions: Transcript[]) => cacheLifetime(await histories.context(...sessions));

describe("cache lifetime", () => {
  test("1 h writes that no pause needed: each would have cost 3,000 a token less", async () => {
    const advice = await adviceOn(session("s", [10, 100, 0, 0, 50_000], MINUTE, [10, 100, 50_000, 0, 10_000]));
    expect(savings(advice[0])).toEqual([150_000_000, 30_000_000]);
    expect(advice[0]?.change).toContain('"promptCacheTtl": "5m"');
    expect(advice).toHaveLength(1);
  });

  test("a pause beyond 5 minutes would have lost what was read: the net is claimed where it was saved", async () => {
    const advice = await adviceOn(session("s", [10, 100, 0, 0, 50_000], 10 * MINUTE, [10, 100, 20_000, 0, 40_000]));
    // m1: 50,000 x 3,000 = 150,000,000. m2: 40,000 x 3,000 - 20,000 x (5,000 - 200) = 24,000,000
    expect(savings(advice[0])).toEqual([150_000_000, 24_000_000]);
    const dearer = await adviceOn(session("s", [10, 100, 0, 0, 50_000], 10 * MINUTE, [10, 100, 30_000, 0, 20_000]));
    // m1: 150,000,000. m2: 20,000 x 3,000 - 30,000 x 4,800 = -84,000,000, which m1 bears
    expect(savings(dearer[0])).toEqual([66_000_000]);
  });

  test("after a pause of more than an hour both are cold: the shorter write is cheaper", async () => {
    const advice = await adviceOn(session("s", [10, 100, 0, 0, 50_000], 2 * HOUR, [10, 100, 0, 0, 51_000]));
    expect(savings(advice[0])).toEqual([150_000_000, 153_000_000]);
  });

  test("5 m writes with a pause of ten minutes: what was written again is read, all other writes are dearer", async () => {
    const advice = await adviceOn(session("s", [10, 100, 0, 100_000, 0], 10 * MINUTE, [10, 100, 0, 101_000, 0]));
    // m1: -100,000 x 3,000 = -300,000,000.
    // m2: 10 x 3,800 + 99,990 x 4,800 - 1,010 x 3,000 = 476,960,000
    expect(savings(advice[0])).toEqual([176_960_000]);
    expect(advice[0]?.change).toContain('"promptCacheTtl": "1h"');
    expect(advice[0]?.title).toContain("1 pause of 5 minutes to an hour");
    expect(advice[0]?.title).toContain("100.0K tokens");
  });

  test("all five classes: only the class that changes is priced again", async () => {
    const first: Usage = [500, 700, 0, 0, 80_000];
    // The run writes 5 m from its second call on. The third comes after half an hour and has lost 60,000 of 120,000 tokens.
    const transcript = new Transcript("s").prompt("p1", "a").call("m1", first);
    transcript.call("m2", [500, 700, 80_000, 40_000, 0]).wait(30 * MINUTE);
    transcript
      .prompt("p2", "b")
      .call("m3", [1_000, 700, 60_000, 62_000, 3_000])
      .wait(30 * MINUTE);
    transcript.prompt("p3", "c").call("m4", [1_000, 700, 20_000, 106_000, 0]);
    // 1 h: m2 -40,000 x 3,000 = -120,000,000. m3: 1,000 x 3,800 + 59,000 x 4,800 - 3,000 x 3,000 = 278,000,000.
    // m4, 105,000 lost of 125,000: 1,000 x 3,800 + 104,000 x 4,800 - 2,000 x 3,000 = 497,000,000. Net 655,000,000.
    // 5 m: m1 80,000 x 3,000 and m3 3,000 x 3,000 are only 249,000,000.
    const [advice] = await adviceOn(transcript);
    // 655 x 278 / 775 = 234.954838709..., and the rest.
    expect(savings(advice)).toEqual([234_954_838, 420_045_162]);
  });

  test("all runs count: one that would have cost more is borne by those that would not", async () => {
    const quick = session("a", [10, 100, 0, 0, 50_000], MINUTE, [10, 100, 50_000, 0, 10_000]);
    const slow = session("b", [10, 100, 0, 0, 50_000], 10 * MINUTE, [10, 100, 50_000, 0, 1_000], {}, START + DAY);
    // quick: 150,000,000 + 30,000,000. slow: 150,000,000 + 3,000,000 - 50,000 x 4,800 = -87,000,000. Net 93,000,000, of which m1 has 150/180.
    const [advice] = await adviceOn(quick, slow);
    expect(savings(advice)).toEqual([77_500_000, 15_500_000]);
    expect(advice?.reason).toContain("1 of which would have cost more");
  });

  test("near misses: pauses that either lifetime bridges or none, and a rhythm that needs the hour", async () => {
    // Two minutes: 5 m is right. Two hours: an hour would not have helped.
    expect(await adviceOn(session("s", [10, 9, 0, 100_000, 0], 2 * MINUTE, [10, 9, 100_000, 1_000, 0]))).toEqual([]);
    expect(await adviceOn(session("s", [10, 9, 0, 100_000, 0], 2 * HOUR, [10, 9, 0, 101_000, 0]))).toEqual([]);
    // The hour earns its price: 101,000 x 3,000 saved, 100,000 x 4,800 lost.
    expect(await adviceOn(session("s", [10, 9, 0, 0, 100_000], 10 * MINUTE, [10, 9, 100_000, 0, 1_000]))).toEqual([]);
    // Compacted, or shorter: what an hour would have kept cannot be told.
    const compacted = new Transcript("s").prompt("p1", "a").call("m1", [10, 9, 0, 100_000, 0]).compacted();
    compacted
      .wait(10 * MINUTE)
      .prompt("p2", "b")
      .call("m2", [10, 9, 0, 101_000, 0]);
    expect(await adviceOn(compacted)).toEqual([]);
    expect(await adviceOn(session("s", [10, 9, 0, 100_000, 0], 10 * MINUTE, [10, 9, 0, 99_000, 0]))).toEqual([]);
  });

  test("a first call that reads what another session has kept warm loses it unless one called within 5 minutes", async () => {
    const shared = (startMs: number): Transcript =>
      new Transcript("b", startMs).prompt("p1", "a").call("m1", [10, 100, 10_000, 0, 30_000]);
    const first = session("a", [10, 100, 0, 0, 20_000], MINUTE, [10, 100, 20_000, 0, 1_000]);
    // 60,000,000 + 3,000,000 + 90,000,000, and 10,000 x 4,800 less where it comes 20 minutes later.
    const near = await adviceOn(first, shared(START + 3 * MINUTE));
    expect(savings(near[0])).toEqual([60_000_000, 3_000_000, 90_000_000]);
    const far = await adviceOn(first, shared(START + 20 * MINUTE));
    expect(savings(far[0])).toEqual([60_000_000, 3_000_000, 42_000_000]);
  });

  test("sub-agents have a setting of their own", async () => {
    const main = new Transcript("s").prompt("p1", "a").call("m0", [10, 100, 0, 0, 1_000]);
    main.call("m1", [10, 100, 0, 100_000, 0], { agent: "a1" }).wait(10 * MINUTE);
    main.call("m2", [10, 100, 0, 101_000, 0], { agent: "a1" });
    const advice = await adviceOn(main);
    expect(advice.map((one) => [savings(one), /"(\w+)": "(\w+)"/.exec(one.change)?.slice(1)])).toEqual([
      [[3_000_000], ["promptCacheTtl", "5m"]],
      [[176_960_000], ["subagentPromptCacheTtl", "1h"]],
    ]);
  });

  test("calls without a price, of another vendor, or whose writes have no class save nothing", async () => {
    const of = (more: More): Promise<unknown> =>
      adviceOn(session("s", [10, 100, 0, 0, 50_000], MINUTE, [10, 100, 50_000, 0, 10_000], more));
    expect(await of({ model: "claude-unheard-9" })).toEqual([]);
    expect(await of({ model: "gpt-6-sol" })).toEqual([]);
    expect(await of({ usage: { cache_creation: undefined } })).toEqual([]);
    const unclassed = { usage: { cache_creation: undefined } };
    const slow = session("s", [10, 100, 0, 100_000, 0], 10 * MINUTE, [10, 100, 0, 101_000, 0], unclassed);
    expect(await adviceOn(slow)).toEqual([]);
  });

  test("any rhythm: the claims are the net of all runs to the nano-dollar, counted once more by hand", async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      let state = seed;
      const draw = (below: number): number => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      let net = 0;
      const sessions = Array.from({ length: 8 }, (_, at) => {
        const transcript = new Transcript(`s${at}`, START + at * DAY - 10 * DAY).prompt("p1", "a");
        let window = 20_000 + draw(10_000);
        transcript.call("m0", [4, 9, 0, 0, window]);
        net += window * 3_000;
        for (let of = 1; of < 15; of++) {
          const pauseMs = draw(20 - 2 * seed) === 0 ? 6 * MINUTE : 30_000;
          const fresh = 1 + draw(5_000);
          transcript.wait(pauseMs).call(`m${of}`, [4, 9, window, 0, fresh]);
          net += fresh * 3_000 - (pauseMs > 5 * MINUTE ? window * 4_800 : 0);
          window += fresh;
        }
        return transcript;
      });
      const claimed = savings((await adviceOn(...sessions))[0]);
      expect(claimed.every((one) => one > 0)).toBe(true);
      expect([seed, claimed.reduce((sum, one) => sum + one, 0)]).toEqual([seed, Math.max(0, net)]);
    }
  });
});
