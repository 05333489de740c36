import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import type { RunKind } from "../ledger/runTypes.ts";
import { DayMap, dayText } from "../platform/time.ts";
import { addSums, restOf } from "./bounded.ts";
import {
  addMeasures,
  cellsOfHours,
  clockCells,
  isWholeBook,
  MEASURES,
  noSums,
  rowsOf,
  type Selection,
  SUM_MEASURES,
  selectionOf,
  subAgentCells,
  timelessCells,
} from "./cells.ts";
import { hourSpan } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames, type Names } from "./names.ts";
import { describeSession, detailSessions, type SessionCost, type SessionFacts, sumSessions } from "./sessionSums.ts";
import type { CategoryRow, DailyRow, ModelRow, RepoRow, Sums, Totals } from "./types.ts";

/** What was spent, all in all: by repo, model, kind of work and day. */

const HOUR_MS = 3_600_000;

export interface Overview {
  totals: Totals;
  /** Newest first. */
  daily: DailyRow[];
  /** The dearest first, all of them. */
  repos: RepoRow[];
  models: ModelRow[];
  categories: CategoryRow[];
  sessions: SessionCost[];
}

/** Sums of a selection along each of its dimensions. */
export function overviewOf(db: Database, selection: Selection, names: Names, timeZone: string): Overview {
  const { repos, models, categories, totals } = byDimension(db, selection, names);
  const days = dayMapOf(db, selection, timeZone);
  const bySession = sumSessions(db, selection, names, days);
  for (const row of repos) row.row.sessions = bySession.perRepo.get(row.id) ?? 0;
  for (const row of models) row.row.sessions = bySession.perModel.get(row.id) ?? 0;
  totals.sessions = bySession.sessions.length;
  const prompts = promptsByCategory(db, selection);
  for (const row of categories) row.prompts = prompts.get(row.category) ?? 0;
  totals.prompts = [...prompts.values()].reduce((sum, count) => sum + count, 0);
  return {
    totals,
    daily: days === null ? [] : dailyRows(db, selection, days, bySession.perDay),
    repos: repos.map(({ row }) => row),
    models: models.map(({ row }) => row),
    categories,
    sessions: bySession.sessions,
  };
}

export interface OverviewReport extends Overview {
  /** What main threads, sub-agents and the clients' own runs spent. */
  kinds: Record<RunKind, Sums>;
  /** The session that cost most, null where nothing was spent. */
  dearest: (Sums & SessionFacts) | null;
}

/** An overview with who spent it, and the session to look at first. At most `filters.top` repos and models. */
export function overviewReport(db: Database, filters: Filters): OverviewReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const overview = overviewOf(db, selection, names, filters.timeZone);
    const [dearest] = detailSessions(db, selection, dearestOf(overview.sessions), names);
    return {
      ...overview,
      repos: overview.repos.slice(0, filters.top),
      models: overview.models.slice(0, filters.top),
      kinds: spentByKind(db, selection, overview.totals),
      dearest: dearest === undefined ? null : { ...dearest.sums, ...describeSession(db, dearest, names) },
    };
  })();
}

/** What sub-agents did not spend is the main threads'. */
function spentByKind(db: Database, selection: Selection, totals: Sums): Record<RunKind, Sums> {
  const kinds: Record<RunKind, Sums> = { main: noSums(), user: noSums(), overhead: noSums() };
  const rows = db
    .query(
      `SELECT t.kind, ${SUM_MEASURES} FROM (${subAgentCells(selection)}) x JOIN run_types t ON t.id = x.type_id GROUP BY t.kind`,
    )
    .values() as [RunKind, ...number[]][];
  for (const [kind, ...measures] of rows) addMeasures(kinds[kind], measures, 0);
  addSums(kinds.main, restOf(restOf(totals, kinds.user), kinds.overhead));
  return kinds;
}

/** The session that cost most, the earlier one on a tie; none where nothing was spent. */
function dearestOf(sessions: readonly SessionCost[]): SessionCost[] {
  let dearest: SessionCost | null = null;
  for (const session of sessions) if (session.costNanoUsd > (dearest?.costNanoUsd ?? 0)) dearest = session;
  return dearest === null ? [] : [dearest];
}

interface Dimensions {
  repos: { id: number; row: RepoRow }[];
  models: { id: number; row: ModelRow }[];
  categories: CategoryRow[];
  totals: Totals;
}

