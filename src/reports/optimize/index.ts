import type { Database } from "bun:sqlite";
import type { PriceBook } from "../../pricing/book.ts";
import { selectionOf } from "../cells.ts";
import type { Filters } from "../filters.ts";
import { loadNames } from "../names.ts";
import type { Unpriced } from "../types.ts";
import { loadCalls } from "./calls.ts";
import { type Settled, settle } from "./overlap.ts";
import { RULES } from "./rules/index.ts";
import type { Advice, AdvisedCall, Finding, RuleContext } from "./types.ts";
import { leastWorth } from "./worth.ts";

/** Sessions that are named for each piece of advice. */
const WHERE = 10;

/** What could have been spent less, and by which change. Money is nano-dollars. */
export interface OptimizeReport {
  totals: { calls: number; costNanoUsd: number; unpriced: Unpriced[] };
  /** The largest own saving first, at most `filters.top`. */
  findings: Finding[];
  /** Findings beyond `top`. */
  findingsLeft: { rows: number; addedNanoUsd: number };
  /** Advice whose saving is not worth reading of; it is in no sum. */
  below: { rows: number; leastNanoUsd: number };
  /** All that would be saved if every finding is followed, shown or not; never more than was spent. */
  savingNanoUsd: number;
}

/** Runs every rule over the calls of a period and settles what overlaps. Throws a UserError for names that the book does not hold. */
export function optimizeReport(db: Database, filters: Filters, prices: PriceBook, nowMs: number): OptimizeReport {
  return db.transaction(() => {
    const { context, advice } = adviseOn(db, filters, prices, nowMs);
    const calls = new Map(context.calls.map((call) => [call.id, call]));
    const costNanoUsd = sum(context.calls, (call) => call.costNano ?? 0);
    const leastNanoUsd = leastWorth(costNanoUsd);
    const { kept, below } = settle(advice, calls, leastNanoUsd);
    const where = placesOf(db);
    return {
      totals: { calls: context.calls.length, costNanoUsd, unpriced: unpricedOf(context.calls) },
      findings: kept.slice(0, filters.top).map((one) => findingOf(one, calls, where)),
      findingsLeft: {
        rows: Math.max(0, kept.length - filters.top),
        addedNanoUsd: sum(kept.slice(filters.top), (one) => one.addedNano),
      },
      below: { rows: below.length, leastNanoUsd },
      savingNanoUsd: sum(kept, (one) => one.addedNano),
    };
  })();
}

/** The calls of a period and what the rules say of them, overlaps not yet settled. */
export function adviseOn(
  db: Database,
  filters: Filters,
  prices: PriceBook,
  nowMs: number,
): { context: RuleContext; advice: Advice[] } {
  const selection = selectionOf(db, filters);
  const calls = loadCalls(db, selection);
  const context: RuleContext = { db, calls, prices, selection, nowMs, timeZone: filters.timeZone };
  return { context, advice: calls.length === 0 ? [] : RULES.flatMap((rule) => rule(context)) };
}

function findingOf(
  { advice, byCall, savingNano, addedNano }: Settled,
  calls: ReadonlyMap<number, AdvisedCall>,
  placeOf: (session: number) => { sessionId: string; repo: string },
): Finding {
  const { claims: _, ...said } = advice;
  const sessions = new Map<number, { atMs: number; savingNanoUsd: number }>();
  let costNanoUsd = 0;
  for (const [callId, saving] of byCall) {
    const call = calls.get(callId) as AdvisedCall;
    costNanoUsd += call.costNano ?? 0;
    const session = sessions.get(call.sessionId) ?? { atMs: call.atMs, savingNanoUsd: 0 };
    session.atMs = Math.min(session.atMs, call.atMs);
    session.savingNanoUsd += saving;
    sessions.set(call.sessionId, session);
  }
  const where = [...sessions]
    .map(([id, session]) => ({ ...placeOf(id), ...session }))
    .sort((a, b) => b.savingNanoUsd - a.savingNanoUsd || (a.sessionId < b.sessionId ? -1 : 1))
    .slice(0, WHERE);
  return { ...said, calls: byCall.size, where, costNanoUsd, savingNanoUsd: savingNano, addedNanoUsd: addedNano };
}

function placesOf(db: Database): (session: number) => { sessionId: string; repo: string } {
  const { repos } = loadNames(db);
  const find = db.query<{ sessionId: string; repo: number | null }, [number]>(
    "SELECT session_id AS sessionId, repo_id AS repo FROM sessions WHERE id = ?",
  );
  return (session) => {
    const row = find.get(session);
    return { sessionId: row?.sessionId ?? "", repo: repos.get(row?.repo ?? 0) ?? "(unknown)" };
  };
}

function unpricedOf(calls: readonly AdvisedCall[]): Unpriced[] {
  const found = new Map<string, number>();
  for (const { model, costNano } of calls) if (costNano === null) found.set(model, (found.get(model) ?? 0) + 1);
  return [...found]
    .map(([model, count]) => ({ model, calls: count }))
    .sort((a, b) => b.calls - a.calls || (a.model < b.model ? -1 : 1));
}

function sum<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((all, row) => all + of(row), 0);
}
