import type { Database } from "bun:sqlite";
import { MAIN_TYPE, retypeRuns } from "./runTypes.ts";

/** What one call adds to the rollups. `costNano` is null where the call is unpriced. */
export interface Contribution {
  atMs: number;
  sessionId: number;
  branchId: number;
  modelId: number;
  agentId: number;
  /** Type that its run is filed under. */
  typeId: number;
  promptId: number | null;
  category: number;
  lowerBound: boolean;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  costNano: number | null;
}

export const HOUR_MS = 3_600_000;

/** Measures of a rollup row, in the order of its columns. */
const MEASURES = [
  "calls",
  "unpriced",
  "lower_bounds",
  "input",
  "output",
  "cache_read",
  "cache_write_5m",
  "cache_write_1h",
  "cost_nano",
] as const;

type Cell = Float64Array;

interface LastCells {
  hour: number;
  branchId: number;
  modelId: number;
  category: number;
  sessionId: number;
  typeId: number;
  hourCell: Cell;
  sessionCell: Cell;
  /** Null for main threads. */
  typeCell: Cell | null;
}

/** Collects what changed during one transaction and adds it to the rollups at its end, so that they never lag the facts. */
export class RollupDeltas {
  readonly #db: Database;
  readonly #hours = new Map<string, { key: number[]; cell: Cell }>();
  readonly #sessions = new Map<string, { key: number[]; cell: Cell }>();
  readonly #types = new Map<string, { key: number[]; cell: Cell }>();
  readonly #prompts = new Map<number, { calls: number; tokens: number; cost: number }>();

