/** Keeps the server small: every window of a client has one, and most of the time it does nothing. What calls leave behind is swept up in the
 *  pause that follows; in a burst of calls only when it has become much, and not after each of them. */

/** A pause is this long. Milliseconds. */
const PAUSE_MS = 50;
/** From here on it is swept up at once. Bytes. */
const MUCH = 70 << 20;
/** But not more often than this. Milliseconds. */
const EVERY_MS = 200;

export class Memory {
  #timer: NodeJS.Timeout | undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;

  /** To be called when a call has been answered. */
  answered(): void {
    clearTimeout(this.#timer);
    const isMuch = performance.now() - this.#sweptAt > EVERY_MS && process.memoryUsage.rss() > MUCH;
    // The answer goes out first.
    if (isMuch) setImmediate(() => this.#sweep());
    else {
      this.#timer = setTimeout(() => this.#sweep(), PAUSE_MS);
      this.#timer.unref();
    }
  }

  #sweep(): void {
    this.#sweptAt = performance.now();
    Bun.gc(true);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
