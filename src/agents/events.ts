/** Neutral events: what every agent's adapter turns its logs into, and all that the ledger knows of an agent.
 *  Plain data, so that a worker can hand it over. Texts of prompts and replies are reduced to features here and go no further. */

/** Where a line stands among copies of the same call: a main-thread line beats a sidechain replay,
 *  and both beat a copy that is only nested in a progress line. (docs/accounting.md, rules 1 and 7) */
export const RANK = { nested: 0, sidechain: 1, main: 2 } as const;

/** Bits of {@link CallLine.flags}, stored as they are in `calls.flags`. */
export const CALL_FLAG = {
  fast: 1,
  usInference: 2,
  batch: 4,
  priority: 8,
  /** The line carried a `stop_reason`: its output count is final. */
  stopped: 16,
  /** Cache writes without a class were taken as 5 m. */
  unclassedWrites: 32,
  /** Every count is zero: the gateway reports nothing. */
  zeroUsage: 64,
  advisor: 128,
} as const;

/** One line that reports the usage of one call. Counts are non-negative safe integers. */
export interface CallLine {
  /** Identity: hash of message id, else request id, else row uuid. */
  keyHigh: number;
  keyLow: number;
  /** Hash of the request id, 0/0 where the line has none. */
  requestHigh: number;
  requestLow: number;
  sessionId: string;
  /** Agent id of the run, "" for the main thread. */
  runId: string;
  /** Key of the prompt in whose course the line stands, "" before the first. */
  promptKey: string;
  model: string;
  cwd: string;
  branch: string;
  atMs: number;
  rank: number;
  /** The line is copied history: it names the session that streamed it, which is `sessionId`. */
  copied: boolean;
  /** Session whose transcript holds the copy, "" where nothing was copied. */
  holder: string;
  flags: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  webSearches: number;
}

/** A person's prompt, reduced to features. */
export interface PromptEvent {
  sessionId: string;
  promptKey: string;
  atMs: number;
  textFlags: number;
  /** Slash command that it is, without the slash; "" for none. */
  command: string;
}

/** A tool use inside a call. */
export interface ToolUseEvent {
  /** Hash of the tool-use id. */
  keyHigh: number;
  keyLow: number;
  callHigh: number;
  callLow: number;
  sessionId: string;
  promptKey: string;
  /** Only the main thread's tools speak for the category of the prompt. */
  runId: string;
  name: string;
  path: string;
  atMs: number;
  /** Hash of the input, to tell repetitions. */
  inputKey: number;
  /** Hash of the input without its numbers, to tell near-identical calls. */
  shapeKey: number;
  toolFlags: number;
}

/** What the agent's client itself says that a call was for; "" where it does not say. */
export interface CallLabels {
  skill: string;
  plugin: string;
  /** MCP server. */
  server: string;
  /** Tool of that server. */
  tool: string;
}

/** The labels of one call. */
export interface LabelEvent extends CallLabels {
  callHigh: number;
  callLow: number;
}

/** A tool use that ran a skill or a slash command. */
export interface SkillEvent {
  /** Hash of the tool-use id. */
  keyHigh: number;
  keyLow: number;
  name: string;
}

/** A tool use that asked for a sub-agent. */
export interface SpawnEvent {
  /** Hash of the tool-use id. */
  keyHigh: number;
  keyLow: number;
  sessionId: string;
  /** Type of sub-agent, "" for none. */
  type: string;
  /** The few words that name the task, "" for none. */
  description: string;
}

/** An MCP server that the client told its model of in a run, or took away. Sizes are bytes of what it put in the prompt. */
export interface ServerEvent {
  sessionId: string;
  /** "" for the main thread. */
  runId: string;
  atMs: number;
  /** As its tools' names have it. */
  server: string;
  /** Tools that were listed by name. */
  tools: number;
  toolBytes: number;
  instructionBytes: number;
  /** It, or a tool of it, is not there any more. */
  removed: boolean;
}

/** Who says of what type a sub-agent is; the better one counts, and before both the tool use that asked for it (0). Stored in
 *  `runs.type_rank`. */
export const TYPE_RANK = { call: 1, record: 2 } as const;

/** What kind of change an edit is; stored as it is in `edits.kind`. */
export const EDIT_KIND = { edit: 1, write: 2, create: 3, notebook: 4, shell: 5 } as const;

