/** Which sub-agents are at work. Their logs have no end, so it is told by the tool call that sent them out and by their own calls. */

/** Without better evidence a sub-agent is at work while its last call is no older than this. Milliseconds. */
const LATELY_MS = 120_000;

/** Columns of {@link Outing} for a run `r`. */
export const OUTING = `r.spawned_by IS NOT NULL AS sent,
  (SELECT t.at_ms + coalesce(t.duration_ms, 0) FROM tool_calls t WHERE t.key = r.spawned_by AND t.failed IS NOT NULL) AS back_ms`;

/** What is known of the tool call that sent a sub-agent out. */
export interface Outing {
  /** 1 where that call is known at all. */
  sent: number;
  /** When it came back, null while it has not. */
  back_ms: number | null;
}

/** Whether a sub-agent with its last call at `lastMs` is at work at `nowMs`. While the tool call that sent it out is open it is, unless it was
 *  silent since `sinceMs`; once that came back after the last call it is not. Sent into the background it came back before, and only its calls tell. */
export function isAtWork({ sent, back_ms }: Outing, lastMs: number, nowMs: number, sinceMs: number): boolean {
  if (sent === 1 && back_ms === null) return lastMs >= sinceMs;
  if (back_ms !== null && back_ms >= lastMs) return false;
  return lastMs >= nowMs - LATELY_MS;
}
