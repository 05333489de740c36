import type { AlertRow } from "../../ledger/alerts.ts";
import type { LiveReport } from "../../reports/live.ts";
import type { LiveSession } from "../../reports/liveSessions.ts";
import type { Pace } from "../../reports/pace.ts";
import { budgetJson } from "./budgetJson.ts";
import { iso, sumsJson, usd } from "./sums.ts";

/** The body of `watch --json`. */
export function liveJson(report: LiveReport): object {
  const { today, limits } = report;
  return {
    timeZone: report.timeZone,
    activeMinutes: report.activeWithinMs / 60_000,
    today: { ...today, costUsd: usd(today.costNanoUsd) },
    burnNanoUsdPerHour: report.burnNanoUsdPerHour,
    burnUsdPerHour: usd(report.burnNanoUsdPerHour),
    perMinuteNanoUsd: report.series,
    limits: { fiveHour: paceJson(limits.fiveHour), sevenDay: paceJson(limits.sevenDay) },
    budgets: report.budgets.map(budgetJson),
    alerts: report.alerts.map(alertJson),
    matched: report.matched,
    sessions: report.sessions.map(sessionJson),
  };
}

function paceJson(pace: Pace | null): object | null {
  if (pace === null) return null;
  const { resetsAtMs, sampledAtMs, ...figures } = pace;
  return { ...figures, resetsAt: iso(resetsAtMs), sampledAt: iso(sampledAtMs) };
}

function alertJson({ atMs, rule, level, message, costNanoUsd }: AlertRow): object {
  return { at: iso(atMs), rule, level, message, costNanoUsd };
}

function sessionJson(session: LiveSession): object {
  const { prompt, pass } = session;
  return {
    sessionId: session.sessionId,
    agent: session.agent,
    title: session.title,
    repo: session.repo,
    branch: session.branch,
    models: session.models,
    state: session.state,
    startedAt: iso(session.startedAtMs),
    lastAt: iso(session.lastAtMs),
    ...sumsJson(session),
    todayNanoUsd: session.todayNanoUsd,
    burnNanoUsdPerHour: session.burnNanoUsdPerHour,
    burnUsdPerHour: usd(session.burnNanoUsdPerHour),
    perMinuteNanoUsd: session.series,
    contextTokens: session.contextTokens,
    prompt:
      prompt === null
        ? null
        : {
            at: iso(prompt.atMs),
            category: prompt.category,
            calls: prompt.calls,
            costNanoUsd: prompt.costNanoUsd,
            costUsd: usd(prompt.costNanoUsd),
            unpricedCalls: prompt.unpricedCalls,
          },
    runs: session.runs.map(({ startedAtMs, lastAtMs, ...run }) => ({
      ...run,
      costUsd: usd(run.costNanoUsd),
      startedAt: iso(startedAtMs),
      lastAt: iso(lastAtMs),
    })),
    tools: session.tools.map(({ atMs, ...tool }) => ({ ...tool, at: iso(atMs) })),
    alerts: session.alerts.map(alertJson),
    pass: pass === null ? null : { from: iso(pass.fromMs), until: iso(pass.untilMs) },
  };
}
