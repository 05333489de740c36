import { overheadOf } from "../overhead.ts";

/** Whether a person asked for a run or the client started it for itself, told from the agent id. */
export function runKindOf(runId: string): "user" | "overhead" {
  return overheadOf(runId) === null ? "user" : "overhead";
}
