import { textFlags } from "../../categories/index.ts";
import { hash64, hashHigh, hashLow } from "../../platform/hash.ts";
import type { LogReader } from "../adapter.ts";
import { CALL_FLAG, type CallLine, type FileEvents, noEvents, RANK, TYPE_RANK } from "../events.ts";
import { linkOf } from "./gitOperations.ts";
import { branchOf, errorKeyOf, identityOf } from "./identity.ts";
import { agentTypeOf, commandOf, labelsOf } from "./labels.ts";
import { LINE, LineClassifier, PASSED_OVER, toolResultOf } from "./lines.ts";
import { clientNoteOf, readSystemRow, sessionFactOf } from "./metadata.ts";
import { isSpace, isWholeObject, parseObject, splitObjects } from "./parse.ts";
import { humanPromptText } from "./prompts.ts";
import { arrayOf, msOf, objectOf, type Row, textOf } from "./rows.ts";
import { runKindOf } from "./runs.ts";
import { serversOf } from "./servers.ts";
import { SessionFacts } from "./sessionFacts.ts";
import { type Awaited, ToolUses } from "./toolUses.ts";
import { advisorsOf, type Usage, usageOf } from "./usage.ts";

/** What a reader must remember between two stretches of one file. */
export interface ReaderState {
  promptKey: string;
  /** Time of the last row that had one; rows without a time are taken to be of that moment. */
  lastMs: number;
  /** Time of the first row of a file that opens with a queued prompt: conversation rows before it were copied from the
   *  session that this one was forked from. -1 where the file does not say. */
  ownSinceMs: number;
  awaited: Awaited;
}

/** Where a file stands in the layout: which session and run its rows belong to when they do not say. */
export interface FileIdentity {
  sessionId: string;
  /** Agent id, "" for a main transcript. */
  runId: string;
}

/** What a tool printed, where its result is not given in fields. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return arrayOf(content)
    .map((block) => textOf(objectOf(block)?.text, 20_000))
    .join("\n");
}

/** Turns stretches of one transcript into events. Lines are fed whole; what they mean depends only on the rows before them. */
export class TranscriptReader implements LogReader {
  readonly events: FileEvents = noEvents();
  readonly state: ReaderState;
  readonly #toolUses: ToolUses;
  readonly #identity: FileIdentity;
  readonly #classifier = new LineClassifier();
  readonly #sessions = new SessionFacts();
  readonly #announcedRuns = new Set<string>();
  /** Types of runs as their calls told them last. */
  readonly #runTypes = new Map<string, string>();

  /** `saved` is what {@link saveState} answered at the end of the stretch before, "" at the start of the file. */
  constructor(identity: FileIdentity, saved = "") {
    this.#identity = identity;
    this.state = {
      promptKey: "",
      lastMs: -1,
      ownSinceMs: -1,
      awaited: [],
      ...(saved === "" ? {} : (JSON.parse(saved) as ReaderState)),
    };
    this.#toolUses = new ToolUses(this.events, this.state.awaited);
  }

