import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Home } from "../../e2e/program.ts";
import { normalHistory, runawayHistory } from "./index.ts";
import { type History, KINDS } from "./truth.ts";

/** The truth about a history and what the program reads from it are two countings of the same calls. */

interface SessionsJson {
  sessions: {
    sessionId: string;
    calls: number;
    costNanoUsd: number;
    prompts: number;
    runs: { kind: string; agentType: string | null }[];
  }[];
}

async function withHistory(make: (claude: string) => History, check: (home: Home, history: History) => Promise<void>) {
  const home = new Home();
  try {
    await check(home, make(home.claude));
  } finally {
    home.remove();
  }
}

async function compare(home: Home, history: History): Promise<void> {
  const ran = await home.run(["sessions", "--since", "all", "--runs", "--json"]);
  expect(ran.code).toBe(0);
  const { sessions } = JSON.parse(ran.out) as SessionsJson;
  const found = sessions.map(({ sessionId, calls, costNanoUsd, runs }) => {
    return { sessionId, calls, costNanoUsd, agents: runs.filter(({ kind }) => kind === "user").length };
  });
  const { normal, runaway } = history;
  const all = runaway === null ? normal : [...normal, runaway];
  const known = all.map(({ sessionId, calls, costNanoUsd, agents }) => ({ sessionId, calls, costNanoUsd, agents }));
  const byId = (a: { sessionId: string }, b: { sessionId: string }): number => (a.sessionId < b.sessionId ? -1 : 1);
  expect(found.sort(byId)).toEqual(known.sort(byId));
}

for (const seed of [1, 17, 36])
  test(`a normal history is read as it was made (seed ${seed})`, async () => {
    await withHistory((claude) => normalHistory(claude, seed), compare);
  }, 60_000);

for (const [index, kind] of KINDS.entries())
  test(`a runaway is read as it was made: ${kind}`, async () => {
    await withHistory(
      (claude) => runawayHistory(claude, index + 1),
      async (home, history) => {
        const { runaway } = history;
        if (runaway === null) throw new Error("nothing ran away");
        expect(runaway.kind).toBe(kind);
        expect(runaway.extraCalls).toBeGreaterThanOrEqual(30);
        // It burned more than nine of ten sessions of this person cost as a whole, or was stopped after 2,500 calls.
        const costs = history.normal.map(({ costNanoUsd }) => costNanoUsd).sort((a, b) => a - b);
        const usual = costs[Math.floor(costs.length * 0.9)] as number;
        if (runaway.extraCalls < 2_500)
          expect(runaway.costNanoUsd - runaway.beforeNanoUsd).toBeGreaterThanOrEqual(usual);
        await compare(home, history);
      },
    );
  }, 60_000);

test("the same seed makes the same files", async () => {
  const bytesOf = (folder: string): string =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => `${path.slice(folder.length)} ${Bun.hash(readFileSync(path))}`)
      .join("\n");
  const [one, other] = [new Home(), new Home()];
  try {
    for (const home of [one, other]) runawayHistory(home.claude, 3);
    expect(bytesOf(one.claude)).toBe(bytesOf(other.claude));
    expect(bytesOf(one.claude).split("\n").length).toBeGreaterThan(25);
  } finally {
    one.remove();
    other.remove();
  }
}, 60_000);
