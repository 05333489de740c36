import type { Database } from "bun:sqlite";
import type { HookPayload } from "../agents/adapter.ts";
import { decide, HOW_TO_GO_ON, limitAlerts } from "../guard/limits.ts";
import { type GuardConfig, guardConfig } from "../guard/rules.ts";
import { type BudgetStatus, RULE_NAMES } from "../guard/types.ts";
import { SessionWatch } from "../guard/watch.ts";
import { isSaid, type NewAlert, raiseAlerts, rulesThatSpoke, takeUnshown } from "../ledger/alerts.ts";
import { readSettings } from "../ledger/config.ts";
import { passOf } from "../ledger/passes.ts";
import { keyOf } from "../platform/hash.ts";
import type { Env } from "../platform/paths.ts";
import { recentMoments } from "../reports/moments.ts";
import { type Calendar, keepCalendar } from "../reports/periods.ts";
import { costOfSession, dearestOfLatest } from "../reports/sessionNow.ts";
import { budgetsOf, budgetsOfSession, budgetsThatBear, type Scope } from "../reports/spending.ts";
import { keptUsual, refreshUsual } from "../reports/usual.ts";
import { calendarOf } from "./calendar.ts";
import { atWork, scopeOf, sessionOf, tellsOfBatches } from "./guardScope.ts";

/** The guard in a hook: what it has to say after a payload was filed, and whether what comes next may go on. */

/** Events that hold something up and are waited for. */
const HOLDING = new Set(["pre-tool-use", "user-prompt-submit"]);
/** Events that are waited for, so that what they say reaches the person: a background hook would say it to the model. */
const SPEAKING = new Set(["post-tool-batch", "stop", "pre-tool-use"]);

/** Events at which the guard looks. Clients that tell of a batch of tool uses need not be asked after each of them. */
const LOOKING = new Set([...HOLDING, "post-tool-batch", "stop", "subagent-stop"]);
const BEFORE_BATCHES = new Set(["post-tool-use", "post-tool-use-failure"]);

/** What a hook answers. */
export interface HookAnswer {
  /** JSON that holds the client up, null where it may go on. */
  denial: object | null;
  /** What is put before the person. */
  said: string[];
  /** Alerts were raised just now. */
  raised: number;
  /** What is not in the transcripts yet and may pass a hard limit: the call at hand, or those of other sub-agents. */
  awaits: "call" | "crowd" | null;
}

export const NOTHING: HookAnswer = { denial: null, said: [], raised: 0, awaits: null };
/** From this share on a hard limit is near; and where so many of the dearest of the latest calls would pass it. */
const NEAR_SHARE = 0.8;
const NEAR_CALLS = 3;
/** So many sub-agents at work are a crowd. */
const CROWD = 3;

/** Whether the event can hold up what comes next. */
export function isHoldingEvent(event: string): boolean {
  return HOLDING.has(event);
}

