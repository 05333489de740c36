import type { Database, Statement } from "bun:sqlite";
import { CALL_FLAG } from "../agents/events.ts";
import { toKey } from "../platform/hash.ts";
import type { PriceBook } from "../pricing/book.ts";
import { costOf } from "../pricing/cost.ts";
import type { PriceRow } from "../pricing/types.ts";
import type { Dictionary, Places } from "./dictionary.ts";
import { lazy } from "./lazy.ts";
import { BOOK_FLAG, type MergedCall, mergeCalls } from "./merge.ts";
import type { Prompts } from "./prompts.ts";
import type { Contribution, RollupDeltas } from "./rollups.ts";
import type { Runs } from "./runs.ts";
import type { Sessions } from "./sessions.ts";

interface StoredCall {
  id: number;
  request_high: number;
  request_low: number;
  session_id: number;
  run_id: number;
  prompt_id: number | null;
  branch_id: number;
  model_id: number;
  at_ms: number;
  owned_after_ms: number;
  final_after_ms: number;
  input: number;
  output: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  web_searches: number;
  flags: number;
  cost_nano: number | null;
}

const COLUMNS = `request_key, session_id, run_id, prompt_id, branch_id, model_id, price_id, at_ms, owned_after_ms, final_after_ms,
  input, output, cache_read, cache_write_5m, cache_write_1h, web_searches, flags, cost_nano`;

const INSERT = `INSERT INTO calls (key, ${COLUMNS}) VALUES (${"?, ".repeat(18)}?) ON CONFLICT (key) DO NOTHING`;
const UPDATE = `UPDATE calls SET (${COLUMNS}) = (${"?, ".repeat(17)}?) WHERE id = ?`;
const FIND = `SELECT id, (request_key >> 32) & 4294967295 AS request_high, request_key & 4294967295 AS request_low, session_id, run_id,
         prompt_id, branch_id, model_id, at_ms, owned_after_ms, final_after_ms, input, output, cache_read, cache_write_5m,
         cache_write_1h, web_searches, flags, cost_nano
       FROM calls WHERE key = ?`;

/** What the calls' file needs from the rest of the writer. */
export interface CallContext {
  db: Database;
  agentId: number;
  sessions: Sessions;
  runs: Runs;
  prompts: Prompts;
  places: Places;
  models: Dictionary;
  prices: PriceBook;
  deltas: RollupDeltas;
}

/** Cost of a call with the row that priced it; cost null where no row covers the model or the gateway reports only zeros. */
export function priceOf(
  prices: PriceBook,
  model: string,
  call: Pick<
    MergedCall,
    "atMs" | "flags" | "input" | "output" | "cacheRead" | "cacheWrite5m" | "cacheWrite1h" | "webSearches"
  >,
): { row: PriceRow | null; costNano: number | null } {
  const row = (call.flags & CALL_FLAG.zeroUsage) !== 0 ? null : prices.rowFor(model, call.atMs);
  const modifiers = {
    fast: (call.flags & CALL_FLAG.fast) !== 0,
    usInference: (call.flags & CALL_FLAG.usInference) !== 0,
    batch: (call.flags & CALL_FLAG.batch) !== 0,
    webSearches: call.webSearches,
  };
  return { row, costNano: costOf(call, modifiers, row) };
}

/** Files calls: a new one is inserted, a known one is merged with what the book holds. */
export class Calls {
  readonly #context: CallContext;
  readonly #insert: () => Statement;
  readonly #update: () => Statement;
  readonly #find: () => Statement<StoredCall, [bigint]>;
  readonly #hold: () => Statement;
  readonly #priceIds = new Map<string, number>();

  constructor(context: CallContext) {
    this.#context = context;
    const { db } = context;
    this.#insert = lazy(db, INSERT);
    this.#update = lazy(db, UPDATE);
    this.#find = lazy(db, FIND);
    this.#hold = lazy(db, "INSERT OR IGNORE INTO inherited_calls (session_id, call_id) VALUES (?, ?)");
  }

