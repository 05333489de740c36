import type { Database } from "bun:sqlite";
import type { HookPayload } from "../agents/adapter.ts";
import { keyOf } from "../platform/hash.ts";
import { pendingToolUses, subagentsSince } from "../reports/sessionNow.ts";
import type { Scope } from "../reports/spending.ts";

/** The session of a payload as the guard finds it in the book. */

/** The first client that tells of batches, as the installer has it. */
const BATCHES_SINCE = [2, 1, 240] as const;
/** A sub-agent that began within this time counts as at work. Milliseconds. */
const AT_WORK_MS = 600_000;

/** What a payload says of where it belongs. */
export type Place = Pick<HookPayload, "sessionId" | "promptKey">;

/** How many calls may be on their way beside the one at hand. */
export function atWork(db: Database, sessionId: number, nowMs: number): number {
  return Math.max(subagentsSince(db, sessionId, nowMs - AT_WORK_MS), pendingToolUses(db, sessionId));
}

export function sessionOf(db: Database, name: string): { id: number; version: string | null } | null {
  return db
    .query<{ id: number; version: string | null }, [string]>(
      "SELECT id, client_version AS version FROM sessions WHERE session_id = ? ORDER BY id LIMIT 1",
    )
    .get(name);
}

/** Whether the client of this version tells of batches of tool uses. */
export function tellsOfBatches(version: string | null): boolean {
  const [major = 0, minor = 0, patch = 0] = (version ?? "").split(".").map(Number);
  const [a, b, c] = BATCHES_SINCE;
  return major !== a ? major > a : minor !== b ? minor > b : patch >= c;
}

export function scopeOf(db: Database, sessionId: number, { sessionId: session, promptKey }: Place): Scope {
  const promptId =
    promptKey === ""
      ? db
          .query<{ id: number }, [number]>("SELECT id FROM prompts WHERE session_id = ? ORDER BY at_ms DESC LIMIT 1")
          .get(sessionId)?.id
      : db
          .query<{ id: number }, [number, bigint]>("SELECT id FROM prompts WHERE session_id = ? AND prompt_key = ?")
          .get(sessionId, keyOf(promptKey))?.id;
  return { sessionId, session, promptId: promptId ?? null };
}
