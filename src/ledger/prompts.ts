import type { Database, Statement } from "bun:sqlite";
import { CATEGORIES, CLASSIFIER_VERSION, categoryIndexOf } from "../categories/index.ts";
import { keyOf } from "../platform/hash.ts";
import { lazy } from "./lazy.ts";
import { type RollupDeltas, sumsByHour } from "./rollups.ts";

/** Category of calls that belong to no prompt. */
export const GENERAL = CATEGORIES.indexOf("general");

interface PromptRow {
  id: number;
  at_ms: number;
  seen: number;
  text_flags: number;
  tool_flags: number;
  category: number;
  classifier_version: number;
  calls: number;
}

interface Known extends PromptRow {
  sessionId: number;
  /** Category under which the rollups hold the calls that were in the book before this transaction. */
  filedCategory: number;
  /** Whether calls may be filed under {@link filedCategory}. */
  hasCalls: boolean;
}

/** Prompts of the book. Their features are joined bit by bit, so the category depends on what was seen, not on the order. */
export class Prompts {
  readonly #db: Database;
  readonly #byName = new Map<string, Known>();
  readonly #byId = new Map<number, Known>();
  /** Prompts to be saved. */
  readonly #changed = new Set<Known>();
  readonly #update: () => Statement;
  readonly #select: () => Statement<PromptRow, [number, bigint]>;
  readonly #insert: () => Statement;
  readonly #category: () => Statement<{ category: number }, [number]>;

  constructor(db: Database) {
    this.#db = db;
    this.#update = lazy(
      db,
      "UPDATE prompts SET at_ms = ?, seen = ?, text_flags = ?, tool_flags = ?, category = ?, classifier_version = ? WHERE id = ?",
    );
    this.#select = lazy(
      db,
      `SELECT id, at_ms, seen, text_flags, tool_flags, category, classifier_version, calls FROM prompts
       WHERE session_id = ? AND prompt_key = ?`,
    );
    this.#insert = lazy(
      db,
      "INSERT INTO prompts (session_id, prompt_key, at_ms, category, classifier_version) VALUES (?, ?, ?, ?, ?)",
    );
    this.#category = lazy(db, "SELECT category FROM prompts WHERE id = ?");
  }

  /** Id of a prompt of a session; filed when it is new. `atMs` stands in until the prompt's own row is read. */
  idOf(sessionId: number, promptKey: string, atMs: number): number {
    return this.#find(sessionId, promptKey, atMs, false).id;
  }

  /** The prompt's own row was read: when it was asked, and the features of its text. Answers its id. */
  asked(sessionId: number, promptKey: string, atMs: number, textFlags: number): number {
    const prompt = this.#find(sessionId, promptKey, atMs, true);
    this.#addFlags(prompt, textFlags, 0);
    return prompt.id;
  }

  /** A tool was used in the course of the prompt. */
  used(sessionId: number, promptKey: string, atMs: number, toolFlags: number): void {
    this.#addFlags(this.#find(sessionId, promptKey, atMs, false), 0, toolFlags);
  }

  #addFlags(prompt: Known, textFlags: number, toolFlags: number): void {
    const text = prompt.text_flags | textFlags;
    const tools = prompt.tool_flags | toolFlags;
    if (text === prompt.text_flags && tools === prompt.tool_flags) return;
    prompt.text_flags = text;
    prompt.tool_flags = tools;
    prompt.category = categoryIndexOf(text, tools);
    this.#changed.add(prompt);
  }

  /** Category of a prompt as it stands now. */
  categoryOf(promptId: number | null): number {
    if (promptId === null) return GENERAL;
    const known = this.#byId.get(promptId);
    if (known !== undefined) {
      known.hasCalls = true;
      return known.category;
    }
    const row = this.#category().get(promptId);
    return row?.category ?? GENERAL;
  }

  /** Saves changed prompts and moves their earlier calls to the new category. Call before new calls are added. */
  save(deltas: RollupDeltas): void {
    for (const prompt of this.#changed) {
      this.#update().run(
        prompt.at_ms,
        prompt.seen,
        prompt.text_flags,
        prompt.tool_flags,
        prompt.category,
        CLASSIFIER_VERSION,
        prompt.id,
      );
      if (prompt.category !== prompt.filedCategory && prompt.hasCalls) {
        const where = "c.run_id IN (SELECT id FROM runs WHERE session_id = ?) AND c.prompt_id = ?";
        for (const sums of sumsByHour(this.#db, where, prompt.sessionId, prompt.id)) {
          deltas.moveCategory(sums, prompt.filedCategory, prompt.category);
        }
      }
      prompt.filedCategory = prompt.category;
    }
    this.#changed.clear();
  }

  #find(sessionId: number, promptKey: string, atMs: number, isOwnRow: boolean): Known {
    const name = `${sessionId} ${promptKey}`;
    let prompt = this.#byName.get(name);
    if (prompt === undefined) {
      prompt = this.#load(sessionId, promptKey, atMs);
      this.#byName.set(name, prompt);
      this.#byId.set(prompt.id, prompt);
    }
    const firstOwnRow = isOwnRow && prompt.seen === 0;
    if (firstOwnRow || (atMs < prompt.at_ms && isOwnRow === (prompt.seen === 1))) {
      prompt.at_ms = atMs;
      prompt.seen = isOwnRow ? 1 : 0;
      this.#changed.add(prompt);
    }
    return prompt;
  }

  #load(sessionId: number, promptKey: string, atMs: number): Known {
    const key = keyOf(promptKey);
    const row = this.#select().get(sessionId, key);
    if (row !== null) {
      // Bits of another classifier mean other things: they are not joined with today's.
      const bits = row.classifier_version === CLASSIFIER_VERSION ? {} : { text_flags: 0, tool_flags: 0 };
      return { ...row, ...bits, sessionId, filedCategory: row.category, hasCalls: row.calls > 0 };
    }
    const category = categoryIndexOf(0, 0);
    const { lastInsertRowid } = this.#insert().run(sessionId, key, atMs, category, CLASSIFIER_VERSION);
    const id = Number(lastInsertRowid);
    return {
      id,
      at_ms: atMs,
      seen: 0,
      text_flags: 0,
      tool_flags: 0,
      category,
      classifier_version: CLASSIFIER_VERSION,
      calls: 0,
      sessionId,
      filedCategory: category,
      hasCalls: false,
    };
  }

  forget(): void {
    this.#byName.clear();
    this.#byId.clear();
    this.#changed.clear();
  }
}
