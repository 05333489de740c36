import type { Database } from "bun:sqlite";
import type { AgentAdapter } from "../agents/adapter.ts";
import { CLASSIFIER_VERSION, categoryIndexOf } from "../categories/index.ts";
import { keyOf } from "../platform/hash.ts";
import type { Env } from "../platform/paths.ts";
import { GENERAL } from "./prompts.ts";
import { rebuildRollups } from "./rollups.ts";
import { readNew } from "./stretches.ts";

/** What a reclassification did. */
export interface Reclassified {
  prompts: number;
  changed: number;
  /** Prompts whose transcripts are gone: they keep what they had. */
  kept: number;
}

interface Flags {
  sessionId: string;
  promptKey: string;
  text: number;
  tools: number;
}

/** Reads every transcript for the features of its prompts, and classes all prompts found with the rules of this program. */
export function reclassify(db: Database, adapters: readonly AgentAdapter[], env: Env): Reclassified {
  const result: Reclassified = { prompts: 0, changed: 0, kept: 0 };
  db.transaction(() => {
    const all = db.query<{ n: number }, []>("SELECT count(*) AS n FROM prompts").get()?.n ?? 0;
    for (const adapter of adapters) {
      const agentId = db.query<{ id: number }, [string]>("SELECT id FROM agents WHERE name = ?").get(adapter.name)?.id;
      if (agentId !== undefined) classAgent(db, adapter, agentId, env, result);
    }
    result.kept = all - result.prompts;
    rebuildRollups(db, GENERAL);
  }).immediate();
  return result;
}

function classAgent(db: Database, adapter: AgentAdapter, agentId: number, env: Env, result: Reclassified): void {
  const find = db.query<{ id: number; category: number }, [number, string, bigint]>(
    `SELECT p.id, p.category FROM prompts p JOIN sessions s ON s.id = p.session_id
     WHERE s.agent_id = ? AND s.session_id = ? AND p.prompt_key = ?`,
  );
  const update = db.query(
    "UPDATE prompts SET text_flags = ?, tool_flags = ?, category = ?, classifier_version = ? WHERE id = ?",
  );
  for (const flags of featuresOf(adapter, env).values()) {
    const prompt = find.get(agentId, flags.sessionId, keyOf(flags.promptKey));
    if (prompt === null) continue;
    const category = categoryIndexOf(flags.text, flags.tools);
    update.run(flags.text, flags.tools, category, CLASSIFIER_VERSION, prompt.id);
    result.prompts++;
    if (category !== prompt.category) result.changed++;
  }
}

function featuresOf(adapter: AgentAdapter, env: Env): Map<string, Flags> {
  const found = new Map<string, Flags>();
  const entry = (sessionId: string, promptKey: string): Flags => {
    const name = `${sessionId} ${promptKey}`;
    let flags = found.get(name);
    if (flags === undefined) {
      flags = { sessionId, promptKey, text: 0, tools: 0 };
      found.set(name, flags);
    }
    return flags;
  };
  const work = { opened: 0, bytes: 0 };
  for (const file of adapter.list(adapter.roots(env)).files) {
    for (const { events } of readNew(adapter, file, null, work)) {
      for (const prompt of events.prompts) entry(prompt.sessionId, prompt.promptKey).text |= prompt.textFlags;
      for (const use of events.toolUses) {
        if (use.runId === "" && use.promptKey !== "") entry(use.sessionId, use.promptKey).tools |= use.toolFlags;
      }
    }
  }
  return found;
}
