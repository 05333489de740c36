import type { Database, Statement } from "bun:sqlite";
import { type RunEvent, TYPE_RANK } from "../agents/events.ts";
import { keyOf } from "../platform/hash.ts";
import { lazy } from "./lazy.ts";
import type { Prompts } from "./prompts.ts";
import { type RollupDeltas, sumsByHour } from "./rollups.ts";
import { type RunKind, RunTypes } from "./runTypes.ts";

/** How a run's prompt is known: by its own word for good, otherwise worked out anew whenever its session changes. */
const PROMPT_BY_WORD = 1;

interface RunRow {
  id: number;
  run_id: string;
  kind: RunKind;
  started_ms: number | null;
  prompt_id: number | null;
  prompt_known: number;
  spawned_by: bigint | null;
  /** Type that its calls are filed under. */
  type_id: number;
}

/** What a run's type follows from. */
interface Typed {
  kind: RunKind;
  agent_type: string | null;
}

/** A run whose prompt is worked out. */
interface OpenRun {
  id: number;
  run_id: string;
  started_ms: number | null;
  prompt_id: number | null;
  /** Prompt and run of the call that asked for it. */
  spawned: number | null;
  spawner: number | null;
}

/** Runs of the book: the main thread of each session and its sub-agents. */
export class Runs {
  readonly #db: Database;
  readonly #prompts: Prompts;
  readonly #types: RunTypes;
  readonly #rows = new Map<string, RunRow>();
  readonly #select: () => Statement<RunRow, [number, string]>;
  readonly #insert: () => Statement;
  readonly #byTime: () => Statement<{ id: number }, [number, number]>;
  /** Sessions whose sub-agents may belong to other prompts than before. */
  readonly #unsettled = new Set<number>();
  /** Tool uses that asked for sub-agents. */
  readonly #spawns = new Set<bigint>();

