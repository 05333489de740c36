import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Made-up histories in the shapes that Claude Code writes, deterministic from a seed, with the truth known when they are made:
 *  lines that repeat with growing output, forks, `/btw` replays, sub-agents, workflows, 1 h cache writes, advisors, broken tails. */

export interface Truth {
  /** Calls that must be counted, each once: tokens by `session id`, and by `YYYY-MM-DD model`. */
  calls: number;
  bySession: Map<string, number>;
  byDayModel: Map<
    string,
    { input: number; output: number; cacheRead: number; cacheWrite: number; cacheWrite1h: number }
  >;
  brokenLines: number;
  /** Lines written for a call, all copies included. */
  usageLines: number;
}

export interface Options {
  seed: number;
  sessions: number;
  /** Calls of the main thread of a session, at most. */
  calls: number;
  /** Adds tool results, progress lines and attachments in the sizes and numbers of real histories, for benchmarks. */
  bulk?: boolean;
}

const MODELS = ["claude-opus-5-5", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001", "claude-opus-4-6"];
const WORDS = [
  "schön",
  "日本語のコメント",
  "emoji 🎉 test",
  "plain words",
  "naïve",
  '\\"quoted\\"',
  "}{",
  '"usage":{"input_tokens":9}',
];

class Draw {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 4294967296;
  }
  upTo(most: number): number {
    return Math.floor(this.next() * (most + 1));
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }
}

interface Place {
  sessionId: string;
  agentId: string | null;
  cwd: string;
  branch: string;
  old: boolean;
}

/** Writes a history below `configDir/projects` and answers the truth about it. */
export function generateHistory(configDir: string, options: Options): Truth {
  const generator = new Generator(options);
  for (let n = 0; n < options.sessions; n++) generator.session(n);
  for (const [path, lines] of generator.files) {
    const full = join(configDir, "projects", path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, Buffer.concat(lines));
  }
  return generator.truth;
}

