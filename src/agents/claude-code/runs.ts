/** Runs that the client starts on its own behalf: their agent id is `a<label>-<hex>` with one of these labels. */
const OVERHEAD_LABELS = new Set([
  "auto_mode_critique",
  "away_summary",
  "compact",
  "dream",
  "extract_memories",
  "hook",
  "insights",
  "magic_docs",
  "memory",
  "prompt_suggestion",
  "session_memory",
  "session_search",
  "side_question",
  "speculation",
  "summary",
  "title",
  "verification",
]);

const LABELLED = /^(?:agent-)?a([a-z][a-z_-]*)-[0-9a-f]+$/;

/** Whether a person asked for a run or the client started it for itself, told from the agent id. */
export function runKindOf(runId: string): "user" | "overhead" {
  const label = LABELLED.exec(runId)?.[1];
  return label !== undefined && OVERHEAD_LABELS.has(label) ? "overhead" : "user";
}
