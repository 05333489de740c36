import type { Filters } from "../../reports/filters.ts";
import type { Coverage, SessionRow, StatsReport } from "../../reports/types.ts";
import { iso, sumsJson, usd } from "./sums.ts";

/** The filters as JSON repeats them, so that a figure can be told from another. */
export function filtersJson(filters: Filters): object {
  const { period, fromMs, toMs, timeZone, repo, branch, model, agent, top } = filters;
  return { period, from: iso(fromMs), until: iso(toMs), timeZone, repo, branch, model, agent, top };
}

/** What is known to be missing, as JSON shows it. */
export function coverageJson(coverage: Coverage): object {
  const { firstCallAtMs, lastCallAtMs, residualNanoUsd, ...counts } = coverage;
  return {
    firstCallAt: iso(firstCallAtMs),
    lastCallAt: iso(lastCallAtMs),
    ...counts,
    residualNanoUsd,
    residualUsd: usd(residualNanoUsd),
  };
}

/** A session as JSON shows it. */
export function sessionJson(row: SessionRow): object {
  return {
    sessionId: row.sessionId,
    agent: row.agent,
    title: row.title,
    repo: row.repo,
    startedAt: iso(row.startedAtMs),
    lastAt: iso(row.lastAtMs),
    models: row.models,
    prompts: row.prompts,
    ...sumsJson(row),
    runaway: row.runaway,
    timesMedian: row.timesMedian,
  };
}

/** The body of `stats --json`; documented in docs/json.md. */
export function statsJson(report: StatsReport, filters: Filters): object {
  const { totals, distribution } = report;
  return {
    filters: filtersJson(filters),
    coverage: coverageJson(report.coverage),
    totals: { ...sumsJson(totals), sessions: totals.sessions, prompts: totals.prompts, unpriced: totals.unpriced },
    daily: report.daily.map((row) => ({ day: row.day, sessions: row.sessions, ...sumsJson(row) })),
    repos: report.repos.map((row) => ({ repo: row.repo, sessions: row.sessions, ...sumsJson(row) })),
    models: report.models.map((row) => ({ model: row.model, sessions: row.sessions, ...sumsJson(row) })),
    sessions: report.sessions.map(sessionJson),
    distribution: {
      sessions: distribution.sessions,
      p50NanoUsd: distribution.p50NanoUsd,
      p95NanoUsd: distribution.p95NanoUsd,
      p99NanoUsd: distribution.p99NanoUsd,
      maxNanoUsd: distribution.maxNanoUsd,
      totalNanoUsd: distribution.totalNanoUsd,
      runaway: distribution.runaway,
    },
    categories: report.categories.map((row) => ({ ...row, costUsd: usd(row.costNanoUsd) })),
  };
}
