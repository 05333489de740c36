import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Home, prompt } from "../e2e/program.ts";

/** Histories that CodeLedger, the tool before this one, got wrong. Rows are written as Claude Code writes them; every call says its own usage, so that
 *  a test can work out its cost by hand from the published prices. */

/** Tokens of a call: input, output, cache read, 5 m and 1 h cache writes. */
export type Usage = readonly [number, number, number, number, number];

export interface Use {
  id: string;
  name: string;
  input?: object;
}

export interface CallRow {
  session?: string;
  atMs?: number;
  model?: string;
  usage?: Usage;
  /** More of the usage, as the API reports it. */
  more?: object;
  uses?: readonly Use[];
  agent?: string;
  cwd?: string;
  branch?: string;
  stop?: string | null;
  /** Fields of the row itself; undefined takes one away. */
  row?: Record<string, unknown>;
  /** Fields of the message. */
  message?: Record<string, unknown>;
}

export const OPUS = "claude-opus-5-5";
export const SESSION = "5eed0000-0000-4000-8000-000000000001";
export const START = Date.parse("2026-11-20T10:00:00Z");
export const DAY = 86_400_000;
/** Nano-dollars of a dollar. */
export const USD = 1_000_000_000;

/** Output of Opus 5.5 that costs so many dollars: it is 20 dollars a million. */
export const worth = (usd: number): Usage => [0, usd * 50_000, 0, 0, 0];

/** One line of a response. */
export function call(id: string, row: CallRow = {}): string {
  const session = row.session ?? SESSION;
  const [input, output, read, write5m, write1h] = row.usage ?? worth(1);
  const { agent } = row;
  return line({
    isSidechain: agent !== undefined,
    ...(agent !== undefined && { agentId: agent }),
    message: {
      id,
      model: row.model ?? OPUS,
      role: "assistant",
      content: (row.uses ?? []).map((use) => ({ type: "tool_use", input: {}, ...use })),
      stop_reason: row.stop === undefined ? "end_turn" : row.stop,
      usage: {
        input_tokens: input,
        output_tokens: output,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: write5m + write1h,
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
        ...row.more,
      },
      ...row.message,
    },
    requestId: `req_${id}`,
    type: "assistant",
    uuid: `row_${session}_${id}_${output}_${(row.uses ?? []).map((use) => use.id).join()}`,
    timestamp: new Date(row.atMs ?? START).toISOString(),
    cwd: row.cwd ?? "/nowhere/repo",
    sessionId: session,
    version: "2.1.330",
    gitBranch: row.branch ?? "main",
    ...row.row,
  });
}

/** The result of a tool use. */
export function result(use: string, atMs: number, row: Record<string, unknown> = {}): string {
  return line({
    type: "user",
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: use, content: "done" }] },
    uuid: `result_${use}`,
    timestamp: new Date(atMs).toISOString(),
    cwd: "/nowhere/repo",
    sessionId: SESSION,
    version: "2.1.330",
    gitBranch: "main",
    ...row,
  });
}

export const asked = (id: string, text: string, atMs: number, session = SESSION): string =>
  prompt(session, id, text, atMs);

export const line = (row: object): string => `${JSON.stringify(row)}\n`;

/** A home with a history, asked through the built program. */
export class Past extends Home {
  /** Writes a file below the projects' folder of this history; answers its path. */
  write(path: string, ...lines: readonly string[]): string {
    const full = join(this.claude, "projects", "-nowhere-repo", path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, lines.join(""));
    return full;
  }

  /** The transcript of a session. */
  session(...lines: readonly string[]): string {
    return this.write(`${SESSION}.jsonl`, ...lines);
  }

  append(path: string, ...lines: readonly string[]): void {
    appendFileSync(path, lines.join(""));
  }

  /** The body of a command with --json, of all time unless `args` says otherwise. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const ran = await this.run([...args, "--json"]);
    if (ran.code !== 0 || ran.err !== "") throw new Error(`${args.join(" ")}: ${ran.code} ${ran.err}`);
    return JSON.parse(ran.out) as T;
  }

  /** A report over all time. */
  all<T>(...args: readonly string[]): Promise<T> {
    return this.json<T>(...args, "--since", "all");
  }

  stats(...args: readonly string[]): Promise<Stats> {
    return this.all<Stats>("stats", ...args);
  }
}

export interface Sums {
  calls: number;
  costNanoUsd: number;
  totalTokens: number;
  tokens: { input: number; output: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number };
  unpricedCalls: number;
  lowerBoundCalls: number;
}

export interface Stats {
  totals: Sums & { sessions: number; prompts: number; unpriced: { model: string; calls: number }[] };
  daily: (Sums & { day: string; sessions: number })[];
  repos: (Sums & { repo: string; sessions: number })[];
  models: (Sums & { model: string; sessions: number })[];
  sessions: (Sums & { sessionId: string; runaway: boolean })[];
  distribution: { runaway: { count: number; thresholdNanoUsd: number | null; medianNanoUsd: number | null } };
  categories: { category: string; prompts: number; calls: number; costNanoUsd: number }[];
}

export interface Agents {
  totals: Sums & { sessions: number; runs: number };
  kinds: (Sums & { kind: "main" | "user" | "overhead"; runs: number })[];
  agents: (Sums & { kind: string; type: string | null; runs: number })[];
  runs?: (Sums & { sessionId: string; runId: string; kind: string; type: string | null })[];
}

export interface Tools {
  totals: { calls: number; costNanoUsd: number };
  tools: { tool: string; uses: number; failures: number; costNanoUsd: number; durationMedianMs: number | null }[];
  withoutTools: { calls: number; costNanoUsd: number };
}

/** What each kind of run cost, in dollars. */
export const byKind = ({ kinds }: Agents): Record<string, number> =>
  Object.fromEntries(kinds.map(({ kind, costNanoUsd }) => [kind, costNanoUsd / USD]));

/** Names and dollars of rows. */
export const dollars = <K extends string>(
  rows: readonly ({ costNanoUsd: number } & Record<K, unknown>)[],
  key: K,
): [unknown, number][] => rows.map((row) => [row[key], row.costNanoUsd / USD]);
