import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { AgentRow, AgentRunRow, AgentsReport } from "../../reports/agents.ts";
import type { Filters } from "../../reports/filters.ts";
import { coverageJson, filtersJson } from "./statsJson.ts";
import { iso, leftJson, SUMS_HEADER, sumsCells, sumsJson } from "./sums.ts";

/** The body of `agents --json`. */
export function agentsJson(report: AgentsReport, filters: Filters): object {
  const { totals } = report;
  return {
    filters: filtersJson(filters),
    coverage: coverageJson(report.coverage),
    totals: { ...sumsJson(totals), sessions: totals.sessions, runs: totals.runs, unpriced: totals.unpriced },
    kinds: report.kinds.map((row) => ({ kind: row.kind, runs: row.runs, ...sumsJson(row), share: row.share })),
    agents: report.agents.map(agentJson),
    agentsLeft: leftJson(report.agentsLeft),
    ...(report.runs !== null && { runs: report.runs.map(runJson) }),
    ...(report.runsLeft !== null && { runsLeft: leftJson(report.runsLeft) }),
  };
}

function agentJson(row: AgentRow): object {
  const { kind, type, plugin, runs, sessions, models, share } = row;
  return { kind, type, plugin, runs, sessions, models, ...sumsJson(row), share };
}

function runJson(row: AgentRunRow): object {
  const { runId, kind, type, plugin, description, depth, parentRunId, sessionId, title, repo, models, prompt, share } =
    row;
  return {
    runId,
    kind,
    type,
    plugin,
    description,
    depth,
    parentRunId,
    sessionId,
    title,
    repo,
    startedAt: iso(row.startedAtMs),
    prompt: prompt === null ? null : { number: prompt.number, at: iso(prompt.atMs), category: prompt.category },
    models,
    ...sumsJson(row),
    share,
  };
}

/** Types of agents as CSV, or runs where they were asked for; what is left out stands in the last line. */
export function agentsCsv(report: AgentsReport): string {
  if (report.runs !== null) return runsCsv(report.runs, report);
  const header = ["kind", "type", "plugin", "runs", "sessions", "models", ...SUMS_HEADER, "share"];
  const rows = report.agents.map((row) => [
    row.kind,
    row.type ?? "",
    row.plugin ?? "",
    row.runs,
    row.sessions,
    row.models.join(" "),
    ...sumsCells(row, usdString),
    row.share.toFixed(6),
  ]);
  const { agentsLeft } = report;
  if (agentsLeft.rows > 0)
    rows.push(["(others)", `${agentsLeft.rows} types`, "", "", "", "", ...sumsCells(agentsLeft, usdString), ""]);
  return csv(header, rows);
}

function runsCsv(runs: readonly AgentRunRow[], { runsLeft }: AgentsReport): string {
  const header = [
    "run",
    "kind",
    "type",
    "plugin",
    "description",
    "depth",
    "parent_run",
    "session",
    "repo",
    "started",
    "prompt",
    "prompt_at",
    "category",
    "models",
    ...SUMS_HEADER,
    "share",
  ];
  const rows = runs.map((row) => [
    row.runId,
    row.kind,
    row.type ?? "",
    row.plugin ?? "",
    row.description ?? "",
    row.depth ?? "",
    row.parentRunId ?? "",
    row.sessionId,
    row.repo,
    iso(row.startedAtMs) ?? "",
    row.prompt?.number ?? "",
    iso(row.prompt?.atMs ?? null) ?? "",
    row.prompt?.category ?? "",
    row.models.join(" "),
    ...sumsCells(row, usdString),
    row.share.toFixed(6),
  ]);
  if (runsLeft !== null && runsLeft.rows > 0)
    rows.push([
      "(others)",
      `${runsLeft.rows} runs`,
      ...Array<string>(12).fill(""),
      ...sumsCells(runsLeft, usdString),
      "",
    ]);
  return csv(header, rows);
}
