import type { Database } from "bun:sqlite";

/** A limit as the book holds it. Its meaning: `guard/types.ts`. */
export interface BudgetRow {
  id: number;
  per: "session" | "prompt" | "day" | "week" | "month";
  unit: "usd" | "tokens";
  amount: number;
  repo_id: number;
  repo: string | null;
  branch: string;
  pr_number: number;
  model: string;
  hard: number;
  warn: string;
  created_ms: number;
}

/** All limits, in the order they were set. */
export function budgetRows(db: Database): BudgetRow[] {
  return db
    .query<BudgetRow, []>(
      `SELECT b.id, b.per, b.unit, b.amount, b.repo_id, o.name AS repo, b.branch, b.pr_number, b.model, b.hard, b.warn, b.created_ms
       FROM budgets b LEFT JOIN repos o ON o.id = b.repo_id ORDER BY b.id`,
    )
    .all();
}

/** Whether any limit holds up what comes after it. */
export function hasHardBudget(db: Database): boolean {
  return db.query("SELECT 1 FROM budgets WHERE hard = 1 LIMIT 1").get() !== null;
}

/** Sets a limit; one of the same period, unit and scope is replaced. Answers its id. */
export function saveBudget(db: Database, row: Omit<BudgetRow, "id" | "repo">): number {
  const { per, unit, amount, repo_id, branch, pr_number, model, hard, warn, created_ms } = row;
  const saved = db
    .query<{ id: number }, (string | number)[]>(
      `INSERT INTO budgets (per, unit, amount, repo_id, branch, pr_number, model, hard, warn, created_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (per, unit, repo_id, branch, pr_number, model)
       DO UPDATE SET amount = excluded.amount, hard = excluded.hard, warn = excluded.warn, created_ms = excluded.created_ms
       RETURNING id`,
    )
    .get(per, unit, amount, repo_id, branch, pr_number, model, hard, warn, created_ms);
  if (saved === null) throw new Error("the limit was not saved");
  // What was said of the old amount says nothing of the new one.
  db.query("DELETE FROM alerts WHERE budget_id = ?").run(saved.id);
  return saved.id;
}

/** Removes a limit and answers whether there was one. Its alerts stay as history. */
export function removeBudget(db: Database, id: number): boolean {
  db.query("UPDATE alerts SET budget_id = NULL WHERE budget_id = ?").run(id);
  return db.query("DELETE FROM budgets WHERE id = ?").run(id).changes > 0;
}
