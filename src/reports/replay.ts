import type { Database } from "bun:sqlite";
import { limitLevels } from "../guard/limits.ts";
import type { GuardConfig } from "../guard/rules.ts";
import type { Budget } from "../guard/types.ts";
import { SessionWatch } from "../guard/watch.ts";
import { callsUnder } from "./budgets.ts";
import { momentsOf } from "./moments.ts";
import { calendarAt, type Period } from "./periods.ts";
import { budgetsOf } from "./spending.ts";
import { History, sessionsByStart } from "./usual.ts";

/** What the guard would have said, had it watched: the same rules over the history, each session measured only against those before it. */

export interface ReplayAlert {
  sessionId: string;
  /** A rule of the guard, or `limit`. */
  rule: string;
  /** `warn` or `high`; a percentage for limits. */
  level: string;
  atMs: number;
  message: string;
  costNanoUsdAtAlert: number;
  sessionCostNanoUsd: number;
}

export interface ReplayReport {
  /** Oldest first. */
  alerts: ReplayAlert[];
  /** Sessions of the period. */
  sessions: number;
  /** By rule: alerts, sessions, and what those sessions went on to cost after their first alert of the rule. */
  rules: { rule: string; alerts: number; sessions: number; afterNanoUsd: number }[];
  /** Cost after the first alert of each session, whatever its rule: the most that heeding it would have saved. */
  afterNanoUsd: number;
}

const HOUR_MS = 3_600_000;

/** Replays the history. Sessions that began before the period teach what is usual and are not reported. */
export function replayReport(
  db: Database,
  options: { config: GuardConfig; fromMs: number | null; toMs: number | null; timeZone: string },
): ReplayReport {
  const { config, fromMs, toMs } = options;
  return db.transaction(() => {
    const history = new History(config);
    const alerts: ReplayAlert[] = [];
    const names = new Map<number, { session: string; cost: number }>();
    let sessions = 0;
    for (const { id, session, firstHour, lastHour, cost } of sessionsByStart(db)) {
      if (toMs !== null && firstHour * HOUR_MS >= toMs) continue;
      const inPeriod = fromMs === null || (lastHour + 1) * HOUR_MS > fromMs;
      const watch = new SessionWatch(config, history.baseline());
      const findings = momentsOf(db, id).flatMap((moment) => watch.feed(moment));
      history.add(watch, findings);
      if (!inPeriod) continue;
      sessions++;
      names.set(id, { session, cost });
      for (const { rule, level, atMs, message, costNano } of findings) {
        if (fromMs !== null && atMs < fromMs) continue;
        alerts.push({
          sessionId: session,
          rule,
          level,
          atMs,
          message,
          costNanoUsdAtAlert: costNano,
          sessionCostNanoUsd: cost,
        });
      }
    }
    for (const budget of budgetsOf(db)) alerts.push(...replayLimit(db, budget, names, options));
    alerts.sort((a, b) => a.atMs - b.atMs || (a.sessionId < b.sessionId ? -1 : 1));
    return { alerts, sessions, rules: rulesOf(alerts), afterNanoUsd: afterFirst(alerts) };
  })();
}

/** The levels of one limit, each at the call that reached it. */
function replayLimit(
  db: Database,
  budget: Budget,
  names: ReadonlyMap<number, { session: string; cost: number }>,
  { fromMs, toMs, timeZone }: { fromMs: number | null; toMs: number | null; timeZone: string },
): ReplayAlert[] {
  const alerts: ReplayAlert[] = [];
  const spent = new Map<string, number>();
  const costs = new Map<number, number>();
  let period: Period | null = null;
  for (const { atMs, sessionId, promptId, amount, costNano } of callsUnder(db, budget)) {
    const cost = (costs.get(sessionId) ?? 0) + costNano;
    costs.set(sessionId, cost);
    if (
      budget.per !== "session" &&
      budget.per !== "prompt" &&
      (period === null || atMs < period.fromMs || atMs >= period.toMs)
    )
      period = calendarAt(atMs, timeZone)[budget.per];
    const subject = period?.day ?? (budget.per === "session" ? `${sessionId}` : `${sessionId}/${promptId}`);
    const before = spent.get(subject) ?? 0;
    spent.set(subject, before + amount);
    const session = names.get(sessionId);
    if (session === undefined || (fromMs !== null && atMs < fromMs) || (toMs !== null && atMs >= toMs)) continue;
    for (const { level, message } of limitLevels(budget, before, before + amount))
      alerts.push({
        sessionId: session.session,
        rule: "limit",
        level,
        atMs,
        message,
        costNanoUsdAtAlert: cost,
        sessionCostNanoUsd: session.cost,
      });
  }
  return alerts;
}

function rulesOf(alerts: readonly ReplayAlert[]): ReplayReport["rules"] {
  const byRule = new Map<string, ReplayAlert[]>();
  for (const alert of alerts) byRule.set(alert.rule, [...(byRule.get(alert.rule) ?? []), alert]);
  return [...byRule]
    .map(([rule, own]) => ({
      rule,
      alerts: own.length,
      sessions: new Set(own.map(({ sessionId }) => sessionId)).size,
      afterNanoUsd: afterFirst(own),
    }))
    .sort((a, b) => b.afterNanoUsd - a.afterNanoUsd || (a.rule < b.rule ? -1 : 1));
}

function afterFirst(alerts: readonly ReplayAlert[]): number {
  const seen = new Set<string>();
  let after = 0;
  for (const { sessionId, costNanoUsdAtAlert, sessionCostNanoUsd } of alerts) {
    if (seen.has(sessionId)) continue;
    seen.add(sessionId);
    after += Math.max(0, sessionCostNanoUsd - costNanoUsdAtAlert);
  }
  return after;
}
