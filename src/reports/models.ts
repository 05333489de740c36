import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import type { RunKind } from "../ledger/runTypes.ts";
import { addDays, DayMap, dayText } from "../platform/time.ts";
import { addSums, bounded, byCost, type Left, restOf, shareOf, unpricedIn } from "./bounded.ts";
import {
  addMeasures,
  cellsOfHours,
  hourCells,
  MEASURES,
  noSums,
  rowsOf,
  type Selection,
  SUM_MEASURES,
  selectionOf,
  subAgentCells,
  timelessCells,
} from "./cells.ts";
import { coverageOf, hourSpan } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames, type Names } from "./names.ts";
import { sumSessions } from "./sessionSums.ts";
import type { Coverage, Sums, Unpriced } from "./types.ts";

/** Which models did the work: over time, by kind of work, by who called them. Every call counts at the price of its own model. */

export type ModelsPer = "day" | "week" | "month";

/** A model's part of something. */
export interface ModelShare extends Sums {
  model: string;
  /** Share of the cost, 0..1. */
  share: number;
}

/** A day, a week from Monday on, or a month of the person's calendar, as far as it lies in the selection. */
export interface ModelPeriod extends Sums {
  /** First day of it, `YYYY-MM-DD`. */
  from: string;
  models: ModelShare[];
}

export interface ModelUse extends ModelShare {
  sessions: number;
  kinds: (Sums & { kind: RunKind })[];
  /** The dearest first. */
  categories: (Sums & { category: string; share: number })[];
}

export interface ModelsReport {
  totals: Sums & { unpriced: Unpriced[] };
  models: ModelUse[];
  modelsLeft: Left;
  per: ModelsPer;
  /** Newest first. */
  periods: ModelPeriod[];
  periodsLeft: Left;
  coverage: Coverage;
}

const HOUR_MS = 3_600_000;

/** Models of a selection, whole and (unless `periods` is false) by period. Rows beyond `filters.top` are added up in one, of models and of periods. */
export function modelsReport(
  db: Database,
  filters: Filters,
  options: { per: ModelsPer; periods?: boolean },
): ModelsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const { models, totals } = byModel(db, selection, names);
    const shown = bounded(byCost(models), filters.top);
    const all = options.periods === false ? [] : periodsOf(db, selection, filters.timeZone, options.per, names);
    const periods = bounded(all, filters.top);
    return {
      totals: { ...totals, unpriced: unpricedIn(db, selection, names) },
      models: shown.shown,
      modelsLeft: shown.left,
      per: options.per,
      periods: periods.shown,
      periodsLeft: periods.left,
      coverage: coverageOf(db, totals),
    };
  })();
}

interface Gathered {
  sums: Sums;
  categories: Map<number, Sums>;
}

function byModel(db: Database, selection: Selection, names: Names): { models: ModelUse[]; totals: Sums } {
  const totals = noSums();
  const gathered = new Map<number, Gathered>();
  const rows = rowsOf(
    db,
    `SELECT model_id, category, ${SUM_MEASURES} FROM (${timelessCells(selection)}) GROUP BY model_id, category ORDER BY model_id, category`,
  );
  for (const row of rows) {
    const model = gathered.get(row[0] as number) ?? { sums: noSums(), categories: new Map<number, Sums>() };
    gathered.set(row[0] as number, model);
    const category = noSums();
    addMeasures(category, row, 2);
    model.categories.set(row[1] as number, category);
    addSums(model.sums, category);
    addSums(totals, category);
  }
  const { perModel } = sumSessions(db, selection, names, null);
  const kinds = subAgentsByModel(db, selection);
  const models = [...gathered].map(([id, { sums, categories }]): ModelUse => {
    const user = kinds.get(`${id} user`) ?? noSums();
    const overhead = kinds.get(`${id} overhead`) ?? noSums();
    return {
      model: names.models.get(id) ?? "(unknown)",
      sessions: perModel.get(id) ?? 0,
      ...sums,
      share: shareOf(sums, totals),
      kinds: [
        { kind: "main", ...restOf(restOf(sums, user), overhead) },
        { kind: "user", ...user },
        { kind: "overhead", ...overhead },
      ],
      categories: byCost(
        [...categories].map(([category, part]) => ({
          category: CATEGORIES[category] ?? "general",
          ...part,
          share: shareOf(part, sums),
        })),
      ),
    };
  });
  return { models, totals };
}

/** What sub-agents spent, by model and kind; the rest is the main threads'. */
function subAgentsByModel(db: Database, selection: Selection): Map<string, Sums> {
  const rows = db
    .query(
      `SELECT x.model_id, t.kind, ${SUM_MEASURES} FROM (${subAgentCells(selection)}) x JOIN run_types t ON t.id = x.type_id
       GROUP BY x.model_id, t.kind`,
    )
    .values() as [number, RunKind, ...number[]][];
  return new Map(
    rows.map(([model, kind, ...measures]) => {
      const sums = noSums();
      addMeasures(sums, measures, 0);
      return [`${model} ${kind}`, sums];
    }),
  );
}

function periodsOf(db: Database, selection: Selection, timeZone: string, per: ModelsPer, names: Names): ModelPeriod[] {
  const span = hourSpan(db);
  if (span === null) return [];
  const days = new DayMap(span.first * HOUR_MS, (span.last + 1) * HOUR_MS, timeZone);
  const periods = new Map<string, Map<number, Sums>>();
  const add = (day: number, model: number, row: readonly (number | null)[]): void => {
    const from = firstDayOf(per, dayText(day));
    const models = periods.get(from) ?? new Map<number, Sums>();
    periods.set(from, models);
    const sums = models.get(model) ?? noSums();
    models.set(model, sums);
    addMeasures(sums, row, 2);
  };
  const cut = new Set<number>();
  const hours = `SELECT hour, model_id, ${SUM_MEASURES} FROM (${hourCells(selection)}) GROUP BY hour, model_id`;
  for (const row of rowsOf(db, hours)) {
    const day = days.dayNumberOfHour(row[0] as number);
    if (day === null) cut.add(row[0] as number);
    else add(day, row[1] as number, row);
  }
  if (cut.size > 0) {
    const calls = `SELECT at_ms, model_id, ${MEASURES.join(", ")} FROM (${cellsOfHours(selection, [...cut])})`;
    for (const row of rowsOf(db, calls)) add(days.dayNumberOf(row[0] as number), row[1] as number, row);
  }
  return [...periods]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([from, models]) => {
      const sums = noSums();
      for (const part of models.values()) addSums(sums, part);
      const shares = [...models].map(([model, part]) => ({
        model: names.models.get(model) ?? "(unknown)",
        ...part,
        share: shareOf(part, sums),
      }));
      return { from, ...sums, models: byCost(shares) };
    });
}

/** First day of the day, week or month that holds a day. */
function firstDayOf(per: ModelsPer, day: string): string {
  if (per === "day") return day;
  if (per === "month") return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}