/** How good the source of an edit is; the better one replaces the other. Stored in `edits.source`. */
export const EDIT_SOURCE = { input: 1, texts: 2, patch: 3 } as const;

/** What a tool use wrote into a file. Whether it took place is told by the tool's result. */
export interface EditEvent {
  /** Hash of the tool-use id. */
  keyHigh: number;
  keyLow: number;
  sessionId: string;
  /** As the tool was given it: mostly absolute. */
  path: string;
  atMs: number;
  kind: number;
  source: number;
  added: number;
  removed: number;
  /** Packed hashes of the added lines (`platform/lineHash.ts`). */
  lines: Uint8Array;
}

/** Something that an agent did with git or a forge, as its tools reported it. */
export interface GitEvent {
  /** Hash of the tool-use id; 0/0 where no tool use is known. */
  keyHigh: number;
  keyLow: number;
  sessionId: string;
  atMs: number;
  kind: "commit" | "push" | "branch" | "pull-request" | "link" | "write";
  /** Where it was done, "" where the log does not say. */
  cwd: string;
  /** Commit id, often shortened; "" for none. */
  sha: string;
  branch: string;
  /** Number of a pull request, 0 for none. */
  number: number;
  url: string;
  action: string;
}

/** What became of a tool use. */
export interface ToolResultEvent {
  keyHigh: number;
  keyLow: number;
  atMs: number;
  failed: boolean;
  /** Hash of the error text without its numbers, to tell the same error again; 0 where nothing failed. */
  errorKey: number;
  /** Size of the result as logged, bytes. */
  bytes: number;
  /** -1 where only the two timestamps are known. */
  durationMs: number;
}

/** Facts about a session; a field that is absent is not known from this source. */
export interface SessionEvent {
  sessionId: string;
  /** Time of its earliest row in this source. */
  atMs?: number;
  /** Time of its latest row in this source. */
  lastMs?: number;
  cwd?: string;
  version?: string;
  entrypoint?: string;
  title?: string;
  /** 3 given by the person, 2 agent name, 1 made by the agent, 0 summary. */
  titleRank?: number;
  forkedFrom?: string;
  /** What the agent itself says the session cost so far, nano-dollars. */
  reportedNanoUsd?: number;
  endedAtMs?: number;
  billing?: string;
}

/** Facts about a sub-agent's run. */
export interface RunEvent {
  sessionId: string;
  runId: string;
  kind: "user" | "overhead";
  atMs?: number;
  agentType?: string;
  /** {@link TYPE_RANK}; that of a record where absent. */
  typeRank?: number;
  description?: string;
  /** Prompt of the parent that it works for. */
  promptKey?: string;
  /** Id of the tool use that spawned it. */
  spawnedBy?: string;
  parentRunId?: string;
  depth?: number;
}

/** Something worth keeping that is not a call: a limit reached, a compaction, a pull-request link, ... */
export interface NoteEvent {
  sessionId: string;
  atMs: number;
  kind: "limit-reached" | "api-error" | "compaction" | "pr-link" | "session-start" | "session-end" | "turn-failed";
  detail: string;
}

/** Counts of what was read, for `doctor`. */
export interface ReadCounters {
  lines: number;
  broken: number;
  /** Lines whose usage holds nonsense: negative, fractional, beyond 10^10 or no number. */
  absurd: number;
  /** Client-made lines, which cost nothing. */
  clientMade: number;
  oversized: number;
  unknownTypes: Record<string, number>;
}

/** All that one stretch of one log file said. */
export interface FileEvents {
  calls: CallLine[];
  prompts: PromptEvent[];
  toolUses: ToolUseEvent[];
  toolResults: ToolResultEvent[];
  edits: EditEvent[];
  gits: GitEvent[];
  labels: LabelEvent[];
  skills: SkillEvent[];
  spawns: SpawnEvent[];
  servers: ServerEvent[];
  sessions: SessionEvent[];
  runs: RunEvent[];
  notes: NoteEvent[];
  counters: ReadCounters;
}

/** An empty set of events. */
export function noEvents(): FileEvents {
  return {
    calls: [],
    prompts: [],
    toolUses: [],
    toolResults: [],
    edits: [],
    gits: [],
    labels: [],
    skills: [],
    spawns: [],
    servers: [],
    sessions: [],
    runs: [],
    notes: [],
    counters: { lines: 0, broken: 0, absurd: 0, clientMade: 0, oversized: 0, unknownTypes: {} },
  };
}
