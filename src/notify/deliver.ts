import { join } from "node:path";
import { readSettings } from "../ledger/config.ts";
import { type Book, openExisting, openToRead } from "../ledger/open.ts";
import { handOver, hasUnsent, type OutgoingAlert, takeLock } from "../ledger/outgoing.ts";
import { fs } from "../platform/builtins.ts";
import { logLine } from "../platform/log.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { type Channels, channelsOf } from "./channels.ts";
import { type Note, showNote } from "./desktop.ts";
import { deliveryId, messageOfAlert, noteOf } from "./message.ts";
import { NO_PAUSE, type Pause, pauseMs, readPause, writePause } from "./pause.ts";
import { type Entry, MAX_AGE_MS, Queue, queueFolder } from "./queue.ts";
import { ANSWER_MS, type Outcome, type PostWorld, post } from "./webhook.ts";

/** The world outside, so that a test can take it away. */
export interface DeliveryWorld extends PostWorld {
  env: Env;
  platform: NodeJS.Platform;
  /** A number in 0..1. */
  random: () => number;
}

/** The world as it is. */
export function realWorld(env: Env, platform: NodeJS.Platform, now: () => number): DeliveryWorld {
  return { env, platform, now, random: Math.random, timeoutMs: ANSWER_MS, fetch: (url, init) => fetch(url, init) };
}

/** What came of it. */
export interface Delivered {
  /** Another process is at it. */
  busy: boolean;
  posted: number;
  /** Posts that wait for another attempt. */
  waiting: number;
  givenUp: number;
}

/** Alerts that are handed over at once. */
const BATCH = 100;
/** A run ends after this long and leaves the rest to the next. Milliseconds. */
const RUN_MS = 120_000;
/** A desktop is told what is news. Milliseconds. */
const NEWS_MS = 3_600_000;
/** Notifications of one run; what is more is counted in the last of them. */
const MAX_NOTES = 3;
const BUSY_MS = 3_000;
const MAX_ROUNDS = 5;

/** Hands new alerts to the desktop and the webhook, and tries again what waits, if its pause is over or a person insists. One process at a
 *  time: another is answered `busy` and may leave, since whoever holds the lock looks for new alerts again after giving it back. */
export async function deliverAlerts(
  paths: LedgerPaths,
  world: DeliveryWorld,
  options: { insist: boolean } = { insist: false },
): Promise<Delivered> {
  const total: Delivered = { busy: false, posted: 0, waiting: 0, givenUp: 0 };
  fs().mkdirSync(queueFolder(paths), { recursive: true, mode: 0o700 });
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const release = takeLock(join(queueFolder(paths), "lock"));
    if (release === null) return { ...total, busy: round === 0 };
    try {
      await new Run(paths, world, total).run(options.insist && round === 0);
    } finally {
      release();
    }
    if (!hasNews(paths, world)) break;
  }
  return total;
}

/** Whether alerts came while the lock was held: those who raised them found it taken. */
function hasNews(paths: LedgerPaths, { now, env, platform }: DeliveryWorld): boolean {
  const db = openToRead(paths.db, BUSY_MS);
  if (db === null) return false;
  try {
    return hasUnsent(db, now() - MAX_AGE_MS) && hasChannel(channelsIn(db, env, platform));
  } finally {
    db.close();
  }
}

function channelsIn(db: Book["db"], env: Env, platform: NodeJS.Platform): Channels {
  const settings = readSettings(db);
  return channelsOf((key) => settings.get(key) ?? null, env, platform);
}

function hasChannel({ desktop, webhook }: Channels): boolean {
  return desktop !== null || webhook !== null;
}

/** One holder of the lock at work. */
class Run {
  readonly #paths: LedgerPaths;
  readonly #world: DeliveryWorld;
  readonly #total: Delivered;
  readonly #queue: Queue;
  readonly #endMs: number;
  /** New alerts are tried at once, though others wait for the end of a pause. */
  #fresh = false;
  /** The receiver failed in this run. */
  #down = false;
  #noted = false;

  constructor(paths: LedgerPaths, world: DeliveryWorld, total: Delivered) {
    this.#paths = paths;
    this.#world = world;
    this.#total = total;
    this.#queue = new Queue(paths, this.#log);
    this.#endMs = world.now() + RUN_MS;
  }

  readonly #log = (text: string): void => {
    logLine(this.#paths.log, this.#world.now(), text);
  };

