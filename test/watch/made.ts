import type { LiveReport } from "../../src/reports/live.ts";
import type { LiveSession } from "../../src/reports/liveSessions.ts";

/** Made-up reports for tests of the view. */

export const NOW = Date.parse("2026-11-20T12:00:30Z");

export function liveSession(more: Partial<LiveSession>): LiveSession {
  return {
    sessionId: "session-1",
    agent: "claude-code",
    title: "Fix rounding in the cart",
    repo: "shop",
    branch: "main",
    models: ["claude-opus-5-5"],
    startedAtMs: NOW - 3_600_000,
    lastAtMs: NOW,
    state: "working",
    calls: 12,
    tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 },
    totalTokens: 1_234_567,
    costNanoUsd: 12_345_678_901,
    unpricedCalls: 0,
    lowerBoundCalls: 0,
    todayNanoUsd: 2_000_000_000,
    prompt: { atMs: NOW - 720_000, category: "bugfix", costNanoUsd: 1_500_000_000, unpricedCalls: 0, calls: 4 },
    burnNanoUsdPerHour: 8_100_000_000,
    series: Array.from({ length: 30 }, (_, n) => n * 1_000_000),
    contextTokens: 142_000,
    runs: [],
    tools: [],
    alerts: [],
    pass: null,
    ...more,
  };
}

export function liveReportOf(sessions: LiveSession[], more: Partial<LiveReport> = {}): LiveReport {
  return {
    nowMs: NOW,
    timeZone: "UTC",
    activeWithinMs: 1_800_000,
    today: { calls: 12, costNanoUsd: 41_200_000_000, unpricedCalls: 0, totalTokens: 1_234_567 },
    burnNanoUsdPerHour: 12_300_000_000,
    series: Array.from({ length: 30 }, (_, n) => n * 2_000_000),
    matched: sessions.length,
    sessions,
    alerts: [],
    limits: { fiveHour: null, sevenDay: null },
    budgets: [],
    ...more,
  };
}
