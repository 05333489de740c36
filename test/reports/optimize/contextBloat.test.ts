import { afterAll, describe, expect, test } from "bun:test";
import { contextBloat, MANY_CALLS } from "../../../src/reports/optimize/rules/contextBloat.ts";
import { Histories, savings, Transcript, type Usage } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const bash = { id: "t1", name: "Bash", input: { command: "cat dump.json" } };

/** A window of 30,010 tokens at its start, 160,000 after the second call: a result of 400,000 bytes (100,000 tokens), a reply of 100 and 29,890 of other things. */
const start = (more: { agent?: string; model?: string } = {}): Transcript =>
  new Transcript("s")
    .prompt("p1", "fix the crash")
    .call("m0", [10, 100, 30_000, 0, 0], { uses: [bash], ...more })
    .result("t1", { bytes: 400_000, ...(more.agent !== undefined && { agent: more.agent }) })
    .call("m1", [10, 100, 30_010, 0, 129_980], more);
/** The compaction that would follow: reads 160,000, writes 8,000 of summary, and 30,010 + 20,000 into the cache for an hour. */
const COMPACTION = 160_000 * 200 + 8_000 * 20_000 + 50_010 * 8_000;
/** 250,000 tokens: 90,000 more than before, so 140,010 after the compaction. 100,000 are above the limit. */
const WARM: Usage = [0, 0, 250_000, 0, 0];
const WARM_SAVES = 100_000 * 200;
/** The same cold: 100,000 less are 40,000 not read, 100 input, 9,900 5 m writes and 50,000 1 h writes. */
const COLD: Usage = [100, 7, 40_000, 9_900, 200_000];
const COLD_SAVES = 40_000 * 200 + 100 * 4_000 + 9_900 * 5_000 + 50_000 * 8_000;

function many(
  transcript: Transcript,
  count: number,
  usage: Usage,
  more: { agent?: string; model?: string } = {},
): Transcript {
  for (let n = 0; n < count; n++) transcript.call(`c${n}-${transcript.atMs}`, usage, more);
  return transcript;
}
const adviceOn = async (...transcripts: Transcript[]) => contextBloat(await histories.context(...transcripts));

describe("context bloat", () => {
  test("forty calls of 250,000 tokens: 100,000 too many each, after the price of the compaction", async () => {
    const [advice] = await adviceOn(many(start(), 40, WARM));
    // 592,080,000 is paid by the first 29 calls of 20,000,000 and 12,080,000 of the next one.
    expect(COMPACTION).toBe(592_080_000);
    expect(savings(advice)).toEqual([7_920_000, ...Array<number>(10).fill(WARM_SAVES)]);
    // Results 100,000 of 250,000; the start 30,010; replies 200; the rest 29,890 and 89,900.
    expect(advice?.title).toBe(
      "1 run went on above 150,000 tokens for 41 calls; what filled the window most: prompts and what the client adds (48 %)",
    );
    expect(advice?.change).toContain("/compact");
  });

  test("all five classes: a lost cache makes every token too many dear", async () => {
    const [cold] = await adviceOn(many(many(start(), 2, COLD), 8, WARM));
    expect(COLD_SAVES).toBe(457_900_000);
    // Two of 457,900,000 pay the 592,080,000.
    expect(savings(cold)).toEqual([323_720_000, ...Array<number>(8).fill(WARM_SAVES)]);
  });

  test("what filled the window most is named", async () => {
    // 40,000 x 200 in each of sixty calls, and 40,000 x 8,000 in the last.
    const [named] = await adviceOn(many(start(), 60, [0, 0, 190_000, 0, 0]).call("cold", [0, 0, 0, 0, 190_000]));
    // 100,000 of 190,000 tokens
    expect(named?.title).toContain("what filled the window most: results of Bash (53 %)");
  });

  test("the run's own compaction tells what is left: 20,000 and not 50,010", async () => {
    const transcript = many(start(), 40, WARM).compacted().call("after", [0, 10, 0, 0, 20_000]);
    const [advice] = await adviceOn(transcript);
    // 160,000 x 200 + 8,000 x 20,000 + 20,000 x 8,000 = 352,000,000: 17 calls and 12,000,000 of the next.
    expect(savings(advice)).toEqual([8_000_000, ...Array<number>(22).fill(WARM_SAVES)]);
  });

  test("a window that grows on is compacted again and again: each is paid for", async () => {
    const transcript = many(start(), 40, WARM);
    // 400,000: 150,000 more, 290,010 even after the first compaction; a second one follows and is never paid back.
    const [advice] = await adviceOn(transcript.call("g1", [0, 0, 400_000, 0, 0]).call("g2", [0, 0, 400_000, 0, 0]));
    const second = 290_010 * 200 + 8_000 * 20_000 + 50_010 * 8_000;
    // g1: 400,000 - 290,010; g2: 250,000 above the limit, and 400,000 - 50,010 are more than that.
    const sum = 40 * WARM_SAVES + 109_990 * 200 + 250_000 * 200 - COMPACTION - second;
    expect(savings(advice).reduce((all, one) => all + one, 0)).toBe(Math.max(0, sum));
    const longer = many(transcript, 20, [0, 0, 400_000, 0, 0]);
    const [more] = await adviceOn(longer);
    expect(savings(more).reduce((all, one) => all + one, 0)).toBe(sum + 20 * 50_000_000);
  });

  test("a sub-agent's window, too; not what the client does on its own behalf", async () => {
    const agent = many(start({ agent: "a1" }), 40, WARM, { agent: "a1" });
    expect(savings((await adviceOn(agent))[0])).toHaveLength(11);
    const own = many(start({ agent: "asession_memory-01" }), 40, WARM, { agent: "asession_memory-01" });
    expect(await adviceOn(own)).toEqual([]);
  });

  test("prompts of another kind on a full window: start afresh", async () => {
    const transcript = many(start(), 5, WARM).prompt("p2", "explain how the parser works");
    const [advice] = await adviceOn(many(transcript, 40, WARM));
    expect(advice?.change).toContain("/clear");
  });

  test("near misses: few calls above the limit, calls at the limit, a compaction that is not paid back, a start that leaves no room", async () => {
    expect(await adviceOn(many(start(), MANY_CALLS - 2, COLD))).toEqual([]);
    expect(await adviceOn(many(start(), MANY_CALLS - 1, COLD))).not.toEqual([]);
    const at = many(
      new Transcript("s").prompt("p1", "fix it").call("m0", [0, 9, 30_000, 0, 0]),
      60,
      [0, 0, 150_000, 0, 0],
    );
    expect(await adviceOn(at)).toEqual([]);
    // 29 x 20,000,000 are 580,000,000 of 592,080,000.
    expect(await adviceOn(many(start(), 29, WARM))).toEqual([]);
    expect(
      await adviceOn(many(new Transcript("s").prompt("p1", "fix it").call("m0", [0, 9, 130_000, 0, 0]), 60, COLD)),
    ).toEqual([]);
    const compacted = many(start().compacted(), 60, [0, 0, 60_000, 0, 0]);
    expect(await adviceOn(compacted)).toEqual([]);
  });

  test("unpriced calls save nothing", async () => {
    const model = "some-gateway-model";
    expect(await adviceOn(many(start({ model }), 40, WARM, { model }))).toEqual([]);
  });
});
