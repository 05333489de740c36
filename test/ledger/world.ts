import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";

/** Small made-up histories for property tests: sessions whose lines repeat, get copied, run in sub-agents and break. */

export interface WorldFile {
  /** Below the config folder. */
  path: string;
  lines: string[];
}

interface CallSeed {
  id: number;
  outputs: number[];
  read: number;
  write: number;
  hour: boolean;
  model: number;
  noise: number;
  stop: boolean;
  side: "main" | "agent" | "replay" | "nested";
  /** What the client says that each line was for; lines of one call may differ. */
  labels: number[];
}

interface SessionSeed {
  calls: CallSeed[];
  prompts: number;
  fork: "none" | "marked" | "unmarked";
  branch: number;
  /** When it starts: sessions overlap, and their copies of a call may bear the same time. */
  shift: number;
  /** Type of its sub-agent as the record beside the transcript says; 0 for no record. */
  record: number;
  /** Call whose tool use asked for another sub-agent, and which call asked for one more; 0 for none. Where that call is a sub-agent's own, they are nested. */
  deeper: number[];
}

const MODELS = ["claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-4-5-20250929", "some-gateway-model"];
const TOOLS = [
  { name: "Edit", input: { file_path: "/w/a.ts", old_string: "a", new_string: "b" } },
  { name: "Bash", input: { command: "git commit -m x" } },
  { name: "Read", input: { file_path: "/w/b.ts" } },
  { name: "Skill", input: { skill: "tools:review", args: "high" } },
  { name: "Task", input: { subagent_type: "Explore", description: "looks for it", prompt: "look" } },
];
const TEXTS = [
  "fix the bug in the cart",
  "explain how this works",
  "<command-message>tools:plan</command-message>\n<command-name>/tools:plan</command-name>",
  "run the tests",
  "let's plan it",
];
const LABELS = [
  {},
  {},
  { attributionSkill: "review" },
  { attributionSkill: "tools:review", attributionPlugin: "tools", attributionAgent: "tools:reader" },
  { attributionMcpServer: "issues", attributionMcpTool: "search", attributionAgent: "Explore" },
];

const callSeed: fc.Arbitrary<CallSeed> = fc.record({
  id: fc.integer({ min: 0, max: 5 }),
  outputs: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  read: fc.integer({ min: 0, max: 120_000 }),
  write: fc.integer({ min: 0, max: 5_000 }),
  hour: fc.boolean(),
  model: fc.integer({ min: 0, max: MODELS.length - 1 }),
  noise: fc.integer({ min: 0, max: 9 }),
  stop: fc.boolean(),
  side: fc.constantFrom("main", "main", "main", "agent", "replay", "nested"),
  labels: fc.array(fc.nat(LABELS.length - 1), { minLength: 3, maxLength: 3 }),
});

const sessionSeed: fc.Arbitrary<SessionSeed> = fc.record({
  calls: fc.array(callSeed, { minLength: 1, maxLength: 8 }),
  prompts: fc.integer({ min: 0, max: 3 }),
  fork: fc.constantFrom("none", "marked", "unmarked", "unmarked"),
  branch: fc.integer({ min: 0, max: 1 }),
  shift: fc.integer({ min: 0, max: 6 }),
  record: fc.nat(2),
  deeper: fc.array(fc.nat(8), { minLength: 2, maxLength: 2 }),
});

/** Histories of one to three sessions. Ids of calls are drawn from a small range, so that sessions share some. */
export const world: fc.Arbitrary<WorldFile[]> = fc
  .array(sessionSeed, { minLength: 1, maxLength: 4 })
  .map((seeds) => seeds.flatMap((seed, n) => sessionFiles(seed, n, seeds.length)));

const START = Date.UTC(2026, 10, 20, 22, 40);

