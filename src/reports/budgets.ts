import type { Database } from "bun:sqlite";
import { labelOf } from "../guard/limits.ts";
import type { Budget, BudgetStatus } from "../guard/types.ts";
import { forecastAmount } from "./forecast.ts";
import { calendarAt } from "./periods.ts";
import { budgetsOf, isCalendar, placeOf, type Scope, selectionOfBudget, statusOf, TOKENS } from "./spending.ts";

/** How limits stand, for people: all of them, where they are heading, and which stand in each other's way. */

const HOUR_MS = 3_600_000;
/** A session counts as active for so long after its last call. */
const ACTIVE_MS = 5 * HOUR_MS;

/** All limits with what was spent of them. A limit per session or prompt is shown for the active session that has spent most of it. */
export function budgetsReport(
  db: Database,
  options: { nowMs: number; timeZone: string; forecasts?: boolean },
): BudgetStatus[] {
  const budgets = budgetsOf(db);
  if (budgets.length === 0) return [];
  const calendar = calendarAt(options.nowMs, options.timeZone);
  const scopes = activeScopes(db, options.nowMs);
  return budgets.map((budget) => {
    if (isCalendar(budget)) {
      const status = statusOf(db, budget, calendar, null);
      return options.forecasts === false ? status : withForecast(db, status, options);
    }
    const standing = scopes.map((scope) => statusOf(db, budget, calendar, scope));
    const [nearest] = standing.sort((a, b) => b.share - a.share);
    return nearest ?? statusOf(db, budget, calendar, null);
  });
}

/** Adds where a calendar period is heading. What a pull request will cost cannot be told from the calendar. */
function withForecast(
  db: Database,
  status: BudgetStatus,
  { nowMs, timeZone }: { nowMs: number; timeZone: string },
): BudgetStatus {
  const { budget } = status;
  if (budget.prNumber !== 0 || budget.per === "session" || budget.per === "prompt") return status;
  const selection = selectionOfBudget(budget, null);
  const { projected, method, error } = forecastAmount(db, {
    per: budget.per,
    unit: budget.unit,
    nowMs,
    timeZone,
    selection,
  });
  return {
    ...status,
    forecast: projected,
    forecastMethod: method,
    forecastError: error === null ? null : { medianShare: error.medianAbsolutePercentageError, periods: error.periods },
  };
}

const LENGTH = { prompt: 0, session: 1, day: 2, week: 3, month: 4 } as const;

/** What a person should know of a limit that was just set, as far as others stand in its way: a shorter period that may spend more than a
 *  longer one of the same scope never comes to its own limit. */
export function contradictions(budgets: readonly Budget[], id: number): string[] {
  const own = budgets.find((budget) => budget.id === id);
  if (own === undefined) return [];
  const scope = ({ repoId, branch, prNumber, model, unit }: Budget): string =>
    JSON.stringify([repoId, branch, prNumber, model, unit]);
  return budgets
    .filter((other) => other.id !== id && scope(other) === scope(own))
    .flatMap((other) => {
      const [short, long] = LENGTH[own.per] < LENGTH[other.per] ? [own, other] : [other, own];
      if (short.amount <= long.amount) return [];
      return [`Note: ${labelOf(long)} is reached before ${labelOf(short)} can be.`];
    });
}

/** A call that counts for a limit: `amount` in the limit's unit. */
export interface CountedCall {
  atMs: number;
  sessionId: number;
  promptId: number;
  amount: number;
  costNano: number;
}

/** All calls that count for a limit, in the order of time; of a pull request its shares, by hour. */
export function callsUnder(db: Database, budget: Budget): IterableIterator<CountedCall> {
  const amount = budget.unit === "usd" ? "coalesce(cost_nano, 0)" : TOKENS;
  const columns = `at_ms AS atMs, session_id AS sessionId, ${amount} AS amount, coalesce(cost_nano, 0) AS costNano`;
  const sql =
    budget.prNumber === 0
      ? `SELECT ${columns}, coalesce(prompt_id, 0) AS promptId FROM calls WHERE ${placeOf(budget)} ORDER BY at_ms, id`
      : `SELECT ${columns}, 0 AS promptId FROM allocations WHERE pr_id IN
           (SELECT id FROM pull_requests WHERE repo_id = ${budget.repoId} AND number = ${budget.prNumber}) ORDER BY at_ms`;
  return db.query<CountedCall, []>(sql).iterate();
}

/** Sessions with calls in the last hours, and the prompt that each is at. */
function activeScopes(db: Database, nowMs: number): Scope[] {
  return db
    .query<Scope, [number]>(
      `SELECT s.id AS sessionId, s.session_id AS session,
         (SELECT id FROM prompts p WHERE p.session_id = s.id ORDER BY at_ms DESC LIMIT 1) AS promptId
       FROM sessions s WHERE s.id IN (SELECT session_id FROM rollup_sessions WHERE hour >= ?)`,
    )
    .all(Math.floor((nowMs - ACTIVE_MS) / HOUR_MS));
}
