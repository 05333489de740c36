import { Database } from "bun:sqlite";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PriceBook } from "../../../src/pricing/book.ts";
import { selectionOf } from "../../../src/reports/cells.ts";
import { filtersOf } from "../../../src/reports/filters.ts";
import { loadCalls } from "../../../src/reports/optimize/calls.ts";
import type { RuleContext } from "../../../src/reports/optimize/types.ts";
import { prompt } from "../../e2e/program.ts";
import { ingest, scratch } from "../../ledger/ingest.ts";

/** Histories for the rules of `optimize`: transcripts written line by line, with the usage of every call and the size of every result given. */

export const NOW = Date.parse("2026-11-23T12:00:00Z");
export const START = Date.parse("2026-11-20T10:00:00Z");
export const OPUS = "claude-opus-5-5";
export const SONNET = "claude-sonnet-5-5";

/** Tokens of a call: input, output, cache read, 5 m and 1 h cache writes. */
export type Usage = readonly [number, number, number, number, number];

export interface Use {
  id: string;
  name: string;
  input: object;
}

/** The lines of one session; a second passes with each. */
export class Transcript {
  #text = "";
  atMs: number;
  #prompt = "";

  constructor(
    readonly session: string,
    startMs = START,
  ) {
    this.atMs = startMs;
  }

  #row(row: object): string {
    this.atMs += 1_000;
    return JSON.stringify({
      ...row,
      timestamp: new Date(this.atMs).toISOString(),
      cwd: "/nowhere/repo",
      sessionId: this.session,
      version: "2.1.330",
      gitBranch: "main",
    });
  }

  prompt(id: string, text: string): this {
    this.atMs += 1_000;
    this.#prompt = id;
    this.#text += prompt(this.session, id, text, this.atMs);
    return this;
  }

  call(
    id: string,
    usage: Usage,
    more: { model?: string; uses?: readonly Use[]; agent?: string; usage?: object } = {},
  ): this {
    const [input, output, read, write5m, write1h] = usage;
    const { agent } = more;
    const row = this.#row({
      isSidechain: agent !== undefined,
      ...(agent !== undefined && { agentId: agent, promptId: this.#prompt }),
      message: {
        id: `${this.session}-${id}`,
        model: more.model ?? OPUS,
        role: "assistant",
        content:
          more.uses === undefined
            ? [{ type: "text", text: "ok" }]
            : more.uses.map((use) => ({ type: "tool_use", ...use, id: `${this.session}-${use.id}` })),
        stop_reason: "end_turn",
        usage: {
          input_tokens: input,
          output_tokens: output,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: write5m + write1h,
          cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
          ...more.usage,
        },
      },
      requestId: `req_${this.session}-${id}`,
      type: "assistant",
      uuid: `uuid_${this.session}-${id}`,
    });
    this.#text += `${row}\n`;
    return this;
  }

  /** The result of a tool use; its line is exactly so many bytes long where `bytes` is given. */
  result(id: string, more: { failed?: boolean; bytes?: number; agent?: string } = {}): this {
    const block = {
      tool_use_id: `${this.session}-${id}`,
      type: "tool_result",
      content: "",
      ...(more.failed === true && { is_error: true }),
    };
    const row = this.#row({
      parentUuid: null,
      isSidechain: more.agent !== undefined,
      ...(more.agent !== undefined && { agentId: more.agent }),
      type: "user",
      message: { role: "user", content: [block] },
      uuid: `result_${this.session}-${id}`,
    });
    const short = (more.bytes ?? row.length) - row.length;
    if (short < 0) throw new Error(`a result's line is at least ${row.length} bytes long`);
    this.#text += `${row.replace('"content":""', `"content":"${"x".repeat(short)}"`)}\n`;
    return this;
  }

  compacted(): this {
    const metadata = { trigger: "auto", preTokens: 150_000 };
    this.#text += `${this.#row({ type: "system", subtype: "compact_boundary", uuid: `c${this.atMs}`, compactMetadata: metadata })}\n`;
    return this;
  }

  /** What the client adds to the prompt by itself. */
  attachment(attachment: object, agent?: string): this {
    const run = { parentUuid: null, isSidechain: agent !== undefined, ...(agent !== undefined && { agentId: agent }) };
    this.#text += `${this.#row({ ...run, attachment, type: "attachment", uuid: `a${this.atMs}` })}\n`;
    return this;
  }

  wait(ms: number): this {
    this.atMs += ms;
    return this;
  }

  text(): string {
    return this.#text;
  }
}

/** Books made from transcripts, removed together. */
export class Histories {
  readonly #scratch = scratch();
  readonly #open: Database[] = [];
  #count = 0;

  async book(...sessions: readonly Transcript[]): Promise<Database> {
    const home = join(this.#scratch.dir, String(this.#count++));
    const folder = join(home, "claude", "projects", "-nowhere-repo");
    mkdirSync(folder, { recursive: true });
    for (const one of sessions) writeFileSync(join(folder, `${one.session}.jsonl`), one.text());
    await ingest(join(home, "claude"), join(home, "ledger"));
    const db = new Database(join(home, "ledger", "ledger.db"));
    this.#open.push(db);
    return db;
  }

  /** What a rule is handed for all of a history. */
  async context(...sessions: readonly Transcript[]): Promise<RuleContext> {
    return contextOf(await this.book(...sessions));
  }

  remove(): void {
    for (const db of this.#open) db.close();
    this.#scratch.remove();
  }
}

export function contextOf(db: Database): RuleContext {
  const selection = selectionOf(db, filtersOf({ since: "all", timezone: "UTC" }, NOW));
  const calls = loadCalls(db, selection);
  return { db, calls, prices: PriceBook.builtIn(), selection, nowMs: NOW, timeZone: "UTC" };
}

/** Savings of a piece of advice in the order of its claims, nano-dollars. */
export const savings = (advice: { claims: readonly { savingNano: number }[] } | undefined): number[] =>
  (advice?.claims ?? []).map(({ savingNano }) => savingNano);
