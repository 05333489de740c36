import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Transcript, type Use } from "../reports/optimize/history.ts";
import { Home } from "./program.ts";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

function write(transcript: Transcript): void {
  const folder = join(home.claude, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${transcript.session}.jsonl`), transcript.text());
}

const DAY = 86_400_000;

/** Opus 5.5: 5,000,000 x 200 = $1 read from the cache, in each of four calls; the third and the fourth are retries. A giant result of 30,000 tokens
 *  comes with the fifth, which costs 30,000 x 8,000 more: $1.24. */
function retried(session: string, atMs: number): Transcript {
  const bash = (id: string, command: string): Use => ({ id, name: "Bash", input: { command } });
  const transcript = new Transcript(session, atMs).prompt("p1", "fix the crash");
  for (let n = 0; n < 4; n++)
    transcript
      .call(`m${n}`, [0, 0, 5_000_000, 0, 0], { uses: [bash(`t${n}`, "npm test")] })
      .result(`t${n}`, { failed: true });
  return transcript
    .call("g", [0, 0, 5_000_000, 0, 0], { uses: [bash("tg", "cat dump")] })
    .result("tg", { bytes: 120_000 })
    .call("h", [0, 0, 5_000_000, 0, 30_000]);
}

interface Json {
  kind: string;
  totals: { calls: number; costNanoUsd: number };
  savingNanoUsd: number;
  findings: {
    rule: string;
    savingNanoUsd: number;
    addedNanoUsd: number;
    costNanoUsd: number;
    where: { sessionId: string }[];
  }[];
  findingsLeft: { rows: number; addedNanoUsd: number };
  below: { rows: number; leastNanoUsd: number };
}

describe("optimize", () => {
  test("tells what was wasted, in which session, and what to change; JSON holds it to the nano-dollar", async () => {
    write(retried("11111111-1111-4111-8111-111111111111", Date.now() - DAY));
    const text = await home.run(["optimize"]);
    expect([text.code, text.err]).toEqual([0, ""]);
    expect(text.out).toContain("$6.24 spent");
    expect(text.out).toContain("1. $2.00 of $2.00 in 2 calls  retries");
    expect(text.out).toMatch(/\$2\.00 .* cc-ledger session 11111111$/m);
    const json = JSON.parse((await home.run(["optimize", "--json"])).out) as Json;
    expect(json.kind).toBe("optimize");
    expect(json.totals).toMatchObject({ calls: 6, costNanoUsd: 6_240_000_000 });
    // 25,000 tokens too many at 8,000 are twenty cents, and 30,000 written for 1 h instead of 5 m are nine: below fifty, so in no sum.
    expect(json.findings.map((one) => [one.rule, one.savingNanoUsd, one.addedNanoUsd])).toEqual([
      ["retries", 2_000_000_000, 2_000_000_000],
    ]);
    expect(json.savingNanoUsd).toBe(2_000_000_000);
    expect(json.below).toEqual({ rows: 2, leastNanoUsd: 500_000_000 });
    const csv = (await home.run(["optimize", "--csv"])).out.split("\r\n");
    expect(csv[0]).toStartWith("rule,title,change");
    expect(csv[1]).toStartWith("retries,");
    expect(csv[1]).toContain(",2,2,2,2,11111111-1111-4111-8111-111111111111");
  });

  test("more than --top is added up, not lost", async () => {
    for (let n = 0; n < 4; n++)
      write(retried(`${n}1111111-1111-4111-8111-111111111111`, Date.now() - DAY - n * 60_000));
    const json = JSON.parse((await home.run(["optimize", "--top", "1", "--json"])).out) as Json;
    expect(json.findings.map((one) => one.rule)).toEqual(["retries"]);
    // Four giant results of twenty cents each.
    expect(json.findingsLeft).toMatchObject({ rows: 1, addedNanoUsd: 800_000_000 });
    expect(json.savingNanoUsd).toBe(8_800_000_000);
    expect((await home.run(["optimize", "--top", "1"])).out).toContain("1 more add $0.8000 (--top)");
  });

  test("an empty history, and one without faults", async () => {
    const empty = await home.run(["optimize"]);
    expect(empty.code).toBe(0);
    expect(empty.out).toContain("Nothing in this selection");
    expect(JSON.parse((await home.run(["optimize", "--json"])).out)).toMatchObject({ savingNanoUsd: 0, findings: [] });
    const fine = new Transcript("fine", Date.now() - DAY).prompt("p1", "fix the crash");
    write(fine.call("m1", [10, 100, 1_000, 50, 150]));
    expect((await home.run(["optimize"])).out).toContain("Nothing stands out.");
  });

  test("unpriced calls are named and save nothing", async () => {
    const odd = new Transcript("odd", Date.now() - DAY).prompt("p1", "fix the crash");
    write(odd.call("m1", [10, 100, 1_000, 50, 150], { model: "nobody-9" }));
    expect((await home.run(["optimize"])).out).toContain("unpriced, so nothing is said of it: nobody-9 (1 call)");
  });

  test("bad input: a clear error", async () => {
    write(retried("11111111-1111-4111-8111-111111111111", Date.now() - DAY));
    const repo = await home.run(["optimize", "--repo", "nobody"]);
    expect([repo.code, repo.out]).toEqual([1, ""]);
    expect(repo.err).toContain('--repo "nobody" matches nothing in the book');
    const since = await home.run(["optimize", "--since", "soon"]);
    expect([since.code, since.err.includes("is no period")]).toEqual([1, true]);
    const top = await home.run(["optimize", "--top", "0"]);
    expect([top.code, top.err.includes("--top must be")]).toEqual([1, true]);
  });
});

describe("optimize verify", () => {
  test("compares equal spans, and says so where there are too few days", async () => {
    for (let n = 2; n <= 5; n++)
      write(retried(`${n}1111111-1111-4111-8111-111111111111`, Math.floor(Date.now() / DAY) * DAY - n * DAY));
    const on = new Date(Date.now() - 3 * DAY).toISOString().slice(0, 10);
    const text = await home.run(["optimize", "verify", "--on", on]);
    expect([text.code, text.err]).toEqual([0, ""]);
    expect(text.out).toContain(`change on ${on}: 3 days before`);
    expect(text.out).toContain("before: $12.48 on 2 active days");
    expect(text.out).toMatch(/retries +\$2\.00 +32 % +\$2\.00 +32 % +too little to say/);
    const json = JSON.parse((await home.run(["optimize", "verify", "--on", on, "--json"])).out);
    expect(json).toMatchObject({
      kind: "optimize-verify",
      days: 3,
      before: { activeDays: 2, costNanoUsd: 12_480_000_000 },
    });
    const csv = await home.run(["optimize", "verify", "--on", on, "--csv"]);
    expect(csv.out).toContain("retries,4,2,0.320513,4,4,2,0.320513,4,too little to say");
  });

  test("a day that is none, is not over or is not given", async () => {
    const none = await home.run(["optimize", "verify", "--on", "2026-02-30"]);
    expect([none.code, none.err.includes('--on "2026-02-30" is no day')]).toEqual([1, true]);
    const today = await home.run(["optimize", "verify", "--on", new Date().toISOString().slice(0, 10)]);
    expect([today.code, today.err.includes("is not over")]).toEqual([1, true]);
    expect((await home.run(["optimize", "verify"])).code).toBe(2);
    const empty = await home.run(["optimize", "verify", "--on", "2026-01-01"]);
    expect([empty.code, empty.out.includes("No rule finds anything")]).toEqual([0, true]);
  });
});
