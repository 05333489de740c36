import { afterAll, describe, expect, test } from "bun:test";
import { retries } from "../../../src/reports/optimize/rules/retries.ts";
import { Histories, savings, Transcript, type Use } from "./history.ts";

const histories = new Histories();
afterAll(() => histories.remove());

/** Opus 5.5: 10 x 4,000 + 100 x 20,000 + 1,000 x 200 + 50 x 5,000 + 150 x 8,000 nano-dollars. */
const COST = 3_690_000;
const USAGE = [10, 100, 1_000, 50, 150] as const;

const bash = (n: number, command = "npm test"): Use => ({ id: `t${n}`, name: "Bash", input: { command } });
const edit: Use = {
  id: "e",
  name: "Write",
  input: { file_path: "/nowhere/repo/a.ts", content: "a\nb\n" },
};

function attempt(transcript: Transcript, n: number, failed: boolean, more: readonly Use[] = []): Transcript {
  return transcript.call(`m${n}`, USAGE, { uses: [bash(n), ...more] }).result(`t${n}`, { failed });
}

describe("retries", () => {
  test("four equal failures: the third and the fourth call are wasted", async () => {
    const transcript = new Transcript("s").prompt("p1", "fix it");
    for (let n = 1; n <= 4; n++) attempt(transcript, n, true);
    const [advice] = retries(await histories.context(transcript.call("m5", USAGE)));
    expect(savings(advice)).toEqual([COST, COST]);
    expect(advice?.title).toStartWith("2 tries");
  });

  test("a try that shared its call with two other tools costs a third of it, rounded down", async () => {
    const transcript = new Transcript("s").prompt("p1", "fix it");
    attempt(transcript, 1, true);
    attempt(transcript, 2, true);
    attempt(transcript, 3, true, [bash(30, "ls"), bash(31, "pwd")]);
    expect(savings(retries(await histories.context(transcript))[0])).toEqual([COST / 3]);
  });

  test("near misses: two failures; a file written in between; a success in between; another command; a third try that succeeds", async () => {
    const twice = new Transcript("s").prompt("p1", "fix it");
    attempt(attempt(twice, 1, true), 2, true);
    expect(retries(await histories.context(twice))).toEqual([]);

    const written = new Transcript("s").prompt("p1", "fix it");
    attempt(attempt(written, 1, true), 2, true)
      .call("w", USAGE, { uses: [edit] })
      .result("e");
    attempt(attempt(written, 3, true), 4, true);
    expect(retries(await histories.context(written))).toEqual([]);

    const succeeded = new Transcript("s").prompt("p1", "fix it");
    attempt(attempt(succeeded, 1, true), 2, true);
    attempt(succeeded, 3, false);
    attempt(attempt(succeeded, 4, true), 5, true);
    expect(retries(await histories.context(succeeded))).toEqual([]);

    const others = new Transcript("s").prompt("p1", "fix it");
    for (let n = 1; n <= 4; n++)
      others.call(`m${n}`, USAGE, { uses: [bash(n, `make ${"abcd"[n - 1]}`)] }).result(`t${n}`, { failed: true });
    expect(retries(await histories.context(others))).toEqual([]);
  });

  test("an edit that was refused changes nothing: the third try is wasted", async () => {
    const refused = new Transcript("s").prompt("p1", "fix it");
    attempt(attempt(refused, 1, true), 2, true)
      .call("w", USAGE, { uses: [edit] })
      .result("e", { failed: true });
    attempt(refused, 3, true);
    expect(savings(retries(await histories.context(refused))[0])).toEqual([COST]);
  });

  test("each run counts its own failures", async () => {
    const transcript = new Transcript("s").prompt("p1", "fix it");
    attempt(attempt(transcript, 1, true), 2, true);
    transcript.call("m3", USAGE, { uses: [bash(3)], agent: "a1" }).result("t3", { failed: true, agent: "a1" });
    expect(retries(await histories.context(transcript))).toEqual([]);
  });
});
