import type { Database } from "bun:sqlite";
import { expect } from "bun:test";
import { agentsReport } from "../../src/reports/agents.ts";
import { type FilterFlags, type Filters, filtersOf } from "../../src/reports/filters.ts";
import { modelsReport } from "../../src/reports/models.ts";
import { projectsReport } from "../../src/reports/projects.ts";
import { sessionReport } from "../../src/reports/session.ts";
import { sessionsReport } from "../../src/reports/sessions.ts";
import { LISTS, skillsReport } from "../../src/reports/skills.ts";
import { statsReport } from "../../src/reports/stats.ts";
import { toolsReport } from "../../src/reports/tools.ts";
import type { Sums } from "../../src/reports/types.ts";

/** Whatever a book holds, and whatever part of it is asked for: everything that a report splits adds up to what it splits, exactly. */

const ALL = 100_000;
/** calls, unpriced, lower bounds, input, output, cache read, 5 m and 1 h writes, nano-dollars. */
export type Measures = number[];

export const measures = ({ calls, unpricedCalls, lowerBoundCalls, tokens, costNanoUsd }: Sums): Measures => [
  calls,
  unpricedCalls,
  lowerBoundCalls,
  tokens.input,
  tokens.output,
  tokens.cacheRead,
  tokens.cacheWrite5m,
  tokens.cacheWrite1h,
  costNanoUsd,
];

/** The same straight from the calls. `where` is a condition on `v_calls`. */
export function callsOf(db: Database, where: string): Measures {
  const [row] = db
    .query(
      `SELECT count(*), sum(cost_nano IS NULL), sum(lower_bound), sum(input), sum(output), sum(cache_read), sum(cache_write_5m), sum(cache_write_1h),
         sum(cost_nano) FROM v_calls WHERE ${where}`,
    )
    .values() as (number | null)[][];
  return (row as (number | null)[]).map((value) => value ?? 0);
}

const sum = (rows: readonly Sums[]): Measures =>
  rows.reduce((all, row) => measures(row).map((value, at) => value + (all[at] as number)), Array<number>(9).fill(0));

interface Spent {
  totalTokens: number;
  costNanoUsd: number;
}
const spent = (rows: readonly Spent[]): number[] => [
  rows.reduce((all, row) => all + row.totalTokens, 0),
  rows.reduce((all, row) => all + row.costNanoUsd, 0),
];

/** Checks every report of a selection; answers what was spent. `where` is what the selection means for `v_calls`. */
export function checkAddsUp(db: Database, flags: FilterFlags, where: string, nowMs: number): Measures {
  const filters = filtersOf({ ...flags, top: ALL }, nowMs);
  const stats = statsReport(db, filters);
  const totals = measures(stats.totals);
  expect(totals).toEqual(callsOf(db, where));
  for (const list of [stats.daily, stats.repos, stats.models, stats.sessions]) expect(sum(list)).toEqual(totals);
  checkThreads(db, filters, stats.sessions, totals);
  checkModels(db, filters, totals);
  for (const row of projectsReport(db, filters).projects) expect(sum(row.kinds)).toEqual(measures(row));
  for (const top of [1, 2, ALL]) checkCut(db, { ...filters, top }, totals, stats.totals);
  return totals;
}