  constructor(db: Database, prompts: Prompts) {
    this.#db = db;
    this.#prompts = prompts;
    this.#types = new RunTypes(db);
    this.#select = lazy(
      db,
      "SELECT id, run_id, kind, started_ms, prompt_id, prompt_known, spawned_by, type_id FROM runs WHERE session_id = ? AND run_id = ?",
    );
    this.#insert = lazy(
      db,
      "INSERT INTO runs (session_id, run_id, kind, started_ms, prompt_id, type_id) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#byTime = lazy(
      db,
      `SELECT id FROM prompts WHERE session_id = ?
       ORDER BY at_ms > ?2, CASE WHEN at_ms > ?2 THEN at_ms ELSE -at_ms END, prompt_key LIMIT 1`,
    );
  }

  /** The run of a session by the agent's name for it, "" being the main thread. */
  find(sessionId: number, runId: string, atMs: number): RunRow {
    const row = this.#rowOf(sessionId, runId, atMs);
    if (runId !== "" && (row.started_ms === null || atMs < row.started_ms)) {
      row.started_ms = atMs;
      this.#db.query("UPDATE runs SET started_ms = ? WHERE id = ?").run(atMs, row.id);
      this.#unsettled.add(sessionId);
    }
    return row;
  }

  /** The agent's name of a run id. */
  nameOf(id: number): string {
    return this.#db.query<{ n: string }, [number]>("SELECT run_id AS n FROM runs WHERE id = ?").get(id)?.n ?? "";
  }

  /** Type that a run's calls are filed under, by its id. */
  typeOf(id: number): number {
    return (
      this.#db.query<{ type: number }, [number]>("SELECT type_id AS type FROM runs WHERE id = ?").get(id)?.type ?? 0
    );
  }

  /** Adds facts to a run. */
  merge(sessionId: number, fact: RunEvent, deltas: RollupDeltas): void {
    const row = this.find(sessionId, fact.runId, fact.atMs ?? Number.MAX_SAFE_INTEGER);
    if (fact.spawnedBy !== undefined) this.#unsettled.add(sessionId);
    if (fact.promptKey !== undefined && row.prompt_known !== PROMPT_BY_WORD) {
      row.prompt_known = PROMPT_BY_WORD;
      const promptId = this.#prompts.idOf(sessionId, fact.promptKey, fact.atMs ?? Number.MAX_SAFE_INTEGER);
      this.#db.query("UPDATE runs SET prompt_known = ? WHERE id = ?").run(PROMPT_BY_WORD, row.id);
      this.#pending.push({ run: row, promptId });
      // Those that it asked for follow it.
      this.#unsettled.add(sessionId);
    }
    const spawnedBy = fact.spawnedBy === undefined ? null : keyOf(fact.spawnedBy);
    const typed = this.#db
      .query<Typed, (string | number | bigint | null)[]>(
        `UPDATE runs SET
           agent_type = CASE WHEN ?1 IS NULL OR type_rank > ?2 OR (type_rank = ?2 AND agent_type >= ?1) THEN agent_type ELSE ?1 END,
           type_rank = CASE WHEN ?1 IS NULL THEN type_rank ELSE max(type_rank, ?2) END, description = coalesce(?3, description),
           spawned_by = coalesce(?4, spawned_by), parent_run_id = coalesce(?5, parent_run_id), depth = coalesce(?6, depth),
           kind = CASE WHEN kind = 'overhead' OR ?7 = 'overhead' THEN 'overhead' ELSE kind END
         WHERE id = ?8 RETURNING kind, agent_type`,
      )
      .get(
        fact.agentType ?? null,
        fact.typeRank ?? TYPE_RANK.record,
        fact.description ?? null,
        spawnedBy,
        fact.parentRunId ?? null,
        fact.depth ?? null,
        fact.kind,
        row.id,
      );
    if (typed !== null) this.#retype(row, typed, deltas);
  }

  readonly #pending: { run: RunRow; promptId: number }[] = [];

  /** Marks a session whose prompts or tool calls changed. */
  touch(sessionId: number): void {
    this.#unsettled.add(sessionId);
  }

  /** Marks the sub-agents that a tool use asked for, in whatever session: a forked one has a copy of the use, and sub-agents of its own. */
  touchSpawned(use: bigint): void {
    this.#spawns.add(use);
  }

  /** Ties sub-agents to the prompts they work for: by their own word, by the tool call that spawned them, else by time. */
  settle(deltas: RollupDeltas): void {
    for (const { run, promptId } of this.#pending.splice(0)) this.#assign(run, promptId, deltas);
    const spawned = this.#db.query<{ session: number }, [bigint]>(
      "SELECT session_id AS session FROM runs WHERE spawned_by = ?",
    );
    for (const use of this.#spawns) for (const { session } of spawned.all(use)) this.#unsettled.add(session);
    this.#spawns.clear();
    for (const sessionId of this.#unsettled) {
      this.#nameBySpawn(sessionId, deltas);
      for (const [run, promptId] of this.#promptsOf(sessionId)) {
        if (promptId === null || promptId === run.prompt_id) continue;
        this.#assign(this.#rowOf(sessionId, run.run_id, run.started_ms ?? 0), promptId, deltas);
      }
    }
    this.#unsettled.clear();
  }

  /** Sub-agents without a record of their own are of the type and have the task that the tool use named which asked for them. */
  #nameBySpawn(sessionId: number, deltas: RollupDeltas): void {
    const named = this.#db
      .query<{ runId: string; kind: RunKind; type: string | null; description: string | null }, [number]>(
        `SELECT run_id AS runId, kind, type, description FROM (
           SELECT r.run_id, r.kind, r.agent_type, r.description AS known, CASE WHEN r.type_rank = 0 AND n.id <> 0 THEN n.name ELSE r.agent_type END AS type,
             coalesce(r.description, nullif(p.description, '')) AS description
           FROM runs r JOIN spawns p ON p.key = r.spawned_by JOIN labels n ON n.id = p.type_id WHERE r.session_id = ?)
         WHERE type IS NOT agent_type OR description IS NOT known`,
      )
      .all(sessionId);
    for (const { runId, kind, type, description } of named) {
      const row = this.#rowOf(sessionId, runId, 0);
      this.#db.query("UPDATE runs SET agent_type = ?, description = ? WHERE id = ?").run(type, description, row.id);
      this.#retype(row, { kind, agent_type: type }, deltas);
    }
  }

  /** Moves a run's calls to the type that is known of it now. */
  #retype(run: RunRow, { kind, agent_type }: Typed, deltas: RollupDeltas): void {
    const type = this.#types.idOf(kind, agent_type, run.run_id);
    if (type === run.type_id) return;
    for (const sums of sumsByHour(this.#db, "c.run_id = ?", run.id)) deltas.moveType(sums, run.type_id, type);
    this.#db.query("UPDATE runs SET type_id = ? WHERE id = ?").run(type, run.id);
    run.type_id = type;
  }

  /** Runs of a session that do not say their prompt, with the one they work for. A sub-agent of a sub-agent has that of the run which asked for it,
   *  settled first; runs that ask for each other in a circle go by their time, as do those whose tool use is copied history of another session. */
  #promptsOf(sessionId: number): Map<OpenRun, number | null> {
    const open = this.#db
      .query<OpenRun, [number]>(
        `SELECT r.id, r.run_id, r.started_ms, r.prompt_id, c.prompt_id AS spawned, c.run_id AS spawner
         FROM runs r LEFT JOIN tool_calls t ON t.key = r.spawned_by LEFT JOIN calls c ON c.id = t.call_id AND c.session_id = r.session_id
         WHERE r.session_id = ? AND r.run_id <> '' AND r.prompt_known = 0`,
      )
      .all(sessionId);
    const byId = new Map(open.map((run) => [run.id, run]));
    const prompts = new Map<OpenRun, number | null>();
    for (const start of open) {
      const chain: OpenRun[] = [];
      const inChain = new Set<OpenRun>();
      let next: OpenRun | undefined = start;
      while (next !== undefined && !prompts.has(next) && !inChain.has(next)) {
        chain.push(next);
        inChain.add(next);
        next = byId.get(next.spawner ?? 0);
      }
      if (next !== undefined && inChain.has(next))
        for (const run of chain.splice(chain.indexOf(next)))
          prompts.set(run, this.#promptByTime(sessionId, run.started_ms ?? 0));
      for (const run of chain.reverse()) {
        const spawner = byId.get(run.spawner ?? 0);
        const spawned = spawner === undefined ? run.spawned : prompts.get(spawner);
        prompts.set(run, spawned ?? this.#promptByTime(sessionId, run.started_ms ?? 0));
      }
    }
    return prompts;
  }

  #promptByTime(sessionId: number, atMs: number): number | null {
    const row = this.#byTime().get(sessionId, atMs);
    return row?.id ?? null;
  }

  #assign(run: RunRow, promptId: number, deltas: RollupDeltas): void {
    if (run.prompt_id === promptId) return;
    const from = this.#prompts.categoryOf(run.prompt_id);
    const to = this.#prompts.categoryOf(promptId);
    for (const sums of sumsByHour(this.#db, "c.run_id = ?", run.id)) {
      if (from !== to) deltas.moveCategory(sums, from, to);
      const tokens = sums.input + sums.output + sums.cacheRead + sums.write5m + sums.write1h;
      deltas.movePrompt(run.prompt_id, promptId, sums.calls, tokens, sums.cost);
    }
    this.#db.query("UPDATE calls SET prompt_id = ? WHERE run_id = ?").run(promptId, run.id);
    this.#db.query("UPDATE runs SET prompt_id = ? WHERE id = ?").run(promptId, run.id);
    run.prompt_id = promptId;
  }

  #rowOf(sessionId: number, runId: string, atMs: number): RunRow {
    const name = `${sessionId} ${runId}`;
    let row = this.#rows.get(name);
    if (row === undefined) {
      row = this.#load(sessionId, runId, atMs);
      this.#rows.set(name, row);
    }
    return row;
  }

  #load(sessionId: number, runId: string, atMs: number): RunRow {
    const row = this.#select().get(sessionId, runId);
    if (row !== null) return row;
    const kind = runId === "" ? "main" : "user";
    const startedMs = runId === "" || atMs === Number.MAX_SAFE_INTEGER ? null : atMs;
    // Mostly right at once, so that calls need not be moved later; settle() has the last word.
    const promptId = startedMs === null ? null : this.#promptByTime(sessionId, startedMs);
    const typeId = this.#types.idOf(kind, null, runId);
    const { lastInsertRowid } = this.#insert().run(sessionId, runId, kind, startedMs, promptId, typeId);
    return {
      id: Number(lastInsertRowid),
      run_id: runId,
      kind,
      started_ms: startedMs,
      prompt_id: promptId,
      prompt_known: 0,
      spawned_by: null,
      type_id: typeId,
    };
  }

  forget(): void {
    this.#rows.clear();
    this.#types.forget();
    this.#unsettled.clear();
    this.#spawns.clear();
    this.#pending.length = 0;
  }
}
