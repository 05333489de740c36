import { fs } from "../platform/builtins.ts";
import type { LedgerPaths } from "../platform/paths.ts";
import { under } from "../platform/plainPaths.ts";
import { queueFolder } from "./queue.ts";

/** When the webhook is tried again. Kept for the webhook as a whole, not for each post: it is the receiver that is down. The file is there
 *  only while something waits, so that a hook sees with one look that there is nothing to do. */
export interface Pause {
  /** Failures in a row. */
  failures: number;
  /** Not tried before. */
  nextMs: number;
  /** The receiver itself asked for the pause: not even a new alert cuts it short. */
  asked: boolean;
}

const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;
/** Pauses differ by so much each way, so that many machines do not come back at once. */
const JITTER = 0.2;

export const NO_PAUSE: Pause = { failures: 0, nextMs: 0, asked: false };

/** The pause after so many failures in a row: 30 seconds, doubled each time, an hour at most. `random` is in 0..1. */
export function pauseMs(failures: number, random: number): number {
  const usual = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.round(usual * (1 - JITTER + 2 * JITTER * random));
}

export function pausePath(paths: LedgerPaths): string {
  return under(queueFolder(paths), "webhook.state");
}

/** The pause as it was left, null where nothing waits. One that cannot be read is over. */
export function readPause(paths: LedgerPaths): Pause | null {
  const path = pausePath(paths);
  return fs().existsSync(path) ? parsePause(fs().readFileSync(path, "utf8")) : null;
}

/** Reads the text of the file. */
export function parsePause(text: string): Pause {
  try {
    const { failures, nextMs, asked } = JSON.parse(text) as Record<string, unknown>;
    if (Number.isSafeInteger(failures) && Number.isSafeInteger(nextMs))
      return { failures: Number(failures), nextMs: Number(nextMs), asked: asked === true };
  } catch {
    // Cut off by a kill: the next attempt writes it anew.
  }
  return NO_PAUSE;
}

/** Keeps the pause, or removes the file where nothing waits any more. */
export function writePause(paths: LedgerPaths, pause: Pause | null): void {
  const path = pausePath(paths);
  if (pause === null) fs().rmSync(path, { force: true });
  else {
    fs().mkdirSync(queueFolder(paths), { recursive: true, mode: 0o700 });
    fs().writeFileSync(path, JSON.stringify(pause), { mode: 0o600 });
  }
}
