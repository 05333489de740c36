import { HOUR, MINUTE, SECOND } from "./draw.ts";
import { costOf, type Model } from "./models.ts";
import type { Session } from "./session.ts";

/** A tool use with what comes of it. */
export interface Act {
  tool: string;
  input: Record<string, unknown>;
  /** The tool's answer, short: its size in tokens is told apart. */
  answer: string;
  failed: boolean;
  tookMs: number;
  /** Tokens that the answer adds to the context. */
  tokens: number;
  /** Tokens that the model writes to ask for it. */
  writes: number;
}

/** How a thread talks to the model. */
export interface Setting {
  model: Model;
  cache: "5m" | "1h";
  /** Context window in tokens. The client compacts before it is full. */
  window: number;
  fast: boolean;
}

export interface AgentSpec {
  type: string;
  description: string;
  setting: Setting;
  work(agent: Thread): void;
}

/** Sub-agents that the client runs at the same time. */
const CONCURRENT = 20;

/** One thread of a session as a run of requests: its clock, its context, and the prompt cache. */
export class Thread {
  readonly session: Session;
  readonly agentId: string | null;
  readonly depth: number;
  setting: Setting;
  atMs: number;
  calls = 0;
  compactions = 0;
  /** Makes every request miss the cache, as when a tool's description changes each time. */
  misses = false;
  #promptId = "";
  #context = 0;
  #pending: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #cachedFor: string | null = null;
  readonly #prefix: number;

  constructor(session: Session, setting: Setting, atMs: number, parent: Thread | null) {
    const { draw } = session;
    this.session = session;
    this.setting = setting;
    this.atMs = atMs;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.agentId = parent === null ? null : `a${draw.hex(16)}`;
    this.#promptId = parent === null ? "" : parent.#promptId;
    this.#prefix = draw.int(9_000, 16_000);
    this.#pending = this.#prefix + draw.int(800, 9_000);
  }

  /** Tokens that the next request sends. */
  get context(): number {
    return this.#context + this.#pending;
  }

  pass(least: number, most: number): void {
    this.atMs += this.session.draw.int(least, most);
  }

  /** A prompt. `by`: a person at the keyboard, a script, the client's own timer, or the end of a background task. */
  prompt(text: string, by: "human" | "sdk" | "scheduled" | "task" = this.session.scripted ? "sdk" : "human"): void {
    this.#promptId = this.session.draw.uuid();
    const source = { human: "typed", sdk: "sdk", scheduled: "system", task: "system" }[by];
    const origin = { human: "human", sdk: "sdk", scheduled: "scheduled", task: "task_notification" }[by];
    this.#user({ role: "user", content: text }, { promptSource: source, turnOrigin: origin, ...kindOf(by) });
    this.#pending += 20 + Math.ceil(text.length / 3);
  }

  /** One response that asks for tools, and their results; the tools run side by side. */
  turn(acts: readonly Act[], text: string | null = null): void {
    const writes = acts.reduce((sum, act) => sum + act.writes, text === null ? 0 : 40);
    const ids = this.#respond(text, acts, writes);
    const startMs = this.atMs;
    const ends = acts.map((act, index) => ({ act, id: ids[index] as string, endMs: startMs + act.tookMs }));
    for (const { act, id, endMs } of ends.sort((a, b) => a.endMs - b.endMs)) {
      this.atMs = Math.max(this.atMs, endMs);
      this.#result(id, act.answer, act.failed);
      this.#pending += act.tokens;
    }
    this.atMs += this.session.draw.int(20, 400);
  }

  /** A response that ends the turn. */
  say(text: string, writes = this.session.draw.count(320, 0.7, 20, 3_000)): void {
    this.#respond(text, [], writes);
  }

  /** Sub-agents started in one response. In the foreground their ends are waited for; in the background each end is a
   *  notification that the thread answers. */
  agents(specs: readonly AgentSpec[], background = false): void {
    const { draw } = this.session;
    const acts = specs.map((spec) => ({
      tool: "Agent",
      input: {
        description: spec.description,
        prompt: `${spec.description}. Report briefly.`,
        subagent_type: spec.type,
      },
    }));
    const ids = this.#respond(null, acts, specs.length * draw.int(120, 420));
    const free = Array.from({ length: Math.min(CONCURRENT, specs.length) }, () => this.atMs + draw.int(50, 900));
    const ends = specs.map((spec, index) => {
      free.sort((a, b) => a - b);
      const agent = new Thread(this.session, spec.setting, free[0] as number, this);
      agent.#open(spec, ids[index] as string, this.agentId, background);
      spec.work(agent);
      agent.say("Done: findings above.", draw.count(450, 0.6, 60, 2_500));
      free[0] = agent.atMs;
      return { spec, id: ids[index] as string, endMs: agent.atMs };
    });
    if (background) {
      for (const { id } of ends) this.#result(id, "Async agent launched successfully.", false);
      this.#pending += ends.length * 90;
      this.say("The agents are at work; I will report when they are done.", 60);
    }
    for (const { spec, id, endMs } of ends.sort((a, b) => a.endMs - b.endMs)) {
      this.atMs = Math.max(this.atMs, endMs);
      this.#pending += draw.count(700, 0.6, 100, 4_000);
      if (!background) this.#result(id, "Agent finished.", false);
      else {
        this.prompt(`<task-notification>\n<summary>Agent "${spec.description}" came to rest</summary>`, "task");
        this.say("Noted.", draw.int(30, 220));
      }
    }
    this.atMs += draw.int(20, 400);
  }