/** Sub-agents and main threads make up their session, sessions all that was spent. */
function checkThreads(
  db: Database,
  filters: Filters,
  sessions: readonly (Sums & { sessionId: string })[],
  totals: Measures,
): void {
  const agents = agentsReport(db, filters, { runs: true });
  const runs = agents.runs ?? [];
  for (const list of [agents.kinds, agents.agents, runs]) expect(sum(list)).toEqual(totals);
  expect(measures(agents.totals)).toEqual(totals);
  expect(agents.totals.sessions).toBe(sessions.length);
  for (const kind of agents.kinds) expect(sum(runs.filter((run) => run.kind === kind.kind))).toEqual(measures(kind));
  const listed = sessionsReport(db, filters, { runs: true, order: "cost" }).sessions;
  expect(listed.length).toBe(sessions.length);
  for (const session of sessions) {
    const own = runs.filter((run) => run.sessionId === session.sessionId);
    expect(sum(own)).toEqual(measures(session));
    const row = listed.find(({ sessionId }) => sessionId === session.sessionId);
    expect(measures(row as Sums)).toEqual(measures(session));
    expect(sum(row?.runs ?? [])).toEqual(measures(session));
    expect(row?.unpriced.reduce((all, one) => all + one.calls, 0)).toBe(session.unpricedCalls);
    // One by one, and the same of each.
    const named = (list: readonly (Sums & { runId: string })[]): string[] =>
      list.map((run) => `${run.runId} ${measures(run)}`).sort();
    expect(named(row?.runs ?? [])).toEqual(named(own));
  }
}

/** A session as a whole, whatever is asked for: its threads, its prompts and its calls. */
export function checkSessions(db: Database, nowMs: number): void {
  const filters = filtersOf({ since: "all", top: ALL }, nowMs);
  for (const { sessionId } of statsReport(db, filters).sessions) {
    const { session, prompts, calls, timeline } = sessionReport(db, sessionId, filters, { calls: true });
    const whole = measures(session);
    expect(sum(session.runs ?? [])).toEqual(whole);
    expect(sum(prompts)).toEqual(whole);
    expect(calls?.length).toBe(session.calls);
    expect(calls?.reduce((all, call) => all + (call.costNanoUsd ?? 0), 0)).toBe(session.costNanoUsd);
    expect(timeline.reduce((all, step) => all + step.costNanoUsd, 0)).toBe(session.costNanoUsd);
  }
}

function checkModels(db: Database, filters: Filters, totals: Measures): void {
  for (const per of ["day", "week", "month"] as const) {
    const { models, periods } = modelsReport(db, filters, { per });
    for (const row of models) {
      expect(sum(row.kinds)).toEqual(measures(row));
      expect(sum(row.categories)).toEqual(measures(row));
    }
    expect(sum(periods)).toEqual(totals);
    for (const row of periods) expect(sum(row.models)).toEqual(measures(row));
  }
}

/** Lists that are cut at `top`: what is shown and what is left are all there is. */
function checkCut(db: Database, filters: Filters, totals: Measures, whole: Sums & { sessions: number }): void {
  const { top } = filters;
  const agents = agentsReport(db, filters, { runs: true });
  expect(agents.agents.length).toBeLessThanOrEqual(top);
  expect(sum([...agents.agents, agents.agentsLeft])).toEqual(totals);
  expect(sum([...(agents.runs ?? []), agents.runsLeft as Sums])).toEqual(totals);
  const models = modelsReport(db, filters, { per: "day" });
  expect(sum([...models.models, models.modelsLeft])).toEqual(totals);
  expect(sum([...models.periods, models.periodsLeft])).toEqual(totals);
  const projects = projectsReport(db, filters);
  expect(sum([...projects.projects, projects.projectsLeft])).toEqual(totals);
  expect(projects.totals.sessions).toBe(whole.sessions);
  const all = [whole.totalTokens, whole.costNanoUsd];
  const tools = toolsReport(db, filters);
  expect(spent([...tools.tools, tools.toolsLeft, tools.withoutTools])).toEqual(all);
  expect(tools.totals).toEqual({ calls: whole.calls, totalTokens: whole.totalTokens, costNanoUsd: whole.costNanoUsd });
  const skills = skillsReport(db, filters);
  expect(spent([skills.totals])).toEqual(all);
  for (const name of LISTS) {
    const { rows, left, rest } = skills[name];
    expect(rows.length).toBeLessThanOrEqual(top);
    expect(spent([...rows, left, rest])).toEqual(all);
    expect(Math.min(rest.costNanoUsd, rest.totalTokens, left.costNanoUsd)).toBeGreaterThanOrEqual(0);
  }
}