  async run(insist: boolean): Promise<void> {
    const { env, platform } = this.#world;
    const writable = openExisting(this.#paths.db, BUSY_MS);
    const db = writable ?? openToRead(this.#paths.db, BUSY_MS);
    // Without the book nobody knows where to: posts wait in their files.
    if (db === null) return;
    try {
      const channels = channelsIn(db, env, platform);
      this.#queue.trim(this.#world.now());
      if (!hasChannel(channels)) return;
      let isFresh = false;
      do {
        isFresh = writable !== null && (await this.#takeOver(writable, channels)) === BATCH;
        await this.#postAll(channels, insist);
      } while (isFresh && this.#world.now() < this.#endMs);
    } finally {
      db.close();
    }
  }

  /** Takes new alerts out of the book: into files for the webhook, then onto the desktop. Answers how many. */
  async #takeOver(db: Book["db"], channels: Channels): Promise<number> {
    const nowMs = this.#world.now();
    const alerts = handOver(db, { sinceMs: nowMs - MAX_AGE_MS, nowMs, limit: BATCH }, (news) => {
      if (channels.webhook === null) return;
      for (const alert of news) {
        this.#queue.add({
          delivery: deliveryId(alert),
          rule: alert.rule,
          level: alert.level,
          atMs: alert.atMs,
          queuedMs: nowMs,
          attempts: 0,
          reason: null,
          message: messageOfAlert(alert, channels.details),
        });
      }
      writePause(this.#paths, readPause(this.#paths) ?? NO_PAUSE);
    });
    this.#fresh ||= alerts.length > 0;
    if (alerts.length > 0) await this.#show(alerts, channels);
    return alerts.length;
  }

  async #show(alerts: readonly OutgoingAlert[], { desktop }: Channels): Promise<void> {
    const news = alerts.filter(({ atMs }) => this.#world.now() - atMs <= NEWS_MS);
    if (desktop === null || news.length === 0 || this.#noted) return;
    this.#noted = true;
    const alone = news.length <= MAX_NOTES ? news : news.slice(-MAX_NOTES + 1);
    const notes: Note[] = alone.map(noteOf);
    if (alone.length < news.length) {
      const more = news.length - alone.length;
      notes.push({ title: `cc-ledger: ${more} more alerts`, body: "`cc-ledger alerts` lists them." });
    }
    for (const note of notes) {
      const trouble = await showNote(desktop, note, this.#world.env);
      if (trouble !== null) this.#log(`notify: ${trouble}`);
    }
  }

  /** Posts what waits in the order in which it was said, until the receiver fails or the time is over. One post that it chokes on is passed
   *  over, so that it does not hold up the others; at the second the receiver counts as down. */
  async #postAll({ webhook }: Channels, insist: boolean): Promise<void> {
    const { now } = this.#world;
    this.#queue.trim(now());
    let pause = readPause(this.#paths) ?? NO_PAUSE;
    const due = !this.#down && (pause.nextMs <= now() || ((insist || this.#fresh) && !pause.asked));
    const entries = this.#queue.waiting();
    let left = entries.length;
    let failed = false;
    for (const entry of webhook !== null && due ? entries : []) {
      if (webhook === null || now() >= this.#endMs) break;
      const outcome = await post(
        webhook,
        { delivery: entry.delivery, body: JSON.stringify(entry.message) },
        this.#world,
      );
      if (outcome.kind === "retry") {
        this.#queue.put({ ...entry, attempts: entry.attempts + 1, reason: outcome.reason });
        this.#down = failed || outcome.status === null || outcome.status === 429 || outcome.afterMs !== null;
        if (!failed && pause.failures === 0) this.#log(`notify: the webhook ${outcome.reason}; it is tried again`);
        pause = this.#pauseAfter(failed ? pause.failures : pause.failures + 1, entry, outcome);
        failed = true;
        if (this.#down) break;
        continue;
      }
      left--;
      pause = failed ? { ...pause, failures: 0 } : NO_PAUSE;
      if (outcome.kind === "delivered") {
        this.#queue.remove(entry);
        this.#total.posted++;
      } else {
        this.#queue.giveUp({ ...entry, attempts: entry.attempts + 1 }, outcome.reason, now());
        this.#total.givenUp++;
      }
    }
    this.#total.waiting = left;
    writePause(this.#paths, left === 0 ? null : pause);
  }

  /** The pause grows with the failures of the receiver and with those of the post itself, whichever are more. */
  #pauseAfter(failures: number, entry: Entry, { afterMs }: Outcome & { kind: "retry" }): Pause {
    const { now, random } = this.#world;
    const ownMs = pauseMs(Math.max(failures, entry.attempts + 1), random());
    return { failures, nextMs: now() + Math.max(ownMs, afterMs ?? 0), asked: afterMs !== null };
  }
}
