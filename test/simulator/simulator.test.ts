import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCENARIOS, type SimulatedHistory, simulate } from "./index.ts";
import { type Hunk, hunksOf } from "./lines.ts";
import { Random } from "./random.ts";
import { git } from "./repository.ts";
import { parsePatches } from "./truth.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const scratch = mkdtempSync(join(tmpdir(), "simulator-"));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folders = 0;
const fresh = (): string => join(scratch, String(folders++));
const run = (repo: string, ...args: string[]): string => git(scratch, repo, args);
const sum = (list: readonly { costNanoUsd: number }[]): number =>
  list.reduce((total, one) => total + one.costNanoUsd, 0);

interface Row {
  message?: { id?: string; usage?: Record<string, number> };
}

/** What the written transcripts cost: each message once. */
function transcriptCost(history: SimulatedHistory): number {
  const costs = new Map<string, number>();
  const files = readdirSync(history.claude, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".jsonl"))) {
    for (const line of readFileSync(join(history.claude, file), "utf8").trimEnd().split("\n")) {
      const row: Row = JSON.parse(line);
      const usage = row.message?.usage;
      if (row.message?.id === undefined || usage === undefined) continue;
      const tokens = (name: string): number => usage[name] ?? 0;
      const cost =
        tokens("input_tokens") * 3000 +
        tokens("output_tokens") * 15000 +
        tokens("cache_read_input_tokens") * 300 +
        tokens("cache_creation_input_tokens") * 3750;
      costs.set(row.message.id, cost);
    }
  }
  return [...costs.values()].reduce((total, cost) => total + cost, 0);
}

function checkLines(history: SimulatedHistory): void {
  const shas = run(history.repo, "rev-list", "--all", "--no-merges").trim().split("\n");
  expect(history.truth.commits.map((commit) => commit.sha).sort()).toEqual(shas.sort());
  const shown = parsePatches(run(history.repo, "show", "--format=commit %H", ...shas));
  for (const commit of history.truth.commits) {
    const files = commit.files.map(({ path, lines }) => ({
      path,
      lines: lines.map(({ line, text }) => ({ line, text })),
    }));
    expect(files).toEqual((shown.get(commit.sha) ?? []).filter((file) => file.lines.length > 0));
  }
}

function checkSums(history: SimulatedHistory): void {
  const { truth } = history;
  expect(sum(truth.pullRequests) + sum(truth.branches) + truth.unattributedNanoUsd).toBe(truth.totalNanoUsd);
  expect(sum(truth.sessions)).toBe(truth.totalNanoUsd);
  expect(transcriptCost(history)).toBe(truth.totalNanoUsd);
}

/** The new text that hunks make of the old one; throws where the old text is not as a hunk says. */
function patched(before: readonly string[], hunks: readonly Hunk[]): string[] {
  const after: string[] = [];
  let next = 0;
  for (const hunk of hunks) {
    after.push(...before.slice(next, hunk.oldStart - 1));
    expect(after.length).toBe(hunk.newStart - 1);
    const side = (mark: string): string[] =>
      hunk.lines.filter((line) => line.charAt(0) !== mark).map((line) => line.slice(1));
    expect(before.slice(hunk.oldStart - 1, hunk.oldStart - 1 + hunk.oldLines)).toEqual(side("+"));
    expect(side("-").length).toBe(hunk.newLines);
    after.push(...side("-"));
    next = hunk.oldStart - 1 + hunk.oldLines;
  }
  return [...after, ...before.slice(next)];
}

test("the hunks of an edit lead from the old text to the new one", () => {
  const random = new Random(5);
  for (let round = 0; round < 500; round++) {
    const before = Array.from({ length: random.int(1, 60) }, () => String(random.int(0, 40)));
    const after = before.flatMap((text) => (random.chance(0.1) ? [] : random.chance(0.1) ? [text, "new"] : [text]));
    expect(patched(before, hunksOf(before, after))).toEqual(after);
  }
});

describe("simulated histories", () => {
  for (const seed of SEEDS) {
    test(`seed ${seed}: git shows the lines of the truth, the parts make up the total, and it comes out the same again`, () => {
      const history = simulate(fresh(), seed);
      checkLines(history);
      checkSums(history);
      expect(run(history.repo, "status", "--porcelain")).toBe("");
      const again = simulate(fresh(), seed);
      expect(again.truth).toEqual(history.truth);
      expect(run(again.repo, "show-ref")).toBe(run(history.repo, "show-ref"));
    });
  }

  for (const name of SCENARIOS) {
    test(`${name} alone`, () => {
      const history = simulate(fresh(), 4711, { scenarios: [name] });
      checkLines(history);
      checkSums(history);
      run(history.repo, "fsck", "--strict");
      const written = history.truth.commits.flatMap((commit) => commit.files.flatMap((file) => file.lines));
      expect(written.some((line) => line.session !== null)).toBe(name !== "outside");
    });
  }
});
