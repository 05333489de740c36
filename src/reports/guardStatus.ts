import type { Database } from "bun:sqlite";
import { type GuardConfig, RULES } from "../guard/rules.ts";
import { RULE_NAMES, type RuleName } from "../guard/types.ts";
import type { Baseline } from "../guard/usual.ts";
import { keptUsual } from "./usual.ts";

/** How the guard stands. */
export interface GuardStatus {
  enabled: boolean;
  rules: { rule: RuleName; brief: string; action: string; figures: { name: string; brief: string; value: number }[] }[];
  usual: Baseline;
  usualAtMs: number | null;
  passes: { sessionId: string; fromMs: number; untilMs: number | null }[];
  /** Limits by kind. */
  limits: number;
  hardLimits: number;
  /** Alerts of the last 24 hours. */
  alerts: number;
}

const DAY_MS = 86_400_000;

/** The guard's rules and what they measure against. */
export function guardStatus(db: Database, config: GuardConfig, nowMs: number): GuardStatus {
  const { baseline, atMs } = keptUsual(db);
  const limits = db
    .query<{ n: number; hard: number }, []>("SELECT count(*) AS n, coalesce(sum(hard), 0) AS hard FROM budgets")
    .get();
  const alerts = db
    .query<{ n: number }, [number]>("SELECT count(*) AS n FROM alerts WHERE at_ms >= ?")
    .get(nowMs - DAY_MS);
  return {
    enabled: config.enabled,
    rules: RULE_NAMES.map((rule) => ({
      rule,
      brief: RULES[rule].brief,
      action: config.actions[rule],
      figures: Object.entries(RULES[rule].knobs).map(([name, { brief }]) => ({
        name,
        brief,
        value: config.figure(rule, name),
      })),
    })),
    usual: baseline,
    usualAtMs: atMs === 0 ? null : atMs,
    passes: db
      .query<{ sessionId: string; fromMs: number; untilMs: number | null }, [number]>(
        `SELECT session_id AS sessionId, from_ms AS fromMs, until_ms AS untilMs FROM guard_passes
         WHERE until_ms IS NULL OR until_ms > ? ORDER BY from_ms DESC`,
      )
      .all(nowMs),
    limits: limits?.n ?? 0,
    hardLimits: limits?.hard ?? 0,
    alerts: alerts?.n ?? 0,
  };
}

/** The session that a person means who names none: the one they are in, else the one that was held up last, else the latest of the last
 *  hours whose folder this is. Null where there is none. */
export function sessionToAllow(db: Database, own: string | null, cwd: string, nowMs: number): string | null {
  if (own !== null && own !== "") {
    const known = db
      .query<{ name: string }, [string]>("SELECT session_id AS name FROM sessions WHERE session_id = ?")
      .get(own);
    if (known !== null) return known.name;
  }
  const held = db
    .query<{ name: string }, [number]>(
      `SELECT s.session_id AS name FROM alerts a JOIN sessions s ON s.id = a.session_id
       WHERE a.level = 'denied' AND a.at_ms >= ? ORDER BY a.at_ms DESC, a.id DESC LIMIT 1`,
    )
    .get(nowMs - DAY_MS);
  if (held !== null) return held.name;
  const here = db
    .query<{ name: string }, [string, number]>(
      "SELECT session_id AS name FROM sessions WHERE cwd = ? AND last_ms >= ? ORDER BY last_ms DESC LIMIT 1",
    )
    .get(cwd, nowMs - DAY_MS);
  return here?.name ?? null;
}
