import { amountText } from "../guard/limits.ts";
import type { BudgetStatus } from "../guard/types.ts";
import { bar } from "./bars.ts";
import { formatDateTime, formatPercent } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

const BAR = 12;

/** Limits, how much of each is used, and when the period ends. */
export function renderBudgets(statuses: readonly BudgetStatus[], terminal: Terminal, timeZone: string): string {
  if (statuses.length === 0)
    return "No limits are set. `cc-ledger budget set 20 --per day` warns at $20 a day; --hard also holds up what comes after it.\n";
  const rows = statuses.map((status): Cell[] => {
    const { budget, spent, share, state, forecast } = status;
    const color = state === "over" ? "red" : state === "warned" ? "yellow" : "green";
    return [
      String(budget.id),
      status.label,
      budget.hard ? "hard" : "warns",
      { text: amountText(spent, budget.unit), color },
      { text: bar(share, BAR, terminal), color },
      `${Math.floor(share * 100)} %`,
      forecast === null ? "" : amountText(forecast, budget.unit),
      status.toMs !== null ? formatDateTime(status.toMs, timeZone) : (status.sessionId?.slice(0, 8) ?? "(none active)"),
    ];
  });
  const table = renderTable({
    columns: [
      { title: "#", align: "right" },
      { title: "LIMIT", align: "left", grow: 1, min: 16 },
      { title: "", align: "left", priority: 4 },
      { title: "SPENT", align: "right" },
      { title: "", align: "left", min: BAR, priority: 3 },
      { title: "USED", align: "right" },
      { title: "FORECAST", align: "right", priority: 5 },
      { title: "UNTIL / SESSION", align: "left", priority: 2 },
    ],
    rows,
    terminal,
  });
  const methods = statuses.flatMap(({ budget, forecastMethod, forecastError }) => {
    if (forecastMethod === null) return [];
    const off =
      forecastError === null
        ? "too few past periods to tell its error"
        : `off by ${formatPercent(forecastError.medianShare)} in the middle of ${forecastError.periods} past periods`;
    return [paint(`Forecast of ${budget.id}: ${forecastMethod}; ${off}.\n`, "dim", terminal)];
  });
  const unpriced = statuses.reduce((most, one) => Math.max(most, one.unpricedCalls), 0);
  const note =
    unpriced === 0
      ? ""
      : paint(
          `${unpriced} calls of unpriced models are in none of these figures; \`cc-ledger stats\` names them.\n`,
          "yellow",
          terminal,
        );
  return `${table}\n${methods.join("")}${note}`;
}
