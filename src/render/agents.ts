import type { AgentRow, AgentRunRow, AgentsReport, RunKind } from "../reports/agents.ts";
import type { Filters } from "../reports/filters.ts";
import {
  headline,
  left,
  leftNote,
  lines,
  note,
  nothingIn,
  panel,
  paragraphs,
  right,
  SUM_COLUMNS,
  sumCells,
  unpricedNote,
} from "./costTables.ts";
import { counted, formatCount, formatDateTime, formatPercent, formatUsd } from "./numbers.ts";
import type { Cell } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./width.ts";

const KIND_WORDS = { main: "main threads", user: "sub-agents asked for", overhead: "overhead" } as const;

/** Types of agents and, where asked for, single runs. */
export function renderAgents(report: AgentsReport, terminal: Terminal, filters: Filters): string {
  const { totals } = report;
  if (totals.calls === 0) return nothingIn(filters, "agents");
  const more = `${counted(totals.runs, "run")}  ${counted(totals.sessions, "session")}`;
  const kinds = report.kinds
    .filter((kind) => kind.calls > 0)
    .map((kind) => `${KIND_WORDS[kind.kind]} ${formatUsd(kind.costNanoUsd)} (${formatPercent(kind.share)})`);
  return paragraphs([
    lines([headline(totals, more, terminal, filters), wrap(kinds.join(", "), terminal.width).join("\n")]),
    types(report, terminal),
    runs(report, terminal, filters),
    unpricedNote(totals.unpriced, terminal),
  ]);
}

function types(report: AgentsReport, terminal: Terminal): string {
  const table = {
    columns: [
      left("AGENT", { grow: 2, min: 14 }),
      left("KIND", { priority: 3 }),
      left("PLUGIN", { grow: 1, min: 8, priority: 7 }),
      right("RUNS", { priority: 1 }),
      right("SESSIONS", { priority: 6 }),
      left("MODELS", { grow: 1, min: 10, priority: 4 }),
      ...SUM_COLUMNS,
    ],
    rows: report.agents.map((row): Cell[] => [
      nameOf(row),
      kindCell(row.kind),
      row.plugin ?? "",
      formatCount(row.runs),
      formatCount(row.sessions),
      row.models.join(", "),
      ...sumCells(row, report.agents.length, terminal),
    ]),
  };
  const body = panel("Agents", "who spent it?", table, terminal);
  return lines([body, leftNote(report.agentsLeft, "type", terminal)]);
}

function nameOf({ kind, type }: Pick<AgentRow, "kind" | "type">): string {
  if (kind === "main") return "main threads";
  return type ?? (kind === "overhead" ? "(overhead without a label)" : "(sub-agents without a type)");
}

function kindCell(kind: RunKind): Cell {
  return kind === "overhead" ? { text: kind, color: "yellow" } : kind;
}

function runs(report: AgentsReport, terminal: Terminal, filters: Filters): string {
  if (report.runs === null || report.runsLeft === null) return "";
  const table = {
    columns: [
      left("RUN", { min: 8 }),
      left("AGENT", { grow: 1, min: 10 }),
      left("DESCRIPTION", { grow: 2, min: 10, priority: 4 }),
      left("SESSION", { priority: 2 }),
      left("PROMPT", { priority: 3 }),
      right("DEPTH", { priority: 7 }),
      left("STARTED", { priority: 5 }),
      left("REPO", { grow: 1, min: 8, priority: 6 }),
      left("MODELS", { grow: 1, min: 10, priority: 6 }),
      ...SUM_COLUMNS,
    ],
    rows: report.runs.map((row): Cell[] => [
      row.runId.slice(0, 12),
      row.kind === "overhead"
        ? { text: nameOf(row), color: "yellow" }
        : row.kind === "main"
          ? "main thread"
          : nameOf(row),
      row.description ?? (row.kind === "main" ? (row.title ?? "") : ""),
      row.sessionId.slice(0, 8),
      promptText(row),
      row.depth === null ? "" : String(row.depth),
      formatDateTime(row.startedAtMs, filters.timeZone),
      row.repo,
      row.models.join(", "),
      ...sumCells(row, report.runs?.length ?? 0, terminal),
    ]),
  };
  const body = panel("Runs", "which ones?", table, terminal);
  const prompts = "PROMPT: which prompt of its session a run worked for, and what kind of work that was";
  return lines([body, leftNote(report.runsLeft, "run", terminal), note(prompts, terminal)]);
}

function promptText({ prompt }: AgentRunRow): string {
  return prompt === null ? "" : `${prompt.number} ${prompt.category}`;
}
