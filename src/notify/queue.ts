import { fs } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import type { LedgerPaths } from "../platform/paths.ts";
import { under } from "../platform/plainPaths.ts";
import type { Message } from "./message.ts";

/** Posts that wait for the webhook: one file each, so that they outlive the book, a kill at any moment, and this program. */

/** A post that waits. It holds what will be sent and nothing else of the session. */
export interface Entry {
  /** The same at every attempt. */
  delivery: string;
  rule: string;
  level: string;
  /** When the alert was said. */
  atMs: number;
  queuedMs: number;
  attempts: number;
  /** Why the last attempt failed, null before the first. */
  reason: string | null;
  message: Message;
}

/** A post that was given up. */
export interface GivenUp extends Omit<Entry, "reason"> {
  reason: string;
  givenUpMs: number;
}

/** More posts than this do not wait at once, the oldest go first; and none waits longer. */
export const MAX_WAITING = 500;
export const MAX_AGE_MS = 7 * 86_400_000;
/** What was given up is kept to be looked at. */
const MAX_GIVEN_UP = 100;
const GIVEN_UP_AGE_MS = 30 * 86_400_000;
const MAX_FILE_BYTES = 64 << 10;

/** Folder of the posts that wait. */
export function queueFolder(paths: LedgerPaths): string {
  return under(paths.spool, "notify");
}

export class Queue {
  readonly #folder: string;
  readonly #log: (text: string) => void;

  constructor(paths: LedgerPaths, log: (text: string) => void) {
    this.#folder = queueFolder(paths);
    this.#log = log;
  }

  /** Posts that wait, in the order in which the alerts were said. A file that holds none is set aside as `.bad`. */
  waiting(): Entry[] {
    return this.#read(this.#folder, isEntry);
  }

  /** Posts that were given up, the oldest first. */
  givenUp(): GivenUp[] {
    return this.#read(this.#givenUpFolder, isGivenUp);
  }

  /** Puts a post in; one that is there already is left as it is. */
  add(entry: Entry): void {
    if (!fs().existsSync(this.#pathOf(entry))) this.put(entry);
  }

  /** Writes a post beside its place and renames it, so that it is there whole or not at all. Throws what the file system throws. */
  put(entry: Entry): void {
    write(this.#folder, this.#pathOf(entry), entry);
  }

  remove(entry: Entry): void {
    fs().rmSync(this.#pathOf(entry), { force: true });
  }

  /** Takes a post out of those that wait, and keeps it where it can be looked at. */
  giveUp(entry: Entry, reason: string, nowMs: number): void {
    this.#log(`notify: gave up on ${entry.rule} ${entry.level} (${entry.delivery}): ${reason}`);
    this.#giveUpAll([entry], () => reason, nowMs);
  }

  /** Gives up what waits too long, and the oldest of too many. */
  trim(nowMs: number): void {
    const waiting = this.waiting();
    const old = waiting.filter(({ queuedMs }) => nowMs - queuedMs > MAX_AGE_MS);
    const excess = Math.max(0, waiting.length - old.length - MAX_WAITING);
    const many = waiting.filter((entry) => !old.includes(entry)).slice(0, excess);
    for (const [entries, why] of [
      [old, `waited for ${MAX_AGE_MS / 86_400_000} days`],
      [many, `more than ${MAX_WAITING} wait`],
    ] as const) {
      if (entries.length === 0) continue;
      this.#log(`notify: gave up on ${entries.length} posts: ${why}`);
      this.#giveUpAll(entries, ({ reason }) => `${why}; ${reason ?? "never tried"}`, nowMs);
    }
  }

  #giveUpAll(entries: readonly Entry[], why: (entry: Entry) => string, nowMs: number): void {
    const folder = this.#givenUpFolder;
    for (const entry of entries.slice(-MAX_GIVEN_UP))
      write(folder, under(folder, nameOf(entry)), { ...entry, reason: why(entry), givenUpMs: nowMs });
    for (const entry of entries) this.remove(entry);
    const kept = this.givenUp();
    const excess = kept.length - MAX_GIVEN_UP;
    for (const [at, one] of kept.entries())
      if (at < excess || nowMs - one.givenUpMs > GIVEN_UP_AGE_MS)
        fs().rmSync(under(folder, nameOf(one)), { force: true });
  }

  get #givenUpFolder(): string {
    return under(this.#folder, "given-up");
  }

  #pathOf(entry: Entry): string {
    return under(this.#folder, nameOf(entry));
  }

  #read<T extends Entry | GivenUp>(folder: string, is: (value: unknown) => value is T): T[] {
    if (!fs().existsSync(folder)) return [];
    const found: T[] = [];
    for (const name of fs().readdirSync(folder).sort()) {
      if (!name.endsWith(".json")) continue;
      const path = under(folder, name);
      try {
        if (fs().statSync(path).size > MAX_FILE_BYTES) throw new Error("larger than any post");
        const value: unknown = JSON.parse(fs().readFileSync(path, "utf8"));
        if (!is(value) || nameOf(value) !== name) throw new Error("holds no post");
        found.push(value);
      } catch (error) {
        // Another process may have taken it out since.
        if (!fs().existsSync(path)) continue;
        fs().renameSync(path, `${path}.bad`);
        this.#log(`notify: ${path} set aside: ${messageOf(error)}`);
      }
    }
    return found;
  }
}

function write(folder: string, path: string, value: object): void {
  fs().mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.tmp`;
  fs().writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
  fs().renameSync(temporary, path);
}

function nameOf({ atMs, delivery }: Pick<Entry, "atMs" | "delivery">): string {
  return `${String(atMs).padStart(14, "0")}-${delivery}.json`;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { delivery, rule, level, atMs, queuedMs, attempts, message, reason } = value as Record<string, unknown>;
  return (
    [delivery, rule, level].every((one) => typeof one === "string") &&
    [atMs, queuedMs, attempts].every((one) => Number.isSafeInteger(one)) &&
    (reason === null || typeof reason === "string") &&
    typeof message === "object" &&
    message !== null &&
    "text" in message &&
    typeof message.text === "string"
  );
}

function isGivenUp(value: unknown): value is GivenUp {
  return isEntry(value) && value.reason !== null && "givenUpMs" in value && Number.isSafeInteger(value.givenUpMs);
}
