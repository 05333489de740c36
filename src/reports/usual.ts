import type { Database } from "bun:sqlite";
import type { GuardConfig } from "../guard/rules.ts";
import type { Finding } from "../guard/types.ts";
import { type Baseline, mostOf, NO_BASELINE, usualOf } from "../guard/usual.ts";
import { SessionWatch } from "../guard/watch.ts";
import { momentsOf } from "./moments.ts";

/** One's own history, against which the guard measures: kept up session by session. */

/** Sessions that a history looks back on: habits and prices change. */
const MEMORY = 1000;
/** With many samples one more changes little: limits are worked out anew when the number grew by this share. */
const GROWTH = 0.02;

/** Collects what ordinary sessions cost. What was found to run away is left out, or it would count as usual the next time. */
export class History {
  readonly #config: GuardConfig;
  readonly #sessions: number[] = [];
  readonly #burns: number[] = [];
  readonly #prompts: number[] = [];
  readonly #running: number[] = [];
  readonly #started: number[] = [];
  #known = -1;
  #baseline: Baseline = NO_BASELINE;

  constructor(config: GuardConfig) {
    this.#config = config;
  }

  /** What is usual by now. */
  baseline(): Baseline {
    const samples = this.#sessions.length + this.#prompts.length;
    if (this.#known < 0 || samples > this.#known * (1 + GROWTH) || samples < this.#known) {
      this.#known = samples;
      this.#baseline = {
        session: usualOf(this.#sessions, this.#config.figure("session-cost", "times")),
        prompt: usualOf(this.#prompts, this.#config.figure("prompt-cost", "times")),
        burn: usualOf(this.#burns, this.#config.figure("burn-rate", "times")),
        running: mostOf(this.#running),
        started: mostOf(this.#started),
      };
    }
    return this.#baseline;
  }

  /** Adds a session that was watched to its end. */
  add(watch: SessionWatch, findings: readonly Finding[]): void {
    const { sessionCost, peakBurn, prompts, running, started } = watch.measures();
    if (findings.length > 0) return;
    push(this.#running, running);
    push(this.#started, started);
    keep(this.#sessions, sessionCost);
    keep(this.#burns, peakBurn);
    for (const cost of prompts) keep(this.#prompts, cost);
  }
}

function keep(list: number[], value: number): void {
  if (value > 0) push(list, value);
}

function push(list: number[], value: number): void {
  list.push(value);
  if (list.length > MEMORY * 10) list.shift();
}

/** Sessions that have calls, in the order in which they began. */
export function sessionsByStart(
  db: Database,
): { id: number; session: string; firstHour: number; lastHour: number; cost: number }[] {
  return db
    .query<{ id: number; session: string; firstHour: number; lastHour: number; cost: number }, []>(
      `SELECT s.id, s.session_id AS session, t.first AS firstHour, t.last AS lastHour, t.cost
       FROM (SELECT session_id, min(hour) AS first, max(hour) AS last, sum(cost_nano) AS cost FROM rollup_sessions WHERE calls > 0 GROUP BY session_id) t
       JOIN sessions s ON s.id = t.session_id ORDER BY coalesce(s.started_ms, t.first * 3600000), s.session_id`,
    )
    .all();
}

const KEY = "guard.usual";
/** What was worked out is good for so long. Milliseconds. */
const GOOD_MS = 6 * 3_600_000;
/** Sessions that a live look at one's history goes back: it must not take long. */
const LIVE_SESSIONS = 300;

/** What is usual as it was last worked out; nothing where it never was. Few microseconds: for hooks. */
export function keptUsual(db: Database): { baseline: Baseline; atMs: number } {
  const text = db.query<{ value: string }, [string]>("SELECT value FROM meta WHERE key = ?").get(KEY)?.value;
  return text === undefined
    ? { baseline: NO_BASELINE, atMs: 0 }
    : (JSON.parse(text) as { baseline: Baseline; atMs: number });
}

/** Works out what is usual from the latest sessions, unless that was done within the last hours. */
export function refreshUsual(db: Database, config: GuardConfig, nowMs: number): void {
  const { atMs } = keptUsual(db);
  if (nowMs >= atMs && nowMs - atMs < GOOD_MS) return;
  const history = new History(config);
  for (const { id } of sessionsByStart(db).slice(-LIVE_SESSIONS)) {
    const watch = new SessionWatch(config, NO_BASELINE);
    const findings = momentsOf(db, id).flatMap((moment) => watch.feed(moment));
    history.add(watch, findings);
  }
  db.query("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(
    KEY,
    JSON.stringify({ atMs: nowMs, baseline: history.baseline() }),
  );
}
