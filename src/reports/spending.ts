import type { Database } from "bun:sqlite";
import { labelOf } from "../guard/limits.ts";
import type { Budget, BudgetStatus } from "../guard/types.ts";
import { type BudgetRow, budgetRows } from "../ledger/budgets.ts";
import { hourCells, type Selection } from "./cells.ts";
import type { Calendar, Period } from "./periods.ts";

/** What was spent of limits: the one place where that is added up. Hooks load it, so it asks for little. */

const HOUR_MS = 3_600_000;

/** A session, and the prompt it is at, as far as limits per session or prompt go. */
export interface Scope {
  sessionId: number;
  session: string;
  promptId: number | null;
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

/** Limits that bear on what a session does next: not those of other repos, nor of a branch, pull request or model that it is not at. A limit
 *  that others have used up is no reason to hold this one up. */
export function budgetsThatBear(db: Database, budgets: readonly Budget[], sessionId: number): Budget[] {
  if (
    budgets.every(
      ({ repoId, branch, prNumber, model }) => repoId === 0 && branch === "" && prNumber === 0 && model === "",
    )
  )
    return [...budgets];
  const at = db
    .query<{ branch: string; model: string; repo: number; sameAs: number | null }, [number]>(
      `SELECT b.name AS branch, lower(m.name) AS model, o.id AS repo, o.same_as AS sameAs
       FROM runs r JOIN calls c ON c.run_id = r.id JOIN branches b ON b.id = c.branch_id JOIN repos o ON o.id = b.repo_id
       JOIN models m ON m.id = c.model_id WHERE r.session_id = ? AND r.run_id = '' ORDER BY c.id DESC LIMIT 1`,
    )
    .get(sessionId);
  return budgets.filter(({ repoId, branch, prNumber, model }) => {
    if (repoId !== 0 && repoId !== at?.repo && repoId !== at?.sameAs) return false;
    if (branch !== "" && branch !== at?.branch) return false;
    if (model !== "" && at?.model.includes(model) !== true) return false;
    return prNumber === 0 || (at !== null && branchOfPull(db, repoId, prNumber) === at.branch);
  });
}

function branchOfPull(db: Database, repoId: number, number: number): string | null {
  return (
    db
      .query<{ branch: string }, [number, number]>(
        "SELECT branch FROM pull_requests WHERE repo_id = ? AND number = ? AND branch <> ''",
      )
      .get(repoId, number)?.branch ?? null
  );
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

export function isCalendar({ per }: Budget): boolean {
  return per === "day" || per === "week" || per === "month";
}

export function statusOf(db: Database, budget: Budget, calendar: Calendar, scope: Scope | null): BudgetStatus {
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
    forecastMethod: null,
    forecastError: null,
    state: share >= 1 ? "over" : share * 100 >= (budget.warn[0] ?? 100) ? "warned" : "ok",
  };
}

interface Spent {
  spent: number;
  unpriced: number;
}

export const TOKENS = "input + output + cache_read + cache_write_5m + cache_write_1h";

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

function spentInPeriod(db: Database, budget: Budget, where: string, period: Period): Spent {
  const { fromMs, toMs } = period;
  const whole = fromMs % HOUR_MS === 0 && toMs % HOUR_MS === 0;
  if (where === "1" && whole) {
    return sum(db, budget, `SELECT * FROM rollup_clock WHERE hour >= ${fromMs / HOUR_MS} AND hour < ${toMs / HOUR_MS}`);
  }
  return sum(db, budget, hourCells(selectionOfBudget(budget, period)));
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

export function selectionOfBudget(budget: Budget, period: Period | null): Selection {
  const where = placeOf(budget);
  const bounds = { fromMs: period?.fromMs ?? null, toMs: period?.toMs ?? null };
  return { where, wherePlace: where, agentId: null, runType: null, ...bounds };
}

/** Scope of a limit as a condition on `branch_id` and `model_id`. A repo that goes on under another folder counts as one. */
export function placeOf({ repoId, branch, model }: Budget): string {
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
