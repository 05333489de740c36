import { applyReprice, planReprice } from "../../ledger/reprice.ts";
import { UserError } from "../../platform/errors.ts";
import { envelope } from "../../render/json.ts";
import { formatUsd } from "../../render/numbers.ts";
import { renderTable } from "../../render/table.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { type Context, withLedger } from "../context.ts";
import type { RepriceFlags } from "../reprice.ts";

export async function run(this: Context, flags: RepriceFlags): Promise<void> {
  await withLedger(this, async ({ db, book, prices }) => {
    const plan = planReprice(db, prices);
    const applied = flags.apply && plan.changes.length > 0;
    if (applied) {
      if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
      applyReprice(db, prices, plan);
    }
    const { changes: _changes, ...summary } = plan;
    if (flags.json) {
      await writeOut(envelope("reprice", { applied, ...summary }, this.now()));
      return;
    }
    if (plan.changed === 0) {
      await writeOut(`All ${plan.calls} calls already bear today's prices.\n`);
      return;
    }
    const terminal = terminalOf(this.process.stdout, this.env);
    const rows = plan.models.map((row) => [
      row.model,
      String(row.calls),
      formatUsd(row.beforeNanoUsd),
      formatUsd(row.afterNanoUsd),
      row.newlyPriced > 0
        ? `${row.newlyPriced} newly priced`
        : row.newlyUnpriced > 0
          ? `${row.newlyUnpriced} without a price now`
          : "",
    ]);
    const columns = [
      { title: "MODEL", align: "left" as const, grow: 1 },
      { title: "CALLS", align: "right" as const },
      { title: "BEFORE", align: "right" as const },
      { title: "AFTER", align: "right" as const },
      { title: "NOTE", align: "left" as const, priority: 1 },
    ];
    await writeOut(`${renderTable({ columns, rows, terminal })}\n`);
    const total = `Total ${formatUsd(plan.beforeNanoUsd)} -> ${formatUsd(plan.afterNanoUsd)}, ${plan.changed} of ${plan.calls} calls.`;
    await writeOut(`${total} ${applied ? "Applied." : "Nothing is written yet: run `cc-ledger reprice --apply`."}\n`);
  });
}
