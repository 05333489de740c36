import type { Database } from "bun:sqlite";
import type { BudgetStatus } from "../guard/types.ts";
import { isHistoryRead } from "../ledger/history.ts";
import { keyOf } from "../platform/hash.ts";
import { hourCells } from "./cells.ts";
import { inheritedCostOf } from "./coverage.ts";
import { currentLimits, type LimitUse } from "./limits.ts";
import type { Calendar, Period } from "./periods.ts";
import { budgetsOf, budgetsOfSession, budgetsThatBear } from "./spending.ts";

/** The figures of the statusline, from few indexed rows whatever the size of the book. Money is nano-dollars. */

/** A sum without its tokens. */
export interface SmallSum {
  costNanoUsd: number;
  calls: number;
  unpricedCalls: number;
}

export interface StatuslineReport {
  /** The session with its sub-agents, null where the book does not know it. */
  session: SmallSum | null;
  /** The agent's own count of the session and the ledger's do not agree. */
  differs: boolean;
  /** The prompt at hand, null before the first. */
  prompt: SmallSum | null;
  /** Null where it is not known any more. */
  today: SmallSum | null;
  /** Bounds of today; `toMs` is exclusive. */
  day: { fromMs: number; toMs: number };
  /** The history was read whole at least once: without that, today may miss sessions. */
  historyRead: boolean;
  /** What the session would cost in an hour at the rate of the last {@link BURN_MS}; null where it rests. */
  burn: { perHourNanoUsd: number; unpricedCalls: number } | null;
  /** The limit that is nearest to its end, of those that bear on the session. */
  budget: BudgetStatus | null;
  limits: LimitUse[];
}

/** What the question is about. */
export interface StatuslineOptions {
  agent: string;
  sessionId: string | null;
  promptKey: string | null;
  /** The agent's own count, null where it did not say. */
  clientNanoUsd: number | null;
  calendar: Calendar;
  nowMs: number;
}

const HOUR_MS = 3_600_000;
/** The burn rate looks back this far. */
export const BURN_MS = 600_000;

/** Two counts agree where they differ by no more than a cent, or a hundredth: agents count titles and other side calls that no log shows. */
const TOLERANCE_NANO = 10_000_000;
const TOLERANCE_SHARE = 0.01;

/** What a statusline shows of a session and of today. */
export function statuslineReport(db: Database, options: StatuslineOptions): StatuslineReport {
  const { agent, sessionId, promptKey, clientNanoUsd, calendar, nowMs } = options;
  const known = sessionId === null ? null : sessionOf(db, agent, sessionId);
  const session = known === null ? null : sessionSum(db, known);
  const promptId = known === null ? null : promptOf(db, known, promptKey);
  const scope = known === null || sessionId === null ? null : { sessionId: known, session: sessionId, promptId };
  return {
    session,
    differs: known !== null && session !== null && differs(db, known, session, clientNanoUsd),
    prompt: known === null || promptId === null || session === null ? null : promptSum(db, known, promptId, session),
    today: spanSum(db, calendar.day),
    day: { fromMs: calendar.day.fromMs, toMs: calendar.day.toMs },
    historyRead: isHistoryRead(db),
    burn: known === null ? null : burnOf(db, known, nowMs),
    budget: nearest(budgetsOfSession(db, budgetsThatBear(db, budgetsOf(db), known ?? 0), calendar, scope ?? NOBODY)),
    limits: currentLimits(db, nowMs),
  };
}

/** Scope of limits where no session is known: those of the calendar still stand. */
const NOBODY = { sessionId: 0, session: "", promptId: null };

function sessionOf(db: Database, agent: string, sessionId: string): number | null {
  return (
    db
      .query<{ id: number }, [string, string]>(
        "SELECT id FROM sessions WHERE agent_id = (SELECT id FROM agents WHERE name = ?) AND session_id = ?",
      )
      .get(agent, sessionId)?.id ?? null
  );
}

const SUMS =
  "coalesce(sum(cost_nano), 0) AS costNanoUsd, coalesce(sum(calls), 0) AS calls, coalesce(sum(unpriced), 0) AS unpricedCalls";
const NOTHING: SmallSum = { costNanoUsd: 0, calls: 0, unpricedCalls: 0 };

function sessionSum(db: Database, id: number): SmallSum | null {
  const sum = db.query<SmallSum, [number]>(`SELECT ${SUMS} FROM rollup_sessions WHERE session_id = ?`).get(id);
  return sum === null || sum.calls === 0 ? null : sum;
}

/** Whether the agent counts otherwise. A fork's own count starts from its parent's, so what it took over is no difference; where a model has
 *  no price, the sums cannot be compared. */
function differs(db: Database, id: number, session: SmallSum, client: number | null): boolean {
  if (client === null || session.unpricedCalls > 0) return false;
  const tolerance = Math.max(TOLERANCE_NANO, client * TOLERANCE_SHARE);
  if (Math.abs(client - session.costNanoUsd) <= tolerance) return false;
  return Math.abs(client - session.costNanoUsd - inheritedCostOf(db, id)) > tolerance;
}

