import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { noSums } from "./cells.ts";
import { coverageOf } from "./coverage.ts";
import type { Coverage, Unpriced } from "./types.ts";

/** Result of one examination. */
export interface Check {
  name: string;
  status: "ok" | "note" | "warn" | "fail";
  /** What was found, in a sentence. */
  finding: string;
  /** What to do about it, "" where there is nothing to do. */
  advice: string;
}

/** What the book itself tells about its health and about what it read. */
export interface BookHealth {
  coverage: Coverage;
  unpriced: Unpriced[];
  unknownTypes: Record<string, number>;
  lines: number;
  clientMadeLines: number;
  oversizedLines: number;
  /** Files whose last line is unfinished. */
  unfinishedFiles: number;
  calls: number;
  callsWithUnclassedWrites: number;
  checks: Check[];
}

/** Examines the book: integrity, conservation of the rollups, and what the logs left open. Reads every page. */
export function bookHealth(db: Database): BookHealth {
  const totals = db
    .query<{ calls: number; unpriced: number; lower: number; unclassed: number; cost: number }, []>(
      `SELECT count(*) AS calls, coalesce(sum(cost_nano IS NULL), 0) AS unpriced, coalesce(sum((flags & 16) = 0), 0) AS lower,
         coalesce(sum((flags & 32) <> 0), 0) AS unclassed, coalesce(sum(cost_nano), 0) AS cost FROM calls`,
    )
    .get() ?? { calls: 0, unpriced: 0, lower: 0, unclassed: 0, cost: 0 };
  const coverage = coverageOf(db, { ...noSums(), unpricedCalls: totals.unpriced, lowerBoundCalls: totals.lower });
  const paths = db.query<{ path: string }, []>("SELECT path FROM source_files").all();
  coverage.filesGone = paths.filter(({ path }) => !existsSync(path)).length;
  const unpriced = db
    .query<Unpriced, []>(
      `SELECT m.name AS model, sum(unpriced) AS calls FROM rollup_hours r JOIN models m ON m.id = r.model_id
       GROUP BY m.name HAVING sum(unpriced) > 0 ORDER BY 2 DESC, 1`,
    )
    .all();
  const files = db
    .query<{ lines: number; made: number; oversized: number; unfinished: number }, []>(
      `SELECT coalesce(sum(lines), 0) AS lines, coalesce(sum(client_made), 0) AS made, coalesce(sum(oversized), 0) AS oversized,
         coalesce(sum(offset < size), 0) AS unfinished FROM source_files`,
    )
    .get() ?? { lines: 0, made: 0, oversized: 0, unfinished: 0 };
  return {
    coverage,
    unpriced,
    unknownTypes: unknownTypes(db),
    lines: files.lines,
    clientMadeLines: files.made,
    oversizedLines: files.oversized,
    unfinishedFiles: files.unfinished,
    calls: totals.calls,
    callsWithUnclassedWrites: totals.unclassed,
    checks: [integrity(db), conservation(db, totals), references(db)],
  };
}

function unknownTypes(db: Database): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { unknown } of db
    .query<{ unknown: string }, []>("SELECT unknown FROM source_files WHERE unknown <> '{}'")
    .all()) {
    for (const [type, count] of Object.entries(JSON.parse(unknown) as Record<string, number>))
      sums[type] = (sums[type] ?? 0) + count;
  }
  return sums;
}

function integrity(db: Database): Check {
  const rows = db.query<{ integrity_check: string }, []>("PRAGMA integrity_check(5)").all();
  const answers = rows.map((row) => row.integrity_check);
  return answers.length === 1 && answers[0] === "ok"
    ? { name: "integrity", status: "ok", finding: "SQLite finds nothing wrong", advice: "" }
    : {
        name: "integrity",
        status: "fail",
        finding: answers.join("; "),
        advice: "Keep a copy of the file, move it aside and run `cc-ledger backfill`.",
      };
}

/** The rollups must add up to the calls, to the nano-dollar. */
function conservation(db: Database, totals: { calls: number; cost: number }): Check {
  const sumOf = (cells: string): { calls: number; cost: number } =>
    db
      .query<{ calls: number; cost: number }, []>(
        `SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(cost_nano), 0) AS cost FROM ${cells}`,
      )
      .get() ?? { calls: 0, cost: 0 };
  const adds = (cells: string, whole: { calls: number; cost: number }): boolean => {
    const { calls, cost } = sumOf(cells);
    return calls === whole.calls && cost === whole.cost;
  };
  const wholes = ["rollup_hours", "rollup_sessions", "rollup_totals", "rollup_clock"];
  const subAgents = "(SELECT 1 AS calls, cost_nano FROM runs r JOIN calls c ON c.run_id = r.id WHERE r.kind <> 'main')";
  const parts = ["rollup_sub_agents", "rollup_sub_agent_totals"];
  const spentBySubAgents = sumOf(subAgents);
  const holds = wholes.every((table) => adds(table, totals)) && parts.every((table) => adds(table, spentBySubAgents));
  return holds
    ? {
        name: "conservation",
        status: "ok",
        finding: `the rollups add up to the ${totals.calls} calls, to the nano-dollar`,
        advice: "",
      }
    : {
        name: "conservation",
        status: "fail",
        finding: "the rollups do not add up to the calls",
        advice: "Run `cc-ledger backfill agent-turns`, which builds them anew, and report this.",
      };
}

function references(db: Database): Check {
  const broken = db.query("PRAGMA foreign_key_check").all().length;
  return broken === 0
    ? { name: "references", status: "ok", finding: "no row points to nothing", advice: "" }
    : {
        name: "references",
        status: "fail",
        finding: `${broken} rows point to nothing`,
        advice: "Move the book aside and run `cc-ledger backfill`.",
      };
}
