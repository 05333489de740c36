import { afterAll, describe, expect, test } from "bun:test";
import { compare, dearModel } from "../../../src/reports/optimize/rules/dearModel.ts";
import { contextOf, Histories, OPUS, SONNET, savings, Transcript, type Use } from "./history.ts";

/** Nano-dollars per token, input, output, cache read, 5 m and 1 h writes, in November 2026:
 *  Opus 5.5 4,000 20,000 200 5,000 8,000; Sonnet 5.5 2,000 10,000 100 2,500 4,000; Haiku 5.5 100 500 10 125 200, and five times that beyond
 *  a prompt of 100,000 tokens. */

const USAGE = [10, 100, 1_000, 50, 150] as const;
/** 10 x 2,000 + 100 x 10,000 + 1,000 x 100 + 50 x 2,500 + 150 x 4,000: Opus's price less Sonnet's. */
const OPUS_TO_SONNET = 1_845_000;

const histories = new Histories();
afterAll(() => histories.remove());

const grep = (id: string): Use => ({ id, name: "Grep", input: { pattern: "crash" } });
const write = (id: string): Use => ({
  id,
  name: "Write",
  input: { file_path: "/nowhere/repo/a.ts", content: "a\nb\n" },
});

describe("a dear model on work that a cheaper one does", () => {
  test("a session that only explores: each call at the next smaller size of that day", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "where is the parser?")
      .call("m1", USAGE, { uses: [grep("t1")] })
      .result("t1")
      .call("m2", USAGE);
    const [advice] = dearModel(await histories.context(transcript));
    expect(savings(advice)).toEqual([OPUS_TO_SONNET, OPUS_TO_SONNET]);
    expect(advice?.title).toBe(
      "1 run only read and searched, on claude-opus-5-5; claude-sonnet-5-5 was there for less",
    );
    expect(advice?.change).toContain("model: sonnet");
    expect(advice?.confidence).toBe("low");
  });

  test("on a day before Sonnet 5.5 the same calls are priced as Sonnet 5", async () => {
    // 2026-09-23: Opus 5.5 is a day old, Sonnet 5 costs 2,000 10,000 200 2,500 4,000.
    const transcript = new Transcript("s", Date.parse("2026-09-23T10:00:00Z"))
      .prompt("p1", "where is the parser?")
      .call("m1", USAGE, { uses: [grep("t1")] });
    // 3,690,000 less 10 x 2,000 + 100 x 10,000 + 1,000 x 200 + 50 x 2,500 + 150 x 4,000.
    const [advice] = dearModel(await histories.context(transcript));
    expect(savings(advice)).toEqual([3_690_000 - 1_945_000]);
    expect(advice?.title).toContain("claude-sonnet-5 was there");
  });

  test("flags hold for both models: US inference costs a tenth more of each, fast mode is not sold for Sonnet", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "where is the parser?")
      .call("m1", USAGE, { usage: { inference_geo: "us" }, uses: [grep("t1")] })
      .call("m2", USAGE, { usage: { speed: "fast" } });
    // 1.1 x 3,690,000 less 1.1 x 1,845,000; 2 x 3,690,000 less 1,845,000.
    expect(savings(dearModel(await histories.context(transcript))[0])).toEqual([2_029_500, 5_535_000]);
  });

  test("Haiku's long prompts cost five times as much: its tier is chosen by the call's own tokens", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "where is the parser?")
      .call("m1", [0, 100, 100_000, 0, 0], { model: SONNET, uses: [grep("t1")] })
      .call("m2", [0, 100, 100_001, 0, 0], { model: SONNET });
    // Sonnet: 100 x 10,000 + 100,000 x 100 = 11,000,000; Haiku: 100 x 500 + 100,000 x 10 = 1,050,000.
    // One token more: 11,000,100 against 100 x 2,500 + 100,001 x 50 = 5,250,050.
    expect(savings(dearModel(await histories.context(transcript))[0])).toEqual([9_950_000, 5_750_050]);
  });

  test("a sub-agent that wrote nothing, whatever its session did", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "fix the crash")
      .call("m1", USAGE, { uses: [write("t1")] })
      .result("t1")
      .call("a1", USAGE, { uses: [grep("t2")], agent: "a1" })
      .result("t2", { agent: "a1" });
    expect(savings(dearModel(await histories.context(transcript))[0])).toEqual([OPUS_TO_SONNET]);
  });

  test("near misses: a file was written; the work was planning; the model is the cheapest; a sub-agent that wrote", async () => {
    const explored = (): Transcript =>
      new Transcript("s").prompt("p1", "where is the parser?").call("m1", USAGE, { uses: [grep("t1")] });
    const wrote = explored()
      .prompt("p2", "explain it")
      .call("m2", USAGE, { uses: [write("t2")] })
      .result("t2");
    expect(dearModel(await histories.context(wrote))).toEqual([]);
    const planned = new Transcript("s").prompt("p1", "plan the new parser").call("m1", USAGE);
    expect(dearModel(await histories.context(planned))).toEqual([]);
    const small = new Transcript("s")
      .prompt("p1", "where is the parser?")
      .call("m1", USAGE, { model: "claude-haiku-5-5", uses: [grep("t1")] });
    expect(dearModel(await histories.context(small))).toEqual([]);
    const agent = new Transcript("s")
      .prompt("p1", "fix the crash")
      .call("a1", USAGE, { uses: [write("t1")], agent: "a1" })
      .result("t1", { agent: "a1" });
    expect(dearModel(await histories.context(agent))).toEqual([]);
  });

  test("models of other vendors and unknown ones have no ladder", async () => {
    const transcript = new Transcript("s")
      .prompt("p1", "where is the parser?")
      .call("m1", USAGE, { model: "gpt-5.5", uses: [grep("t1")] })
      .call("m2", USAGE, { model: "claude-nobody-9" });
    expect(dearModel(await histories.context(transcript))).toEqual([]);
  });
});

