import type { Database } from "bun:sqlite";
import type { SessionEvent } from "../agents/events.ts";
import type { Places } from "./dictionary.ts";

interface SessionRow {
  id: number;
  cwd: string | null;
  repo_id: number | null;
  title: string | null;
  title_rank: number;
  client_version: string | null;
  entrypoint: string | null;
  host: string | null;
  os: string | null;
  billing: string | null;
  forked_from: string | null;
  started_ms: number | null;
  ended_ms: number | null;
  last_ms: number | null;
  reported_cost_nano: number | null;
}

/** What the machine says of itself, stamped on sessions whose logs are read here. */
export interface Machine {
  host: string;
  os: string;
}

/** Sessions of the book: ids by name, and what is known of each. */
export class Sessions {
  readonly #db: Database;
  readonly #places: Places;
  readonly #machine: Machine;
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(db: Database, places: Places, machine: Machine) {
    this.#db = db;
    this.#places = places;
    this.#machine = machine;
  }

  /** Id of a session by the agent's own name for it; filed when it is new. */
  idOf(agentId: number, name: string): number {
    const key = `${agentId} ${name}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const found = this.#db
      .query<{ id: number }, [number, string]>("SELECT id FROM sessions WHERE agent_id = ? AND session_id = ?")
      .get(agentId, name);
    const id =
      found?.id ??
      Number(
        this.#db
          .query("INSERT INTO sessions (agent_id, session_id, host, os) VALUES (?, ?, ?, ?)")
          .run(agentId, name, this.#machine.host, this.#machine.os).lastInsertRowid,
      );
    this.#ids.set(key, id);
    this.#names.set(id, name);
    return id;
  }

  /** The agent's name of a session id. */
  nameOf(id: number): string {
    let name = this.#names.get(id);
    if (name === undefined) {
      name =
        this.#db.query<{ n: string }, [number]>("SELECT session_id AS n FROM sessions WHERE id = ?").get(id)?.n ?? "";
      this.#names.set(id, name);
    }
    return name;
  }

  /** Adds facts to a session. Each field has an order-free rule: the earliest folder and entry point, the latest version,
   *  the title of the highest rank, the largest reported total, the first stamp of a billing mode. */
  merge(agentId: number, fact: SessionEvent): void {
    const id = this.idOf(agentId, fact.sessionId);
    const row = this.#db.query<SessionRow, [number]>("SELECT * FROM sessions WHERE id = ?").get(id);
    if (row === null) return;
    const atMs = fact.atMs ?? null;
    const earlier = atMs !== null && (row.started_ms === null || atMs < row.started_ms);
    const later = fact.lastMs !== undefined && (row.last_ms === null || fact.lastMs >= row.last_ms);
    const better = fact.title !== undefined && (fact.titleRank ?? 0) >= row.title_rank;
    const cwd = fact.cwd !== undefined && (row.cwd === null || earlier) ? fact.cwd : row.cwd;
    const repo = cwd === null ? null : this.#places.repoOf(cwd);
    const merged: [keyof SessionRow, string | number | null][] = [
      ["cwd", cwd],
      ["repo_id", repo],
      ["title", better ? (fact.title ?? null) : row.title],
      ["title_rank", better ? (fact.titleRank ?? 0) : row.title_rank],
      [
        "client_version",
        fact.version !== undefined && (row.client_version === null || later) ? fact.version : row.client_version,
      ],
      [
        "entrypoint",
        fact.entrypoint !== undefined && (row.entrypoint === null || earlier) ? fact.entrypoint : row.entrypoint,
      ],
      ["billing", row.billing ?? fact.billing ?? null],
      ["forked_from", row.forked_from ?? fact.forkedFrom ?? null],
      ["started_ms", earlier ? atMs : row.started_ms],
      ["ended_ms", largest(row.ended_ms, fact.endedAtMs)],
      ["last_ms", largest(row.last_ms, fact.lastMs)],
      ["reported_cost_nano", largest(row.reported_cost_nano, fact.reportedNanoUsd)],
    ];
    const changed = merged.filter(([column, value]) => row[column] !== value);
    if (changed.length === 0) return;
    this.#db
      .query(`UPDATE sessions SET ${changed.map(([column]) => `${column} = ?`).join(", ")} WHERE id = ?`)
      .run(...changed.map(([, value]) => value), id);
  }

  forget(): void {
    this.#ids.clear();
    this.#names.clear();
  }
}

function largest(known: number | null, fresh: number | undefined): number | null {
  if (fresh === undefined) return known;
  return known === null ? fresh : Math.max(known, fresh);
}
