import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Random } from "./random.ts";
import type { Owner } from "./repository.ts";

/** One request to the model. `owners`: what it worked for; none: nothing in git; two: shared by surviving lines. */
export interface Call {
  session: string;
  costNanoUsd: number;
  owners: readonly Owner[];
}

/** A tool the model asks for. */
export interface ToolUse {
  name: string;
  input: Record<string, unknown>;
}

/** A tool use once it stands in the transcript. */
export interface Placed {
  id: string;
  row: string;
}

/** The answer to a tool use. */
export interface ToolResult {
  content: unknown;
  result: unknown;
  isError?: boolean;
}

/** Where and when a session runs. */
export interface Scene {
  random: Random;
  /** Lets time pass and answers the time, in milliseconds. */
  pass(atLeast: number, atMost: number): number;
}

const MODEL = "claude-sonnet-4-5-20250929";
const NANO_USD = { input: 3000, output: 15000, cacheRead: 300, cacheWrite: 3750 };

/** The slug of a working folder below `projects`. */
export function slugOf(cwd: string): string {
  return cwd.replaceAll(/[^A-Za-z0-9]/g, "-");
}

/** A chain of transcript rows: a session's main one, or a sub-agent's. */
export class Thread {
  readonly session: string;
  readonly cwd: string;
  readonly agentId: string | null;
  readonly calls: Call[];
  readonly keepsResults: boolean;
  /** What the calls that follow work for. */
  owners: readonly Owner[] = [];
  readonly #scene: Scene;
  readonly #branch: () => string;
  readonly #rows: string[] = [];
  #parent: string | null = null;
  #prompt = "";
  #context: number;

  constructor(scene: Scene, cwd: string, branch: () => string, main?: Thread) {
    this.#scene = scene;
    this.cwd = cwd;
    this.#branch = branch;
    this.session = main?.session ?? scene.random.uuid();
    this.agentId = main === undefined ? null : `a${scene.random.hex(16)}`;
    this.calls = main?.calls ?? [];
    this.keepsResults = main?.keepsResults ?? scene.random.chance(0.7);
    this.owners = main?.owners ?? [];
    this.#context = scene.random.int(9000, 16000);
  }

  /** A person asks (or, in a sub-agent's thread, the main thread does). */
  prompt(text: string): void {
    this.#prompt = this.#scene.random.uuid();
    this.#row("user", { promptId: this.#prompt, message: { role: "user", content: text } }, [20_000, 240_000]);
  }

  /** A reply of the model: one row for each block, all with the same message and usage. */
  reply(text: string | null, tools: readonly ToolUse[], owners = this.owners): { call: Call; uses: Placed[] } {
    const usage = this.#usage();
    const call = { session: this.session, costNanoUsd: costOf(usage), owners };
    this.calls.push(call);
    const random = this.#scene.random;
    const requestId = random.id("req");
    const message = { id: random.id("msg"), type: "message", role: "assistant", model: MODEL };
    const stop = { stop_reason: tools.length > 0 ? "tool_use" : "end_turn", stop_sequence: null, usage };
    const put = (block: object, wait: [number, number]): string =>
      this.#row("assistant", { requestId, message: { ...message, content: [block], ...stop } }, wait);
    if (text !== null) put({ type: "text", text }, [2000, 9000]);
    const uses = tools.map((tool, index) => {
      const id = random.id("toolu");
      const wait: [number, number] = text === null && index === 0 ? [2000, 9000] : [200, 900];
      return { id, row: put({ type: "tool_use", id, name: tool.name, input: tool.input }, wait) };
    });
    return { call, uses };
  }

  /** The answer to a tool use. */
  result(use: Placed, answer: ToolResult): void {
    const block = { tool_use_id: use.id, type: "tool_result", content: answer.content };
    const content = [answer.isError === true ? { ...block, is_error: true } : block];
    const fields: Record<string, unknown> = { promptId: this.#prompt, message: { role: "user", content } };
    if (this.keepsResults) fields.toolUseResult = answer.result;
    this.#row("user", { ...fields, sourceToolAssistantUUID: use.row }, [300, 1500]);
  }

  /** What the client writes after a refused tool use. */
  interrupted(): void {
    const content = [{ type: "text", text: "[Request interrupted by user for tool use]" }];
    this.#row("user", { promptId: this.#prompt, message: { role: "user", content } }, [1, 20]);
  }

  /** The line by which the client remembers a session's pull request. */
  link(number: number): void {
    const timestamp = new Date(this.#scene.pass(1, 30)).toISOString();
    const prUrl = `https://github.com/acme/shop/pull/${number}`;
    const { session: sessionId } = this;
    const row = { type: "pr-link", sessionId, prNumber: number, prUrl, prRepository: "acme/shop", timestamp };
    this.#rows.push(JSON.stringify(row));
  }

  write(claude: string, meta?: object): void {
    const folder = join(claude, "projects", slugOf(this.cwd));
    const base = join(folder, this.session);
    const path = this.agentId === null ? base : join(base, "subagents", `agent-${this.agentId}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.jsonl`, `${this.#rows.join("\n")}\n`);
    if (meta !== undefined) writeFileSync(`${path}.meta.json`, JSON.stringify(meta));
  }

  #row(type: string, fields: object, wait: [number, number]): string {
    const uuid = this.#scene.random.uuid();
    const row = {
      parentUuid: this.#parent,
      isSidechain: this.agentId !== null,
      ...(this.agentId === null ? {} : { agentId: this.agentId }),
      type,
      ...fields,
      uuid,
      timestamp: new Date(this.#scene.pass(...wait)).toISOString(),
      userType: "external",
      entrypoint: "cli",
      cwd: this.cwd,
      sessionId: this.session,
      version: "2.1.330",
      gitBranch: this.#branch(),
    };
    this.#rows.push(JSON.stringify(row));
    this.#parent = uuid;
    return uuid;
  }

  #usage(): Usage {
    const random = this.#scene.random;
    const fresh = random.int(300, 5000);
    const usage = {
      input_tokens: random.int(3, 60),
      output_tokens: random.int(60, 1800),
      cache_creation_input_tokens: fresh,
      cache_read_input_tokens: this.#context,
      cache_creation: { ephemeral_5m_input_tokens: fresh, ephemeral_1h_input_tokens: 0 },
      service_tier: "standard",
    };
    this.#context += fresh;
    return usage;
  }
}

interface Usage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
}

function costOf(usage: Usage): number {
  return (
    usage.input_tokens * NANO_USD.input +
    usage.output_tokens * NANO_USD.output +
    usage.cache_read_input_tokens * NANO_USD.cacheRead +
    usage.cache_creation_input_tokens * NANO_USD.cacheWrite
  );
}