  saveState(): string {
    return JSON.stringify({ ...this.state, awaited: this.#toolUses.awaited() });
  }

  skipOversized(): void {
    this.events.counters.oversized++;
  }

  /** Reads all whole lines of `data`; answers how many bytes they take. An unfinished last line is left for later, unless
   *  `final` is set and it already is a complete JSON object (a file whose last newline is missing). */
  feed(data: Buffer, final: boolean): number {
    this.#classifier.reset(data);
    let start = 0;
    while (start < data.length) {
      const end = this.#classifier.endOf(start);
      if (end < 0) break;
      this.#line(data, start, end);
      start = end + 1;
    }
    if (final && start < data.length && isWholeObject(data, start)) {
      this.#line(data, start, data.length);
      start = data.length;
    }
    return start;
  }

  /** The events so far, session facts included; the reader starts afresh behind them. */
  drain(): FileEvents {
    this.events.sessions.push(...this.#sessions.drain());
    const drained = { ...this.events };
    Object.assign(this.events, noEvents());
    return drained;
  }

  #line(data: Buffer, from: number, to: number): void {
    let start = from;
    let end = to;
    while (start < end && isSpace(data[start] as number)) start++;
    while (end > start && isSpace(data[end - 1] as number)) end--;
    if (start === end) return;
    if (start === 0 && data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf) start = 3;
    const { counters } = this.events;
    counters.lines++;
    const kind = this.#classifier.classify(start, end, this.#unknown);
    if (kind === LINE.skip) return;
    if (kind === LINE.broken) {
      counters.broken++;
      return;
    }
    if (kind === LINE.toolResult && !this.#toolUses.isAwaited(this.#classifier.firstToolUse(), data, start, end))
      this.#toolResult(data, start, end);
    else {
      const row = parseObject(this.#classifier.textOf(start, end));
      if (row !== null) this.#row(row, end - start);
      else this.#parse(data.toString("utf8", start, end), end - start);
    }
  }

  readonly #unknown = (type: string): void => {
    const { unknownTypes } = this.events.counters;
    const name = /^[\w-]{1,40}$/.test(type) ? type : "(unnamed)";
    if (unknownTypes[name] === undefined && Object.keys(unknownTypes).length >= 100) return;
    unknownTypes[name] = (unknownTypes[name] ?? 0) + 1;
  };

  #parse(text: string, bytes: number): void {
    const whole = parseObject(text);
    if (whole !== null) {
      this.#row(whole, bytes);
      return;
    }
    const parts = splitObjects(text);
    if (parts === null) {
      this.events.counters.broken++;
      return;
    }
    this.events.counters.lines += parts.length - 1;
    for (const part of parts) this.#row(part, bytes);
  }

  #row(row: Row, bytes: number): void {
    const stamped = msOf(row.timestamp);
    const type = textOf(row.type, 60);
    // What the client adds by itself is no moment of the conversation.
    if (type === "attachment") {
      this.#servers(row, stamped);
      return;
    }
    if (type === "queue-operation" && this.state.lastMs < 0) this.state.ownSinceMs = stamped;
    if (stamped >= 0) this.state.lastMs = stamped;
    if (type === "assistant") this.#assistant(row);
    else if (type === "user") this.#user(row, bytes);
    else if (type === "progress") this.#progress(row);
    else if (type === "system") this.#system(row);
    else {
      const sessionId = textOf(row.sessionId, 200) || this.#identity.sessionId;
      if (type === "pr-link") this.#link(row, sessionId, stamped);
      const fact = sessionFactOf(row, sessionId, this.state.lastMs);
      if (fact === null) {
        if (!PASSED_OVER.has(type)) this.#unknown(type);
      } else if ("kind" in fact) this.events.notes.push(fact);
      else this.#sessions.merge(fact);
    }
  }

  #assistant(row: Row): void {
    const message = objectOf(row.message);
    if (message === null) return;
    const model = textOf(message.model, 200);
    const usage = objectOf(message.usage);
    if (model === "<synthetic>" || usage === null) {
      this.#clientMade(row);
      return;
    }
    const sessionId = this.#conversation(row);
    const runId = this.#runOf(row);
    const rank = row.isSidechain === true || runId !== "" ? RANK.sidechain : RANK.main;
    this.#usageRow({ row, message, usage, model, sessionId, runId, rank, atMs: this.state.lastMs });
  }