  /** Files one call and answers its row id. */
  file(call: MergedCall): number {
    const key = toKey(call.keyHigh, call.keyLow);
    const values = this.#valuesOf(call, null);
    const { changes, lastInsertRowid } = this.#insert().run(key, ...values.bound);
    if (changes > 0) {
      this.#context.deltas.add(values.contribution, 1);
      const id = Number(lastInsertRowid);
      this.#inherit(call.holders, id);
      return id;
    }
    const stored = this.#find().get(key);
    if (stored === null) throw new Error("a call that conflicts cannot be found");
    this.#merge(stored, call);
    return stored.id;
  }

  #merge(stored: StoredCall, fresh: MergedCall): void {
    const known = this.#restore(stored, fresh);
    const merged = mergeCalls(known, fresh);
    const previousPrompt = merged.promptKey === known.promptKey ? stored.prompt_id : null;
    const values = this.#valuesOf(merged, previousPrompt);
    if (!this.#same(stored, values.bound)) {
      const before = this.#contributionOf(stored);
      this.#update().run(...values.bound, stored.id);
      this.#context.deltas.add(before, -1);
      this.#context.deltas.add(values.contribution, 1);
      const [, session, run, prompt] = values.bound;
      // Sub-agents that this call asked for follow it.
      if (session !== stored.session_id || run !== stored.run_id || prompt !== stored.prompt_id) {
        this.#context.runs.touch(stored.session_id);
        this.#context.runs.touch(values.contribution.sessionId);
      }
    }
    this.#inherit(merged.holders, stored.id);
    if (values.contribution.sessionId !== stored.session_id) {
      this.#context.db
        .query("DELETE FROM inherited_calls WHERE session_id = ? AND call_id = ?")
        .run(values.contribution.sessionId, stored.id);
    }
  }

  #same(stored: StoredCall, bound: readonly unknown[]): boolean {
    const [, session, run, prompt, branch, model, , at, owned, final, input, output, read, w5, w1, web, flags, cost] =
      bound;
    return (
      session === stored.session_id &&
      run === stored.run_id &&
      prompt === stored.prompt_id &&
      branch === stored.branch_id &&
      model === stored.model_id &&
      at === stored.at_ms &&
      owned === stored.owned_after_ms &&
      final === stored.final_after_ms &&
      input === stored.input &&
      output === stored.output &&
      read === stored.cache_read &&
      w5 === stored.cache_write_5m &&
      w1 === stored.cache_write_1h &&
      web === stored.web_searches &&
      flags === stored.flags &&
      cost === stored.cost_nano
    );
  }

  #inherit(holders: readonly string[], callId: number): void {
    for (const name of holders) {
      const session = this.#context.sessions.idOf(this.#context.agentId, name);
      this.#hold().run(session, callId);
    }
  }

  #valuesOf(
    call: MergedCall,
    knownPrompt: number | null,
  ): { bound: (number | bigint | null)[]; contribution: Contribution } {
    const { sessions, runs, prompts, places, models, prices, agentId } = this.#context;
    const sessionId = sessions.idOf(agentId, call.sessionId);
    const run = runs.find(sessionId, call.runId, call.ownerMs);
    const ownPrompt =
      call.promptKey === "" ? null : (knownPrompt ?? prompts.idOf(sessionId, call.promptKey, call.ownerMs));
    const promptId = call.runId === "" ? ownPrompt : run.prompt_id;
    const branchId = places.branchOf(call.cwd, call.branch);
    const modelId = models.idOf(call.model);
    const { row, costNano } = priceOf(prices, call.model, call);
    const flags =
      (call.flags & 255) |
      (call.winnerStopped ? BOOK_FLAG.winnerStopped : 0) |
      (call.copied ? BOOK_FLAG.copied : 0) |
      (call.rank << BOOK_FLAG.rankShift);
    const contribution: Contribution = {
      atMs: call.atMs,
      sessionId,
      branchId,
      modelId,
      agentId,
      typeId: run.type_id,
      promptId,
      category: prompts.categoryOf(promptId),
      lowerBound: (flags & CALL_FLAG.stopped) === 0,
      input: call.input,
      output: call.output,
      cacheRead: call.cacheRead,
      cacheWrite5m: call.cacheWrite5m,
      cacheWrite1h: call.cacheWrite1h,
      costNano,
    };
    const bound = [
      toKey(call.requestHigh, call.requestLow),
      sessionId,
      run.id,
      promptId,
      branchId,
      modelId,
      row === null ? null : this.#priceId(row),
      call.atMs,
      call.ownerMs - call.atMs,
      call.winnerMs - call.atMs,
      call.input,
      call.output,
      call.cacheRead,
      call.cacheWrite5m,
      call.cacheWrite1h,
      call.webSearches,
      flags,
      costNano,
    ];
    return { bound, contribution };
  }

  #contributionOf(stored: StoredCall): Contribution {
    const { prompts, runs, agentId } = this.#context;
    return {
      atMs: stored.at_ms,
      sessionId: stored.session_id,
      branchId: stored.branch_id,
      modelId: stored.model_id,
      agentId,
      typeId: runs.typeOf(stored.run_id),
      promptId: stored.prompt_id,
      category: prompts.categoryOf(stored.prompt_id),
      lowerBound: (stored.flags & CALL_FLAG.stopped) === 0,
      input: stored.input,
      output: stored.output,
      cacheRead: stored.cache_read,
      cacheWrite5m: stored.cache_write_5m,
      cacheWrite1h: stored.cache_write_1h,
      costNano: stored.cost_nano,
    };
  }

  /** The book's row as a call again. Its prompt is known by id only: any name stands for "the one it has". */
  #restore(stored: StoredCall, fresh: MergedCall): MergedCall {
    const { sessions, runs, places, models } = this.#context;
    const { cwd, branch } = places.textOf(stored.branch_id);
    const samePlace = places.branchOf(fresh.cwd, fresh.branch) === stored.branch_id;
    return {
      keyHigh: fresh.keyHigh,
      keyLow: fresh.keyLow,
      requestHigh: stored.request_high,
      requestLow: stored.request_low,
      sessionId: sessions.nameOf(stored.session_id),
      runId: runs.nameOf(stored.run_id),
      promptKey: stored.prompt_id === null ? "" : HELD_PROMPT,
      model: models.nameOf(stored.model_id),
      cwd: samePlace ? fresh.cwd : cwd,
      branch: samePlace ? fresh.branch : branch,
      atMs: stored.at_ms,
      ownerMs: stored.at_ms + stored.owned_after_ms,
      winnerMs: stored.at_ms + stored.final_after_ms,
      rank: stored.flags >> BOOK_FLAG.rankShift,
      copied: (stored.flags & BOOK_FLAG.copied) !== 0,
      holder: "",
      winnerStopped: (stored.flags & BOOK_FLAG.winnerStopped) !== 0,
      flags: stored.flags & 255,
      input: stored.input,
      output: stored.output,
      cacheRead: stored.cache_read,
      cacheWrite5m: stored.cache_write_5m,
      cacheWrite1h: stored.cache_write_1h,
      webSearches: stored.web_searches,
      holders: [],
    };
  }

  #priceId(row: PriceRow): number {
    const known = this.#priceIds.get(row.key);
    if (known !== undefined) return known;
    const id = priceRowId(this.#context.db, row);
    this.#priceIds.set(row.key, id);
    return id;
  }

  forget(): void {
    this.#priceIds.clear();
  }
}

/** Stands for the prompt that the book already ties a call to. */
const HELD_PROMPT = "\u0000held";

/** Id of a price row in the book; filed when it is new. */
export function priceRowId(db: Database, row: PriceRow): number {
  const found = db.query<{ id: number }, [string]>("SELECT id FROM price_rows WHERE key = ?").get(row.key);
  if (found !== null) return found.id;
  const { lastInsertRowid } = db
    .query(
      `INSERT INTO price_rows (key, model, effective_from_ms, source, input, output, cache_read, cache_write_5m, cache_write_1h,
         fast_multiplier, tier) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      row.key,
      row.model,
      row.effectiveFromMs,
      row.source,
      row.input,
      row.output,
      row.cacheRead,
      row.cacheWrite5m,
      row.cacheWrite1h,
      row.fastMultiplier,
      row.tier === null ? null : JSON.stringify(row.tier),
    );
  return Number(lastInsertRowid);
}
