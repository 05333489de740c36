import type { LogReader } from "../adapter.ts";
import { type FileEvents, noEvents, type RunEvent } from "../events.ts";
import type { FileIdentity } from "./reader.ts";
import { objectOf, textOf } from "./rows.ts";
import { runKindOf } from "./runs.ts";

/** Reads `agent-<id>.meta.json`: what kind of sub-agent a run was, and which tool use spawned it. */
export class SidecarReader implements LogReader {
  readonly #identity: FileIdentity;
  #events = noEvents();

  constructor(identity: FileIdentity) {
    this.#identity = identity;
  }

  feed(data: Buffer, final: boolean): number {
    if (!final) return 0;
    const run = this.#run(data.toString("utf8", 0, data.length));
    if (run === null) this.#events.counters.broken++;
    else if (run.sessionId !== "") this.#events.runs.push(run);
    return data.length;
  }

  drain(): FileEvents {
    const events = this.#events;
    this.#events = noEvents();
    return events;
  }

  saveState(): string {
    return "";
  }

  skipOversized(): void {
    this.#events.counters.oversized++;
  }

  #run(text: string): RunEvent | null {
    let meta: ReturnType<typeof objectOf>;
    try {
      meta = objectOf(JSON.parse(text));
    } catch {
      return null;
    }
    if (meta === null) return null;
    const { sessionId, runId } = this.#identity;
    const agentType = textOf(meta.agentType, 120);
    const description = textOf(meta.description, 120);
    const spawnedBy = textOf(meta.toolUseId, 200);
    const parentRunId = textOf(meta.parentAgentId, 200);
    return {
      sessionId,
      runId,
      kind: runKindOf(runId),
      ...(agentType && { agentType }),
      ...(description && { description }),
      ...(spawnedBy && { spawnedBy }),
      ...(parentRunId && { parentRunId }),
      ...(typeof meta.spawnDepth === "number" && { depth: Math.floor(meta.spawnDepth) }),
    };
  }
}
