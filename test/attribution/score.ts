import type { Database } from "bun:sqlite";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claudeCode } from "../../src/agents/claude-code/index.ts";
import { bringAttributionUpToDate } from "../../src/attribution/index.ts";
import { bringUpToDate } from "../../src/ledger/bringUpToDate.ts";
import { openBook } from "../../src/ledger/open.ts";
import { ledgerPaths } from "../../src/platform/paths.ts";
import { PriceBook } from "../../src/pricing/book.ts";
import { pullReport } from "../../src/reports/pullRequests.ts";
import { type ScenarioName, type SimulatedHistory, simulate } from "../simulator/index.ts";
import { baselineCosts } from "./baseline.ts";

/** How well a number of simulated histories were attributed. */
export interface Score {
  histories: number;
  /** Lines given to the right session, to a wrong one or to one where a person wrote them, and not given. */
  right: number;
  wrong: number;
  missed: number;
  /** The same for lines that a formatter changed. */
  formattedRight: number;
  formattedMissed: number;
  /** Relative errors of pull requests' costs, and those of the existing tool's rule. */
  errors: number[];
  baselineErrors: number[];
  /** Seeds whose parts did not add up, or whose total was not the truth's. */
  unbalanced: number[];
}

/** A book of a simulated history, brought up to date. */
export async function attribute(history: SimulatedHistory, folder: string): Promise<Database> {
  const env = {
    HOME: folder,
    CLAUDE_CONFIG_DIR: history.claude,
    CC_LEDGER_HOME: join(folder, "ledger"),
    PATH: process.env.PATH ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const paths = ledgerPaths(env);
  mkdirSync(paths.home, { recursive: true });
  const { db } = openBook(paths.db, { busyTimeoutMs: 1_000, allowReadOnly: false });
  await bringUpToDate(db, [claudeCode], {
    env,
    paths,
    prices: PriceBook.builtIn(),
    machine: { host: "test", os: "linux" },
    now: Date.now,
    fresh: false,
    onProgress: () => undefined,
  });
  const update = await bringAttributionUpToDate(db, { env, now: Date.now, offline: true, recompute: false });
  if (update.problems.length > 0) throw new Error(update.problems.map(({ message }) => message).join("; "));
  return db;
}

/** Simulates, attributes and compares with the truth, seed by seed. */
export async function scoreSeeds(from: number, to: number, scenario?: ScenarioName): Promise<Score> {
  const score: Score = {
    histories: 0,
    right: 0,
    wrong: 0,
    missed: 0,
    formattedRight: 0,
    formattedMissed: 0,
    errors: [],
    baselineErrors: [],
    unbalanced: [],
  };
  for (let seed = from; seed <= to; seed++) {
    const folder = mkdtempSync(join(tmpdir(), "cc-ledger-simulated-"));
    const history = simulate(join(folder, "world"), seed, scenario === undefined ? {} : { scenarios: [scenario] });
    const db = await attribute(history, folder);
    try {
      compareLines(db, history, score);
      compareCosts(db, history, seed, score);
      score.histories++;
    } finally {
      db.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return score;
}

interface FoundLine {
  session: string;
  formatted: boolean;
}

function foundLines(db: Database): Map<string, FoundLine> {
  const rows = db
    .query<{ sha: string; path: string; line: number; count: number; grade: number; session: string }, []>(
      `SELECT c.sha, p.path, l.line, l.count, l.grade, s.session_id AS session FROM commit_lines l
       JOIN commits c ON c.id = l.commit_id JOIN paths p ON p.id = l.path_id JOIN edits e ON e.id = l.edit_id
       JOIN tool_calls t ON t.key = e.key JOIN calls k ON k.id = t.call_id JOIN sessions s ON s.id = k.session_id WHERE l.grade <= 2`,
    )
    .all();
  const found = new Map<string, FoundLine>();
  for (const { sha, path, line, count, grade, session } of rows)
    for (let n = 0; n < count; n++) found.set(`${sha} ${path} ${line + n}`, { session, formatted: grade === 2 });
  return found;
}

function compareLines(db: Database, { truth }: SimulatedHistory, score: Score): void {
  const found = foundLines(db);
  for (const commit of truth.commits) {
    for (const file of commit.files) {
      for (const { line, session, exact } of file.lines) {
        const claim = found.get(`${commit.sha} ${file.path} ${line}`);
        if (claim === undefined && session === null) continue;
        if (claim === undefined) {
          if (exact) score.missed++;
          else score.formattedMissed++;
        } else if (claim.session !== session) score.wrong++;
        else if (exact) score.right++;
        else score.formattedRight++;
      }
    }
  }
}

function compareCosts(db: Database, history: SimulatedHistory, seed: number, score: Score): void {
  const { truth } = history;
  const report = pullReport(db, { repoIds: null, number: null, branch: null, fromMs: null });
  const parts =
    report.unattributedNanoUsd +
    report.branches.reduce((sum, one) => sum + one.costNanoUsd, 0) +
    report.pullRequests.reduce((sum, one) => sum + one.costNanoUsd, 0);
  if (parts !== report.totalNanoUsd || report.totalNanoUsd !== truth.totalNanoUsd) score.unbalanced.push(seed);
  const baseline = baselineCosts(db, history);
  for (const pull of truth.pullRequests) {
    if (pull.costNanoUsd === 0) continue;
    const found = report.pullRequests.find((one) => one.number === pull.number)?.costNanoUsd ?? 0;
    score.errors.push(Math.abs(found - pull.costNanoUsd) / pull.costNanoUsd);
    score.baselineErrors.push(Math.abs((baseline.get(pull.number) ?? 0) - pull.costNanoUsd) / pull.costNanoUsd);
  }
}

/** The figures that docs/attribution.md shows. */
export function summary(
  score: Score,
): Record<"precision" | "recall" | "formatted" | "median" | "p95" | "baselineMedian" | "baselineP95", number> {
  const at = (values: readonly number[], share: number): number =>
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  const claimed = score.right + score.formattedRight + score.wrong;
  return {
    precision: (score.right + score.formattedRight) / claimed,
    recall: score.right / (score.right + score.missed),
    formatted: score.formattedRight / (score.formattedRight + score.formattedMissed),
    median: at(score.errors, 0.5),
    p95: at(score.errors, 0.95),
    baselineMedian: at(score.baselineErrors, 0.5),
    baselineP95: at(score.baselineErrors, 0.95),
  };
}
