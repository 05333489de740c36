import type { Database } from "bun:sqlite";
import type { GuardConfig } from "../guard/rules.ts";
import type { BudgetStatus, Finding } from "../guard/types.ts";
import type { Baseline } from "../guard/usual.ts";
import { type Measures, SessionWatch } from "../guard/watch.ts";
import { type AlertRow, alertRows } from "../ledger/alerts.ts";

export type { AlertRow };

import { passOf } from "../ledger/passes.ts";

import { momentsOf } from "./moments.ts";
import { calendarAt } from "./periods.ts";
import { budgetsOf, budgetsOfSession } from "./spending.ts";
import { History, sessionsByStart } from "./usual.ts";

/** What the guard has to do with one session. */
export interface Explanation {
  sessionId: string;
  costNanoUsd: number;
  /** What it said at the time. */
  told: AlertRow[];
  /** What its rules say today, looking at the whole session. */
  findings: Finding[];
  measures: Measures;
  /** What was usual before the session began. */
  usual: Baseline;
  limits: BudgetStatus[];
  leave: { fromMs: number; untilMs: number | null } | null;
}

/** Watches a session again and says what was found, and against what it was measured. */
export function explainSession(
  db: Database,
  session: { id: number; name: string },
  config: GuardConfig,
  { nowMs, timeZone }: { nowMs: number; timeZone: string },
): Explanation {
  return db.transaction(() => {
    const history = new History(config);
    for (const { id } of sessionsByStart(db)) {
      if (id === session.id) break;
      const earlier = new SessionWatch(config, history.baseline());
      history.add(
        earlier,
        momentsOf(db, id).flatMap((moment) => earlier.feed(moment)),
      );
    }
    const usual = history.baseline();
    const watch = new SessionWatch(config, usual);
    const findings = momentsOf(db, session.id).flatMap((moment) => watch.feed(moment));
    const measures = watch.measures();
    const promptId =
      db
        .query<{ id: number }, [number]>("SELECT id FROM prompts WHERE session_id = ? ORDER BY at_ms DESC LIMIT 1")
        .get(session.id)?.id ?? null;
    const scope = { sessionId: session.id, session: session.name, promptId };
    return {
      sessionId: session.name,
      costNanoUsd: measures.sessionCost,
      told: alertRows(db, { sinceMs: null, session: session.id, top: 1000 }),
      findings,
      measures,
      usual,
      limits: budgetsOfSession(db, budgetsOf(db), calendarAt(nowMs, timeZone), scope),
      leave: passOf(db, session.name, nowMs),
    };
  })();
}