function sessionFiles(seed: SessionSeed, n: number, count: number): WorldFile[] {
  const sessionId = `session-${n}`;
  const main: string[] = [];
  const agent: string[] = [];
  let at = START + seed.shift * 7_000;
  const tick = (): string => {
    at += 7_000;
    return new Date(at).toISOString();
  };
  const envelope = (extra: object): object => ({
    ...extra,
    timestamp: tick(),
    sessionId,
    cwd: "/nowhere/repo",
    gitBranch: seed.branch === 0 ? "main" : "topic",
    version: "2.1.330",
    entrypoint: "cli",
  });
  seed.calls.forEach((call, index) => {
    if (seed.prompts > 0 && index % Math.ceil(seed.calls.length / seed.prompts) === 0) {
      const text = TEXTS[(index + n) % TEXTS.length];
      main.push(
        JSON.stringify(
          envelope({
            type: "user",
            uuid: `u-${n}-${index}`,
            promptId: `p-${n}-${index}`,
            message: { role: "user", content: text },
          }),
        ),
      );
    }
    const target = call.side === "agent" || call.side === "replay" ? agent : main;
    for (const [line, output] of call.outputs.entries()) {
      target.push(JSON.stringify(envelope(rowOf(call, output, line, seed, n, count))));
    }
    if (call.noise === 0) target.push('{"type":"assistant","message":{"usage":');
    if (call.noise === 1)
      target.push(
        `${JSON.stringify({ type: "mode", mode: "x", sessionId })}${JSON.stringify({ type: "ai-title", aiTitle: `title ${n}`, sessionId })}`,
      );
    if (call.noise === 2) target.push("\u0000\u0000\u0000");
    if (call.noise === 3) main.push(JSON.stringify({ type: "cost-state", sessionId, totalCostUSD: index + 1 }));
    // The result of a tool use says which sub-agent it was; a copy of it names that of the session it was copied from.
    if (call.noise >= 5) {
      const spawned = seed.fork !== "none" && count > 1 ? "a0b0c" : `a${n}b${n}c`;
      const block = { type: "tool_result", tool_use_id: toolIdOf(call, seed, n, count), content: "done" };
      const result = {
        type: "user",
        message: { role: "user", content: [block] },
        toolUseResult: { agentId: spawned },
      };
      // A copy of it bears the same time.
      main.push(JSON.stringify({ ...envelope(result), timestamp: new Date(START + call.id * 1000).toISOString() }));
    }
    // Half of the rows are told in the sub-agent's file: servers stand there by run.
    if (call.noise === 7 || call.noise === 8) {
      const run = call.side === "agent" ? { isSidechain: true, agentId: `a${n}b${n}c` } : { isSidechain: false };
      const { type, timestamp, ...rest } = envelope(serversRow(call)) as Record<string, unknown>;
      target.push(JSON.stringify({ ...run, ...rest, type, timestamp }));
    }
    if (call.noise === 4) main.push(JSON.stringify({ type: "never-heard-of", sessionId }));
  });
  const files = [{ path: `projects/-nowhere-repo/${sessionId}.jsonl`, lines: main }];
  if (agent.length > 0) {
    const path = `projects/-nowhere-repo/${sessionId}/subagents/agent-a${n}b${n}c`;
    files.push({ path: `${path}.jsonl`, lines: agent });
    if (seed.record > 0)
      files.push({
        path: `${path}.meta.json`,
        lines: [JSON.stringify({ agentType: `type-${seed.record}`, description: "looks around" })],
      });
  }
  seed.deeper.forEach((asked, level) => {
    const asking = seed.calls[asked - 1];
    if (asking === undefined) return;
    // The second one is asked for by the first, in the odd case also the other way round.
    const toolUseId = level === 1 && asked % 2 === 0 ? `toolu_deeper_${n}_0` : toolIdOf(asking, seed, n, count);
    const path = `projects/-nowhere-repo/${sessionId}/subagents/agent-d${n}e${level}`;
    const content = [
      { type: "tool_use", id: `toolu_deeper_${n}_${level}`, name: "Task", input: { subagent_type: "Explore" } },
    ];
    const usage = { input_tokens: 1, output_tokens: 10 + level };
    const message = {
      id: `msg_deeper_${n}_${level}`,
      model: MODELS[0],
      role: "assistant",
      content,
      stop_reason: "end_turn",
      usage,
    };
    const row = { type: "assistant", uuid: `d-${n}-${level}`, isSidechain: true, agentId: `d${n}e${level}`, message };
    files.push({ path: `${path}.jsonl`, lines: [JSON.stringify(envelope(row))] });
    const looped = level === 0 && asked === 8 ? `toolu_deeper_${n}_1` : toolUseId;
    files.push({ path: `${path}.meta.json`, lines: [JSON.stringify({ agentType: "deeper", toolUseId: looped })] });
  });
  return files;
}

