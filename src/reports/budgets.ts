import type { Database } from "bun:sqlite";
import { labelOf } from "../guard/limits.ts";
import type { Budget, BudgetStatus } from "../guard/types.ts";
import { type BudgetRow, budgetRows } from "../ledger/budgets.ts";
import { hourCells, type Selection } from "./cells.ts";
import { type Calendar, calendarAt, type Period } from "./periods.ts";

/** How limits stand. The one place where what was spent of a limit is added up. */

const HOUR_MS = 3_600_000;
/** A session counts as active for so long after its last call. */
const ACTIVE_MS = 5 * HOUR_MS;

/** A session, and the prompt it is at, as far as limits per session or prompt go. */
export interface Scope {
  sessionId: number;
  session: string;
  promptId: number | null;
}

/** All limits with what was spent of them. A limit per session or prompt is shown for the active session that has spent most of it. */
export function budgetsReport(db: Database, options: { nowMs: number; timeZone: string }): BudgetStatus[] {
  const budgets = budgetRows(db).map(budgetOf);
  if (budgets.length === 0) return [];
  const calendar = calendarAt(options.nowMs, options.timeZone);
  const scopes = activeScopes(db, options.nowMs);
  return budgets.map((budget) => {
    if (isCalendar(budget)) return statusOf(db, budget, calendar, null);
    const standing = scopes.map((scope) => statusOf(db, budget, calendar, scope));
    const [nearest] = standing.sort((a, b) => b.share - a.share);
    return nearest ?? statusOf(db, budget, calendar, null);
  });
}

/** How the limits stand that bear on one session: its own, its prompt's, and those of the calendar. Few indexed rows: for hooks. */
export function budgetsOfSession(
  db: Database,
  budgets: readonly Budget[],
  calendar: Calendar,
  scope: Scope,
): BudgetStatus[] {
  return budgets.map((budget) => statusOf(db, budget, calendar, scope));
}

/** The limits as they are set. */
export function budgetsOf(db: Database): Budget[] {
  return budgetRows(db).map(budgetOf);
}

/** A row of the book as a limit. */
export function budgetOf(row: BudgetRow): Budget {
  return {
    id: row.id,
    per: row.per,
    unit: row.unit,
    amount: row.amount,
    repoId: row.repo_id,
    repo: row.repo,
    branch: row.branch,
    prNumber: row.pr_number,
    model: row.model,
    hard: row.hard === 1,
    warn: row.warn.split(",").map(Number),
    createdMs: row.created_ms,
  };
}

function isCalendar({ per }: Budget): boolean {
  return per === "day" || per === "week" || per === "month";
}

function statusOf(db: Database, budget: Budget, calendar: Calendar, scope: Scope | null): BudgetStatus {
  const period: Period | null = isCalendar(budget) ? calendar[budget.per as "day" | "week" | "month"] : null;
  const { spent, unpriced } = spentOf(db, budget, period, scope);
  const share = spent / budget.amount;
  return {
    budget,
    label: labelOf(budget),
    spent,
    share,
    unpricedCalls: budget.unit === "usd" ? unpriced : 0,
    fromMs: period?.fromMs ?? null,
    toMs: period?.toMs ?? null,
    subject:
      period?.day ??
      (budget.per === "session" ? `${scope?.sessionId ?? 0}` : `${scope?.sessionId ?? 0}/${scope?.promptId ?? 0}`),
    sessionId: period === null ? (scope?.session ?? null) : null,
    forecast: null,
    state: share >= 1 ? "over" : share * 100 >= (budget.warn[0] ?? 100) ? "warned" : "ok",
  };
}

interface Spent {
  spent: number;
  unpriced: number;
}

const TOKENS = "input + output + cache_read + cache_write_5m + cache_write_1h";

function spentOf(db: Database, budget: Budget, period: Period | null, scope: Scope | null): Spent {
  if (budget.prNumber !== 0) return spentOfPull(db, budget, period, scope);
  const where = placeOf(budget);
  if (period !== null) return spentInPeriod(db, budget, where, period);
  if (scope === null) return { spent: 0, unpriced: 0 };
  if (budget.per === "session") {
    return sum(db, budget, `SELECT * FROM rollup_sessions WHERE session_id = ${scope.sessionId} AND ${where}`);
  }
  if (scope.promptId === null) return { spent: 0, unpriced: 0 };
  return sum(
    db,
    budget,
    `SELECT c.input, c.output, c.cache_read, c.cache_write_5m, c.cache_write_1h, c.cost_nano, c.cost_nano IS NULL AS unpriced
     FROM runs r JOIN calls c ON c.run_id = r.id WHERE r.session_id = ${scope.sessionId} AND c.prompt_id = ${scope.promptId} AND ${where}`,
  );
}