function byDimension(db: Database, selection: Selection, names: Names): Dimensions {
  const rows = rowsOf(
    db,
    `SELECT branch_id, model_id, category, ${SUM_MEASURES} FROM (${timelessCells(selection)}) GROUP BY branch_id, model_id, category`,
  );
  const repos = new Map<number, RepoRow>();
  const models = new Map<number, ModelRow>();
  const categories = new Map<number, Sums>();
  const all = noSums();
  for (const row of rows) {
    const repo = names.repoOfBranch.get(row[0] as number) ?? 0;
    const model = row[1] as number;
    const category = row[2] as number;
    addMeasures(
      entryOf(repos, repo, () => ({ ...noSums(), repo: names.repos.get(repo) ?? "(unknown)", sessions: 0 })),
      row,
      3,
    );
    addMeasures(
      entryOf(models, model, () => ({ ...noSums(), model: names.models.get(model) ?? "", sessions: 0 })),
      row,
      3,
    );
    addMeasures(entryOf(categories, category, noSums), row, 3);
    addMeasures(all, row, 3);
  }
  const sortedModels = sortedByCost(models);
  const unpriced = sortedModels
    .filter(({ row }) => row.unpricedCalls > 0)
    .map(({ row }) => ({ model: row.model, calls: row.unpricedCalls }))
    .sort((a, b) => b.calls - a.calls || (a.model < b.model ? -1 : 1));
  return {
    repos: sortedByCost(repos),
    models: sortedModels,
    categories: sortedByCost(categories).map(({ id, row }) => ({
      category: CATEGORIES[id] ?? "general",
      prompts: 0,
      calls: row.calls,
      totalTokens: row.totalTokens,
      costNanoUsd: row.costNanoUsd,
      share: all.costNanoUsd === 0 ? 0 : row.costNanoUsd / all.costNanoUsd,
    })),
    totals: { ...all, sessions: 0, prompts: 0, unpriced },
  };
}

function entryOf<T>(map: Map<number, T>, id: number, make: () => T): T {
  let entry = map.get(id);
  if (entry === undefined) {
    entry = make();
    map.set(id, entry);
  }
  return entry;
}

function sortedByCost<T extends Sums>(map: ReadonlyMap<number, T>): { id: number; row: T }[] {
  const entries = [...map].map(([id, row]) => ({ id, row }));
  return entries.sort(
    (a, b) => b.row.costNanoUsd - a.row.costNanoUsd || b.row.totalTokens - a.row.totalTokens || a.id - b.id,
  );
}

/** The calendar of the selection's span in a zone, or null for an empty book. */
function dayMapOf(db: Database, { fromMs, toMs }: Selection, timeZone: string): DayMap | null {
  const span = hourSpan(db);
  if (span === null) return null;
  const from = Math.max(span.first * HOUR_MS, fromMs ?? 0);
  const to = Math.min((span.last + 1) * HOUR_MS, toMs ?? Number.MAX_SAFE_INTEGER);
  return new DayMap(from, Math.max(from, to), timeZone);
}

/** Days of the person's calendar, newest first. An hour that midnight cuts in two is counted call by call. */
function dailyRows(db: Database, selection: Selection, map: DayMap, sessions: ReadonlyMap<number, number>): DailyRow[] {
  const sql = isWholeBook(selection)
    ? clockCells(selection)
    : `SELECT hour, ${SUM_MEASURES} FROM (${clockCells(selection)}) GROUP BY hour ORDER BY hour`;
  const days = new Map<number, DailyRow>();
  const dayEntry = (day: number): DailyRow =>
    entryOf(days, day, () => ({ ...noSums(), day: dayText(day), sessions: sessions.get(day) ?? 0 }));
  const cut: number[] = [];
  for (const row of rowsOf(db, sql)) {
    const day = map.dayNumberOfHour(row[0] as number);
    if (day === null) cut.push(row[0] as number);
    else addMeasures(dayEntry(day), row, 1);
  }
  if (cut.length > 0) {
    for (const row of rowsOf(db, `SELECT at_ms, ${MEASURES.join(", ")} FROM (${cellsOfHours(selection, cut)})`)) {
      addMeasures(dayEntry(map.dayNumberOf(row[0] as number)), row, 1);
    }
  }
  return [...days].sort((a, b) => b[0] - a[0]).map(([, row]) => row);
}

/** Prompts that cost something and began in the period, by category. */
function promptsByCategory(db: Database, selection: Selection): Map<string, number> {
  const { fromMs, toMs, wherePlace, agentId } = selection;
  const restricted = wherePlace !== "1" || agentId !== null || selection.runType !== null;
  const time = `${fromMs === null ? "1" : `at_ms >= ${fromMs}`} AND ${toMs === null ? "1" : `at_ms < ${toMs}`}`;
  const sessions = restricted ? ` AND session_id IN (SELECT session_id FROM rollup_sessions WHERE ${wherePlace})` : "";
  const rows = rowsOf(
    db,
    `SELECT category, count(*) FROM prompts WHERE calls > 0 AND ${time}${sessions} GROUP BY category`,
  );
  return new Map(rows.map((row) => [CATEGORIES[row[0] as number] ?? "general", row[1] as number]));
}
