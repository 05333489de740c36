import { budgetRows, removeBudget, saveBudget } from "../../ledger/budgets.ts";
import { budgetRowOf } from "../../ledger/budgetWish.ts";
import { readSetting } from "../../ledger/config.ts";
import { UserError } from "../../platform/errors.ts";
import { timeZoneOf } from "../../platform/time.ts";
import { renderBudgets } from "../../render/budgets.ts";
import { envelope } from "../../render/json.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { budgetsReport, contradictions } from "../../reports/budgets.ts";
import { budgetsOf } from "../../reports/spending.ts";
import type { BudgetListFlags, BudgetSetFlags } from "../budget.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import { wireGuard } from "../guardHooks.ts";
import { budgetJson } from "../output/budgetJson.ts";

export async function list(this: Context, flags: BudgetListFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const timeZone = timeZoneOf(flags.timezone ?? readSetting(db, "timezone") ?? undefined);
    const statuses = budgetsReport(db, { nowMs: this.now(), timeZone });
    if (flags.json) await writeOut(envelope("budget", { timeZone, budgets: statuses.map(budgetJson) }, this.now()));
    else await writeOut(renderBudgets(statuses, terminalOf(this.process.stdout, this.env), timeZone));
  });
}

export async function set(this: Context, flags: BudgetSetFlags, amount: string): Promise<void> {
  await withLedger(
    this,
    async (ledger) => {
      const { db } = ledger;
      mustWrite(ledger);
      const row = budgetRowOf(db, { ...flags, amount }, process.cwd(), this.now());
      const former = budgetsOf(db);
      const id = saveBudget(db, row);
      const budgets = budgetsOf(db);
      const own = budgets.filter((budget) => budget.id === id);
      const replaced = former.find((budget) => budget.id === id) ?? null;
      const isHolding = own[0]?.hard === true || replaced?.hard === true;
      const notes = [...contradictions(budgets, id), ...(isHolding ? await wireGuard(this, db) : [])];
      if (flags.json) {
        const statuses = statusesNow(this, ledger).filter(({ budget }) => budget.id === id);
        await writeOut(
          envelope("budget", { budgets: statuses.map(budgetJson), replaced: replaced !== null, notes }, this.now()),
        );
      } else
        await writeOut(
          renderSet(
            own[0]?.hard === true,
            statusesNow(this, ledger).find(({ budget }) => budget.id === id)?.label ?? "",
            replaced !== null,
            notes,
          ),
        );
    },
    // A name is looked up in the book: it must know the repos of a history that was never read.
    { catchUp: flags.repo !== undefined },
  );
}

function renderSet(hard: boolean, label: string, replaced: boolean, notes: readonly string[]): string {
  const kind = hard ? "Hard limit" : "Limit";
  return [
    `${kind} ${replaced ? "changed to" : "set:"} ${label}.`,
    ...notes,
    "`cc-ledger budget` shows how it stands.",
    "",
  ].join("\n");
}

export async function rm(this: Context, flags: { json: boolean }, id: number): Promise<void> {
  await withLedger(
    this,
    async (ledger) => {
      mustWrite(ledger);
      const known = budgetRows(ledger.db);
      if (!removeBudget(ledger.db, id))
        throw new UserError(
          `there is no limit number ${id}`,
          known.length === 0
            ? "None is set."
            : `Limits: ${known.map((row) => row.id).join(", ")}. \`cc-ledger budget\` lists them.`,
        );
      const wasHard = known.some((row) => row.id === id && row.hard === 1);
      const notes = wasHard ? await wireGuard(this, ledger.db) : [];
      if (flags.json) await writeOut(envelope("budget", { removed: id, notes }, this.now()));
      else await writeOut([`Limit ${id} removed.`, ...notes, ""].join("\n"));
    },
    { catchUp: false },
  );
}

function statusesNow(context: Context, { db }: OpenLedger): ReturnType<typeof budgetsReport> {
  return budgetsReport(db, { nowMs: context.now(), timeZone: timeZoneOf(readSetting(db, "timezone") ?? undefined) });
}

function mustWrite({ book }: OpenLedger): void {
  if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
}