class Generator {
  readonly files = new Map<string, Buffer[]>();
  readonly truth: Truth = { calls: 0, bySession: new Map(), byDayModel: new Map(), brokenLines: 0, usageLines: 0 };
  readonly #draw: Draw;
  readonly #options: Options;
  #ids = 0;
  #atMs = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#draw = new Draw(options.seed * 2654435761 + 17);
  }

  session(n: number): void {
    const draw = this.#draw;
    const sessionId = `${String(this.#options.seed).padStart(8, "0")}-0000-4000-8000-${String(n).padStart(12, "0")}`;
    const project = `-home-dev-project-${n % 4}`;
    const place: Place = {
      sessionId,
      agentId: null,
      cwd: `/home/dev/project-${n % 4}`,
      branch: draw.pick(["main", "topic/ünïcode"]),
      old: draw.chance(0.4),
    };
    const main = `${project}/${sessionId}.jsonl`;
    this.#atMs = Date.UTC(2026, 9, 1 + draw.upTo(40), 8, draw.upTo(50));
    const rows: object[] = [];
    const emit = (row: object): void => {
      rows.push(row);
      this.#write(main, row);
    };
    emit({ type: "file-history-snapshot", messageId: "x", snapshot: { trackedFileBackups: {} } });
    const bulk = this.#options.bulk === true;
    const calls = 1 + draw.upTo(this.#options.calls - 1);
    for (let k = 0; k < calls; k++) {
      if (k % 5 === 0) emit(this.#prompt(place, `prompt-${n}-${k}`));
      for (const row of this.#call(place)) emit(row);
      if (bulk) this.#bulk(main, place);
      if (draw.chance(0.25)) this.#noise(main, place);
      if (draw.chance(bulk ? 0.02 : 0.12)) this.#agent(project, place, main);
      if (draw.chance(bulk ? 0.004 : 0.05)) this.#replay(project, place, rows);
    }
    emit({ type: "ai-title", aiTitle: `Session ${n} ${draw.pick(WORDS)}`, sessionId });
    if (draw.chance(0.15)) this.#fork(project, n, rows, sessionId, place);
    if (draw.chance(0.15))
      this.#raw(main, '{"parentUuid":null,"type":"assistant","message":{"id":"msg_cut","usage":{"input_to', false);
  }

  /** One response: several lines, output growing to its final count, everything else the same. */
  #call(place: Place): object[] {
    const draw = this.#draw;
    const id = `msg_${this.#options.seed}_${this.#ids}`;
    const requestId = `req_${this.#options.seed}_${this.#ids++}`;
    const model = draw.pick(MODELS);
    const write5m = place.agentId === null && draw.chance(0.7) ? 0 : draw.upTo(3_000);
    const write1h = place.agentId === null ? draw.upTo(6_000) : 0;
    const usage = {
      input_tokens: draw.upTo(400),
      output_tokens: 0,
      cache_read_input_tokens: draw.upTo(150_000),
      cache_creation_input_tokens: write5m + write1h,
      cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      service_tier: "standard",
      ...(draw.chance(0.05) && { speed: "fast" }),
    };
    const output = 5 + draw.upTo(3_000);
    const advisor = draw.chance(0.05)
      ? { model: "claude-fable-5-2", input: 50 + draw.upTo(900), output: 10 + draw.upTo(400) }
      : null;
    const lines = draw.pick([1, 1, 2, 2, 2, 3]);
    const day = new Date(this.#atMs).toISOString().slice(0, 10);
    const rows = Array.from({ length: lines }, (_, at) => {
      const last = at === lines - 1;
      const iterations =
        advisor === null
          ? {}
          : {
              iterations: [
                { type: "message", input_tokens: usage.input_tokens, output_tokens: output },
                {
                  type: "advisor_message",
                  model: advisor.model,
                  input_tokens: advisor.input,
                  output_tokens: advisor.output,
                  cache_read_input_tokens: 0,
                  cache_creation_input_tokens: 0,
                },
              ],
            };
      const content = draw.chance(0.4)
        ? [
            {
              type: "tool_use",
              id: `toolu_${id}_${at}`,
              name: draw.pick(["Bash", "Edit", "Read"]),
              input: { command: "ls", file_path: `/x/${draw.pick(WORDS)}` },
            },
          ]
        : [{ type: "text", text: `${draw.pick(WORDS)} `.repeat(1 + draw.upTo(60)) }];
      this.truth.usageLines++;
      return this.#row(place, {
        type: "assistant",
        requestId,
        message: {
          model,
          id,
          type: "message",
          role: "assistant",
          content,
          stop_reason: last ? "end_turn" : null,
          stop_sequence: null,
          usage: { ...usage, output_tokens: last ? output : 1 + at, ...iterations },
        },
      });
    });
    this.#count(
      place.sessionId,
      day,
      model,
      usage.input_tokens,
      output,
      usage.cache_read_input_tokens,
      write5m,
      write1h,
    );
    if (advisor !== null) this.#count(place.sessionId, day, advisor.model, advisor.input, advisor.output, 0, 0, 0);
    return rows;
  }

  #count(
    sessionId: string,
    day: string,
    model: string,
    input: number,
    output: number,
    read: number,
    write5m: number,
    write1h: number,
  ): void {
    const { truth } = this;
    truth.calls++;
    truth.bySession.set(sessionId, (truth.bySession.get(sessionId) ?? 0) + input + output + read + write5m + write1h);
    const key = `${day} ${model}`;
    const sums = truth.byDayModel.get(key) ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };
    sums.input += input;
    sums.output += output;
    sums.cacheRead += read;
    sums.cacheWrite += write5m + write1h;
    sums.cacheWrite1h += write1h;
    truth.byDayModel.set(key, sums);
  }

  /** A sub-agent in one of the layouts, asked for or the client's own, sometimes echoed in the parent's progress lines. */
  #agent(project: string, parent: Place, main: string): void {
    const draw = this.#draw;
    const hex = (this.#ids + 4096).toString(16);
    const agentId = draw.chance(0.3) ? `acompact-${hex}` : `a${hex}`;
    const place = { ...parent, agentId };
    const folder = `${project}/${parent.sessionId}/subagents`;
    const path = draw.pick([
      `${folder}/agent-${agentId}.jsonl`,
      `${folder}/workflows/wf_1/agent-${agentId}.jsonl`,
      `${project}/agent-${agentId}.jsonl`,
    ]);
    for (let k = 0; k <= draw.upTo(4); k++) {
      const rows = this.#call(place);
      for (const row of rows) this.#write(path, row);
      const final = rows.at(-1);
      if (parent.old && final !== undefined && draw.chance(0.5)) this.#progress(main, parent, agentId, final);
    }
    if (path.startsWith(folder)) {
      const meta = {
        agentType: draw.pick(["Explore", "general-purpose"]),
        description: "look around",
        toolUseId: `toolu_none_${hex}`,
        spawnDepth: 1,
      };
      this.files.set(path.replace(/\.jsonl$/, ".meta.json"), [Buffer.from(JSON.stringify(meta))]);
    }
  }

  #progress(main: string, place: Place, agentId: string, row: object): void {
    const { message, timestamp, requestId } = row as { message: object; timestamp: string; requestId: string };
    this.truth.usageLines++;
    this.#write(
      main,
      this.#row(place, {
        type: "progress",
        data: {
          type: "agent_progress",
          agentId,
          message: { type: "assistant", timestamp, requestId, uuid: "nested", message },
        },
      }),
    );
  }

  /** A side question: a sidechain that repeats rows of the main thread under other request ids. */
  #replay(project: string, place: Place, rows: readonly object[]): void {
    const hex = (this.#ids + 4096).toString(16);
    const path = `${project}/${place.sessionId}/subagents/agent-aside_question-${hex}.jsonl`;
    for (const row of rows.slice(-4)) {
      if ((row as { type?: string }).type !== "assistant") continue;
      this.truth.usageLines++;
      this.#write(path, {
        ...row,
        isSidechain: true,
        agentId: `aside_question-${hex}`,
        requestId: `req_side_${this.#ids++}`,
      });
    }
    for (const row of this.#call({ ...place, agentId: `aside_question-${hex}` })) this.#write(path, row);
  }

  /** A fork copies all conversation rows under a session of its own, newer clients with a mark, and goes on. */
  #fork(project: string, n: number, rows: readonly object[], original: string, place: Place): void {
    const sessionId = original.replace("-8000-", "-9000-");
    const path = `${project}/${sessionId}.jsonl`;
    for (const row of rows) {
      const { type } = row as { type?: string };
      if (type !== "assistant" && type !== "user") continue;
      if (type === "assistant") this.truth.usageLines++;
      this.#write(path, {
        ...row,
        sessionId,
        ...(type === "assistant" && !place.old && { requestSessionId: original }),
      });
    }
    const own = { ...place, sessionId };
    this.#write(path, this.#prompt(own, `fork-${n}`));
    for (const row of this.#call(own)) this.#write(path, row);
  }

  #prompt(place: Place, promptId: string): object {
    return this.#row(place, {
      type: "user",
      promptId,
      message: {
        role: "user",
        content: `please ${this.#draw.pick(["fix", "explain", "add"])} it ${this.#draw.pick(WORDS)}`,
      },
    });
  }

  #noise(path: string, place: Place): void {
    const draw = this.#draw;
    switch (draw.upTo(7)) {
      case 0:
        this.#raw(path, '{"type":"assistant","message":{"usage":{"input_tokens":1', true);
        return;
      case 1:
        this.#write(path, { type: "brand-new-row", sessionId: place.sessionId });
        return;
      case 2:
        this.#write(
          path,
          this.#row(place, {
            type: "assistant",
            isApiErrorMessage: true,
            requestId: "req_error",
            message: {
              id: `synthetic-${this.#ids++}`,
              model: "<synthetic>",
              role: "assistant",
              content: [{ type: "text", text: "limit reached|1790000000" }],
              usage: { input_tokens: 0, output_tokens: 0 },
            },
          }),
        );
        return;
      case 3:
        this.#write(
          path,
          this.#row(place, {
            type: "user",
            message: {
              role: "user",
              content: [{ tool_use_id: "toolu_x", type: "tool_result", content: "日本 ".repeat(draw.upTo(2_000)) }],
            },
            toolUseResult: "x",
          }),
        );
        return;
      case 4:
        this.#raw(path, '{"type":"mode","mode":"plan"}{"type":"tag","tag":"x"}', true, 0);
        return;
      case 5:
        this.#raw(path, "\u0000\u0000\u0000\u0000", true);
        return;
      case 6:
        this.#bytes(path, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x80, 0x22, 0x7d, 0x0a]), 1);
        return;
      default:
        this.#write(
          path,
          this.#row(place, { attachment: { type: "hook_success", content: "ok" }, type: "attachment" }),
        );
    }
  }

  /** What surrounds a call in a real history: about a dozen lines that hold no usage, half of all bytes in tool results. */
  #bulk(path: string, place: Place): void {
    const draw = this.#draw;
    for (let n = draw.upTo(6); n >= 0; n--) {
      const data = {
        type: "hook_progress",
        hookEvent: "PostToolUse",
        hookName: "PostToolUse:Bash",
        command: "/usr/local/bin/check ".repeat(12),
      };
      this.#write(path, this.#row(place, { type: "progress", data, parentToolUseID: "toolu_p", toolUseID: "toolu_p" }));
    }
    const content = "some output of a tool, line after line\n".repeat(20 + draw.upTo(600));
    this.#write(
      path,
      this.#row(place, {
        type: "user",
        message: {
          role: "user",
          content: [{ tool_use_id: `toolu_bulk_${this.#ids++}`, type: "tool_result", content }],
        },
        toolUseResult: { stdout: content.slice(0, 2_000) },
      }),
    );
    if (draw.chance(0.1))
      this.#write(
        path,
        this.#row(place, { attachment: { type: "environment", content: "e".repeat(5_000) }, type: "attachment" }),
      );
  }

  #row(place: Place, row: object): object {
    this.#atMs += 1 + this.#draw.upTo(900);
    const envelope = {
      parentUuid: null,
      isSidechain: place.agentId !== null,
      userType: "external",
      cwd: place.cwd,
      sessionId: place.sessionId,
      version: place.old ? "2.1.39" : "2.1.330",
      gitBranch: place.branch,
      ...(place.agentId !== null && { agentId: place.agentId }),
    };
    const stamp = { uuid: `row-${this.#options.seed}-${this.#ids++}`, timestamp: new Date(this.#atMs).toISOString() };
    return place.old ? { ...envelope, ...row, ...stamp } : { ...row, ...stamp, ...envelope };
  }

  #write(path: string, row: object): void {
    this.#raw(path, JSON.stringify(row), true, 0);
  }

  #raw(path: string, text: string, whole: boolean, broken = whole ? 1 : 0): void {
    this.#bytes(path, Buffer.from(whole ? `${text}${this.#draw.chance(0.02) ? "\r\n" : "\n"}` : text), broken);
  }

  #bytes(path: string, bytes: Buffer, broken: number): void {
    this.truth.brokenLines += broken;
    const lines = this.files.get(path);
    if (lines === undefined) this.files.set(path, [bytes]);
    else lines.push(bytes);
  }
}