function spentInPeriod(db: Database, budget: Budget, where: string, { fromMs, toMs }: Period): Spent {
  const whole = fromMs % HOUR_MS === 0 && toMs % HOUR_MS === 0;
  if (where === "1" && whole) {
    return sum(db, budget, `SELECT * FROM rollup_clock WHERE hour >= ${fromMs / HOUR_MS} AND hour < ${toMs / HOUR_MS}`);
  }
  const selection: Selection = { where, wherePlace: where, agentId: null, runType: null, fromMs, toMs };
  return sum(db, budget, hourCells(selection));
}

function sum(db: Database, { unit }: Pick<Budget, "unit">, cells: string): Spent {
  const measure = unit === "usd" ? "cost_nano" : TOKENS;
  const row = db
    .query<Spent, []>(
      `SELECT coalesce(sum(${measure}), 0) AS spent, coalesce(sum(unpriced), 0) AS unpriced FROM (${cells})`,
    )
    .get();
  return row ?? { spent: 0, unpriced: 0 };
}

/** Scope of a limit as a condition on `branch_id` and `model_id`. A repo that goes on under another folder counts as one. */
function placeOf({ repoId, branch, model }: Budget): string {
  const parts: string[] = [];
  const branches: string[] = [];
  if (repoId !== 0) branches.push(`repo_id IN (SELECT id FROM repos WHERE id = ${repoId} OR same_as = ${repoId})`);
  if (branch !== "") branches.push(`name = ${quoted(branch)}`);
  if (branches.length > 0) parts.push(`branch_id IN (SELECT id FROM branches WHERE ${branches.join(" AND ")})`);
  if (model !== "") parts.push(`model_id IN (SELECT id FROM models WHERE instr(lower(name), ${quoted(model)}) > 0)`);
  return parts.length === 0 ? "1" : parts.join(" AND ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A pull request's allocated calls, and what the sessions of its branch have spent since they were shared out: that waits for the next
 *  `pr-cost`. */
function spentOfPull(db: Database, budget: Budget, period: Period | null, scope: Scope | null): Spent {
  const { repoId, prNumber } = budget;
  const pull = db
    .query<{ id: number; branch: string }, [number, number]>(
      "SELECT id, branch FROM pull_requests WHERE repo_id = ? AND number = ?",
    )
    .get(repoId, prNumber);
  if (pull === null) return { spent: 0, unpriced: 0 };
  const session = scope === null || period !== null ? "1" : `session_id = ${scope.sessionId}`;
  const time = period === null ? "1" : `at_ms >= ${period.fromMs} AND at_ms < ${period.toMs}`;
  const hours =
    period === null
      ? "1"
      : `hour >= ${Math.floor(period.fromMs / HOUR_MS)} AND hour < ${Math.ceil(period.toMs / HOUR_MS)}`;
  const shared = sum(
    db,
    budget,
    `SELECT *, 0 AS unpriced FROM allocations WHERE pr_id = ${pull.id} AND ${session} AND ${time}`,
  );
  const onBranch = db
    .query<{ id: number }, [number, string]>(
      `SELECT DISTINCT session_id AS id FROM rollup_sessions WHERE ${session}
         AND branch_id IN (SELECT id FROM branches WHERE repo_id = ? AND name = ? AND name <> '')`,
    )
    .all(repoId, pull.branch);
  for (const { id } of onBranch) {
    const all = sum(db, budget, `SELECT * FROM rollup_sessions WHERE session_id = ${id} AND ${hours}`);
    const done = sum(db, budget, `SELECT *, 0 AS unpriced FROM allocations WHERE session_id = ${id} AND ${time}`);
    shared.spent += Math.max(0, all.spent - done.spent);
    shared.unpriced += all.unpriced;
  }
  return shared;
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
