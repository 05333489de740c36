import type { BlockRow, BlocksReport } from "../reports/blocks.ts";
import type { Filters } from "../reports/filters.ts";
import { left, money, right } from "./costTables.ts";
import { formatCount, formatDateTime, formatShortDuration, formatTokens, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

/** The plan's windows, the newest first; below them what the active one comes to, and what a guess is. */
export function renderBlocks(report: BlocksReport, terminal: Terminal, filters: Filters, activeOnly: boolean): string {
  const { blocks, matched } = report;
  if (blocks.length === 0)
    return activeOnly
      ? "No window is active: there was no call in the last five hours, and no reset was heard of.\n"
      : `No windows in this selection (${filters.period}). \`cc-ledger blocks --since all\` lists all.\n`;
  const table = renderTable({
    columns: [
      left("FROM"),
      left("TO", { priority: 4 }),
      left("SOURCE"),
      right("CALLS", { priority: 3 }),
      right("TOKENS", { priority: 2 }),
      right("COST"),
      right("PER HOUR", { priority: 5 }),
      right("USED", { priority: 1 }),
      left(""),
    ],
    rows: blocks.map((row) => cells(row, filters.timeZone, terminal)),
    terminal,
  });
  const active = blocks.find((row) => row.active);
  const notes = [
    ...(active === undefined ? [] : [activeText(active, report)]),
    ...(matched > blocks.length ? [`${formatCount(matched - blocks.length)} more windows; --top shows them`] : []),
    ...(blocks.some(({ source }) => source === "guess")
      ? ["guess: no reset was heard of, so the window begins at the full hour of its first call and lasts five hours"]
      : []),
  ];
  return [table, ...notes.map((note) => paint(note, "dim", terminal))].join("\n").concat("\n");
}

function cells(row: BlockRow, timeZone: string, terminal: Terminal): Cell[] {
  const { source, usedPercent, burnNanoUsdPerHour, active, limitReached, pace } = row;
  const used = usedPercent === null ? "" : `${Math.round(usedPercent)} %`;
  const hot = limitReached || (usedPercent ?? 0) >= 100 || (pace !== null && pace.state !== "ok");
  return [
    formatDateTime(row.fromMs, timeZone),
    formatDateTime(row.toMs, timeZone).slice(-5),
    source === "guess" ? { text: source, color: "dim" } : source,
    formatCount(row.calls),
    formatTokens(row.totalTokens),
    money(row),
    burnNanoUsdPerHour === null ? "" : formatUsd(burnNanoUsdPerHour),
    hot ? { text: used, color: "red" } : used,
    stateOf(active, limitReached, row.leftMs, terminal),
  ];
}

function stateOf(active: boolean, limitReached: boolean, leftMs: number | null, { unicode }: Terminal): Cell {
  if (active && leftMs !== null)
    return {
      text: `${unicode ? "●" : "*"} ${formatShortDuration(leftMs)} left`,
      color: limitReached ? "red" : "green",
    };
  return limitReached ? { text: "limit reached", color: "red" } : "";
}

function activeText(row: BlockRow, { projectionMethod }: BlocksReport): string {
  const { leftMs, projectedNanoUsd, pace } = row;
  const projected =
    projectedNanoUsd === null ? "" : `, ${formatUsd(projectedNanoUsd)} at its end (${projectionMethod})`;
  const use =
    pace === null
      ? ""
      : `; ${Math.round(pace.usedPercent)} % of the plan used${pace.projectedPercent === null ? "" : `, on the way to ${Math.round(pace.projectedPercent)} %`}`;
  return `active: ${formatShortDuration(leftMs ?? 0)} left; ${money(row)} so far${projected}${use}`;
}