  /** Usage nested in the progress lines of old clients: counts where the call is recorded nowhere else (rule 7). */
  #progress(row: Row): void {
    const data = objectOf(row.data);
    const nested = objectOf(data?.message);
    const message = objectOf(nested?.message);
    const usage = objectOf(message?.usage);
    if (data === null || nested === null || message === null || usage === null) return;
    const sessionId = textOf(row.sessionId, 200) || this.#identity.sessionId;
    const runId = textOf(data.agentId, 200) || "sidechain";
    const stamped = msOf(nested.timestamp);
    const atMs = stamped >= 0 ? stamped : this.state.lastMs;
    const outer: Row = { ...row, ...nested, requestId: nested.requestId };
    const model = textOf(message.model, 200);
    if (model === "<synthetic>") return;
    this.#usageRow({ row: outer, message, usage, model, sessionId, runId, rank: RANK.nested, atMs });
  }

  #usageRow(from: {
    row: Row;
    message: Row;
    usage: Row;
    model: string;
    sessionId: string;
    runId: string;
    rank: number;
    atMs: number;
  }): void {
    const { row, message, sessionId, runId, rank, atMs } = from;
    const usage = usageOf(from.usage);
    const identity = identityOf(row, message);
    if (usage === null || identity === "" || atMs < 0) {
      if (usage === null) this.events.counters.absurd++;
      else this.events.counters.broken++;
      return;
    }
    if (runId !== "") this.#announce(sessionId, runId, atMs);
    if (runId !== "" && row.attributionAgent !== undefined) this.#typeRun(row, sessionId, runId);
    const requestId = textOf(row.requestId, 200);
    hash64(requestId);
    const requestHigh = requestId === "" ? 0 : hashHigh;
    const requestLow = requestId === "" ? 0 : hashLow;
    hash64(identity);
    const origin = textOf(row.requestSessionId, 200) || textOf(objectOf(row.forkedFrom)?.sessionId, 200);
    const copied = origin !== "" && origin !== sessionId;
    if (copied) this.#sessions.merge({ sessionId, forkedFrom: origin });
    const owner = copied ? origin : sessionId;
    const call: CallLine = {
      keyHigh: hashHigh,
      keyLow: hashLow,
      requestHigh,
      requestLow,
      sessionId: owner,
      runId,
      promptKey: runId === "" && !copied ? this.state.promptKey : "",
      model: from.model || "unknown",
      cwd: textOf(row.cwd, 4096),
      branch: branchOf(row.gitBranch),
      atMs,
      rank,
      copied,
      holder: copied ? sessionId : "",
      ...usage,
    };
    if (typeof message.stop_reason === "string") call.flags |= CALL_FLAG.stopped;
    this.events.calls.push(call);
    const first = this.events.calls.length - 1;
    const absurd = (): void => {
      this.events.counters.absurd++;
    };
    for (const advisor of advisorsOf(from.usage, row.advisorModel, absurd)) this.#advisor(call, identity, advisor);
    this.#label(row, first);
    this.#toolUses.file(call, arrayOf(message.content));
  }

  /** Files what the client says that the calls from position `first` on were for; the lines of a call say so one by one. */
  #label(row: Row, first: number): void {
    const labels = labelsOf(row);
    if (labels === null) return;
    const { calls, labels: filed } = this.events;
    for (let at = first; at < calls.length; at++) {
      const { keyHigh, keyLow } = calls[at] as CallLine;
      const last = filed.at(-1);
      const known =
        last?.callLow === keyLow &&
        last.callHigh === keyHigh &&
        last.skill === labels.skill &&
        last.server === labels.server &&
        last.tool === labels.tool &&
        last.plugin === labels.plugin;
      if (!known) filed.push({ callHigh: keyHigh, callLow: keyLow, ...labels });
    }
  }

  /** Tells of a sub-agent, once. */
  #announce(sessionId: string, runId: string, atMs: number, promptId = ""): void {
    if (this.#announcedRuns.has(runId)) return;
    this.#announcedRuns.add(runId);
    this.events.runs.push({ sessionId, runId, kind: runKindOf(runId), atMs, ...(promptId && { promptKey: promptId }) });
  }

  #typeRun(row: Row, sessionId: string, runId: string): void {
    const agentType = agentTypeOf(row);
    if (agentType === "" || this.#runTypes.get(runId) === agentType) return;
    this.#runTypes.set(runId, agentType);
    this.events.runs.push({ sessionId, runId, kind: runKindOf(runId), agentType, typeRank: TYPE_RANK.call });
  }

  #advisor(call: CallLine, identity: string, advisor: Usage & { index: number; model: string }): void {
    const { index, model, ...usage } = advisor;
    hash64(`${identity}#adv${index}`);
    const stopped = call.flags & CALL_FLAG.stopped;
    const own = { keyHigh: hashHigh, keyLow: hashLow, model, ...usage, flags: usage.flags | stopped };
    this.events.calls.push({ ...call, ...own });
  }

  #clientMade(row: Row): void {
    this.events.counters.clientMade++;
    const note = clientNoteOf(row, this.#conversation(row), Math.max(0, this.state.lastMs));
    if (note !== null) this.events.notes.push(note);
  }

  #user(row: Row, bytes: number): void {
    const sessionId = this.#conversation(row);
    const runId = this.#runOf(row);
    const promptId = textOf(row.promptId, 200);
    if (runId !== "") this.#announce(sessionId, runId, Math.max(0, this.state.lastMs), promptId);
    else {
      const text = this.#isCopied() || this.#isWakeUp(row) ? null : humanPromptText(row);
      const promptKey = promptId || textOf(row.uuid, 200);
      if (text !== null && promptKey !== "") {
        this.state.promptKey = promptKey;
        this.events.prompts.push({
          sessionId,
          promptKey,
          atMs: Math.max(0, this.state.lastMs),
          textFlags: textFlags(text),
          command: commandOf(text),
        });
      }
    }
    this.#parsedToolResults(row, sessionId, bytes);
  }

  /** A timer that wakes the session goes on with what a person asked before; where nobody did, what it asks is the prompt. */
  #isWakeUp(row: Row): boolean {
    return row.turnOrigin === "scheduled" && this.state.promptKey !== "";
  }

  #parsedToolResults(row: Row, sessionId: string, bytes: number): void {
    const content = objectOf(row.message)?.content;
    const agentId = textOf(objectOf(row.toolUseResult)?.agentId, 200);
    for (const value of arrayOf(content)) {
      const block = objectOf(value);
      if (block?.type !== "tool_result") continue;
      const id = textOf(block.tool_use_id, 200);
      if (id === "") continue;
      this.#pushResult(id, block.is_error === true ? errorKeyOf(contentText(block.content)) : 0, bytes);
      const result = objectOf(row.toolUseResult) ?? { stdout: contentText(block.content) };
      this.#toolUses.outcome(id, block.is_error === true, result, {
        sessionId,
        atMs: Math.max(0, this.state.lastMs),
        cwd: textOf(row.cwd, 4096),
      });
      if (agentId !== "") {
        this.events.runs.push({ sessionId, runId: agentId, kind: runKindOf(agentId), spawnedBy: id });
      }
    }
  }

  #toolResult(data: Buffer, start: number, end: number): void {
    const { ids, failed, timestamp } = toolResultOf(data, start, end);
    const stamped = msOf(timestamp);
    if (stamped >= 0) this.state.lastMs = stamped;
    if (failed) {
      this.#parse(data.toString("utf8", start, end), end - start);
      return;
    }
    for (const id of ids) this.#pushResult(id, 0, end - start);
  }

  /** Files what became of a tool use; an `errorKey` of 0 means that it did not fail. */
  #pushResult(id: string, errorKey: number, bytes: number): void {
    hash64(id);
    const from = { keyHigh: hashHigh, keyLow: hashLow, atMs: this.state.lastMs };
    this.events.toolResults.push({ ...from, failed: errorKey !== 0, errorKey, bytes, durationMs: -1 });
  }

  #system(row: Row): void {
    const sessionId = this.#conversation(row);
    const note = readSystemRow(row, sessionId, Math.max(0, this.state.lastMs));
    if (note !== null) this.events.notes.push(note);
  }

  #servers(row: Row, stamped: number): void {
    const atMs = Math.max(0, stamped >= 0 ? stamped : this.state.lastMs);
    const sessionId = textOf(row.sessionId, 200) || this.#identity.sessionId;
    for (const server of serversOf(row.attachment))
      this.events.servers.push({ sessionId, runId: this.#runOf(row), atMs, ...server });
  }

  /** Notes what the envelope of a conversation row says of its session, and answers the session's id. */
  #conversation(row: Row): string {
    const sessionId = textOf(row.sessionId, 200) || this.#identity.sessionId;
    const { lastMs } = this.state;
    if (lastMs >= 0 && !this.#isCopied()) this.#sessions.heard(row, sessionId, lastMs);
    return sessionId;
  }

  #link(row: Row, sessionId: string, stamped: number): void {
    const link = linkOf(row);
    const atMs = Math.max(0, stamped >= 0 ? stamped : this.state.lastMs);
    if (link !== null)
      this.events.gits.push({ keyHigh: 0, keyLow: 0, sessionId, atMs, cwd: textOf(row.cwd, 4096), ...link });
  }

  /** Whether the row at hand was copied when the session was forked: it is older than the fork. */
  #isCopied(): boolean {
    return this.state.lastMs < this.state.ownSinceMs;
  }

  #runOf(row: Row): string {
    const agentId = textOf(row.agentId, 200) || this.#identity.runId;
    return agentId !== "" ? agentId : row.isSidechain === true ? "sidechain" : "";
  }
}
