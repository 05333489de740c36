import type { BudgetStatus } from "../../src/guard/types.ts";
import type { ActiveSession } from "../../src/reports/active.ts";
import type { Glance } from "../../src/reports/glance.ts";
import type { SessionRow } from "../../src/reports/types.ts";

/** A glance with something of everything, to be changed where a test wants it. Monday, 2026-11-23, 13:30 UTC. */
export const NOW = Date.UTC(2026, 10, 23, 13, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const USD = 1_000_000_000;

export function session(sessionId: string, more: Partial<ActiveSession> = {}): ActiveSession {
  return {
    sessionId,
    agent: "claude-code",
    title: "Checkout page",
    branch: "checkout",
    costNanoUsd: 3.4 * USD,
    unpricedCalls: 0,
    costTodayNanoUsd: 2 * USD,
    burnNanoUsdPerHour: 1.2 * USD,
    lastCallAtMs: NOW - 3 * MINUTE,
    lastAtMs: NOW - 3 * MINUTE,
    runningSubAgents: 2,
    ...more,
  };
}

export function runaway(sessionId: string, title: string | null): SessionRow {
  return {
    calls: 1,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
    totalTokens: 0,
    costNanoUsd: 45.2 * USD,
    unpricedCalls: 0,
    lowerBoundCalls: 0,
    sessionId,
    agent: "claude-code",
    title,
    repo: "shop",
    startedAtMs: NOW - HOUR,
    lastAtMs: NOW,
    models: [],
    prompts: 1,
    runaway: true,
    timesMedian: 12.4,
  };
}

export function budget(
  label: string,
  share: number,
  state: BudgetStatus["state"],
  forecast: number | null = null,
): BudgetStatus {
  return {
    budget: {
      id: 1,
      per: "day",
      unit: "usd",
      amount: 20 * USD,
      repoId: 0,
      repo: null,
      branch: "",
      prNumber: 0,
      model: "",
      hard: false,
      warn: [50],
      createdMs: 0,
    },
    label,
    spent: share * 20 * USD,
    share,
    unpricedCalls: 0,
    fromMs: null,
    toMs: null,
    subject: "2026-11-23",
    sessionId: null,
    forecast,
    forecastMethod: null,
    forecastError: null,
    state,
  };
}

export function glance(more: Partial<Glance> = {}): Glance {
  return {
    nowMs: NOW,
    timeZone: "Europe/Berlin",
    firstHourMs: NOW - 900 * HOUR,
    limits: {
      fiveHour: {
        usedPercent: 42,
        elapsedShare: 0.31,
        projectedPercent: 135.48,
        resetsAtMs: NOW + 2 * HOUR + 10 * MINUTE,
        sampledAtMs: NOW,
        state: "fast",
      },
      sevenDay: {
        usedPercent: 20,
        elapsedShare: 0.03,
        projectedPercent: null,
        resetsAtMs: NOW + 164 * HOUR,
        sampledAtMs: NOW,
        state: "ok",
      },
    },
    today: { calls: 9, costNanoUsd: 12.34 * USD, unpricedCalls: 0 },
    last24h: { calls: 20, costNanoUsd: 20.1 * USD, unpricedCalls: 0 },
    last30d: { calls: 400, costNanoUsd: 402.11 * USD, unpricedCalls: 3 },
    hours: Array.from({ length: 25 }, (_, n) => ({
      fromMs: NOW - (24 - n) * HOUR,
      calls: n,
      costNanoUsd: n * USD,
      unpricedCalls: 0,
    })),
    days: Array.from({ length: 30 }, (_, n) => ({
      day: "2026-11-01",
      calls: n,
      costNanoUsd: n * USD,
      unpricedCalls: 0,
    })),
    activeMinutes: 15,
    active: [
      {
        repo: "shop",
        burnNanoUsdPerHour: 1.2 * USD,
        sessions: [session("5f2c-1"), session("5f2c-2", { title: null })],
      },
    ],
    runaways: [runaway("5f2c-9", "Rewrite everything")],
    alerts: [
      {
        id: 1,
        rule: "loop",
        level: "warn",
        atMs: NOW - HOUR,
        sessionId: "5f2c-1",
        message: "The same error for the sixth time",
        costNanoUsd: 0,
        shownAtMs: null,
      },
    ],
    budgets: [budget("$20.00 a day", 0.62, "warned", 31 * USD), budget("$90.00 a week", 0.1, "ok")],
    pullRequests: [
      {
        repo: "shop",
        number: 12,
        url: "https://forge.example/shop/pull/12",
        title: "Checkout",
        branch: "checkout",
        state: "open",
        costNanoUsd: 3.4 * USD,
        lastAtMs: NOW,
      },
    ],
    unpriced: [{ model: "gateway-7", calls: 3 }],
    ...more,
  };
}

export const OPTIONS = { program: ["/opt/cc-ledger"], dashboardUrl: null, notice: null };
