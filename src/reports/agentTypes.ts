import type { Database } from "bun:sqlite";
import { overheadOf } from "../agents/overhead.ts";
import type { RunKind } from "../ledger/runTypes.ts";
import { addSums, restOf } from "./bounded.ts";
import {
  addMeasures,
  isWholeBook,
  noSums,
  rowsOf,
  type Selection,
  SUB_AGENTS,
  SUM_MEASURES,
  selectedCalls,
  sessionCells,
  subAgentCells,
  timelessCells,
} from "./cells.ts";
import type { Sums } from "./types.ts";

/** What the main threads and each type of sub-agent spent: from sums that are kept by type, so that no single call is looked at. */

/** What main threads, or the runs of one type, spent. */
export interface AgentType {
  kind: RunKind;
  type: string | null;
  runs: number;
  sessions: number;
  sums: Sums;
  models: Map<number, number>;
}

/** Types with calls in a selection. The rollup knows what sub-agents of each spent; the rest of what was spent is the main threads'. */
export function typesIn(db: Database, selection: Selection): AgentType[] {
  const { runType } = selection;
  const all = { ...selection, runType: null };
  const subAgents = runType === "main" ? [] : subAgentTypes(db, selection);
  if (runType !== null && runType !== "main") return subAgents;
  const main = mainType(db, all, runType === "main" ? subAgentTypes(db, all) : subAgents);
  return main.runs === 0 ? subAgents : [main, ...subAgents];
}

interface SubAgents extends AgentType {
  ids: number[];
  byModel: Map<number, Sums>;
}

function subAgentTypes(db: Database, selection: Selection): SubAgents[] {
  const rows = db
    .query(
      `SELECT t.id, t.kind, t.agent_type, t.family, x.* FROM (
         SELECT model_id, ${SUM_MEASURES}, type_id FROM (${subAgentCells(selection)}) GROUP BY type_id, model_id) x
       JOIN run_types t ON t.id = x.type_id ORDER BY t.id`,
    )
    .values() as [id: number, kind: RunKind, agentType: string, family: string, model: number, ...number[]][];
  const types = new Map<string, SubAgents>();
  for (const [id, kind, agentType, family, model, ...measures] of rows) {
    const type = labelOf(kind, agentType, family);
    const key = JSON.stringify([kind, type]);
    let entry = types.get(key);
    if (entry === undefined) {
      entry = { kind, type, runs: 0, sessions: 0, sums: noSums(), models: new Map(), ids: [], byModel: new Map() };
      types.set(key, entry);
    }
    if (entry.ids.at(-1) !== id) entry.ids.push(id);
    const part = noSums();
    addMeasures(part, measures, 0);
    addSums(entry.sums, part);
    addTo(entry.byModel, model, part);
  }
  const counted = [...types.values()];
  for (const entry of counted) entry.models = costsOf(entry.byModel);
  countRuns(db, selection, counted);
  return counted;
}

/** Counts runs, and the sessions that they ran in. */
function countRuns(db: Database, selection: Selection, types: readonly SubAgents[]): void {
  const runs = isWholeBook(selection)
    ? `SELECT id AS run_id, session_id, type_id FROM runs r WHERE ${SUB_AGENTS} AND EXISTS (SELECT 1 FROM calls c WHERE c.run_id = r.id)`
    : `SELECT DISTINCT run_id, session_id, type_id FROM (${selectedCalls(selection, SUB_AGENTS)})`;
  const place = new Map(types.flatMap(({ ids }, at) => ids.map((id) => [id, at] as const)));
  const seen = types.map(() => new Set<number>());
  for (const [, session, typeId] of rowsOf(db, runs) as [number, number, number][]) {
    const at = place.get(typeId);
    if (at === undefined) continue;
    (types[at] as AgentType).runs++;
    seen[at]?.add(session);
  }
  for (const [at, sessions] of seen.entries()) (types[at] as AgentType).sessions = sessions.size;
}

/** Main threads: what was spent, without the sub-agents. */
function mainType(db: Database, selection: Selection, subAgents: readonly SubAgents[]): AgentType {
  const main: AgentType = { kind: "main", type: null, runs: 0, sessions: 0, sums: noSums(), models: new Map() };
  const less = new Map<number, Sums>();
  for (const { byModel } of subAgents) for (const [model, part] of byModel) addTo(less, model, part);
  for (const row of rowsOf(
    db,
    `SELECT model_id, ${SUM_MEASURES} FROM (${timelessCells(selection)}) GROUP BY model_id`,
  )) {
    const whole = noSums();
    addMeasures(whole, row, 1);
    const part = restOf(whole, less.get(row[0] as number) ?? noSums());
    if (part.calls === 0) continue;
    addSums(main.sums, part);
    main.models.set(row[0] as number, part.costNanoUsd);
  }
  const counts = isWholeBook(selection)
    ? "SELECT count(*) FROM runs r WHERE r.kind = 'main' AND EXISTS (SELECT 1 FROM calls c WHERE c.run_id = r.id)"
    : `SELECT count(*) FROM (SELECT session_id, sum(calls) AS calls FROM (${sessionCells(selection)}) GROUP BY session_id) a
       LEFT JOIN (SELECT session_id, count(*) AS calls FROM (${selectedCalls(selection, SUB_AGENTS)}) GROUP BY session_id) b USING (session_id)
       WHERE a.calls > coalesce(b.calls, 0)`;
  main.runs = rowsOf(db, counts)[0]?.[0] ?? 0;
  main.sessions = main.runs;
  return main;
}

export function sessionsIn(db: Database, selection: Selection): number {
  return rowsOf(db, `SELECT count(DISTINCT session_id) FROM (${sessionCells(selection)})`)[0]?.[0] ?? 0;
}

/** A type as reports name it: of a client's own runs what they are for, where that is known. */
export function labelOf(kind: RunKind, agentType: string, family: string): string | null {
  const own = agentType === "" ? null : agentType;
  return kind === "overhead" ? (overheadOf(`${family}-0`) ?? own) : own;
}

function addTo(sums: Map<number, Sums>, key: number, part: Sums): void {
  const entry = sums.get(key);
  if (entry === undefined) sums.set(key, { ...part, tokens: { ...part.tokens } });
  else addSums(entry, part);
}

/** Cost by model. */
export function costsOf(models: ReadonlyMap<number, Sums>): Map<number, number> {
  return new Map([...models].map(([model, { costNanoUsd }]) => [model, costNanoUsd]));
}