  /** The cells of the call before: the next one mostly falls into the same. */
  #last: LastCells | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Adds (`sign` 1) or takes away (`sign` -1) a call. */
  add(call: Contribution, sign: 1 | -1): void {
    const hour = Math.floor(call.atMs / HOUR_MS);
    const { branchId, modelId, category, agentId, sessionId, typeId } = call;
    const last = this.#last;
    if (
      last === null ||
      last.hour !== hour ||
      last.branchId !== branchId ||
      last.modelId !== modelId ||
      last.category !== category ||
      last.sessionId !== sessionId ||
      last.typeId !== typeId
    ) {
      this.#last = {
        hour,
        branchId,
        modelId,
        category,
        sessionId,
        typeId,
        hourCell: cellOf(this.#hours, [hour, branchId, modelId, category, agentId]),
        sessionCell: cellOf(this.#sessions, [sessionId, branchId, modelId, hour]),
        typeCell: typeId === MAIN_TYPE ? null : cellOf(this.#types, [hour, branchId, modelId, agentId, typeId]),
      };
    }
    const { hourCell, sessionCell, typeCell } = this.#last as LastCells;
    accumulate(hourCell, call, sign);
    accumulate(sessionCell, call, sign);
    if (typeCell !== null) accumulate(typeCell, call, sign);
    if (call.promptId !== null) {
      const tokens = call.input + call.output + call.cacheRead + call.cacheWrite5m + call.cacheWrite1h;
      this.#addToPrompt(call.promptId, sign, sign * tokens, sign * (call.costNano ?? 0));
    }
  }

  /** Moves what is filed under one category to another. */
  moveCategory(sums: SumRow, from: number, to: number): void {
    const { hour, branchId, modelId, agentId } = sums;
    const source = cellOf(this.#hours, [hour, branchId, modelId, from, agentId]);
    move(source, cellOf(this.#hours, [hour, branchId, modelId, to, agentId]), sums);
  }

  /** Moves what is filed under one type of sub-agent to another. */
  moveType(sums: SumRow, from: number, to: number): void {
    const { hour, branchId, modelId, agentId } = sums;
    const source = cellOf(this.#types, [hour, branchId, modelId, agentId, from]);
    move(source, cellOf(this.#types, [hour, branchId, modelId, agentId, to]), sums);
  }

  /** Moves sums from one prompt to another; either may be none. */
  movePrompt(from: number | null, to: number | null, calls: number, tokens: number, cost: number): void {
    if (from !== null) this.#addToPrompt(from, -calls, -tokens, -cost);
    if (to !== null) this.#addToPrompt(to, calls, tokens, cost);
  }

  #addToPrompt(promptId: number, calls: number, tokens: number, cost: number): void {
    const sums = this.#prompts.get(promptId);
    if (sums === undefined) this.#prompts.set(promptId, { calls, tokens, cost });
    else {
      sums.calls += calls;
      sums.tokens += tokens;
      sums.cost += cost;
    }
  }

  /** Writes the changes. Call inside the transaction that wrote the facts. */
  flush(): void {
    writeCells(this.#db, "rollup_hours", ["hour", "branch_id", "model_id", "category", "agent_id"], this.#hours);
    writeCells(this.#db, "rollup_sessions", ["session_id", "branch_id", "model_id", "hour"], this.#sessions);
    const typeKey = ["branch_id", "model_id", "agent_id", "type_id"];
    writeCells(this.#db, "rollup_sub_agents", ["hour", ...typeKey], this.#types);
    writeCells(this.#db, "rollup_sub_agent_totals", typeKey, folded(this.#types, 1, 5));
    writeCells(this.#db, "rollup_totals", ["branch_id", "model_id", "category", "agent_id"], folded(this.#hours, 1, 5));
    writeCells(this.#db, "rollup_clock", ["hour"], folded(this.#hours, 0, 1));
    const prompt = this.#db.query(
      "UPDATE prompts SET calls = calls + ?, tokens = tokens + ?, cost_nano = cost_nano + ? WHERE id = ?",
    );
    for (const [id, { calls, tokens, cost }] of this.#prompts) {
      if (calls !== 0 || tokens !== 0 || cost !== 0) prompt.run(calls, tokens, cost, id);
    }
    this.clear();
  }

  clear(): void {
    this.#last = null;
    this.#hours.clear();
    this.#sessions.clear();
    this.#types.clear();
    this.#prompts.clear();
  }
}

function move(source: Cell, target: Cell, sums: SumRow): void {
  measuresOf(sums).forEach((value, at) => {
    source[at] = (source[at] as number) - value;
    target[at] = (target[at] as number) + value;
  });
}

/** Cells added up over all but the key columns `from` to `to`. */
function folded(
  cells: ReadonlyMap<string, { key: number[]; cell: Cell }>,
  from: number,
  to: number,
): Map<string, { key: number[]; cell: Cell }> {
  const sums = new Map<string, { key: number[]; cell: Cell }>();
  for (const { key, cell } of cells.values()) {
    const sum = cellOf(sums, key.slice(from, to));
    cell.forEach((value, at) => {
      sum[at] = (sum[at] as number) + value;
    });
  }
  return sums;
}

function cellOf(cells: Map<string, { key: number[]; cell: Cell }>, key: number[]): Cell {
  const name = `${key[0]} ${key[1]} ${key[2]} ${key[3]} ${key[4]}`;
  let entry = cells.get(name);
  if (entry === undefined) {
    entry = { key, cell: new Float64Array(MEASURES.length) };
    cells.set(name, entry);
  }
  return entry.cell;
}

function accumulate(cell: Cell, call: Contribution, sign: 1 | -1): void {
  const add = (at: number, value: number): void => {
    cell[at] = (cell[at] as number) + sign * value;
  };
  add(0, 1);
  if (call.costNano === null) add(1, 1);
  if (call.lowerBound) add(2, 1);
  add(3, call.input);
  add(4, call.output);
  add(5, call.cacheRead);
  add(6, call.cacheWrite5m);
  add(7, call.cacheWrite1h);
  add(8, call.costNano ?? 0);
}

type Rollup = "hours" | "sessions" | "sub_agents" | "sub_agent_totals" | "totals" | "clock";

function writeCells(
  db: Database,
  table: `rollup_${Rollup}`,
  keyColumns: readonly string[],
  cells: ReadonlyMap<string, { key: number[]; cell: Cell }>,
): void {
  const changed = [...cells.values()].filter(({ cell }) => cell.some((value) => value !== 0));
  if (changed.length === 0) return;
  const columns = [...keyColumns, ...MEASURES];
  const upsert = db.query(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
     ON CONFLICT DO UPDATE SET ${MEASURES.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`,
  );
  const emptySql = `DELETE FROM ${table} WHERE ${keyColumns.map((name) => `${name} = ?`).join(" AND ")} AND calls = 0`;
  for (const { key, cell } of changed.sort((a, b) => compareKeys(a.key, b.key))) {
    upsert.run(...key, ...cell);
    if ((cell[0] as number) <= 0) db.query(emptySql).run(...key);
  }
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

const SUMS = `count(*), sum(c.cost_nano IS NULL), sum((c.flags & 16) = 0), sum(c.input), sum(c.output), sum(c.cache_read),
  sum(c.cache_write_5m), sum(c.cache_write_1h), sum(coalesce(c.cost_nano, 0))`;

/** Sums over a set of calls by the key of the hourly rollup, for moving them as a whole. */
export function sumsByHour(db: Database, where: string, ...values: number[]): SumRow[] {
  return db
    .query<Record<string, number>, number[]>(
      `SELECT c.at_ms / ${HOUR_MS} AS hour, c.branch_id AS branchId, c.model_id AS modelId, s.agent_id AS agentId,
         count(*) AS calls, sum(c.cost_nano IS NULL) AS unpriced, sum((c.flags & 16) = 0) AS lowerBounds,
         sum(c.input) AS input, sum(c.output) AS output, sum(c.cache_read) AS cacheRead,
         sum(c.cache_write_5m) AS write5m, sum(c.cache_write_1h) AS write1h, sum(coalesce(c.cost_nano, 0)) AS cost
       FROM calls c JOIN sessions s ON s.id = c.session_id
       WHERE ${where} GROUP BY 1, 2, 3, 4`,
    )
    .all(...values) as unknown as SumRow[];
}

/** One row of {@link sumsByHour}. */
export interface SumRow {
  hour: number;
  branchId: number;
  modelId: number;
  agentId: number;
  calls: number;
  unpriced: number;
  lowerBounds: number;
  input: number;
  output: number;
  cacheRead: number;
  write5m: number;
  write1h: number;
  cost: number;
}

/** The measures of a {@link SumRow} in column order. */
function measuresOf(row: SumRow): number[] {
  return [
    row.calls,
    row.unpriced,
    row.lowerBounds,
    row.input,
    row.output,
    row.cacheRead,
    row.write5m,
    row.write1h,
    row.cost,
  ];
}

/** Builds all rollups anew from the facts. The result is what the deltas must have led to. Call inside a transaction. */
export function rebuildRollups(db: Database, fallbackCategory: number): void {
  db.run("DELETE FROM rollup_hours");
  db.run("DELETE FROM rollup_sessions");
  db.run(
    `INSERT INTO rollup_hours
     SELECT c.at_ms / ${HOUR_MS}, c.branch_id, c.model_id, coalesce(p.category, ${fallbackCategory}), s.agent_id, ${SUMS}
     FROM calls c JOIN sessions s ON s.id = c.session_id LEFT JOIN prompts p ON p.id = c.prompt_id
     GROUP BY 1, 2, 3, 4, 5`,
  );
  db.run(
    `INSERT INTO rollup_sessions
     SELECT c.session_id, c.branch_id, c.model_id, c.at_ms / ${HOUR_MS}, ${SUMS} FROM calls c GROUP BY 1, 2, 3, 4`,
  );
  db.run("DELETE FROM rollup_sub_agents");
  retypeRuns(db);
  db.run(
    `INSERT INTO rollup_sub_agents
     SELECT c.at_ms / ${HOUR_MS}, c.branch_id, c.model_id, s.agent_id, r.type_id, ${SUMS}
     FROM runs r JOIN calls c ON c.run_id = r.id JOIN sessions s ON s.id = c.session_id
     WHERE r.type_id <> ${MAIN_TYPE} GROUP BY 1, 2, 3, 4, 5`,
  );
  const measures = MEASURES.map((name) => `sum(${name})`).join(", ");
  db.run("DELETE FROM rollup_totals");
  db.run(
    `INSERT INTO rollup_totals SELECT branch_id, model_id, category, agent_id, ${measures} FROM rollup_hours GROUP BY 1, 2, 3, 4`,
  );
  db.run("DELETE FROM rollup_sub_agent_totals");
  db.run(
    `INSERT INTO rollup_sub_agent_totals
     SELECT branch_id, model_id, agent_id, type_id, ${measures} FROM rollup_sub_agents GROUP BY 1, 2, 3, 4`,
  );
  db.run("DELETE FROM rollup_clock");
  db.run(`INSERT INTO rollup_clock SELECT hour, ${measures} FROM rollup_hours GROUP BY 1`);
  db.run("UPDATE prompts SET calls = 0, tokens = 0, cost_nano = 0 WHERE calls <> 0 OR tokens <> 0 OR cost_nano <> 0");
  db.run(
    `UPDATE prompts SET calls = t.calls, tokens = t.tokens, cost_nano = t.cost
     FROM (SELECT prompt_id, count(*) AS calls, sum(coalesce(cost_nano, 0)) AS cost,
             sum(input + output + cache_read + cache_write_5m + cache_write_1h) AS tokens
           FROM calls WHERE prompt_id IS NOT NULL GROUP BY prompt_id) t
     WHERE t.prompt_id = prompts.id`,
  );
}
