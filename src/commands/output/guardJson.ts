import type { AlertRow } from "../../ledger/alerts.ts";
import type { GuardStatus } from "../../reports/guardStatus.ts";
import type { ReplayReport } from "../../reports/replay.ts";
import { iso, usd } from "./sums.ts";

export function guardStatusJson({ usual, usualAtMs, passes, ...status }: GuardStatus): object {
  return {
    ...status,
    usual,
    usualAt: iso(usualAtMs),
    passes: passes.map(({ sessionId, fromMs, untilMs }) => ({ sessionId, from: iso(fromMs), until: iso(untilMs) })),
  };
}

export function alertJson({ atMs, shownAtMs, costNanoUsd, ...alert }: AlertRow): object {
  return { ...alert, at: iso(atMs), atMs, costNanoUsd, costUsd: usd(costNanoUsd), shownAt: iso(shownAtMs) };
}

export function replayJson(report: ReplayReport): object {
  return {
    sessions: report.sessions,
    alerts: report.alerts,
    rules: report.rules.map((row) => ({ ...row, afterUsd: usd(row.afterNanoUsd) })),
    afterNanoUsd: report.afterNanoUsd,
    afterUsd: usd(report.afterNanoUsd),
  };
}
