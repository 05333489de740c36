import type { LimitSample } from "./pace.ts";

/** The plan's five-hour windows: where they lie, officially where a reset was heard of, by convention elsewhere. Pure. */

const HOUR_MS = 3_600_000;
const LENGTH_MS = 5 * HOUR_MS;
/** The same reset is told now this way, now that, by so much. */
const SAME_RESET_MS = 300_000;

export interface Window {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  source: "official" | "guess";
  /** What was heard last of an official one; null where only a reached limit told of it, and for guesses. */
  sample: LimitSample | null;
  limitReached: boolean;
}

/** A reached limit that said when the window ends. */
export interface ReachedLimit {
  atMs: number;
  resetsMs: number;
}

interface Official extends Window {
  /** When it was heard of first. */
  heardMs: number;
}

/** Official windows from samples in the order of time, and from reached limits. A limit whose reset is further away than a window is long is one
 *  of another period. Where two overlap, the account changed: the earlier one ends when the later one was heard of. */
export function officialWindows(samples: readonly LimitSample[], reached: readonly ReachedLimit[]): Window[] {
  const found: Official[] = [];
  const at = (resetsMs: number): Official | undefined =>
    found.find((one) => Math.abs(one.toMs - resetsMs) <= SAME_RESET_MS);
  for (const sample of samples) {
    const known = at(sample.resetsAtMs);
    if (known !== undefined) known.sample = sample;
    else found.push(official(sample.resetsAtMs, sample.atMs, sample));
  }
  for (const { atMs, resetsMs } of reached) {
    if (resetsMs <= atMs || resetsMs - atMs > LENGTH_MS) continue;
    let known = at(resetsMs);
    if (known === undefined) {
      known = official(resetsMs, atMs, null);
      found.push(known);
    }
    known.limitReached = true;
  }
  return apart(found.sort((a, b) => a.toMs - b.toMs));
}

function official(resetsMs: number, heardMs: number, sample: LimitSample | null): Official {
  return { fromMs: resetsMs - LENGTH_MS, toMs: resetsMs, source: "official", sample, limitReached: false, heardMs };
}

function apart(windows: readonly Official[]): Window[] {
  const out: Window[] = [];
  for (const { heardMs, ...window } of windows) {
    for (let before = out.at(-1); before !== undefined && before.toMs > window.fromMs; before = out.at(-1)) {
      const border = Math.min(before.toMs, Math.max(window.fromMs, heardMs));
      before.toMs = border;
      window.fromMs = border;
      if (before.toMs <= before.fromMs) out.pop();
    }
    if (window.toMs > window.fromMs) out.push(window);
  }
  return out;
}

/** All windows that hold the given moments of work, in their order, and every official one. Work outside of official windows is put into windows by
 *  the usual convention: one begins at the full hour of its first call and lasts five hours. Such a guess never reaches into an official
 *  window. `moments` ascend; whole hours may stand for what happened in them, as long as no official window begins or ends inside. */
export function windowsOf(moments: Iterable<number>, officials: readonly Window[]): Window[] {
  const out: Window[] = [];
  let next = 0;
  let guess: Window | null = null;
  for (const ms of moments) {
    for (let one = officials[next]; one !== undefined && ms >= one.toMs; one = officials[++next]) {
      out.push(one);
      guess = null;
    }
    const coming = officials[next];
    if (coming !== undefined && ms >= coming.fromMs) continue;
    if (guess !== null && ms < guess.toMs) continue;
    const hour = Math.floor(ms / HOUR_MS) * HOUR_MS;
    guess = {
      fromMs: Math.max(hour, out.at(-1)?.toMs ?? hour),
      toMs: Math.min(hour + LENGTH_MS, coming?.fromMs ?? Number.POSITIVE_INFINITY),
      source: "guess",
      sample: null,
      limitReached: false,
    };
    out.push(guess);
  }
  return [...out, ...officials.slice(next)];
}

/** Place of the window that holds a moment, -1 for none. */
export function windowAt(windows: readonly Window[], ms: number): number {
  let low = 0;
  let high = windows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const window = windows[middle] as Window;
    if (ms < window.fromMs) high = middle - 1;
    else if (ms >= window.toMs) low = middle + 1;
    else return middle;
  }
  return -1;
}
