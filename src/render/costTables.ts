import type { Left } from "../reports/bounded.ts";
import type { Filters } from "../reports/filters.ts";
import type { Sums, Unpriced } from "../reports/types.ts";
import { bar, heat } from "./bars.ts";
import { counted, formatCount, formatPercent, formatTokens, formatUsd } from "./numbers.ts";
import { type Cell, type Column, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { printable, truncate, wrap } from "./width.ts";

/** What the tables of `agents`, `models`, `projects`, `skills` and `tools` share. */

const BAR = 12;

export const left = (title: string, more: Partial<Column> = {}): Column => ({ title, align: "left", ...more });
export const right = (title: string, more: Partial<Column> = {}): Column => ({ title, align: "right", ...more });

/** Columns of {@link sumCells}. */
export const SUM_COLUMNS: readonly Column[] = [
  right("CALLS", { priority: 2 }),
  right("INPUT", { priority: 9 }),
  right("OUTPUT", { priority: 8 }),
  right("CACHE READ", { priority: 9 }),
  right("WRITE 5M", { priority: 10 }),
  right("WRITE 1H", { priority: 10 }),
  right("TOKENS"),
  right("COST"),
  right("SHARE", { priority: 1 }),
  left("", { min: BAR, priority: 5 }),
];

/** Calls, five classes of tokens, their sum, cost and share of the cost. */
export function sumCells(row: Sums & { share: number }, rows: number, terminal: Terminal): Cell[] {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = row.tokens;
  return [
    formatCount(row.calls),
    formatTokens(input),
    formatTokens(output),
    formatTokens(cacheRead),
    formatTokens(cacheWrite5m),
    formatTokens(cacheWrite1h),
    formatTokens(row.totalTokens),
    money(row),
    formatPercent(row.share),
    shareBar(row.share, rows, terminal),
  ];
}

/** A bar for a share of the whole. */
export function shareBar(share: number, rows: number, terminal: Terminal): Cell {
  return { text: bar(share, BAR, terminal), color: heat(share, rows) };
}

/** Dollars, with a + where unpriced calls are left out. */
export function money(row: { costNanoUsd: number; calls: number; unpricedCalls: number }): string {
  if (row.unpricedCalls === row.calls && row.calls > 0) return "unpriced";
  return `${formatUsd(row.costNanoUsd)}${row.unpricedCalls > 0 ? "+" : ""}`;
}

/** A panel: what it is, the question that it answers, and its table. */
export function panel(
  title: string,
  question: string,
  table: { columns: readonly Column[]; rows: readonly (readonly Cell[])[] },
  terminal: Terminal,
): string {
  const head = `${paint(title, "bold", terminal)}  ${paint(question, "dim", terminal)}`;
  return `${terminal.color ? head : truncate(head, terminal.width)}\n${renderTable({ ...table, terminal })}`;
}

/** The line above the panels. */
export function headline(totals: Sums, more: string, terminal: Terminal, filters: Filters): string {
  const cost = `${formatUsd(totals.costNanoUsd)}${totals.unpricedCalls > 0 ? " + unpriced" : ""}`;
  const text = `${filters.period}  ${cost}  ${formatTokens(totals.totalTokens)} tokens  ${counted(totals.calls, "call")}  ${more}`;
  return paint(truncate(text.trimEnd(), terminal.width), "bold", terminal);
}

/** What is said where a selection holds nothing. */
export function nothingIn(filters: Filters, command: string): string {
  return `Nothing in this selection (${printable(filters.period)}).\n  cc-ledger ${command} --since all   the whole history\n  cc-ledger doctor   what was looked for, and where\n`;
}

/** Rows that were cut off, "" for none. `what` is one of them. */
export function leftNote(rest: Pick<Left, "rows" | "costNanoUsd">, what: string, terminal: Terminal): string {
  if (rest.rows === 0) return "";
  const rows = counted(rest.rows, `more ${what}`);
  return note(`${rows}: ${formatUsd(rest.costNanoUsd)} (--top shows ${rest.rows === 1 ? "it" : "them"})`, terminal);
}

/** A sentence below a table, in lines that fit. */
export function note(text: string, terminal: Terminal): string {
  return wrap(text, terminal.width)
    .map((line) => paint(truncate(line, terminal.width), "dim", terminal))
    .join("\n");
}

/** Models without a price, which no figure holds. */
export function unpricedNote(unpriced: readonly Unpriced[], terminal: Terminal): string {
  if (unpriced.length === 0) return "";
  const names = unpriced.map(({ model, calls }) => `${printable(model)} (${counted(calls, "call")})`).join(", ");
  return paint(truncate(`unpriced, left out of all costs (+): ${names}`, terminal.width), "yellow", terminal);
}

/** Paragraphs, empty ones left out. */
export function paragraphs(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Lines, empty ones left out. */
export function lines(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
