import type { Database } from "bun:sqlite";
import {
  addMeasures,
  cellsOfHours,
  clockCells,
  MEASURES,
  noSums,
  rowsOf,
  type Selection,
  SUM_MEASURES,
  selectionOf,
} from "./cells.ts";
import type { Filters } from "./filters.ts";
import { type LimitSample, type Pace, paceOf, WINDOW_MS } from "./pace.ts";
import type { Sums } from "./types.ts";
import { officialWindows, type ReachedLimit, type Window, windowAt, windowsOf } from "./windows.ts";

/** One of the plan's five-hour windows with what was done in it. */
export interface BlockRow extends Sums {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** `guess`: no reset was heard of, and the window begins at the full hour of its first call. */
  source: "official" | "guess";
  active: boolean;
  limitReached: boolean;
  /** Percent used when it was last heard of; null where it was not. */
  usedPercent: number | null;
  /** Of the active window, where use was heard of. */
  pace: Pace | null;
  /** Cost per hour since the window began; of a finished one over its whole length. Null in the first minutes. */
  burnNanoUsdPerHour: number | null;
  /** Time left of the active window, null for others. */
  leftMs: number | null;
  /** Cost at the end of the active window, if it goes on as on average since it began; null early in it, and for others. */
  projectedNanoUsd: number | null;
}

export interface BlocksReport {
  /** The newest first. */
  blocks: BlockRow[];
  /** Windows in the period, of which `blocks` may be the first few. */
  matched: number;
  totals: Sums;
  /** How {@link BlockRow.projectedNanoUsd} is worked out. */
  projectionMethod: string;
}

const HOUR_MS = 3_600_000;
/** Before this share of the window has passed, its average says nothing of the rest. */
const EARLY = 0.05;

export const PROJECTION_METHOD = "cost so far / share of the window that has passed";

/** The windows that reach into the period of the filters, each whole. Where they lie does not depend on other filters: those say which calls are
 *  added up. `agent` is the one whose plan it is. */
export function blocksReport(
  db: Database,
  filters: Filters,
  options: { nowMs: number; agent: string; activeOnly: boolean },
): BlocksReport {
  return db.transaction(() => {
    const { nowMs } = options;
    const selection = { ...selectionOf(db, filters), fromMs: null, toMs: null };
    const agentId =
      db.query<{ id: number }, [string]>("SELECT id FROM agents WHERE name = ?").get(options.agent)?.id ?? 0;
    const found = windowsIn(db, agentId, filters).filter(
      ({ fromMs, toMs }) =>
        (filters.fromMs === null || toMs > filters.fromMs) && (filters.toMs === null || fromMs < filters.toMs),
    );
    const wanted = options.activeOnly ? found.filter((window) => isActive(window, nowMs)) : found;
    const sums = sumsOf(db, { ...selection, where: `${selection.where} AND agent_id = ${agentId}`, agentId }, wanted);
    const rows = wanted.map((window, at) => rowOf(window, sums[at] as Sums, nowMs)).reverse();
    return {
      blocks: rows.slice(0, filters.top),
      matched: rows.length,
      totals: rows.reduce(plus, noSums()),
      projectionMethod: PROJECTION_METHOD,
    };
  })();
}

function isActive({ fromMs, toMs }: Window, nowMs: number): boolean {
  return nowMs >= fromMs && nowMs < toMs;
}

function rowOf(window: Window, sums: Sums, nowMs: number): BlockRow {
  const { fromMs, toMs, source, sample, limitReached } = window;
  const active = isActive(window, nowMs);
  const length = toMs - fromMs;
  const elapsed = active ? (nowMs - fromMs) / length : 1;
  const early = elapsed < EARLY;
  return {
    ...sums,
    fromMs,
    toMs,
    source,
    active,
    limitReached,
    usedPercent: sample?.usedPercent ?? null,
    pace: active ? paceOf(sample, WINDOW_MS.five_hour, nowMs) : null,
    burnNanoUsdPerHour: early ? null : Math.round((sums.costNanoUsd * HOUR_MS) / (elapsed * length)),
    leftMs: active ? toMs - nowMs : null,
    projectedNanoUsd: active && !early ? Math.round(sums.costNanoUsd / elapsed) : null,
  };
}

/** Windows from the last official one before the period on: a guess depends on the one before it, but not across an official one. */
function windowsIn(db: Database, agentId: number, { fromMs, toMs }: Filters): Window[] {
  const officials = officialWindows(samplesOf(db), reachedLimits(db, agentId));
  const anchor = fromMs === null ? undefined : officials.findLast((one) => one.toMs <= fromMs);
  const since = anchor?.fromMs ?? 0;
  const until = toMs ?? Number.MAX_SAFE_INTEGER;
  const near = officials.filter((one) => one.fromMs >= since && one.fromMs < until + WINDOW_MS.five_hour);
  return windowsOf(momentsOf(db, agentId, near, since, until), near);
}

