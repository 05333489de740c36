import type { ActiveRepo } from "../../reports/active.ts";
import type { Glance } from "../../reports/glance.ts";
import type { Pace } from "../../reports/pace.ts";
import type { Spend } from "../../reports/trend.ts";
import { budgetJson } from "./budgetJson.ts";
import { alertJson } from "./guardJson.ts";
import { sessionJson } from "./statsJson.ts";
import { iso, usd } from "./sums.ts";

/** A glance as JSON shows it; documented in docs/json.md. */
export function glanceJson(glance: Glance): object {
  return {
    timeZone: glance.timeZone,
    limits: { fiveHour: paceJson(glance.limits.fiveHour), sevenDay: paceJson(glance.limits.sevenDay) },
    today: spendJson(glance.today),
    last24h: spendJson(glance.last24h),
    last30d: spendJson(glance.last30d),
    hours: glance.hours.map(({ fromMs, ...spend }) => ({ from: iso(fromMs), ...spendJson(spend) })),
    days: glance.days.map(({ day, ...spend }) => ({ day, ...spendJson(spend) })),
    activeMinutes: glance.activeMinutes,
    active: glance.active.map(activeJson),
    runaways: glance.runaways.map(sessionJson),
    alerts: glance.alerts.map(alertJson),
    budgets: glance.budgets.map(budgetJson),
    pullRequests: glance.pullRequests.map(({ lastAtMs, costNanoUsd, ...pull }) => ({
      ...pull,
      costNanoUsd,
      costUsd: usd(costNanoUsd),
      lastAt: iso(lastAtMs),
    })),
    unpriced: glance.unpriced,
  };
}

/** Use of a window with its pace. */
export function paceJson(pace: Pace | null): object | null {
  if (pace === null) return null;
  const { usedPercent, elapsedShare, projectedPercent, resetsAtMs, sampledAtMs, state } = pace;
  return {
    usedPercent,
    elapsedShare,
    projectedPercent,
    state,
    resetsAt: iso(resetsAtMs),
    sampledAt: iso(sampledAtMs),
  };
}

function spendJson({ calls, costNanoUsd, unpricedCalls }: Spend): object {
  return { calls, costNanoUsd, costUsd: usd(costNanoUsd), unpricedCalls };
}

function activeJson({ repo, burnNanoUsdPerHour, sessions }: ActiveRepo): object {
  return {
    repo,
    burnNanoUsdPerHour,
    sessions: sessions.map(({ lastCallAtMs, lastAtMs, ...session }) => ({
      ...session,
      costUsd: usd(session.costNanoUsd),
      lastCallAt: iso(lastCallAtMs),
      lastAt: iso(lastAtMs),
    })),
  };
}
