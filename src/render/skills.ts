import type { Filters } from "../reports/filters.ts";
import type { SkillsReport, SourceList, SourceRow } from "../reports/skills.ts";
import {
  left,
  leftNote,
  lines,
  money,
  note,
  nothingIn,
  panel,
  paragraphs,
  right,
  shareBar,
  unpricedNote,
} from "./costTables.ts";
import { counted, formatCount, formatPercent, formatTokens, formatUsd } from "./numbers.ts";
import type { Cell, Column } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

const SPENT: readonly Column[] = [
  right("SESSIONS", { priority: 4 }),
  right("PROMPTS", { priority: 5 }),
  right("CALLS", { priority: 3 }),
  right("TOKENS", { priority: 1 }),
  right("COST"),
  right("SHARE", { priority: 2 }),
  left("", { min: 12, priority: 6 }),
];

/** The lists that hold anything, each with its method and what belongs to nobody. */
export function renderSkills(report: SkillsReport, terminal: Terminal, filters: Filters): string {
  const { totals } = report;
  if (totals.calls === 0) return nothingIn(filters, "skills");
  const name = left("NAME", { grow: 1, min: 14 });
  const uses = right("USES");
  const plugin = left("PLUGIN", { grow: 1, min: 8, priority: 7 });
  const used = (row: SourceRow): Cell[] => [row.name, row.plugin ?? "", formatCount(row.uses)];
  const panels = [
    list(
      "Skills",
      "what did skills cost?",
      report.skills,
      terminal,
      [name, plugin, uses, right("TYPED", { priority: 6 })],
      (row) => [...used(row), formatCount(row.typed)],
    ),
    list(
      "Slash commands",
      "what did prompts that were commands cost?",
      report.commands,
      terminal,
      [name, plugin, uses],
      used,
    ),
    list("MCP servers", "what did they cost?", report.servers, terminal, [name, plugin, uses], used),
    list(
      "MCP tools",
      "which of their tools?",
      report.mcpTools,
      terminal,
      [left("SERVER", { grow: 1, min: 8 }), name, plugin, uses],
      (row) => [row.server ?? "", ...used(row)],
    ),
    list("Plugins", "what came from plugins?", report.plugins, terminal, [name, uses], (row) => [
      row.name,
      formatCount(row.uses),
    ]),
  ].filter((part) => part !== "");
  const none = "No skills, slash commands, MCP servers or plugins in this selection.";
  return paragraphs([
    paint(`${filters.period}  ${formatUsd(totals.costNanoUsd)}  ${counted(totals.calls, "call")}`, "bold", terminal),
    ...(panels.length === 0 ? [none] : panels),
    unpricedNote(totals.unpriced, terminal),
  ]);
}

function list(
  title: string,
  question: string,
  source: SourceList,
  terminal: Terminal,
  columns: readonly Column[],
  cellsOf: (row: SourceRow) => Cell[],
): string {
  if (source.rows.length === 0) return "";
  const table = {
    columns: [...columns, ...SPENT],
    rows: source.rows.map((row): Cell[] => [
      ...cellsOf(row),
      formatCount(row.sessions),
      formatCount(row.prompts),
      formatCount(row.calls),
      formatTokens(row.totalTokens),
      money(row),
      formatPercent(row.share),
      shareBar(row.share, source.rows.length, terminal),
    ]),
  };
  return lines([
    panel(title, question, table, terminal),
    leftNote(source.left, "row", terminal),
    note(`everything else: ${formatUsd(source.rest.costNanoUsd)}`, terminal),
    note(`method: ${source.method}`, terminal),
  ]);
}
