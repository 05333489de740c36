import type { Database } from "bun:sqlite";
import { quantile } from "../guard/outliers.ts";
import { isWholeBook, selectionOf } from "./cells.ts";
import { coverageOf } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames } from "./names.ts";
import { overviewOf } from "./overview.ts";
import {
  costsOf,
  describeSessions,
  detailSessions,
  type SessionCost,
  thresholdOf,
  wholeSessionCosts,
} from "./sessionSums.ts";
import type { Distribution, Runaway, StatsReport } from "./types.ts";

/** The six panels of `stats`. Every figure of every panel obeys the same filters. */
export function statsReport(db: Database, filters: Filters): StatsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const overview = overviewOf(db, selection, names, filters.timeZone);
    const { totals, sessions } = overview;
    const costs = isWholeBook(selection) ? costsOf(sessions) : wholeSessionCosts(db);
    const threshold = thresholdOf(costs);
    const heaviest = detailSessions(db, selection, heaviestOf(sessions, filters.top), names);
    return {
      totals,
      coverage: coverageOf(db, totals),
      daily: overview.daily,
      repos: overview.repos.slice(0, filters.top),
      models: overview.models.slice(0, filters.top),
      sessions: describeSessions(db, heaviest, names, costs, threshold),
      distribution: distributionOf(sessions, costs, threshold),
      categories: overview.categories,
    };
  })();
}

/** The `top` sessions by tokens, heaviest first. */
function heaviestOf(sessions: readonly SessionCost[], top: number): SessionCost[] {
  const tokens = Float64Array.from(sessions, ({ totalTokens }) => totalTokens).sort();
  const least = tokens[Math.max(0, tokens.length - top)] ?? 0;
  const candidates = sessions.filter(({ totalTokens }) => totalTokens >= least);
  return candidates.sort((a, b) => b.totalTokens - a.totalTokens || a.id - b.id).slice(0, top);
}

function distributionOf(
  sessions: readonly SessionCost[],
  costs: ReadonlyMap<number, number>,
  threshold: Omit<Runaway, "count">,
): Distribution {
  const spent = Float64Array.from(sessions, ({ costNanoUsd }) => costNanoUsd)
    .filter((cost) => cost > 0)
    .sort();
  const limit = threshold.thresholdNanoUsd;
  const count = limit === null ? 0 : sessions.filter(({ id }) => (costs.get(id) ?? 0) > limit).length;
  return {
    sessions: spent.length,
    p50NanoUsd: Math.round(quantile(spent, 0.5)),
    p95NanoUsd: Math.round(quantile(spent, 0.95)),
    p99NanoUsd: Math.round(quantile(spent, 0.99)),
    maxNanoUsd: spent.at(-1) ?? 0,
    totalNanoUsd: spent.reduce((sum, cost) => sum + cost, 0),
    runaway: { ...threshold, count },
  };
}
