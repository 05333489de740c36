import { Database } from "bun:sqlite";
import { join } from "node:path";

type Row = Record<string, string | number | null>;

/** What a book holds of the transcripts, in an order that does not hang on when it was filed. */
export interface BookFacts {
  calls: Row[];
  prompts: Row[];
  tools: Row[];
  sessions: Row[];
}

/** Reads the facts of a book through its documented views, without letting the program catch up first.
 *  Left out is what only a hook can know (durations, session ends). */
export function factsOf(ledgerHome: string): BookFacts {
  const db = new Database(join(ledgerHome, "ledger.db"), { readonly: true });
  try {
    const all = (sql: string): Row[] => db.query<Row, []>(sql).all();
    return {
      calls: all(`SELECT session_id, run_id, run_kind, model, at_ms, input, output, cache_read, cache_write_5m,
        cache_write_1h, web_searches, cost_nano, lower_bound FROM v_calls ORDER BY at_ms, run_id, model, cost_nano`),
      prompts: all(
        "SELECT session_id, at_utc, calls, tokens, cost_nano FROM v_prompts ORDER BY session_id, at_utc, tokens",
      ),
      tools: all("SELECT session_id, tool, path, failed FROM v_tool_calls ORDER BY session_id, at_ms, tool"),
      sessions: all(
        "SELECT session_id, forked_from, calls, tokens, cost_nano, reported_usd FROM v_sessions ORDER BY session_id",
      ),
    };
  } finally {
    db.close();
  }
}
