import type { Database } from "bun:sqlite";
import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import { pendingBytes, planCatchUp } from "./catchup.ts";

/** What there is to read in some of an agent's logs, without reading it. */
export function pendingIn(
  db: Database,
  adapter: AgentAdapter,
  files: readonly SourceFile[],
): { files: SourceFile[]; bytes: number } {
  const agentId = db.query<{ id: number }, [string]>("SELECT id FROM agents WHERE name = ?").get(adapter.name)?.id ?? 0;
  const pending = planCatchUp(db, agentId, files);
  return {
    files: pending.map(({ file }) => file),
    bytes: pending.reduce((sum, item) => sum + pendingBytes(item), 0),
  };
}

/** When anything was last read into the book, null where nothing was. */
export function lastReadMs(db: Database): number | null {
  return db.query<{ at: number | null }, []>("SELECT max(read_at_ms) AS at FROM source_files").get()?.at ?? null;
}
