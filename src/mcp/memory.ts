/** Keeps the server small: every window of a client has one, and most of the time it does nothing. What a call leaves behind is swept up once
 *  its answer is out, in the pause that follows; in a burst of calls only when it has become much. */

/** A pause is this long. Milliseconds. */
const PAUSE_MS = 50;
/** From here on it is swept up at once. Bytes. */
const MUCH = 70 << 20;

export class Memory {
  #timer: NodeJS.Timeout | undefined;

  /** To be called when a call has been answered. */
  answered(): void {
    clearTimeout(this.#timer);
    const isMuch = process.memoryUsage.rss() > MUCH;
    this.#timer = setTimeout(() => Bun.gc(true), isMuch ? 1 : PAUSE_MS);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