function samplesOf(db: Database): LimitSample[] {
  return db
    .query<LimitSample, []>(
      "SELECT used AS usedPercent, at_ms AS atMs, resets_ms AS resetsAtMs FROM limits WHERE period = 'five_hour' ORDER BY at_ms",
    )
    .all();
}

/** Reached limits whose message named the moment of the reset, in seconds or milliseconds. */
function reachedLimits(db: Database, agentId: number): ReachedLimit[] {
  return db
    .query<{ atMs: number; detail: string }, [number]>(
      `SELECT e.at_ms AS atMs, e.detail FROM events e JOIN sessions s ON s.id = e.session_id
       WHERE e.kind = 'limit-reached' AND s.agent_id = ? AND e.detail <> '' ORDER BY e.at_ms`,
    )
    .all(agentId)
    .flatMap(({ atMs, detail }) => {
      const epoch = Number(detail);
      if (!Number.isFinite(epoch) || epoch <= 0) return [];
      return [{ atMs, resetsMs: detail.length > 11 ? epoch : epoch * 1000 }];
    });
}

/** Hours in which an official window begins or ends: their calls are looked at one by one. */
function cutHours(windows: readonly Window[]): number[] {
  const cut = new Set<number>();
  for (const { fromMs, toMs } of windows)
    for (const ms of [fromMs, toMs]) if (ms % HOUR_MS !== 0) cut.add(Math.floor(ms / HOUR_MS));
  return [...cut];
}

/** When there was work: full hours, and single calls in hours that a window cuts. */
function momentsOf(db: Database, agentId: number, windows: readonly Window[], since: number, until: number): number[] {
  const cut = cutHours(windows);
  const whole = rowsOf(
    db,
    `SELECT DISTINCT hour FROM rollup_hours WHERE agent_id = ${agentId} AND calls > 0
       AND hour >= ${Math.floor(since / HOUR_MS)} AND hour < ${Math.ceil(until / HOUR_MS)} AND hour NOT IN (${cut.join(",")})`,
  ).map((row) => (row[0] as number) * HOUR_MS);
  const everything: Selection = {
    where: `agent_id = ${agentId}`,
    wherePlace: "1",
    agentId,
    runType: null,
    fromMs: null,
    toMs: null,
  };
  const single =
    cut.length === 0
      ? []
      : rowsOf(db, `SELECT at_ms FROM (${cellsOfHours(everything, cut)})`).map((row) => row[0] as number);
  return [...whole, ...single].sort((a, b) => a - b);
}

/** Sums of a selection by window. */
function sumsOf(db: Database, selection: Selection, windows: readonly Window[]): Sums[] {
  const sums = windows.map(noSums);
  const first = windows[0];
  const last = windows.at(-1);
  if (first === undefined || last === undefined) return sums;
  const span = {
    ...selection,
    fromMs: Math.floor(first.fromMs / HOUR_MS) * HOUR_MS,
    toMs: Math.ceil(last.toMs / HOUR_MS) * HOUR_MS,
  };
  const cut = cutHours(windows);
  const add = (ms: number, row: readonly (number | null)[]): void => {
    const at = windowAt(windows, ms);
    if (at >= 0) addMeasures(sums[at] as Sums, row, 1);
  };
  const hours = `SELECT hour, ${SUM_MEASURES} FROM (${clockCells(span)}) WHERE hour NOT IN (${cut.join(",")}) GROUP BY hour`;
  for (const row of rowsOf(db, hours)) add((row[0] as number) * HOUR_MS, row);
  if (cut.length > 0) {
    const calls = `SELECT at_ms, ${MEASURES.join(", ")} FROM (${cellsOfHours(span, cut)})`;
    for (const row of rowsOf(db, calls)) add(row[0] as number, row);
  }
  return sums;
}

function plus(a: Sums, b: Sums): Sums {
  const { tokens } = a;
  return {
    calls: a.calls + b.calls,
    tokens: {
      input: tokens.input + b.tokens.input,
      output: tokens.output + b.tokens.output,
      cacheRead: tokens.cacheRead + b.tokens.cacheRead,
      cacheWrite5m: tokens.cacheWrite5m + b.tokens.cacheWrite5m,
      cacheWrite1h: tokens.cacheWrite1h + b.tokens.cacheWrite1h,
    },
    totalTokens: a.totalTokens + b.totalTokens,
    costNanoUsd: a.costNanoUsd + b.costNanoUsd,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
    lowerBoundCalls: a.lowerBoundCalls + b.lowerBoundCalls,
  };
}
