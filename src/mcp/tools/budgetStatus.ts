import { amountText } from "../../guard/limits.ts";
import { type BudgetStatus, PERIODS } from "../../guard/types.ts";
import { formatPercent } from "../../platform/numbers.ts";
import { budgetsReport } from "../../reports/budgets.ts";
import { iso, share, usd } from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, flag, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import { LEFT, leftFields, leftLine, PAGING, tool } from "../tool.ts";

const NAME = 80;

/** A limit as answers show it. */
export const LIMIT = object({
  id: whole({}, "for `cc-ledger budget rm`"),
  label: text(),
  per: choice(PERIODS),
  unit: choice(["usd", "tokens"], "of limit, spent and forecast"),
  limit: number(),
  spent: number(),
  share: number("spent / limit: 1 is the limit"),
  state: choice(["ok", "warned", "over"]),
  hard: flag("holds up the next call when it is used up"),
  until: nullable(text("end of the period")),
  sessionId: nullable(text("session that stands nearest to a limit per session or prompt")),
  forecast: nullable(number("at the end of the period")),
  unpricedCalls: optional(whole({}, "calls that are not in spent, for want of a price")),
});

export const budgetStatus = tool({
  name: "budget_status",
  title: "Limits and how they stand",
  description: "Every limit (budget) that is set: how much of it is spent, and where the period is heading.",
  input: object({ ...PAGING }),
  output: { limits: list(LIMIT), left: LEFT },
  run(_args, call) {
    const statuses = budgetsReport(call.db, { nowMs: call.nowMs, timeZone: call.timeZone }).slice(call.offset);
    return {
      rows: statuses.length,
      page(count, more) {
        const shown = statuses.slice(0, count);
        return {
          structured: { limits: shown.map(limitFields), ...leftFields(more) },
          markdown: paragraphs(
            statuses.length === 0
              ? "No limits are set. budget_set sets one, for example amount `20`, per `day`."
              : `**Limits** (${call.timeZone})`,
            limitTable(shown),
            leftLine(more, "limits"),
          ),
        };
      },
    };
  },
});

/** {@link LIMIT} of a limit. */
export function limitFields(status: BudgetStatus) {
  const { budget } = status;
  const amount = (value: number): number => (budget.unit === "usd" ? usd(value) : value);
  return {
    id: budget.id,
    label: plain(status.label, NAME),
    per: budget.per,
    unit: budget.unit,
    limit: amount(budget.amount),
    spent: amount(status.spent),
    share: share(status.share),
    state: status.state,
    hard: budget.hard,
    until: iso(status.toMs),
    sessionId: status.sessionId === null ? null : plain(status.sessionId, NAME),
    forecast: status.forecast === null ? null : amount(status.forecast),
    ...(status.unpricedCalls > 0 && { unpricedCalls: status.unpricedCalls }),
  };
}

const STATES = { ok: "ok", warned: "warned", over: "**over**" } as const;

export function limitTable(statuses: readonly BudgetStatus[]): string {
  return table(
    ["#", "Limit", "Spent", "Used", "State", "Forecast"],
    statuses.map((status) => [
      String(status.budget.id),
      code(`${status.label}${status.budget.hard ? ", hard" : ""}`, NAME),
      amountText(status.spent, status.budget.unit),
      formatPercent(status.share),
      STATES[status.state],
      status.forecast === null ? "-" : amountText(status.forecast, status.budget.unit),
    ]),
  );
}
