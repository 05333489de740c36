import type { Database } from "bun:sqlite";
import { guardConfig } from "../guard/rules.ts";
import { RULE_NAMES } from "../guard/types.ts";
import { readSettings } from "../ledger/config.ts";
import { openToRead } from "../ledger/open.ts";
import { type Env, ledgerPaths } from "../platform/paths.ts";
import { keptCalendar } from "../reports/periods.ts";
import { dearestOfLatest } from "../reports/sessionNow.ts";
import { budgetsOf, budgetsOfSession, budgetsThatBear } from "../reports/spending.ts";
import { toldBy } from "./calendar.ts";
import { atWork, type Place, scopeOf, sessionOf, tellsOfBatches } from "./guardScope.ts";

/** The short way of `PreToolUse`: every tool use waits for it, and mostly every hard limit is far. It loads nothing that files. */

/** Another process that holds the book is waited for no longer than this. Milliseconds. */
const BUSY_MS = 200;
/** A hard limit is far where so many of the dearest of the latest calls, by everybody at work, leave it unused, */
const FAR_CALLS = 20;
/** and where less than this share of it is used. */
const FAR_SHARE = 0.5;

/** Whether a tool may be used without a look at the transcript: no hard limit can be used up by the call at hand, as far as the book tells.
 *  The hook after the batch files that call, and the next one is asked about again. False wherever it takes a closer look; never throws. */
export function mayPass(text: string, env: Env): boolean {
  if (env.CC_LEDGER_AUDIT === "1" || env.CC_LEDGER_PLUGIN === "1") return false;
  try {
    const { session_id, prompt_id } = JSON.parse(text) as { session_id?: unknown; prompt_id?: unknown };
    if (typeof session_id !== "string") return false;
    const db = openToRead(ledgerPaths(env).db, BUSY_MS);
    if (db === null) return false;
    try {
      const place = { sessionId: session_id, promptKey: typeof prompt_id === "string" ? prompt_id : "" };
      return isFarFromLimits(db, place, env, Date.now());
    } finally {
      db.close();
    }
  } catch {
    // Whatever it is, the long way meets it again and says so.
    return false;
  }
}

function isFarFromLimits(db: Database, place: Place, env: Env, nowMs: number): boolean {
  const session = sessionOf(db, place.sessionId);
  if (session === null || !tellsOfBatches(session.version)) return false;
  const settings = readSettings(db);
  const config = guardConfig((key) => settings.get(key) ?? null);
  if (!config.enabled) return true;
  if (RULE_NAMES.some((rule) => config.actions[rule] === "deny")) return false;
  const calendar = keptCalendar(db, nowMs, toldBy(settings.get("timezone") ?? null, env));
  if (calendar === null) return false;
  const hard = budgetsOf(db).filter((budget) => budget.hard);
  const statuses = budgetsOfSession(
    db,
    budgetsThatBear(db, hard, session.id),
    calendar,
    scopeOf(db, session.id, place),
  );
  const cost = dearestOfLatest(db, session.id) * FAR_CALLS * (1 + atWork(db, session.id, nowMs));
  return (
    cost > 0 &&
    statuses.every(
      ({ budget, spent, share }) => share < FAR_SHARE && (budget.unit === "tokens" || budget.amount - spent > cost),
    )
  );
}
