import { paint, type Terminal } from "./terminal.ts";
import { pad, printable, truncate, widthOf } from "./width.ts";

/** A column of a table. Columns of a higher `priority` are dropped first where the terminal is narrow; `grow` ones shrink first. */
export interface Column {
  title: string;
  align: "left" | "right";
  min?: number;
  grow?: number;
  priority?: number;
}

/** A cell: plain text, or text with a colour that does not count for its width. */
export type Cell = string | { text: string; color: "dim" | "red" | "yellow" | "green" | "cyan" };

const GAP = 2;

/** Lays out a table that fits the terminal. No line is wrapped; what does not fit is cut, or its column dropped and named below. */
export function renderTable(table: {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  terminal: Terminal;
}): string {
  const { terminal } = table;
  const texts = table.rows.map((row) => row.map((cell) => printable(typeof cell === "string" ? cell : cell.text)));
  let shown = table.columns.map((_, at) => at);
  const natural = table.columns.map((column, at) =>
    Math.max(widthOf(column.title), ...texts.map((row) => widthOf(row[at] ?? ""))),
  );
  let widths = fit(table.columns, shown, natural, terminal.width);
  const dropped: string[] = [];
  while (widths === null && shown.length > 1) {
    const victim = [...shown].sort(
      (a, b) => (table.columns[b]?.priority ?? 0) - (table.columns[a]?.priority ?? 0) || b - a,
    )[0] as number;
    // A chart has no title, and says nothing that its figure does not.
    const title = table.columns[victim]?.title ?? "";
    if (title !== "") dropped.push(title);
    shown = shown.filter((at) => at !== victim);
    widths = fit(table.columns, shown, natural, terminal.width);
  }
  const finalWidths = widths ?? shown.map(() => terminal.width);
  const ellipsis = terminal.unicode ? "…" : "~";
  const line = (cells: readonly string[]): string[] =>
    shown.map((at, n) =>
      pad(
        truncate(cells[at] ?? "", finalWidths[n] as number, ellipsis),
        finalWidths[n] as number,
        table.columns[at]?.align ?? "left",
      ),
    );
  const join = (cells: readonly string[]): string => cells.join(" ".repeat(GAP)).trimEnd();
  const head = paint(join(line(table.columns.map((column) => column.title))), "dim", terminal);
  const body = texts.map((row, at) => {
    const padded = line(row);
    return join(
      padded.map((text, n) => {
        const cell = table.rows[at]?.[shown[n] as number];
        return cell === undefined || typeof cell === "string" ? text : paint(text, cell.color, terminal);
      }),
    );
  });
  const note =
    dropped.length === 0
      ? []
      : [
          paint(
            truncate(`(too narrow for: ${dropped.join(", ").toLowerCase()})`, terminal.width, ellipsis),
            "dim",
            terminal,
          ),
        ];
  return [head, ...body, ...note].join("\n");
}

/** Widths of the shown columns, or null where they cannot fit. */
function fit(
  columns: readonly Column[],
  shown: readonly number[],
  natural: readonly number[],
  width: number,
): number[] | null {
  const widths = shown.map((at) => natural[at] as number);
  let over = widths.reduce((sum, one) => sum + one, 0) + GAP * (shown.length - 1) - width;
  while (over > 0) {
    const candidates = shown
      .map((at, n) => ({ n, at, room: (widths[n] as number) - minOf(columns[at] as Column) }))
      .filter(({ at, room }) => (columns[at]?.grow ?? 0) > 0 && room > 0);
    const widest = candidates.sort((a, b) => (widths[b.n] as number) - (widths[a.n] as number))[0];
    if (widest === undefined) return null;
    widths[widest.n] = (widths[widest.n] as number) - 1;
    over--;
  }
  return widths;
}

function minOf(column: Column): number {
  return column.min ?? Math.max(8, widthOf(column.title));
}
