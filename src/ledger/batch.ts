import type { ReadStretch } from "./stretches.ts";
import type { Stretch, Writer } from "./writer.ts";

/** Bytes of logs whose events are written in one transaction. */
const BATCH_BYTES = 128 << 20;
const BATCH_STRETCHES = 8_000;

/** Gathers stretches until they are worth a transaction. */
export class Batch {
  readonly #writer: Pick<Writer, "write">;
  #stretches: Stretch[] = [];
  #bytes = 0;

  constructor(writer: Pick<Writer, "write">) {
    this.#writer = writer;
  }

  add(stretch: ReadStretch): void {
    this.#stretches.push(stretch);
    this.#bytes += stretch.source.offset - (stretch.fresh ? 0 : stretch.expectedOffset);
    if (this.#bytes >= BATCH_BYTES || this.#stretches.length >= BATCH_STRETCHES) this.flush();
  }

  flush(): void {
    if (this.#stretches.length > 0) this.#writer.write(this.#stretches);
    this.#stretches = [];
    this.#bytes = 0;
  }
}
