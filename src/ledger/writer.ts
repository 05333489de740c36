import type { Database } from "bun:sqlite";
import type { FileEvents, ToolResultEvent } from "../agents/events.ts";
import type { PriceBook } from "../pricing/book.ts";
import { Calls } from "./calls.ts";
import { Dictionary, Places } from "./dictionary.ts";
import { Edits } from "./edits.ts";
import { Labels } from "./labels.ts";
import type { MergedCall } from "./merge.ts";
import { assertNotNewer } from "./open.ts";
import { Prompts } from "./prompts.ts";
import { RollupDeltas } from "./rollups.ts";
import { Runs } from "./runs.ts";
import { Servers } from "./servers.ts";
import { type Machine, Sessions } from "./sessions.ts";
import { type SourceRecord, saveSource } from "./sources.ts";
import { ToolCalls } from "./tools.ts";

/** Events of one stretch of one file, calls already collapsed, with the file's new bookmark (none for hook payloads). */
export interface Stretch {
  events: Omit<FileEvents, "calls"> & { calls: MergedCall[] };
  source: SourceRecord | null;
  fresh: boolean;
  expectedOffset: number;
  movedFrom: string | null;
}

/** What handed-in facts the writer works with. */
export interface WriterOptions {
  agent: string;
  machine: Machine;
  prices: PriceBook;
  now: () => number;
  /** Stamp for sessions whose billing mode is not known yet. */
  billing?: string;
}

/** Writes events into the book: facts, rollups and bookmarks in one short transaction. */
export class Writer {
  readonly #db: Database;
  readonly #options: WriterOptions;
  readonly #agents: Dictionary;
  readonly #models: Dictionary;
  readonly #tools: Dictionary;
  readonly #paths: Dictionary;
  readonly #places: Places;
  readonly #sessions: Sessions;
  readonly #prompts: Prompts;
  readonly #runs: Runs;
  readonly #deltas: RollupDeltas;
  readonly #toolCalls: ToolCalls;
  readonly #edits: Edits;
  readonly #labels: Labels;
  readonly #servers: Servers;
  #calls: Calls | null = null;

  constructor(db: Database, options: WriterOptions) {
    this.#db = db;
    this.#options = options;
    this.#agents = new Dictionary(db, "agents", "name");
    this.#models = new Dictionary(db, "models", "name");
    this.#tools = new Dictionary(db, "tools", "name");
    this.#paths = new Dictionary(db, "paths", "path");
    this.#places = new Places(db);
    this.#sessions = new Sessions(db, this.#places, options.machine);
    this.#prompts = new Prompts(db);
    this.#runs = new Runs(db, this.#prompts);
    this.#deltas = new RollupDeltas(db);
    this.#toolCalls = new ToolCalls(db, this.#tools, this.#paths);
    this.#edits = new Edits(db, this.#paths);
    this.#labels = new Labels(db);
    this.#servers = new Servers(db);
  }

