/// <reference lib="webworker" />
import { ADAPTERS } from "../agents/registry.ts";
import { messageOf } from "../platform/errors.ts";
import { isFileError } from "./fileErrors.ts";
import { type PackedStretch, packStretch } from "./handover.ts";
import { claim, type ReadOrder } from "./readOrder.ts";
import { readNew } from "./stretches.ts";

/** What a worker answers: stretches as they come, then `done`. */
export type WorkerReply =
  | { kind: "stretches"; stretches: PackedStretch[]; bytes: number }
  | { kind: "done"; opened: number; problems: { path: string; message: string }[] }
  | { kind: "failed"; message: string };

/** Bytes of logs after which what was read is handed over. */
const HANDOVER_BYTES = 4 << 20;

declare const self: Worker & { postMessage(reply: WorkerReply, moved?: ArrayBuffer[]): void };

if (!Bun.isMainThread)
  self.onmessage = (message: MessageEvent<ReadOrder>): void => {
    try {
      read(message.data);
    } catch (error) {
      self.postMessage({
        kind: "failed",
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  };

function read(order: ReadOrder): void {
  const adapter = ADAPTERS.find(({ name }) => name === order.agent);
  if (adapter === undefined) throw new Error(`no adapter reads ${order.agent}`);
  const work = { opened: 0, bytes: 0 };
  const problems: { path: string; message: string }[] = [];
  let stretches: PackedStretch[] = [];
  let moved: ArrayBuffer[] = [];
  let handedOver = 0;
  const handOver = (): void => {
    self.postMessage({ kind: "stretches", stretches, bytes: work.bytes - handedOver }, moved);
    handedOver = work.bytes;
    stretches = [];
    moved = [];
  };
  for (let job = claim(order); job !== null; job = claim(order)) {
    for (const { file, known } of job) {
      try {
        for (const stretch of readNew(adapter, file, known, work)) {
          const [packed, buffers] = packStretch(stretch);
          stretches.push(packed);
          moved.push(...buffers);
          if (work.bytes - handedOver >= HANDOVER_BYTES) handOver();
        }
      } catch (error) {
        if (!isFileError(error)) throw error;
        problems.push({ path: file.path, message: messageOf(error) });
      }
    }
    if (stretches.length > 0) handOver();
  }
  self.postMessage({ kind: "done", opened: work.opened, problems });
}
