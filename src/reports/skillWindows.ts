import type { Database } from "bun:sqlite";
import { rowsOf } from "./cells.ts";

/** Which skill a call was for. Newer clients say so themselves. Where the client says nothing in a prompt's run, a skill has the calls of that run
 *  from the one after its use to the end of the prompt, or to the next skill: as newer clients do. A use that failed ran nothing. */

export const SKILL_METHOD =
  "calls that the client itself gives to the skill; where it gives none in a prompt's thread: that thread's calls from the use of the skill to the prompt's end or the next skill";

/** Runs that used a skill. CROSS JOIN keeps SQLite to the few uses; left to itself it goes through all calls. */
export const SKILLED_RUNS =
  "SELECT c.run_id FROM skill_uses u CROSS JOIN tool_calls t ON t.key = u.key CROSS JOIN calls c ON c.id = t.call_id";

interface Window {
  fromMs: number;
  callId: number;
  skill: string;
}

/** Finds the skill of a call that the client says nothing of. */
export class SkillWindows {
  readonly #windows = new Map<string, Window[]>();

  /** Reads the uses of skills of the whole book: a period may begin in the middle of one. */
  constructor(db: Database) {
    const spoken = new Set(
      rowsOf(
        db,
        `SELECT DISTINCT c.run_id, coalesce(c.prompt_id, 0)
         FROM (SELECT DISTINCT run_id FROM (${SKILLED_RUNS})) r
         CROSS JOIN calls c ON c.run_id = r.run_id CROSS JOIN call_labels l ON l.call_id = c.id
         CROSS JOIN label_sets s ON s.id = l.set_id WHERE s.skill_id <> 0`,
      ).map(([run, prompt]) => `${run} ${prompt}`),
    );
    const uses = db
      .query<{ runId: number; promptId: number; fromMs: number; callId: number; skill: string }, []>(
        `SELECT c.run_id AS runId, coalesce(c.prompt_id, 0) AS promptId, c.at_ms AS fromMs, c.id AS callId, n.name AS skill
         FROM skill_uses u CROSS JOIN tool_calls t ON t.key = u.key CROSS JOIN calls c ON c.id = t.call_id JOIN labels n ON n.id = u.label_id
         WHERE t.failed IS NOT 1 ORDER BY c.at_ms, n.name`,
      )
      .all();
    for (const { runId, promptId, ...window } of uses) {
      const thread = `${runId} ${promptId}`;
      if (spoken.has(thread)) continue;
      const windows = this.#windows.get(thread);
      if (windows === undefined) this.#windows.set(thread, [window]);
      else windows.push(window);
    }
  }

  /** The skill in whose course a call was made, "" for none. The call that asks for a skill is not yet in its course. */
  skillOf(call: { callId: number; runId: number; promptId: number | null; atMs: number }): string {
    const windows = this.#windows.get(`${call.runId} ${call.promptId ?? 0}`) ?? [];
    return windows.findLast((window) => window.fromMs <= call.atMs && window.callId !== call.callId)?.skill ?? "";
  }
}
