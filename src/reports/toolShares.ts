import type { Database } from "bun:sqlite";
import { type Selection, selectedCalls } from "./cells.ts";

/** What a tool use costs: the call that asked for it, shared evenly by all tool uses it asked for. What a remainder leaves goes to the first ones
 *  by key, so that the parts add up to the call and never depend on the order of reading. */

export const TOOL_METHOD = "the cost of the call that asked for it, shared evenly by all tools that the call asked for";

/** A tool use with its share of its call. */
export interface ToolShare {
  callId: number;
  runId: number;
  /** Null for calls before the first prompt. */
  promptId: number | null;
  sessionId: number;
  toolId: number;
  /** 1 or 0, null where no result was seen. */
  failed: number | null;
  inputKey: number | null;
  durationMs: number | null;
  resultBytes: number | null;
  /** Orders the uses of a call. */
  place: number;
  tokens: number;
  costNanoUsd: number;
  /** Set on the first use of a call without a price. */
  unpriced: number;
}

const TOKENS = "x.input + x.output + x.cache_read + x.cache_write_5m + x.cache_write_1h";

/** Hands out the tool uses of a selection call by call, sessions one after the other. `calls` restricts them by a condition on the call `x`. */
export function forEachToolCall(
  db: Database,
  selection: Selection,
  use: (uses: readonly ToolShare[]) => void,
  calls = "1",
): void {
  const rows = db
    .query<ToolShare, []>(
      `SELECT x.call_id AS callId, x.run_id AS runId, x.prompt_id AS promptId, x.session_id AS sessionId, x.unpriced,
         ${TOKENS} AS tokens, x.cost_nano AS costNanoUsd, t.tool_id AS toolId, t.failed, t.input_key AS inputKey,
         t.duration_ms AS durationMs, t.result_bytes AS resultBytes, t.key >> 11 AS place
       FROM (${selectedCalls(selection)}) x CROSS JOIN tool_calls t ON t.call_id = x.call_id WHERE ${calls}`,
    )
    .iterate();
  let uses: ToolShare[] = [];
  for (const row of rows) {
    if (uses.length > 0 && uses[0]?.callId !== row.callId) {
      use(shared(uses));
      uses = [];
    }
    uses.push(row);
  }
  if (uses.length > 0) use(shared(uses));
}

/** Every use bears the whole call at first. */
function shared(uses: ToolShare[]): ToolShare[] {
  const [first] = uses;
  if (uses.length === 1 || first === undefined) return uses;
  uses.sort((a, b) => a.place - b.place);
  const { tokens, costNanoUsd } = first;
  const part = (whole: number, at: number): number =>
    Math.floor(whole / uses.length) + (at < whole % uses.length ? 1 : 0);
  uses.forEach((one, at) => {
    one.tokens = part(tokens, at);
    one.costNanoUsd = part(costNanoUsd, at);
    if (at > 0) one.unpriced = 0;
  });
  return uses;
}
