import type { Database, Statement } from "bun:sqlite";
import type { ToolResultEvent, ToolUseEvent } from "../agents/events.ts";
import { toKey } from "../platform/hash.ts";
import type { Dictionary } from "./dictionary.ts";
import { lazy } from "./lazy.ts";

const INSERT = `INSERT INTO tool_calls (key, call_id, tool_id, path_id, input_key, shape_key, at_ms, failed, error_key, duration_ms, result_bytes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const INSERT_BOTH = `${INSERT} ON CONFLICT (key) DO NOTHING`;
/** A row without a call holds a result, and the time of it, until the use is read. */
const USE = `${INSERT}
       ON CONFLICT (key) DO UPDATE SET call_id = excluded.call_id, tool_id = excluded.tool_id, path_id = excluded.path_id,
         input_key = excluded.input_key, shape_key = excluded.shape_key,
         at_ms = CASE WHEN call_id IS NULL THEN excluded.at_ms ELSE min(coalesce(at_ms, excluded.at_ms), excluded.at_ms) END,
         duration_ms = coalesce(duration_ms, CASE WHEN call_id IS NULL AND at_ms >= excluded.at_ms THEN at_ms - excluded.at_ms END)
       WHERE call_id IS NOT excluded.call_id OR tool_id IS NULL OR shape_key IS NULL OR at_ms IS NULL OR at_ms > excluded.at_ms`;
/** A hook knows the duration, the transcript only the time of the result: the smaller figure is the measured one. */
const RESULT = `INSERT INTO tool_calls (key, failed, error_key, duration_ms, result_bytes, at_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET failed = max(coalesce(failed, 0), excluded.failed),
         error_key = coalesce(max(error_key, excluded.error_key), error_key, excluded.error_key),
         duration_ms = coalesce(min(duration_ms, excluded.duration_ms), duration_ms, excluded.duration_ms,
           CASE WHEN call_id IS NOT NULL AND excluded.at_ms >= tool_calls.at_ms THEN excluded.at_ms - tool_calls.at_ms END),
         result_bytes = max(coalesce(result_bytes, 0), excluded.result_bytes),
         at_ms = CASE WHEN call_id IS NULL THEN min(at_ms, excluded.at_ms) ELSE at_ms END
       WHERE failed IS NULL OR failed < excluded.failed OR result_bytes < excluded.result_bytes
         OR (call_id IS NULL AND at_ms > excluded.at_ms)
         OR coalesce(error_key, 0) < coalesce(excluded.error_key, 0)
         OR (excluded.duration_ms IS NOT NULL AND (duration_ms IS NULL OR duration_ms > excluded.duration_ms))`;

/** Tool calls: the use comes from the call, what became of it from the result row or from a hook, in whichever order. */
export class ToolCalls {
  readonly #tools: Dictionary;
  readonly #paths: Dictionary;
  readonly #use: () => Statement;
  readonly #both: () => Statement;
  readonly #result: () => Statement;

  constructor(db: Database, tools: Dictionary, paths: Dictionary) {
    this.#tools = tools;
    this.#paths = paths;
    this.#use = lazy(db, USE);
    this.#both = lazy(db, INSERT_BOTH);
    this.#result = lazy(db, RESULT);
  }

  /** Files the use of a tool in a call, together with what became of it where that is known already. */
  use(event: ToolUseEvent, callId: number, result: ToolResultEvent | undefined): void {
    const path = event.path === "" ? null : this.#paths.idOf(event.path);
    const key = toKey(event.keyHigh, event.keyLow);
    const tool = this.#tools.idOf(event.name);
    if (result === undefined) {
      this.#use().run(key, callId, tool, path, event.inputKey, event.shapeKey, event.atMs, null, null, null, null);
      return;
    }
    const failed = result.failed ? 1 : 0;
    const { changes } = this.#both().run(
      key,
      callId,
      tool,
      path,
      event.inputKey,
      event.shapeKey,
      event.atMs,
      failed,
      result.errorKey || null,
      durationOf(event, result),
      result.bytes,
    );
    if (changes > 0) return;
    this.#use().run(key, callId, tool, path, event.inputKey, event.shapeKey, event.atMs, null, null, null, null);
    this.result(result);
  }

  /** Files what became of a tool use. */
  result(event: ToolResultEvent): void {
    const duration = event.durationMs < 0 ? null : event.durationMs;
    this.#result().run(
      toKey(event.keyHigh, event.keyLow),
      event.failed ? 1 : 0,
      event.errorKey || null,
      duration,
      event.bytes,
      Math.max(0, event.atMs),
    );
  }
}

/** Measured by a hook, or the time from the use to its result. Milliseconds, null where the clock went back. */
function durationOf(use: ToolUseEvent, result: ToolResultEvent): number | null {
  if (result.durationMs >= 0) return result.durationMs;
  return result.atMs >= use.atMs ? result.atMs - use.atMs : null;
}
