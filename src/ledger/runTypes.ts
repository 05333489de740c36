import type { Database, Statement } from "bun:sqlite";
import { lazy } from "./lazy.ts";

/** Types of runs: what the sums of sub-agents are kept by. Each has an id in the book. */

export type RunKind = "main" | "user" | "overhead";

/** Type of main threads. */
export const MAIN_TYPE = 0;

const HEX = "0123456789abcdef";

/** What a client's own run was for, as its agent id says: the id without the number at its end. */
function familyOf(kind: RunKind, runId: string): string {
  if (kind !== "overhead") return "";
  let end = runId.length;
  while (end > 0 && HEX.includes(runId[end - 1] as string)) end--;
  while (end > 0 && runId[end - 1] === "-") end--;
  return runId.slice(0, end);
}

export class RunTypes {
  readonly #find: () => Statement<{ id: number }, [string, string, string]>;
  readonly #insert: () => Statement;
  readonly #ids = new Map<string, number>();

  constructor(db: Database) {
    this.#find = lazy(db, "SELECT id FROM run_types WHERE kind = ? AND agent_type = ? AND family = ?");
    this.#insert = lazy(db, "INSERT INTO run_types (kind, agent_type, family) VALUES (?, ?, ?)");
  }

  /** Id of the type of a run; filed when it is new. */
  idOf(kind: RunKind, agentType: string | null, runId: string): number {
    if (kind === "main") return MAIN_TYPE;
    const family = familyOf(kind, runId);
    const key = JSON.stringify([kind, agentType, family]);
    let id = this.#ids.get(key);
    if (id === undefined) {
      const type = [kind, agentType ?? "", family] as const;
      id = this.#find().get(...type)?.id ?? Number(this.#insert().run(...type).lastInsertRowid);
      this.#ids.set(key, id);
    }
    return id;
  }

  forget(): void {
    this.#ids.clear();
  }
}

/** Gives every run the type that its facts say. Call inside a transaction. */
export function retypeRuns(db: Database): void {
  const types = new RunTypes(db);
  const update = db.query("UPDATE runs SET type_id = ? WHERE id = ? AND type_id <> ?");
  const runs = db
    .query<{ id: number; kind: RunKind; agent_type: string | null; run_id: string }, []>(
      "SELECT id, kind, agent_type, run_id FROM runs",
    )
    .all();
  for (const { id, kind, agent_type, run_id } of runs) {
    const type = types.idOf(kind, agent_type, run_id);
    update.run(type, id, type);
  }
}
