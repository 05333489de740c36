import type { Database } from "bun:sqlite";
import type { LimitPeriod, LimitSample } from "../agents/statusline.ts";

export type { LimitPeriod };

const MINUTE_MS = 60_000;
/** An agent rounds the moment of a reset now this way, now that: less is the same window. */
const SAME_WINDOW_MS = 5 * MINUTE_MS;

interface Latest {
  at_ms: number;
  used: number;
  resets_ms: number;
}

/** What the book knows of a period's window that is the latest to end. */
function latestOf(db: Database, period: LimitPeriod): Latest | null {
  return db
    .query<Latest, [string]>("SELECT at_ms, used, resets_ms FROM limits WHERE period = ? ORDER BY at_ms DESC LIMIT 1")
    .get(period);
}

/** The samples that say something new. `repeated` are those that this session said before: an idle session goes on repeating what it heard
 *  with its last reply, while others use the plan. Of a session that was not heard before, less use of the same window is such an echo too. */
export function newSamples(
  db: Database,
  samples: readonly LimitSample[],
  repeated: readonly LimitSample[] | null,
  nowMs: number,
): LimitSample[] {
  return samples.filter((sample) => {
    if (sample.resetsMs <= nowMs) return false;
    if (repeated?.some((one) => isSame(one, sample))) return false;
    const latest = latestOf(db, sample.period);
    if (latest === null) return true;
    if (sample.resetsMs < latest.resets_ms - SAME_WINDOW_MS) return false;
    if (sample.resetsMs > latest.resets_ms + SAME_WINDOW_MS) return true;
    return repeated === null ? sample.used > latest.used : sample.used !== latest.used;
  });
}

function isSame(a: LimitSample, b: LimitSample): boolean {
  return a.period === b.period && a.used === b.used && a.resetsMs === b.resetsMs;
}

/** Keeps samples, one a minute and period: the last of a minute replaces those before it. Where the clock was set back, the newest stands
 *  in for the one that is stamped later, so that the latest row is always what was heard last. */
export function keepSamples(db: Database, samples: readonly LimitSample[], nowMs: number): void {
  const minute = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (const { period, used, resetsMs } of samples) {
    const atMs = Math.max(minute, latestOf(db, period)?.at_ms ?? 0);
    db.query("INSERT OR REPLACE INTO limits (period, at_ms, used, resets_ms) VALUES (?, ?, ?, ?)").run(
      period,
      atMs,
      used,
      resetsMs,
    );
  }
}
