import type { Database, Statement } from "bun:sqlite";
import type { CallLabels, SkillEvent, SpawnEvent } from "../agents/events.ts";
import { toKey } from "../platform/hash.ts";
import { Dictionary } from "./dictionary.ts";
import { lazy } from "./lazy.ts";

const FIELDS = ["skill", "plugin", "server", "tool"] as const;

interface LabelRow {
  label_id: number;
}

/** What calls, tool uses and prompts were for, by name. Where two sources differ, the name that sorts later counts, and a name counts
 *  before none: so the order of reading changes nothing. */
export class Labels {
  readonly #db: Database;
  readonly #names: Dictionary;
  readonly #sets = new Map<string, number>();
  readonly #insertCall: () => Statement;
  readonly #skill: () => Statement<LabelRow, [bigint, number]>;
  readonly #command: () => Statement<LabelRow, [number, number]>;

  constructor(db: Database) {
    this.#db = db;
    this.#names = new Dictionary(db, "labels", "name");
    this.#insertCall = lazy(db, "INSERT INTO call_labels (call_id, set_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
    const known = "ON CONFLICT DO UPDATE SET label_id = label_id RETURNING label_id";
    this.#skill = lazy(db, `INSERT INTO skill_uses (key, label_id) VALUES (?, ?) ${known}`);
    this.#command = lazy(db, `INSERT INTO prompt_commands (prompt_id, label_id) VALUES (?, ?) ${known}`);
  }

  /** What the client says of a call. */
  call(callId: number, labels: CallLabels): void {
    if (this.#insertCall().run(callId, this.#setOf(labels)).changes > 0) return;
    const known = this.#db
      .query<CallLabels, [number]>(
        "SELECT skill, plugin, mcp_server AS server, mcp_tool AS tool FROM v_call_labels WHERE call_id = ?",
      )
      .get(callId);
    if (known === null) throw new Error("a call's labels cannot be found");
    const joined = { ...known };
    for (const field of FIELDS) if (labels[field] > known[field]) joined[field] = labels[field];
    if (FIELDS.every((field) => joined[field] === known[field])) return;
    this.#db.query("UPDATE call_labels SET set_id = ? WHERE call_id = ?").run(this.#setOf(joined), callId);
  }

  /** The skill that a tool use ran. */
  skill({ keyHigh, keyLow, name }: SkillEvent): void {
    const key = toKey(keyHigh, keyLow);
    const known = this.#skill().get(key, this.#names.idOf(name));
    if (known !== null && this.#names.nameOf(known.label_id) < name)
      this.#db.query("UPDATE skill_uses SET label_id = ? WHERE key = ?").run(this.#names.idOf(name), key);
  }

  /** The sub-agent that a tool use asked for. Answers the key of the use. */
  spawn({ keyHigh, keyLow, type, description }: SpawnEvent): bigint {
    const key = toKey(keyHigh, keyLow);
    const known = this.#db
      .query<{ type: string; description: string }, [bigint]>(
        "SELECT n.name AS type, p.description FROM spawns p JOIN labels n ON n.id = p.type_id WHERE p.key = ?",
      )
      .get(key);
    if (known !== null && known.type >= type && known.description >= description) return key;
    const typeId = this.#names.idOf(known !== null && known.type > type ? known.type : type);
    const words = known !== null && known.description > description ? known.description : description;
    this.#db
      .query("INSERT OR REPLACE INTO spawns (key, type_id, description) VALUES (?, ?, ?)")
      .run(key, typeId, words);
    return key;
  }

  /** The slash command that a prompt was. */
  command(promptId: number, name: string): void {
    const known = this.#command().get(promptId, this.#names.idOf(name));
    if (known !== null && this.#names.nameOf(known.label_id) < name)
      this.#db
        .query("UPDATE prompt_commands SET label_id = ? WHERE prompt_id = ?")
        .run(this.#names.idOf(name), promptId);
  }

  #setOf(labels: CallLabels): number {
    const name = FIELDS.map((field) => labels[field]).join("\n");
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const ids = FIELDS.map((field) => this.#names.idOf(labels[field]));
    const row = this.#db
      .query<{ id: number }, number[]>(
        `INSERT INTO label_sets (skill_id, plugin_id, server_id, tool_id) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET skill_id = skill_id RETURNING id`,
      )
      .get(...ids);
    if (row === null) throw new Error("a set of labels was not filed");
    this.#sets.set(name, row.id);
    return row.id;
  }

  /** Forgets ids: those of a transaction that is rolled back were never filed. */
  forget(): void {
    this.#names.forget();
    this.#sets.clear();
  }
}
