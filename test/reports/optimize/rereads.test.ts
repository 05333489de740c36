import { afterAll, describe, expect, test } from "bun:test";
import { rereads } from "../../../src/reports/optimize/rules/rereads.ts";
import { Histories, savings, Transcript } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

const read = (id: string, more: object = {}): { id: string; name: string; input: object } => ({
  id,
  name: "Read",
  input: { file_path: "/nowhere/repo/a.ts", ...more },
});

/** A file of 8,000 bytes (2,000 tokens) is read, something happens, and it is read again. */
async function adviceOn(
  between: (transcript: Transcript) => Transcript,
  again = read("t2"),
  result: { failed?: boolean } = {},
) {
  const start = new Transcript("s")
    .prompt("p1", "fix the crash")
    .call("m1", [10, 100, 20_000, 0, 0], { uses: [read("t1")] })
    .result("t1", { bytes: 8_000 });
  const middle = between(start.call("m2", [10, 50, 20_000, 2_200, 0]));
  middle
    .call("m3", [10, 100, 22_200, 500, 0], { uses: [again] })
    .result("t2", { bytes: 8_000, ...result })
    // The prompt grew from 22,710 to 24,910 tokens, 2,100 of them beside the reply of 100.
    .call("m4", [10, 50, 22_700, 2_200, 0])
    .call("m5", [10, 50, 24_900, 100, 0]);
  return rereads(await histories.context(middle));
}
const nothing = (transcript: Transcript): Transcript => transcript;

describe("rereads", () => {
  test("a file read twice: 2,000 tokens of the next call, 10 as input and 1,990 as 5 m writes", async () => {
    const [advice] = await adviceOn(nothing);
    // 10 x 4,000 + 1,990 x 5,000
    expect(savings(advice)).toEqual([9_990_000]);
    expect(advice?.title).toContain("read again 1 time");
    expect(advice?.title).toContain("2.0K tokens");
  });

  test("a result that the client cut short counts as what the prompt grew by", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "fix the crash")
      .call("m1", [10, 100, 20_000, 0, 0], { uses: [read("t1")] })
      .result("t1", { bytes: 8_000 })
      .call("m2", [10, 100, 20_000, 2_200, 0], { uses: [read("t2")] })
      .result("t2", { bytes: 8_000 })
      // 22,210 before and 22,360 now: 150 more, 50 of them beside the reply.
      .call("m3", [10, 50, 22_200, 150, 0]);
    // 10 x 4,000 + 40 x 5,000
    expect(savings(rereads(await histories.context(transcript))[0])).toEqual([240_000]);
  });

  test("near misses: the file was written, another part was read, the window was compacted, the second read failed", async () => {
    const edit = {
      id: "e1",
      name: "Edit",
      input: { file_path: "/nowhere/repo/a.ts", old_string: "a", new_string: "b\nc" },
    };
    const written = (transcript: Transcript): Transcript =>
      transcript.call("e", [10, 50, 22_200, 100, 0], { uses: [edit] }).result("e1");
    expect(await adviceOn(written)).toEqual([]);
    expect(await adviceOn(nothing, read("t2", { offset: 100 }))).toEqual([]);
    expect(await adviceOn((transcript) => transcript.compacted())).toEqual([]);
    expect(await adviceOn(nothing, read("t2"), { failed: true })).toEqual([]);
  });

  test("an edit of another file, or one that failed, is no reason to read again", async () => {
    const other = { id: "e1", name: "Write", input: { file_path: "/nowhere/repo/b.ts", content: "b\nc\n" } };
    const elsewhere = (transcript: Transcript): Transcript =>
      transcript.call("e", [10, 50, 22_200, 100, 0], { uses: [other] }).result("e1");
    expect(savings((await adviceOn(elsewhere))[0])).toEqual([9_990_000]);
    const same = { ...other, input: { file_path: "/nowhere/repo/a.ts", content: "b\nc\n" } };
    const refused = (transcript: Transcript): Transcript =>
      transcript.call("e", [10, 50, 22_200, 100, 0], { uses: [same] }).result("e1", { failed: true });
    expect(savings((await adviceOn(refused))[0])).toEqual([9_990_000]);
  });

  test("another run's window is its own", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "fix the crash")
      .call("m1", [10, 100, 20_000, 0, 0], { uses: [read("t1")] })
      .result("t1", { bytes: 8_000 })
      .call("m2", [10, 100, 5_000, 2_200, 0], { uses: [read("t2")], agent: "a1" })
      .result("t2", { bytes: 8_000, agent: "a1" })
      .call("m3", [10, 50, 7_200, 2_200, 0], { agent: "a1" });
    expect(rereads(await histories.context(transcript))).toEqual([]);
  });
});
