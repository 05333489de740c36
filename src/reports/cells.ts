import type { Database, SQLQueryBindings } from "bun:sqlite";
import { UserError } from "../platform/errors.ts";
import type { Filters } from "./filters.ts";
import type { Sums } from "./types.ts";

/** Where sums come from: the hourly rollups for whole hours, the calls themselves for what a bound cuts through. */

const HOUR_MS = 3_600_000;
/** Category of calls without a prompt; the last one of the list. */
const GENERAL = 12;

/** Columns of every cell after its keys, in this order; {@link sumsFrom} reads them. */
export const MEASURES = [
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

export const SUM_MEASURES = MEASURES.map((name) => `sum(${name})`).join(", ");

const CALL_MEASURES = `1 AS calls, c.cost_nano IS NULL AS unpriced, (c.flags & 16) = 0 AS lower_bounds, c.input, c.output,
  c.cache_read, c.cache_write_5m, c.cache_write_1h, coalesce(c.cost_nano, 0) AS cost_nano`;

/** Condition on a run `r`. */
export const SUB_AGENTS = "r.kind <> 'main'";

const CELL_COLUMNS = `hour, branch_id, model_id, category, agent_id, ${MEASURES.join(", ")}, session_id, at_ms`;

/** Restrictions of a filter as SQL, names resolved to ids. */
export interface Selection {
  /** Condition on branch_id, model_id and agent_id of a cell, "1" where nothing is restricted. */
  where: string;
  /** The same without the agent, for cells that have none. */
  wherePlace: string;
  agentId: number | null;
  /** Type or kind of sub-agent that calls are restricted to. */
  runType: string | null;
  fromMs: number | null;
  toMs: number | null;
}

/** Resolves the names in a filter. A name that matches nothing in the book is an error that lists what there is. */
export function selectionOf(db: Database, filters: Filters): Selection {
  const place: string[] = [];
  if (filters.model !== null)
    place.push(`model_id IN (${matching(db, "--model", filters.model, "SELECT id, name FROM models").join(",")})`);
  const branch: string[] = [];
  if (filters.repo !== null) {
    branch.push(`repo_id IN (${reposNamed(db, filters.repo).join(",")})`);
  }
  if (filters.branch !== null) {
    const found = db.query<{ id: number }, [string]>("SELECT id FROM branches WHERE name = ?").all(filters.branch);
    if (found.length === 0)
      throw unknownName(
        "--branch",
        filters.branch,
        db.query<{ name: string }, []>("SELECT DISTINCT name FROM branches ORDER BY id DESC LIMIT 12").all(),
      );
    branch.push(`id IN (${found.map((row) => row.id).join(",")})`);
  }
  if (branch.length > 0) place.push(`branch_id IN (SELECT id FROM branches WHERE ${branch.join(" AND ")})`);
  const { agentId, runType } = agentOf(db, filters.agent);
  const wherePlace = place.length === 0 ? "1" : place.join(" AND ");
  const where = agentId === null ? wherePlace : `${wherePlace} AND agent_id = ${agentId}`;
  return { where, wherePlace, agentId, runType, fromMs: filters.fromMs, toMs: filters.toMs };
}

/** Repos of a product of that name, else repos by name or a part of it. */
function reposNamed(db: Database, wanted: string): number[] {
  const product = db
    .query<{ id: number }, [string]>(
      `SELECT o.id FROM repo_groups g JOIN repo_group_members m ON m.group_id = g.id JOIN repos o ON m.repo_id IN (o.id, o.same_as)
       WHERE g.name = ?`,
    )
    .all(wanted);
  if (product.length > 0) return product.map(({ id }) => id);
  const found = matching(db, "--repo", wanted, "SELECT id, name, identity AS other FROM repos");
  // What was spent before a repo was moved is its own.
  const continued = db.query<{ id: number }, []>(`SELECT id FROM repos WHERE same_as IN (${found.join(",")})`).all();
  return [...new Set([...found, ...continued.map(({ id }) => id)])];
}

function matching(db: Database, flag: string, wanted: string, sql: string): number[] {
  const rows = db.query<{ id: number; name: string; other?: string }, []>(sql).all();
  const needle = wanted.toLowerCase();
  const exact = rows.filter((row) => row.name.toLowerCase() === needle || row.other?.toLowerCase() === needle);
  const found = exact.length > 0 ? exact : rows.filter((row) => row.name.toLowerCase().includes(needle));
  if (found.length === 0) throw unknownName(flag, wanted, rows);
  return found.map((row) => row.id);
}

function unknownName(flag: string, wanted: string, rows: readonly { name: string }[]): UserError {
  const known = rows.slice(0, 12).map((row) => row.name || "(none)");
  const hint =
    known.length === 0 ? "The book holds nothing yet." : `Known: ${known.join(", ")}${rows.length > 12 ? ", ..." : ""}`;
  return new UserError(`${flag} ${JSON.stringify(wanted)} matches nothing in the book`, hint);
}

/** An agent is a coding agent by name, or a type or kind of sub-agent. */
function agentOf(db: Database, name: string | null): { agentId: number | null; runType: string | null } {
  if (name === null) return { agentId: null, runType: null };
  const agents = db.query<{ id: number; name: string }, []>("SELECT id, name FROM agents").all();
  const agent = agents.find((row) => row.name === name.toLowerCase());
  if (agent !== undefined) return { agentId: agent.id, runType: null };
  const types = db
    .query<{ name: string }, []>(
      "SELECT DISTINCT agent_type AS name FROM runs WHERE agent_type IS NOT NULL UNION VALUES ('main'), ('user'), ('overhead')",
    )
    .all();
  const type = types.find((row) => row.name.toLowerCase() === name.toLowerCase());
  if (type === undefined) throw unknownName("--agent", name, [...agents, ...types]);
  return { agentId: null, runType: type.name };
}

/** Whether a selection is the whole book: then the small rollups answer. */
export function isWholeBook(selection: Selection): boolean {
  const { wherePlace, agentId, runType, fromMs, toMs } = selection;
  return wherePlace === "1" && agentId === null && runType === null && fromMs === null && toMs === null;
}

function isOverAllTime({ runType, fromMs, toMs }: Selection): boolean {
  return runType === null && fromMs === null && toMs === null;
}

/** SQL of cells `(branch_id, model_id, category, agent_id, measures)` of a selection, whatever their hour. */
export function timelessCells(selection: Selection): string {
  if (!isOverAllTime(selection)) return hourCells(selection);
  return `SELECT branch_id, model_id, category, agent_id, ${MEASURES.join(", ")} FROM rollup_totals WHERE ${selection.where}`;
}

/** SQL of the cells `(hour, measures)` of a selection. */
export function clockCells(selection: Selection): string {
  return isWholeBook(selection) ? `SELECT hour, ${MEASURES.join(", ")} FROM rollup_clock` : hourCells(selection);
}

/** SQL of the hourly cells `(hour, branch_id, model_id, category, agent_id, measures)` of a selection. */
export function hourCells(selection: Selection): string {
  if (selection.runType !== null)
    return callCells(selection, timeCondition(selection), runCondition(selection.runType));
  const { wholeFrom, wholeTo, edges } = splitAtHours(selection);
  const rollup = `SELECT hour, branch_id, model_id, category, agent_id, ${MEASURES.join(", ")}, 0, 0 FROM rollup_hours
    WHERE ${selection.where} AND ${hourCondition(wholeFrom, wholeTo)}`;
  return [rollup, ...edges.map((edge) => callCells(selection, edge, "1"))].join(" UNION ALL ");
}

/** SQL of the cells by session `(session_id, branch_id, model_id, hour, measures)` of a selection. */
export function sessionCells(selection: Selection): string {
  const columns = `session_id, branch_id, model_id, hour, ${MEASURES.join(", ")}`;
  if (selection.runType !== null) {
    return `SELECT ${columns} FROM (${callCells(selection, timeCondition(selection), runCondition(selection.runType))})`;
  }
  const { wholeFrom, wholeTo, edges } = splitAtHours(selection);
  const agent =
    selection.agentId === null
      ? ""
      : ` AND session_id IN (SELECT id FROM sessions WHERE agent_id = ${selection.agentId})`;
  const rollup = `SELECT ${columns} FROM rollup_sessions
    WHERE ${selection.wherePlace} AND ${hourCondition(wholeFrom, wholeTo)}${agent}`;
  return [rollup, ...edges.map((edge) => `SELECT ${columns} FROM (${callCells(selection, edge, "1")})`)].join(
    " UNION ALL ",
  );
}

/** SQL of the single calls of a selection: `call_id`, `run_id`, `type_id`, `prompt_id` and the keys and measures of {@link hourCells}. `runs` restricts
 *  them further, by a condition on the run `r`. */
export function selectedCalls(selection: Selection, runs = "1"): string {
  const run = selection.runType === null ? runs : `${runCondition(selection.runType)} AND ${runs}`;
  return callCells(
    selection,
    timeCondition(selection),
    run,
    "1",
    `call_id, run_id, type_id, prompt_id, ${CELL_COLUMNS}`,
  );
}

/** SQL of the cells `(branch_id, model_id, type_id, measures)` of what sub-agents spent in a selection, whatever their hour. Types are those of
 *  `run_types`. */
export function subAgentCells(selection: Selection): string {
  const columns = `branch_id, model_id, type_id, ${MEASURES.join(", ")}`;
  const calls = (time: string, run: string): string => callCells(selection, time, run, "1", columns);
  if (selection.runType !== null)
    return calls(timeCondition(selection), `${runCondition(selection.runType)} AND ${SUB_AGENTS}`);
  if (isOverAllTime(selection)) return `SELECT ${columns} FROM rollup_sub_agent_totals WHERE ${selection.where}`;
  const { wholeFrom, wholeTo, edges } = splitAtHours(selection);
  const rollup = `SELECT ${columns} FROM rollup_sub_agents WHERE ${selection.where} AND ${hourCondition(wholeFrom, wholeTo)}`;
  return [rollup, ...edges.map((edge) => calls(edge, SUB_AGENTS))].join(" UNION ALL ");
}

/** Calls of single hours, one cell a call: for hours that a day's end cuts in two. Keys as of {@link hourCells}, and `at_ms`. */
export function cellsOfHours(selection: Selection, hours: readonly number[]): string {
  const list = hours.join(",");
  const condition = `${timeCondition(selection)} AND c.at_ms / ${HOUR_MS} IN (${list})`;
  return callCells(
    selection,
    condition,
    selection.runType === null ? "1" : runCondition(selection.runType),
    `hour IN (${list})`,
  );
}

/** CROSS JOIN keeps SQLite to this order: from the few sessions of the period to their calls, never through all calls. */
function callCells(selection: Selection, time: string, run: string, hours = "1", columns = CELL_COLUMNS): string {
  return `SELECT ${columns} FROM (
    SELECT c.id AS call_id, c.run_id, r.type_id, c.prompt_id, c.at_ms / ${HOUR_MS} AS hour, c.branch_id, c.model_id, coalesce(p.category, ${GENERAL}) AS category, s.agent_id,
      c.session_id, c.at_ms, ${CALL_MEASURES}
    FROM (SELECT DISTINCT session_id FROM rollup_sessions WHERE ${hours} AND ${hourBounds(time)}) x
    CROSS JOIN sessions s ON s.id = x.session_id
    CROSS JOIN runs r ON r.session_id = s.id
    CROSS JOIN calls c ON c.run_id = r.id
    LEFT JOIN prompts p ON p.id = c.prompt_id
    WHERE ${time} AND ${run}) WHERE ${selection.where}`;
}

/** Condition on a run `r`: of a type or kind of sub-agent. */
export function runCondition(type: string): string {
  const quoted = `'${type.replaceAll("'", "''")}'`;
  return `(r.agent_type = ${quoted} OR r.kind = ${quoted})`;
}

function timeCondition({ fromMs, toMs }: Selection): string {
  return between(fromMs, toMs);
}

function between(fromMs: number | null, toMs: number | null): string {
  const parts = [fromMs === null ? null : `c.at_ms >= ${fromMs}`, toMs === null ? null : `c.at_ms < ${toMs}`];
  return parts.filter((part) => part !== null).join(" AND ") || "1";
}

/** The condition on a call's time, loosened to hours, so that only sessions of those hours are visited. */
function hourBounds(time: string): string {
  const from = /c\.at_ms >= (\d+)/.exec(time)?.[1];
  const to = /c\.at_ms < (\d+)/.exec(time)?.[1];
  return hourCondition(
    from === undefined ? null : Math.floor(Number(from) / HOUR_MS),
    to === undefined ? null : Math.ceil(Number(to) / HOUR_MS),
  );
}

function hourCondition(from: number | null, to: number | null): string {
  const parts = [from === null ? null : `hour >= ${from}`, to === null ? null : `hour < ${to}`];
  return parts.filter((part) => part !== null).join(" AND ") || "1";
}

/** Cuts a period into its whole hours and the pieces at either end. */
function splitAtHours({ fromMs, toMs }: Selection): {
  wholeFrom: number | null;
  wholeTo: number | null;
  edges: string[];
} {
  const wholeFrom = fromMs === null ? null : Math.ceil(fromMs / HOUR_MS);
  const wholeTo = toMs === null ? null : Math.floor(toMs / HOUR_MS);
  const edges: string[] = [];
  if (fromMs !== null && toMs !== null && (wholeFrom as number) > (wholeTo as number)) {
    return { wholeFrom, wholeTo: wholeFrom, edges: [between(fromMs, toMs)] };
  }
  if (fromMs !== null && fromMs < (wholeFrom as number) * HOUR_MS)
    edges.push(between(fromMs, (wholeFrom as number) * HOUR_MS));
  if (toMs !== null && toMs > (wholeTo as number) * HOUR_MS) edges.push(between((wholeTo as number) * HOUR_MS, toMs));
  return { wholeFrom, wholeTo, edges };
}

/** Rows of a query as arrays: the fastest way out of SQLite. */
export function rowsOf(db: Database, sql: string, ...values: SQLQueryBindings[]): (number | null)[][] {
  return db.query(sql).values(...values) as (number | null)[][];
}

/** Empty sums. */
export function noSums(): Sums {
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  return { calls: 0, tokens, totalTokens: 0, costNanoUsd: 0, unpricedCalls: 0, lowerBoundCalls: 0 };
}

/** Adds the measures that start at column `at` of a row; their order is that of {@link MEASURES}. */
export function addMeasures(sums: Sums, row: readonly (number | null)[], at: number): void {
  const { tokens } = sums;
  const input = row[at + 3] ?? 0;
  const output = row[at + 4] ?? 0;
  const cacheRead = row[at + 5] ?? 0;
  const cacheWrite5m = row[at + 6] ?? 0;
  const cacheWrite1h = row[at + 7] ?? 0;
  sums.calls += row[at] ?? 0;
  sums.unpricedCalls += row[at + 1] ?? 0;
  sums.lowerBoundCalls += row[at + 2] ?? 0;
  tokens.input += input;
  tokens.output += output;
  tokens.cacheRead += cacheRead;
  tokens.cacheWrite5m += cacheWrite5m;
  tokens.cacheWrite1h += cacheWrite1h;
  sums.totalTokens += input + output + cacheRead + cacheWrite5m + cacheWrite1h;
  sums.costNanoUsd += row[at + 8] ?? 0;
}
