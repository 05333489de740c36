import { afterAll, describe, expect, test } from "bun:test";
import { idleServers, MIN_SESSIONS } from "../../../src/reports/optimize/rules/idleServers.ts";
import { Histories, savings, Transcript, type Usage } from "./history.ts";

/** Opus 5.5, nano-dollars per token: input 4,000, output 20,000, cache read 200, 5 m write 5,000, 1 h write 8,000. */

const histories = new Histories();
afterAll(() => histories.remove());

/** Ten tools of 39 bytes and a line's end each: 400 bytes, 100 tokens. */
const TOOLS = Array.from({ length: 10 }, (_, at) => `mcp__issues__${"t".repeat(25)}${at}`);
const listed = (lines: readonly string[], removed: readonly string[] = []): object => ({
  type: "deferred_tools_delta",
  addedNames: lines,
  addedLines: lines,
  removedNames: removed,
});
/** 1,199 bytes and one: 300 tokens. */
const INSTRUCTIONS = {
  type: "mcp_instructions_delta",
  addedNames: ["issues"],
  addedBlocks: ["x".repeat(1_199)],
  removedNames: [],
};

type Step = (transcript: Transcript, at: number) => Transcript;
const READ: Usage = [10, 50, 20_000, 0, 0];
const usual: Step = (transcript) => transcript.attachment(listed(TOOLS)).attachment(INSTRUCTIONS).call("m1", READ);

/** So many sessions, each the same. */
function sessions(step: Step, count = MIN_SESSIONS): Transcript[] {
  return Array.from({ length: count }, (_, at) => step(new Transcript(`s${at}`).prompt("p1", "fix it"), at));
}
const adviceOn = async (...transcripts: Transcript[]) => idleServers(await histories.context(...transcripts));

describe("idle MCP servers", () => {
  test("400 tokens in each call of five sessions: cache reads first", async () => {
    const [advice, ...rest] = await adviceOn(...sessions(usual));
    expect(rest).toEqual([]);
    // 400 x 200
    expect(savings(advice)).toEqual([80_000, 80_000, 80_000, 80_000, 80_000]);
    expect(advice?.title).toBe(
      "1 MCP server stood in the prompts of 5 sessions or more and was never used, up to 400 tokens a call: issues",
    );
    expect(advice?.confidence).toBe("low");
  });

  test("all classes: what is not read from the cache is taken off input, then 5 m, then 1 h writes", async () => {
    const cold: Step = (transcript) =>
      transcript.attachment(listed(TOOLS)).attachment(INSTRUCTIONS).call("m1", [100, 50, 60, 140, 9_000]);
    const [advice] = await adviceOn(...sessions(cold));
    // 60 x 200 + 100 x 4,000 + 140 x 5,000 + 100 x 8,000
    expect(savings(advice)[0]).toBe(12_000 + 400_000 + 700_000 + 800_000);
  });

  test("from the call on that was told of it to the first removal; a sub-agent only where it was told itself", async () => {
    const step: Step = (transcript) =>
      transcript
        .call("m0", READ)
        .attachment(listed(TOOLS))
        .call("m1", READ)
        .call("a1", READ, { agent: "a1" })
        .attachment(listed(TOOLS), "a2")
        .call("a2", READ, { agent: "a2" })
        .attachment(listed([], [TOOLS[3] as string]))
        .call("m2", READ);
    const [advice] = await adviceOn(...sessions(step));
    // m1 and a2 of each: 100 x 200
    expect(savings(advice)).toEqual(Array(10).fill(20_000));
  });

  test("a server that one of them used is none, by whichever thread; others beside it are", async () => {
    const use = { id: "t1", name: TOOLS[0] as string, input: {} };
    const once: Step = (transcript, at) =>
      at === 2 ? usual(transcript, at).call("m2", READ, { uses: [use], agent: "a1" }) : usual(transcript, at);
    expect(await adviceOn(...sessions(once))).toEqual([]);
    const two: Step = (transcript, at) =>
      once(transcript.attachment(listed(["mcp__plugin_shop_db__query_everything_in_it"])), at);
    const [advice] = await adviceOn(...sessions(two));
    expect(advice?.title).toContain("never used, up to 11 tokens a call: shop:db");
    // 43 bytes and one
    expect(savings(advice)[0]).toBe(11 * 200);
  });

  test("near misses: too few sessions, the client's own tools, the editor's server, one that was only taken away", async () => {
    expect(await adviceOn(...sessions(usual, MIN_SESSIONS - 1))).toEqual([]);
    const own: Step = (transcript) =>
      transcript.attachment(listed(["WebSearch", "mcp__ide__getDiagnostics"])).call("m1", READ);
    expect(await adviceOn(...sessions(own))).toEqual([]);
    const gone: Step = (transcript) => transcript.attachment(listed([], TOOLS)).call("m1", READ);
    expect(await adviceOn(...sessions(gone))).toEqual([]);
  });

  test("a use by a session that was never told of it is no use of these", async () => {
    const other = new Transcript("other")
      .prompt("p1", "fix it")
      .call("m1", READ, { uses: [{ id: "t1", name: TOOLS[0] as string, input: {} }] });
    expect(savings((await adviceOn(...sessions(usual), other))[0])).toHaveLength(5);
  });

  test("unpriced calls save nothing", async () => {
    const step: Step = (transcript) =>
      transcript.attachment(listed(TOOLS)).call("m1", READ, { model: "some-gateway-model" });
    expect(await adviceOn(...sessions(step))).toEqual([]);
  });
});