/** Looks at the session of a payload. `writable` false decides from what can be read, and says nothing that would have to be remembered. */
export function askGuard(
  db: Database,
  event: string,
  payload: HookPayload,
  env: Env,
  nowMs: number,
  writable: boolean,
): HookAnswer {
  if (event !== "session-start" && !LOOKING.has(event) && !BEFORE_BATCHES.has(event)) return NOTHING;
  const session = sessionOf(db, payload.sessionId);
  if (session === null || (BEFORE_BATCHES.has(event) && tellsOfBatches(session.version))) return NOTHING;
  const settings = readSettings(db);
  const config = guardConfig((key) => settings.get(key) ?? null);
  if (!config.enabled) return NOTHING;
  if (event === "session-start") {
    if (writable) refreshUsual(db, config, nowMs);
    return NOTHING;
  }
  const scope = scopeOf(db, session.id, payload);
  const budgets = budgetsThatBear(db, budgetsOf(db), session.id);
  const keep = (fresh: Calendar, by: string): void => {
    if (writable) keepCalendar(db, fresh, by);
  };
  const statuses =
    budgets.length === 0
      ? []
      : budgetsOfSession(db, budgets, calendarOf(db, settings.get("timezone") ?? null, env, nowMs, keep), scope);
  const leave = HOLDING.has(event) ? passOf(db, scope.session, nowMs) : null;
  const alerts: NewAlert[] = limitAlerts(statuses).map(({ status, level, message }) => ({
    ...alertOf(scope, nowMs, costOfSession(db, scope.sessionId)),
    subject: `limit ${status.budget.id} ${status.subject}`,
    rule: "limit",
    level,
    budgetId: status.budget.id,
    message,
  }));
  const denying = RULE_NAMES.filter((rule) => config.actions[rule] === "deny");
  const holding = HOLDING.has(event);
  if (!holding || denying.length > 0) alerts.push(...watchAlerts(db, scope, config));
  let reason: string | null = null;
  if (holding) {
    const decision = decide(statuses, leave !== null);
    if (decision.action === "deny") {
      reason = decision.reason;
      alerts.push({
        ...alertOf(scope, nowMs, costOfSession(db, scope.sessionId)),
        subject: `limit ${decision.status.budget.id} ${decision.status.subject} ${scope.sessionId}`,
        rule: "limit",
        level: "denied",
        budgetId: decision.status.budget.id,
        message: reason,
      });
    } else if (denying.length > 0 && leave === null) {
      const found = [
        ...alerts.filter(({ rule }) => denying.some((one) => one === rule)),
        ...rulesThatSpoke(db, scope, denying),
      ];
      const [first] = found;
      if (first !== undefined) reason = `${first.message} The next call was held up. ${HOW_TO_GO_ON}`;
    }
  }
  const fresh = writable ? alerts.filter(({ subject, level }) => !isSaid(db, subject, level)) : [];
  const raised = fresh.length > 0 ? raiseAlerts(db, fresh) : 0;
  if (reason !== null) {
    // The reason says it all.
    if (writable) takeUnshown(db, scope.sessionId, nowMs);
    return { denial: denial(event, reason), said: [], raised, awaits: null };
  }
  return {
    denial: null,
    said: writable && SPEAKING.has(event) ? takeUnshown(db, scope.sessionId, nowMs) : [],
    raised,
    awaits: payload.toolUseId === "" || leave !== null ? null : awaited(db, statuses, scope, payload.toolUseId, nowMs),
  };
}

/** What is worth waiting for. Every sub-agent at work has a call on its way, and what the first calls of a crowd cost nobody knows before
 *  they are read. */
function awaited(
  db: Database,
  statuses: readonly BudgetStatus[],
  { sessionId }: Scope,
  toolUseId: string,
  nowMs: number,
): HookAnswer["awaits"] {
  const hard = statuses.filter(({ budget }) => budget.hard);
  if (hard.length === 0) return null;
  const subagents = atWork(db, sessionId, nowMs);
  const isCrowd = subagents >= CROWD;
  const reaches = (calls: number): boolean => {
    const cost = dearestOfLatest(db, sessionId) * calls;
    return hard.some(({ budget, spent }) => budget.unit === "usd" && budget.amount - spent <= cost);
  };
  if (!isFiled(db, toolUseId))
    return isCrowd || hard.some(({ share }) => share >= NEAR_SHARE) || reaches(NEAR_CALLS) ? "call" : null;
  return isCrowd && reaches(NEAR_CALLS + subagents) ? "crowd" : null;
}

/** Whether the book holds the call that asked for a tool. */
function isFiled(db: Database, toolUseId: string): boolean {
  return db.query("SELECT 1 FROM tool_calls WHERE key = ? AND call_id IS NOT NULL").get(keyOf(toolUseId)) !== null;
}

/** What makes Claude Code stop: a denied tool would only be tried again, so the turn ends as well. */
function denial(event: string, reason: string): object {
  if (event === "user-prompt-submit") return { decision: "block", reason, systemMessage: reason };
  return {
    continue: false,
    stopReason: reason,
    systemMessage: reason,
    hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason },
  };
}

function alertOf(
  { sessionId, promptId }: Scope,
  atMs: number,
  costNano: number,
): Omit<NewAlert, "subject" | "rule" | "level" | "message"> {
  return { atMs, sessionId, promptId, budgetId: null, costNano };
}

/** What the rules find in the latest calls. */
function watchAlerts(db: Database, { sessionId }: Scope, config: GuardConfig): NewAlert[] {
  const recent = recentMoments(db, sessionId);
  if (recent === null) return [];
  const watch = new SessionWatch(config, keptUsual(db).baseline, recent.start);
  const newest = Math.max(...recent.moments.map(({ promptMs }) => promptMs));
  return recent.moments
    .flatMap((moment) => watch.feed(moment))
    .filter(({ atMs }) => atMs >= newest)
    .map(({ rule, level, atMs, promptId, costNano, message }) => ({
      subject: rule === "session-cost" ? `${rule} ${sessionId}` : `${rule} ${sessionId} ${promptId}`,
      rule,
      level,
      atMs,
      sessionId,
      promptId: promptId === 0 ? null : promptId,
      budgetId: null,
      message,
      costNano,
    }));
}