describe("one's own acceptance", () => {
  const rows = (edits: number, written: number, committed: number) => ({ edits, written, committed });

  test("too few edits, or nothing committed by either, say nothing", () => {
    expect(compare(rows(49, 490, 400), rows(500, 5_000, 100))).toBeNull();
    expect(compare(rows(500, 5_000, 4_000), rows(49, 490, 1))).toBeNull();
    expect(compare(rows(100, 1_000, 0), rows(100, 1_000, 0))).toBeNull();
  });

  test("clearly worse beyond chance, and near it", () => {
    // 100 edits each, 80 % against 70 %: pooled 75 %, error sqrt(0.75 x 0.25 x 0.02) = 0.0612, z = 1.63: just not clear.
    expect(compare(rows(100, 1_000, 800), rows(100, 1_000, 700))).toEqual({ dear: 0.8, cheap: 0.7 });
    // 69 %: pooled 74.5 %, error sqrt(0.745 x 0.255 x 0.02) = 0.0616, z = 1.78: clear.
    expect(compare(rows(100, 1_000, 800), rows(100, 1_000, 690))).toBe("worse");
    // The cheaper one is better.
    expect(compare(rows(100, 1_000, 500), rows(100, 1_000, 900))).toEqual({ dear: 0.5, cheap: 0.9 });
  });

  test("figures of both models decide: no advice where the cheaper one is worse, high confidence where it is not", async () => {
    const transcript = new Transcript("s");
    for (const model of [OPUS, SONNET]) {
      transcript.prompt(`p-${model}`, "add the parser");
      for (let n = 0; n < 60; n++)
        transcript
          .call(`${model}-${n}`, USAGE, {
            model,
            uses: [
              {
                id: `${model}-${n}`,
                name: "Write",
                input: { file_path: `/nowhere/repo/${model}-${n}.ts`, content: "a\nb\n" },
              },
            ],
          })
          .result(`${model}-${n}`);
    }
    const explored = new Transcript("x").prompt("p1", "where is the parser?").call("m1", USAGE, { uses: [grep("t1")] });
    const db = await histories.book(transcript, explored);
    // Opus's lines are committed all, Sonnet's those of so many edits.
    const commit = (sonnetEdits: number): void => {
      db.run("DELETE FROM commit_lines; DELETE FROM commits");
      db.run(
        `INSERT INTO commits (id, repo_id, sha, parents, author_ms, committed_ms, subject, reverts, named_pr, named_how, named_branch, added, removed)
         VALUES (1, 1, 'a', '', 0, 0, '', '', 0, '', '', 240, 0)`,
      );
      db.run(
        `INSERT INTO commit_lines (commit_id, path_id, line, count, edit_id, edit_line, grade)
         SELECT 1, e.path_id, 0, e.added, e.id, 0, 1 FROM edits e JOIN paths p ON p.id = e.path_id
         WHERE p.path LIKE '%opus%' OR e.id IN (SELECT o.id FROM edits o JOIN paths q ON q.id = o.path_id WHERE q.path LIKE '%sonnet%' LIMIT ${sonnetEdits})`,
      );
    };
    commit(30);
    expect(dearModel(contextOf(db))).toEqual([]);
    commit(60);
    const [advice] = dearModel(contextOf(db));
    expect(savings(advice)).toEqual([OPUS_TO_SONNET]);
    expect(advice?.confidence).toBe("high");
    expect(advice?.reason).toContain("100 % were committed");
  });
});
