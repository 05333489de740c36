import type { Database, Statement } from "bun:sqlite";
import type { ServerEvent } from "../agents/events.ts";
import { Dictionary } from "./dictionary.ts";
import { lazy } from "./lazy.ts";

/** MCP servers by run. What is told several times counts at its largest, from its first moment to the first removal: so the order of reading
 *  changes nothing. */
export class Servers {
  readonly #names: Dictionary;
  readonly #tell: () => Statement;

  constructor(db: Database) {
    this.#names = new Dictionary(db, "labels", "name");
    this.#tell = lazy(
      db,
      `INSERT INTO run_servers (run_id, label_id, tools, tool_bytes, instruction_bytes, first_ms, removed_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET tools = max(tools, excluded.tools), tool_bytes = max(tool_bytes, excluded.tool_bytes),
         instruction_bytes = max(instruction_bytes, excluded.instruction_bytes),
         first_ms = min(coalesce(first_ms, excluded.first_ms), coalesce(excluded.first_ms, first_ms)),
         removed_ms = min(coalesce(removed_ms, excluded.removed_ms), coalesce(excluded.removed_ms, removed_ms))`,
    );
  }

  /** What a run was told of a server. */
  tell(runId: number, { server, tools, toolBytes, instructionBytes, atMs, removed }: ServerEvent): void {
    const added = toolBytes + instructionBytes > 0;
    this.#tell().run(
      runId,
      this.#names.idOf(server),
      tools,
      toolBytes,
      instructionBytes,
      added ? atMs : null,
      removed ? atMs : null,
    );
  }

  /** Forgets ids: those of a transaction that is rolled back were never filed. */
  forget(): void {
    this.#names.forget();
  }
}
