import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { BilledCall } from "./mockApi.ts";

/** Tokens of a set of calls, by class. */
export interface TokenCounts {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}

/** A transcript row, narrowed to what the rig reads. */
export interface TranscriptRow {
  type: string;
  uuid?: string;
  sessionId?: string;
  requestSessionId?: string;
  agentId?: string;
  promptId?: string;
  requestId?: string;
  isMeta?: boolean;
  isSidechain?: boolean;
  turnOrigin?: string;
  totalCostUSD?: number;
  querySource?: string;
  subtype?: string;
  message?: {
    id?: string;
    model?: string;
    stop_reason?: string | null;
    content?: unknown;
    usage?: Record<string, unknown> & { output_tokens?: number };
  };
  [key: string]: unknown;
}

/** All transcript files of a config folder, by path. */
export function transcriptsOf(configDir: string): Map<string, TranscriptRow[]> {
  const root = join(configDir, "projects");
  const found = new Map<string, TranscriptRow[]>();
  if (!existsSync(root)) return found;
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".jsonl"));
  for (const path of paths.sort()) {
    const lines = readFileSync(join(root, path), "utf8").split("\n");
    found.set(
      path,
      lines.filter((line) => line !== "").map((line) => JSON.parse(line) as TranscriptRow),
    );
  }
  return found;
}

/** Rows of a session's main file, in file order. */
export function mainRows(configDir: string, sessionId: string): TranscriptRow[] {
  for (const [path, rows] of transcriptsOf(configDir))
    if (basename(path) === `${sessionId}.jsonl` && basename(dirname(path)) !== "subagents") return rows;
  throw new Error(`no transcript of session ${sessionId} below ${configDir}`);
}

/** Message ids that the transcripts hold, each once, with the session that streamed it and its run ("" is the main thread).
 *  An account of its own of accounting rules 1, 3 and 7, much simpler than the ledger's, for the files of one scratch. */
export function recordedCalls(configDir: string): Map<string, { sessionId: string; runId: string; output: number }> {
  const calls = new Map<string, { sessionId: string; runId: string; output: number }>();
  for (const rows of transcriptsOf(configDir).values()) {
    for (const row of rows) {
      const id = row.message?.id;
      if (row.type !== "assistant" || id === undefined || row.message?.model === "<synthetic>") continue;
      const sessionId = row.requestSessionId ?? row.sessionId ?? "";
      const output = Math.max(calls.get(id)?.output ?? 0, row.message?.usage?.output_tokens ?? 0);
      calls.set(id, { sessionId, runId: row.agentId ?? "", output });
    }
  }
  return calls;
}

/** What the mock billed, in token classes. For usage whose flat count of cache writes equals its two classes. */
export function tokensOf(billed: readonly BilledCall[]): TokenCounts {
  const sum: TokenCounts = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  for (const { usage } of billed) {
    sum.input += usage.input_tokens;
    sum.output += usage.output_tokens;
    sum.cacheRead += usage.cache_read_input_tokens;
    sum.cacheWrite5m += usage.cache_creation?.ephemeral_5m_input_tokens ?? 0;
    sum.cacheWrite1h += usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  }
  return sum;
}
