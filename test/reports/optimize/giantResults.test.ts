import { afterAll, describe, expect, test } from "bun:test";
import { giantResults } from "../../../src/reports/optimize/rules/giantResults.ts";
import { Histories, savings, Transcript } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const use = { id: "t1", name: "Bash", input: { command: "cat dump.json" } };

/** A result of so many bytes comes into a window of 20,010 tokens. */
function start(bytes: number): Transcript {
  return new Transcript("s")
    .prompt("p1", "fix the crash")
    .call("m1", [10, 100, 20_000, 0, 0], { uses: [use] })
    .result("t1", { bytes });
}

describe("giant results", () => {
  test("120,000 bytes: 25,000 of 30,000 tokens too many, written once, read by each later call until the window is compacted", async () => {
    const transcript = start(120_000)
      // The prompt grew by 30,200 tokens, 30,100 beside the reply.
      .call("m2", [0, 50, 20_000, 0, 30_210])
      .call("m3", [10, 50, 50_210, 0, 100])
      .call("m4", [10, 50, 50_310, 0, 100])
      .compacted()
      .call("m5", [10, 50, 8_000, 0, 2_000]);
    const [advice] = giantResults(await histories.context(transcript));
    // 25,000 x 8,000 on the 1 h write; 25,000 x 200 on two reads.
    expect(savings(advice)).toEqual([200_000_000, 5_000_000, 5_000_000]);
    expect(advice?.title).toContain("carried through 3 calls");
  });

  test("it is carried no further once the prompt is shorter than when it came in", async () => {
    const transcript = start(120_000)
      .call("m2", [0, 50, 20_000, 0, 30_210])
      .call("m3", [10, 50, 30_000, 0, 100])
      .call("m4", [10, 50, 60_000, 0, 100]);
    expect(savings(giantResults(await histories.context(transcript))[0])).toEqual([200_000_000]);
  });

  test("a lost cache makes carrying dearer: what is not read is taken off what is written", async () => {
    const transcript = start(120_000)
      .call("m2", [0, 50, 20_000, 0, 30_210])
      // 25,000 too many: 20,000 are read, 10 are input, 4,990 were written anew.
      .call("m3", [10, 50, 20_000, 30_300, 0]);
    const lost = 20_000 * 200 + 10 * 4_000 + 4_990 * 5_000;
    expect(savings(giantResults(await histories.context(transcript))[0])).toEqual([200_000_000, lost]);
  });

  test("near misses: 100,000 bytes are not above the limit; a client that shows the model only 4,000 tokens of it", async () => {
    const usual = start(100_000).call("m2", [0, 50, 20_000, 0, 25_210]).call("m3", [10, 50, 45_210, 0, 100]);
    expect(giantResults(await histories.context(usual))).toEqual([]);
    const cut = start(400_000).call("m2", [0, 50, 20_000, 0, 4_110]).call("m3", [10, 50, 24_110, 0, 100]);
    expect(giantResults(await histories.context(cut))).toEqual([]);
  });

  test("the last call of a run carries nothing on", async () => {
    expect(giantResults(await histories.context(start(400_000)))).toEqual([]);
  });
});