/** What a client tells of its MCP servers: tools and instructions, more or fewer each time, and now and then that one is gone. */
function serversRow(call: CallSeed): object {
  const tools = Array.from({ length: call.id }, (_, at) => `mcp__issues__tool_${at}`);
  const gone = call.stop ? [] : ["mcp__issues__tool_0"];
  const attachment =
    call.noise === 7
      ? { type: "deferred_tools_delta", addedNames: tools, addedLines: tools, removedNames: gone }
      : {
          type: "mcp_instructions_delta",
          addedNames: ["plugin:shop:db"],
          addedBlocks: ["x".repeat(call.id)],
          removedNames: [],
        };
  return { attachment, type: "attachment" };
}

function idOf(call: CallSeed, seed: SessionSeed, n: number, count: number): string {
  return seed.fork !== "none" && count > 1 ? `msg_shared_${call.id}` : `msg_${n}_${call.id}`;
}

function toolIdOf(call: CallSeed, seed: SessionSeed, n: number, count: number): string {
  return `toolu_${idOf(call, seed, n, count)}`;
}

function rowOf(call: CallSeed, output: number, line: number, seed: SessionSeed, n: number, count: number): object {
  const tool = TOOLS[call.id - 1];
  const shared = seed.fork !== "none" && count > 1;
  const id = idOf(call, seed, n, count);
  const usage = {
    input_tokens: 3,
    output_tokens: output,
    cache_read_input_tokens: call.read,
    cache_creation_input_tokens: call.write,
    cache_creation: call.hour
      ? { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: call.write }
      : { ephemeral_5m_input_tokens: call.write, ephemeral_1h_input_tokens: 0 },
  };
  const content =
    tool === undefined || line !== 0
      ? [{ type: "text", text: "words" }]
      : [{ type: "tool_use", id: toolIdOf(call, seed, n, count), ...tool }];
  const message = {
    id,
    model: MODELS[call.model],
    role: "assistant",
    content,
    stop_reason: call.stop ? "end_turn" : null,
    usage,
  };
  const side = call.side === "agent" || call.side === "replay";
  if (call.side === "nested") {
    return {
      type: "progress",
      data: {
        type: "agent_progress",
        agentId: `nested${n}`,
        message: { type: "assistant", message, timestamp: new Date(START + call.id * 1000).toISOString() },
      },
    };
  }
  return {
    type: "assistant",
    uuid: `a-${n}-${call.id}-${line}`,
    ...LABELS[call.labels[line] ?? 0],
    requestId: `req_${call.side}_${id}`,
    isSidechain: side,
    ...(side && { agentId: `a${n}b${n}c` }),
    ...(seed.fork === "marked" && n > 0 && shared && { requestSessionId: "session-0" }),
    message,
  };
}

/** Writes files of a world below a folder. */
export function writeWorld(dir: string, files: readonly WorldFile[]): void {
  for (const file of files) writeText(dir, file.path, `${file.lines.join("\n")}\n`);
}

/** Writes one file, making its folders. */
export function writeText(dir: string, path: string, text: string): void {
  const full = join(dir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}
