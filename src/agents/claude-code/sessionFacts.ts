import type { SessionEvent } from "../events.ts";
import { type Row, textOf } from "./rows.ts";

/** What the rows of a stretch say of their sessions, gathered into one fact for each. */
export class SessionFacts {
  readonly #facts = new Map<string, SessionEvent>();

  /** A row of the conversation at `atMs`: the earliest says where the session began and how, the latest which version it runs. */
  heard(row: Row, sessionId: string, atMs: number): void {
    const known = this.#facts.get(sessionId);
    const first = known?.atMs === undefined || atMs < known.atMs;
    const last = known?.lastMs === undefined || atMs >= known.lastMs;
    if (!first && !last) return;
    const fact: SessionEvent = known ?? { sessionId };
    if (first) {
      fact.atMs = atMs;
      const cwd = textOf(row.cwd, 4096);
      const entrypoint = textOf(row.entrypoint, 60);
      if (cwd !== "") fact.cwd = cwd;
      if (entrypoint !== "") fact.entrypoint = entrypoint;
    }
    if (last) {
      fact.lastMs = atMs;
      const version = textOf(row.version, 60);
      if (version !== "") fact.version = version;
    }
    if (known === undefined) this.#facts.set(sessionId, fact);
  }

  /** Adds what is known otherwise; a title gives way only to one of its rank or above. */
  merge(fact: SessionEvent): void {
    const known = this.#facts.get(fact.sessionId);
    if (known === undefined) this.#facts.set(fact.sessionId, { ...fact });
    else if (fact.title !== undefined && (known.titleRank ?? -1) > (fact.titleRank ?? 0)) {
      const { title: _title, titleRank: _rank, ...rest } = fact;
      Object.assign(known, rest);
    } else Object.assign(known, fact);
  }

  /** All facts; the gathering starts afresh behind them. */
  drain(): SessionEvent[] {
    const facts = [...this.#facts.values()];
    this.#facts.clear();
    return facts;
  }
}