  /** Writes stretches in one transaction. After an error nothing of them is in the book. */
  write(stretches: readonly Stretch[]): void {
    this.#db.run("BEGIN IMMEDIATE");
    try {
      assertNotNewer(this.#db);
      const agentId = this.#agents.idOf(this.#options.agent);
      for (const stretch of stretches) this.#stretch(stretch, agentId);
      this.#runs.settle(this.#deltas);
      this.#prompts.save(this.#deltas);
      this.#deltas.flush();
      for (const { source, events, fresh, expectedOffset, movedFrom } of stretches) {
        if (source === null) continue;
        if (movedFrom !== null)
          this.#db.query("UPDATE OR IGNORE source_files SET path = ? WHERE path = ?").run(source.path, movedFrom);
        saveSource(this.#db, agentId, source, events.counters, { fresh, expectedOffset, nowMs: this.#options.now() });
      }
      this.#db.run("COMMIT");
    } catch (error) {
      this.#forget();
      if (this.#db.inTransaction) this.#db.run("ROLLBACK");
      throw error;
    }
  }

  #stretch({ events }: Stretch, agentId: number): void {
    const sessionOf = (name: string): number => this.#sessions.idOf(agentId, name);
    for (const session of events.sessions) {
      const stamped = session.billing ?? this.#options.billing;
      this.#sessions.merge(agentId, stamped === undefined ? session : { ...session, billing: stamped });
    }
    for (const prompt of events.prompts) {
      const sessionId = sessionOf(prompt.sessionId);
      const promptId = this.#prompts.asked(sessionId, prompt.promptKey, prompt.atMs, prompt.textFlags);
      if (prompt.command !== "") this.#labels.command(promptId, prompt.command);
      this.#runs.touch(sessionId);
    }
    for (const use of events.toolUses) {
      if (use.runId !== "" || use.promptKey === "") continue;
      this.#prompts.used(sessionOf(use.sessionId), use.promptKey, use.atMs, use.toolFlags);
    }
    this.#prompts.save(this.#deltas);
    for (const run of events.runs) this.#runs.merge(sessionOf(run.sessionId), run, this.#deltas);
    this.#calls ??= new Calls({
      db: this.#db,
      agentId,
      sessions: this.#sessions,
      runs: this.#runs,
      prompts: this.#prompts,
      places: this.#places,
      models: this.#models,
      prices: this.#options.prices,
      deltas: this.#deltas,
    });
    const callIds = new Map<number, { high: number; id: number }[]>();
    for (const call of events.calls) {
      const entry = { high: call.keyHigh, id: this.#calls.file(call) };
      const same = callIds.get(call.keyLow);
      if (same === undefined) callIds.set(call.keyLow, [entry]);
      else same.push(entry);
    }
    const idOf = (high: number, low: number): number | undefined =>
      callIds.get(low)?.find((entry) => entry.high === high)?.id;
    for (const labels of events.labels) {
      const callId = idOf(labels.callHigh, labels.callLow);
      if (callId !== undefined) this.#labels.call(callId, labels);
    }
    for (const skill of events.skills) this.#labels.skill(skill);
    for (const spawn of events.spawns) {
      this.#runs.touch(sessionOf(spawn.sessionId));
      this.#runs.touchSpawned(this.#labels.spawn(spawn));
    }
    for (const server of events.servers) {
      const run = this.#runs.find(sessionOf(server.sessionId), server.runId, Number.MAX_SAFE_INTEGER);
      this.#servers.tell(run.id, server);
    }
    const results = new Map(events.toolResults.map((result) => [result.keyLow, result]));
    const joined = new Set<ToolResultEvent>();
    for (const use of events.toolUses) {
      const callId = idOf(use.callHigh, use.callLow);
      if (callId === undefined) continue;
      const result = results.get(use.keyLow);
      const own = result?.keyHigh === use.keyHigh && !joined.has(result) ? result : undefined;
      if (own !== undefined) joined.add(own);
      this.#toolCalls.use(use, callId, own);
    }
    for (const result of events.toolResults) if (!joined.has(result)) this.#toolCalls.result(result);
    for (const edit of events.edits) this.#edits.edit(edit);
    for (const git of events.gits)
      this.#edits.git(git, sessionOf(git.sessionId), git.cwd === "" ? null : this.#places.repoOf(git.cwd));
    for (const sessionId of new Set(events.toolUses.map((use) => use.sessionId)))
      this.#runs.touch(sessionOf(sessionId));
    const note = this.#db.query("INSERT OR IGNORE INTO events (session_id, at_ms, kind, detail) VALUES (?, ?, ?, ?)");
    for (const { sessionId, atMs, kind, detail } of events.notes)
      note.run(sessionOf(sessionId), atMs, kind, detail.slice(0, 1000));
  }

  /** Drops what was remembered of rows that were never committed. */
  #forget(): void {
    for (const part of [
      this.#agents,
      this.#models,
      this.#tools,
      this.#paths,
      this.#places,
      this.#sessions,
      this.#prompts,
      this.#runs,
      this.#labels,
      this.#servers,
    ]) {
      part.forget();
    }
    this.#deltas.clear();
    this.#calls?.forget();
  }
}
