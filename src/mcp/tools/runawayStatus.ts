import { guardConfig } from "../../guard/rules.ts";
import type { AlertRow } from "../../ledger/alerts.ts";
import { readSettings } from "../../ledger/config.ts";
import { formatDateTime, formatUsd } from "../../platform/numbers.ts";
import type { ActiveSession } from "../../reports/active.ts";
import { type Glance, glanceReport } from "../../reports/glance.ts";
import type { Pace } from "../../reports/pace.ts";
import type { SessionRow } from "../../reports/types.ts";
import { costUsd, iso, money, usd } from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, flag, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import { tool } from "../tool.ts";
import { LIMIT, limitFields } from "./budgetStatus.ts";

const VERDICTS = ["calm", "watch", "runaway"] as const;
const TOP = 3;
const NAME = 60;

const WINDOW = nullable(
  object({ usedPercent: number(), projectedPercent: nullable(number("at the reset")), resetsAt: nullable(text()) }),
);

export const runawayStatus = tool({
  name: "runaway_status",
  title: "Is something running away",
  description:
    "Whether something is running away just now: active sessions with their burn rate, sessions far above your usual cost, what the guard said in the last 24 hours, limits that are nearly or quite used up, and how far a plan's windows are used.",
  input: object({ limit: optional(whole({ min: 1, max: 50 }, "Rows of each list at most. Default: 3.")) }),
  output: {
    verdict: choice(VERDICTS, "runaway: an active session is far above the usual, or a limit is used up"),
    guard: flag("the guard is on"),
    activeMinutes: whole({}, "a session is active within so long of its last sign"),
    activeCount: whole(),
    active: list(
      object({
        sessionId: text(),
        title: nullable(text()),
        project: text(),
        costUsd: nullable(number()),
        todayUsd: number(),
        burnUsdPerHour: number("at the rate of the last ten minutes"),
        subAgents: whole({}, "at work"),
        lastAt: nullable(text()),
      }),
    ),
    runawayCount: whole(),
    runaways: list(
      object({
        sessionId: text(),
        title: nullable(text()),
        project: text(),
        costUsd: nullable(number()),
        timesMedian: nullable(number()),
        lastAt: nullable(text()),
      }),
      "active within 24 hours, far above your usual sessions",
    ),
    alertCount: whole(),
    alerts: list(
      object({ at: nullable(text()), rule: text(), level: text(), sessionId: nullable(text()), message: text() }),
    ),
    limits: list(LIMIT, "those that have warned or are used up"),
    windows: object({ fiveHour: WINDOW, sevenDay: WINDOW }),
  },
  run(args, call) {
    const { db, nowMs, timeZone } = call;
    const top = args.limit ?? TOP;
    const glance = glanceReport(db, { nowMs, timeZone });
    const settings = readSettings(db);
    const guard = guardConfig((key) => settings.get(key) ?? null).enabled;
    const active = glance.active
      .flatMap(({ repo, sessions }) => sessions.map((session) => ({ repo, session })))
      .toSorted((a, b) => b.session.burnNanoUsdPerHour - a.session.burnNanoUsdPerHour);
    const limits = glance.budgets.filter(({ state }) => state !== "ok");
    const verdict = verdictOf(glance, active);
    return {
      rows: 0,
      page: () => ({
        structured: {
          verdict,
          guard,
          activeMinutes: glance.activeMinutes,
          activeCount: active.length,
          active: active.slice(0, top).map(activeFields),
          runawayCount: glance.runaways.length,
          runaways: glance.runaways.slice(0, top).map(runawayFields),
          alertCount: glance.alerts.length,
          alerts: glance.alerts.slice(0, top).map(alertFields),
          limits: limits.slice(0, top).map(limitFields),
          windows: { fiveHour: windowFields(glance.limits.fiveHour), sevenDay: windowFields(glance.limits.sevenDay) },
        },
        markdown: paragraphs(
          `**${SAID[verdict]}**${guard ? "" : " The guard is off: nothing warns by itself."}`,
          active.length === 0
            ? `Nobody was at work in the last ${glance.activeMinutes} minutes.`
            : table(
                ["Active session", "Project", "Cost", "Burn an hour", "Sub-agents"],
                active
                  .slice(0, top)
                  .map(({ repo, session }) => [
                    code(session.title ?? session.sessionId, 48),
                    code(repo, 40),
                    formatUsd(session.costNanoUsd),
                    formatUsd(session.burnNanoUsdPerHour),
                    String(session.runningSubAgents),
                  ]),
              ),
          glance.runaways
            .slice(0, top)
            .map(
              (row) =>
                `- Far above your usual: ${code(row.title ?? row.sessionId)} ${money(row)}, ${(row.timesMedian ?? 0).toFixed(0)} x the median`,
            )
            .join("\n"),
          glance.alerts
            .slice(0, top)
            .map(
              (alert) => `- ${formatDateTime(alert.atMs, timeZone)} ${code(alert.rule)}: ${code(alert.message, 160)}`,
            )
            .join("\n"),
          limits
            .slice(0, top)
            .map((status) => `- Limit ${code(status.label)}: ${status.state === "over" ? "used up" : "nearly used up"}`)
            .join("\n"),
        ),
      }),
    };
  },
});

const SAID = {
  calm: "Nothing runs away.",
  watch: "Something is worth a look.",
  runaway: "Something runs away.",
} as const;

function verdictOf(glance: Glance, active: readonly { session: ActiveSession }[]): (typeof VERDICTS)[number] {
  const working = new Set(active.map(({ session }) => session.sessionId));
  if (glance.budgets.some(({ state }) => state === "over")) return "runaway";
  if (glance.runaways.some(({ sessionId }) => working.has(sessionId))) return "runaway";
  const isNoted = glance.runaways.length > 0 || glance.alerts.length > 0;
  return isNoted || glance.budgets.some(({ state }) => state === "warned") ? "watch" : "calm";
}

function activeFields({ repo, session }: { repo: string; session: ActiveSession }) {
  return {
    sessionId: plain(session.sessionId, NAME),
    title: session.title === null ? null : plain(session.title),
    project: plain(repo, NAME),
    costUsd: usd(session.costNanoUsd),
    todayUsd: usd(session.costTodayNanoUsd),
    burnUsdPerHour: usd(session.burnNanoUsdPerHour),
    subAgents: session.runningSubAgents,
    lastAt: iso(session.lastAtMs),
  };
}

function runawayFields(row: SessionRow) {
  return {
    sessionId: plain(row.sessionId, NAME),
    title: row.title === null ? null : plain(row.title),
    project: plain(row.repo, NAME),
    costUsd: costUsd(row),
    timesMedian: row.timesMedian === null ? null : Math.round(row.timesMedian * 10) / 10,
    lastAt: iso(row.lastAtMs),
  };
}

function alertFields(alert: AlertRow) {
  return {
    at: iso(alert.atMs),
    rule: plain(alert.rule),
    level: plain(alert.level),
    sessionId: alert.sessionId === null ? null : plain(alert.sessionId, NAME),
    message: plain(alert.message, 160),
  };
}

function windowFields(pace: Pace | null) {
  if (pace === null) return null;
  const { usedPercent, projectedPercent, resetsAtMs } = pace;
  return {
    usedPercent,
    projectedPercent: projectedPercent === null ? null : Math.round(projectedPercent),
    resetsAt: iso(resetsAtMs),
  };
}