  /** The client sums the conversation up: what comes after starts from a short context. */
  compact(trigger: "auto" | "manual" = "auto"): void {
    const { session } = this;
    const { draw } = session;
    const preTokens = this.context;
    this.atMs += draw.int(25, 110) * SECOND;
    this.compactions++;
    this.#context = 0;
    this.#pending = this.#prefix + draw.int(5_000, 16_000);
    this.#cachedFor = null;
    const compactMetadata = { trigger, preTokens, postTokens: this.#pending };
    const boundary = {
      type: "system",
      subtype: "compact_boundary",
      content: "Conversation compacted",
      compactMetadata,
    };
    session.add(this.agentId, this.atMs, { parentUuid: null, ...boundary });
    this.#user({ role: "user", content: "This session is being continued." }, { isCompactSummary: true });
  }

  /** The client's line about an error of the API that it gave up on. */
  apiError(text: string): void {
    const message = { id: this.session.nextId("synthetic"), model: "<synthetic>", role: "assistant" };
    const content = [{ type: "text", text }];
    const usage = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const row = { type: "assistant", isApiErrorMessage: true, message: { ...message, content, usage } };
    this.session.add(this.agentId, this.atMs, row);
  }

  interrupted(): void {
    this.#user({ role: "user", content: [{ type: "text", text: "[Request interrupted by user]" }] }, {});
  }

  #open(spec: AgentSpec, toolUseId: string, parent: string | null, background: boolean): void {
    this.session.describe(this.agentId as string, {
      agentType: spec.type,
      description: spec.description,
      toolUseId,
      spawnDepth: this.depth,
      ...(parent !== null && { parentAgentId: parent }),
      requestShape: background ? "background" : "foreground",
    });
    this.#user({ role: "user", content: `${spec.description}. Report briefly.` }, {});
  }

  #user(message: object, fields: object): void {
    this.session.add(this.agentId, this.atMs, { type: "user", promptId: this.#promptId, message, ...fields });
  }

  #result(id: string, answer: string, failed: boolean): void {
    const block = { tool_use_id: id, type: "tool_result", content: answer, ...(failed && { is_error: true }) };
    this.#user({ role: "user", content: [block] }, {});
  }

  /** One request and the rows of its response. Answers the ids of the tool uses. */
  #respond(text: string | null, acts: readonly { tool: string; input: object }[], writes: number): string[] {
    const { session } = this;
    const { draw } = session;
    if (this.context > windowOf(this.setting) * 0.82) this.compact();
    const output = Math.max(8, Math.round(writes * draw.size(1, 0.25, 0.5, 2)) + draw.count(60, 1, 0, 1_500));
    const usage = this.#usage(output);
    this.atMs += Math.round(1_200 + draw.size(1_600, 0.7, 300, 20_000) + output * draw.int(9, 16));
    session.calls.push({ atMs: this.atMs, costNanoUsd: usage.costNanoUsd });
    this.calls++;
    const requestId = session.nextId("req");
    const message = {
      model: this.setting.model,
      id: session.nextId("msg"),
      role: "assistant",
      stop_reason: acts.length > 0 ? "tool_use" : "end_turn",
      usage: usage.row,
    };
    const put = (block: object): void => {
      session.add(this.agentId, this.atMs, { type: "assistant", requestId, message: { ...message, content: [block] } });
      this.atMs += draw.int(1, 40);
    };
    if (text !== null) put({ type: "text", text });
    return acts.map(({ tool, input }) => {
      const id = session.nextId("toolu");
      put({ type: "tool_use", id, name: tool, input });
      return id;
    });
  }

  #usage(output: number): { row: object; costNanoUsd: number } {
    const { setting } = this;
    const { draw } = this.session;
    const warmMs = setting.cache === "1h" ? HOUR : 5 * MINUTE;
    const warm = this.#cachedFor === setting.model && this.atMs - this.#lastMs <= warmMs && !this.misses;
    const total = this.context;
    const prefix = draw.chance(0.6) ? this.#prefix : 0;
    const read = warm ? this.#context : Math.min(prefix, total);
    const write = total - read;
    const input = draw.chance(0.03) ? draw.int(50, 2_500) : draw.int(1, 12);
    const [write5m, write1h] = setting.cache === "1h" ? [0, write] : [write, 0];
    this.#context = total;
    this.#pending = output;
    this.#lastMs = this.atMs;
    this.#cachedFor = setting.model;
    const row = {
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: write,
      cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      speed: setting.fast ? "fast" : "standard",
    };
    return { row, costNanoUsd: costOf(setting.model, { input, output, read, write5m, write1h }, setting.fast) };
  }
}

/** Haiku has no bigger window, whatever the person chose for other models. */
function windowOf({ model, window }: Setting): number {
  return model === "claude-haiku-4-5-20251001" ? Math.min(window, 200_000) : window;
}

function kindOf(by: string): object {
  if (by === "task") return { origin: { kind: "task-notification" } };
  return by === "human" ? { origin: { kind: "human" } } : {};
}
