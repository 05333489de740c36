/** Runs that a client starts on its own behalf: their agent id is `a<label>-<hex>` with one of these labels. The words are for people. */
const OVERHEAD: Readonly<Record<string, string>> = {
  agent_summary: "agent summary",
  auto_dream: "dream",
  auto_mode_critique: "auto-mode critique",
  away_summary: "away summary",
  compact: "compaction",
  dream: "dream",
  extract_memories: "memory extraction",
  hook: "hook agent",
  insights: "insights",
  magic_docs: "magic docs",
  memory: "memory",
  plugin_model_fork: "plugin's own run",
  prompt_suggestion: "prompt suggestion",
  rename: "session name",
  resume_cache_warm: "cache warming",
  session_memory: "session memory",
  session_search: "session search",
  side_question: "side question",
  speculation: "speculation",
  summary: "summary",
  title: "title",
  verification: "verification",
};

const LABELLED = /^(?:agent-)?a([a-z][a-z_-]*)-[0-9a-f]+$/;

/** What a client's own run is for, in words; null for a run that a person asked for. Told from the agent id. */
export function overheadOf(runId: string): string | null {
  const label = LABELLED.exec(runId)?.[1];
  return label !== undefined && Object.hasOwn(OVERHEAD, label) ? (OVERHEAD[label] ?? null) : null;
}
