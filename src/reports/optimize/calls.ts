import type { Database } from "bun:sqlite";
import { type Selection, selectedCalls } from "../cells.ts";
import type { AdvisedCall } from "./types.ts";

/** The calls of a selection as advice sees them, by session, run and time: by their own names, for row ids follow the order in which files were read,
 *  and what is shared out must not. */
export function loadCalls(db: Database, selection: Selection): AdvisedCall[] {
  return db
    .query<AdvisedCall, []>(
      `SELECT x.call_id AS id, x.session_id AS sessionId, x.run_id AS runId, r.kind AS runKind, coalesce(x.prompt_id, 0) AS promptId,
         x.category, m.name AS model, c.at_ms AS atMs, c.input, c.output, c.cache_read AS cacheRead, c.cache_write_5m AS cacheWrite5m,
         c.cache_write_1h AS cacheWrite1h, c.web_searches AS webSearches, c.flags, c.cost_nano AS costNano
       FROM (${selectedCalls(selection)}) x JOIN calls c ON c.id = x.call_id JOIN runs r ON r.id = x.run_id JOIN models m ON m.id = x.model_id
       JOIN sessions s ON s.id = x.session_id
       ORDER BY s.session_id, x.session_id, r.run_id, c.at_ms, c.key`,
    )
    .all();
}

/** Calls run by run; `calls` must be as {@link loadCalls} orders them. */
export function byRun(calls: readonly AdvisedCall[]): AdvisedCall[][] {
  const runs: AdvisedCall[][] = [];
  let run: AdvisedCall[] = [];
  for (const call of calls) {
    if (run.length > 0 && run[0]?.runId !== call.runId) {
      runs.push(run);
      run = [];
    }
    run.push(call);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
