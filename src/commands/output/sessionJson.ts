import type { SessionReport } from "../../reports/session.ts";
import type { RunRow, SessionListRow } from "../../reports/sessions.ts";
import { sessionJson } from "./statsJson.ts";
import { iso, sumsJson, usd } from "./sums.ts";

/** A run as JSON shows it. */
function runJson(run: RunRow): object {
  return {
    runId: run.runId,
    kind: run.kind,
    agentType: run.agentType,
    description: run.description,
    startedAt: iso(run.startedAtMs),
    ...sumsJson(run),
  };
}

/** A row of `sessions --json`. */
export function sessionRowJson(row: SessionListRow): object {
  return {
    ...sessionJson(row),
    unpriced: row.unpriced,
    cwd: row.cwd,
    clientVersion: row.clientVersion,
    entrypoint: row.entrypoint,
    host: row.host,
    os: row.os,
    billing: row.billing,
    forkedFrom: row.forkedFrom,
    inheritedCalls: row.inheritedCalls,
    reportedNanoUsd: row.reportedNanoUsd,
    residualNanoUsd: row.residualNanoUsd,
    ...(row.runs !== null && { runs: row.runs.map(runJson) }),
  };
}

/** The body of `session ID --json`. */
export function sessionReportJson(report: SessionReport): object {
  return {
    session: sessionRowJson(report.session),
    prompts: report.prompts.map((prompt) => ({
      number: prompt.number,
      at: iso(prompt.atMs),
      category: prompt.category,
      ...sumsJson(prompt),
    })),
    tools: report.tools,
    timeline: report.timeline.map((step) => ({
      from: iso(step.fromMs),
      to: iso(step.toMs),
      calls: step.calls,
      costNanoUsd: step.costNanoUsd,
    })),
    events: report.events.map(({ atMs, kind, detail }) => ({ at: iso(atMs), kind, detail })),
    ...(report.calls !== null && {
      calls: report.calls.map(({ atMs, costNanoUsd, ...call }) => ({
        at: iso(atMs),
        ...call,
        costNanoUsd,
        costUsd: costNanoUsd === null ? null : usd(costNanoUsd),
      })),
    }),
  };
}