/** The prompt by its key, where the agent says it, else the latest of the session. */
function promptOf(db: Database, session: number, promptKey: string | null): number | null {
  if (promptKey !== null) {
    const row = db
      .query<{ id: number }, [number, bigint]>("SELECT id FROM prompts WHERE session_id = ? AND prompt_key = ?")
      .get(session, keyOf(promptKey));
    return row?.id ?? null;
  }
  const latest = db
    .query<{ id: number }, [number]>("SELECT id FROM prompts WHERE session_id = ? ORDER BY at_ms DESC LIMIT 1")
    .get(session);
  return latest?.id ?? null;
}

/** The sums that stand beside a prompt do not count what is unpriced; where the session has such calls, they are counted one by one. */
function promptSum(db: Database, session: number, promptId: number, whole: SmallSum): SmallSum | null {
  const sum = db
    .query<{ costNanoUsd: number; calls: number }, [number]>(
      "SELECT cost_nano AS costNanoUsd, calls FROM prompts WHERE id = ? AND calls > 0",
    )
    .get(promptId);
  if (sum === null) return null;
  const unpriced =
    whole.unpricedCalls === 0
      ? 0
      : (db
          .query<{ n: number }, [number, number]>(
            `SELECT count(*) AS n FROM runs r JOIN calls c ON c.run_id = r.id
             WHERE r.session_id = ? AND c.prompt_id = ? AND c.cost_nano IS NULL`,
          )
          .get(session, promptId)?.n ?? 0);
  return { ...sum, unpricedCalls: unpriced };
}

/** Sums over a span of time: whole hours from the clock's rollup, and calls one by one where a bound cuts an hour that has any. */
function spanSum(db: Database, { fromMs, toMs }: Period): SmallSum {
  const from = Math.floor(fromMs / HOUR_MS);
  const to = Math.ceil(toMs / HOUR_MS);
  const cut = [...(fromMs % HOUR_MS === 0 ? [] : [from]), ...(toMs % HOUR_MS === 0 ? [] : [to - 1])];
  const used = cut.filter(
    (hour) => db.query("SELECT 1 FROM rollup_clock WHERE hour = ? AND calls > 0").get(hour) !== null,
  );
  const cells =
    used.length === 0
      ? `SELECT * FROM rollup_clock WHERE hour >= ${from} AND hour < ${to}`
      : hourCells({ where: "1", wherePlace: "1", agentId: null, runType: null, fromMs, toMs });
  return db.query<SmallSum, []>(`SELECT ${SUMS} FROM (${cells})`).get() ?? NOTHING;
}

/** Threads of a session that a look at the burn rate takes in, the latest first, and calls of one that are added up at a time. */
const MAX_RUNS = 400;
const CHUNK = 40;

/** Cost of the last minutes, sub-agents included, as a rate. Every thread is read from its end, until its calls are too old. */
function burnOf(db: Database, session: number, nowMs: number): StatuslineReport["burn"] {
  const fromMs = nowMs - BURN_MS;
  const active = db
    .query<{ hour: number | null }, [number]>("SELECT max(hour) AS hour FROM rollup_sessions WHERE session_id = ?")
    .get(session);
  if ((active?.hour ?? -1) < Math.floor(fromMs / HOUR_MS)) return null;
  const runs = db
    .query<{ id: number }, [number]>(
      `SELECT id FROM runs WHERE session_id = ? ORDER BY run_id = '' DESC, id DESC LIMIT ${MAX_RUNS}`,
    )
    .all(session);
  const chunkOf = db.query<Chunk, [number, number, number]>(
    `SELECT coalesce(sum(cost), 0) AS cost, count(recent) AS calls, count(recent) - count(cost) AS unpriced, count(*) AS size, min(id) AS lowest
     FROM (SELECT id, iif(at_ms BETWEEN ?3 AND ?3 + ${BURN_MS}, 1, NULL) AS recent, iif(at_ms BETWEEN ?3 AND ?3 + ${BURN_MS}, cost_nano, NULL) AS cost
           FROM calls WHERE run_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ${CHUNK})`,
  );
  let cost = 0;
  let unpricedCalls = 0;
  let calls = 0;
  for (const { id } of runs) {
    for (let below = Number.MAX_SAFE_INTEGER; ; ) {
      const chunk = chunkOf.get(id, below, fromMs);
      if (chunk === null || chunk.calls === 0) break;
      cost += chunk.cost;
      calls += chunk.calls;
      unpricedCalls += chunk.unpriced;
      if (chunk.size < CHUNK) break;
      below = chunk.lowest;
    }
  }
  return calls === 0 ? null : { perHourNanoUsd: Math.round((cost * HOUR_MS) / BURN_MS), unpricedCalls };
}

interface Chunk {
  cost: number;
  calls: number;
  unpriced: number;
  size: number;
  lowest: number;
}

function nearest(statuses: readonly BudgetStatus[]): BudgetStatus | null {
  return statuses.reduce<BudgetStatus | null>(
    (most, one) => (most === null || one.share > most.share ? one : most),
    null,
  );
}
