import type { AgentAdapter } from "../agents/adapter.ts";
import { messageOf } from "../platform/errors.ts";
import { Batch } from "./batch.ts";
import { type CatchUp, type OnProgress, type Pending, pendingBytes } from "./catchup.ts";
import { isFileError } from "./fileErrors.ts";
import { unpackStretch } from "./handover.ts";
import { claim, type ReadJob, type ReadOrder } from "./readOrder.ts";
import type { WorkerReply } from "./readWorker.ts";
import { readNew } from "./stretches.ts";
import type { Writer } from "./writer.ts";

/** Bytes of logs in one job: large enough to be worth claiming, small enough that all readers are busy to the end. */
const JOB_BYTES = 8 << 20;
const JOB_FILES = 50;

/** Reads pending files in workers, while this thread writes what they find and, in between, reads as well: every thread has to warm up
 *  for itself, so there are no more of them than cores. Nobody waits for jobs: each reader claims the next one itself. */
export async function readParallel(
  adapter: AgentAdapter,
  pending: readonly Pending[],
  workers: number,
  writer: Pick<Writer, "write">,
  result: CatchUp,
  onProgress: OnProgress,
): Promise<void> {
  const total = pending.reduce((sum, item) => sum + pendingBytes(item), 0);
  const order: ReadOrder = {
    agent: adapter.name,
    jobs: jobsOf(pending),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
  const batch = new Batch(writer);
  const pool = Array.from({ length: Math.min(workers, order.jobs.length) }, () => startWorker());
  try {
    const inWorkers = pool.map((worker) =>
      runWorker(worker, order, (reply) => {
        if (reply.kind === "done") {
          result.work.opened += reply.opened;
          result.problems.push(...reply.problems);
        } else {
          result.work.bytes += reply.bytes;
          for (const stretch of reply.stretches) batch.add(unpackStretch(stretch));
          onProgress(result.work.bytes, total);
        }
      }),
    );
    await Promise.all([
      ...inWorkers,
      readHere(adapter, order, batch, result, () => onProgress(result.work.bytes, total)),
    ]);
    batch.flush();
  } finally {
    for (const worker of pool) worker.terminate();
  }
}

/** Reads jobs in this thread, and lets the workers' messages in between any two files. */
async function readHere(
  adapter: AgentAdapter,
  order: ReadOrder,
  batch: Batch,
  result: CatchUp,
  onFile: () => void,
): Promise<void> {
  for (let job = claim(order); job !== null; job = claim(order)) {
    for (const { file, known } of job) {
      try {
        for (const stretch of readNew(adapter, file, known, result.work)) batch.add(stretch);
      } catch (error) {
        if (!isFileError(error)) throw error;
        result.problems.push({ path: file.path, message: messageOf(error) });
      }
      onFile();
      await letMessagesIn();
    }
  }
}

function letMessagesIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** In the executable the worker is an entry point of its own, named by its place below `src/`; from source it is a file. */
const WORKER = /[$~](bunfs|BUN)[\\/]/.test(import.meta.path)
  ? "./ledger/readWorker.ts"
  : new URL("./readWorker.ts", import.meta.url).href;

function startWorker(): Worker {
  return new Worker(WORKER);
}

function runWorker(
  worker: Worker,
  order: ReadOrder,
  onReply: (reply: Exclude<WorkerReply, { kind: "failed" }>) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReply>): void => {
      if (data.kind === "failed") {
        reject(new Error(data.message));
        return;
      }
      try {
        onReply(data);
        if (data.kind === "done") resolve();
      } catch (error) {
        reject(error);
      }
    };
    worker.onerror = (event): void => reject(new Error(event.message));
    worker.postMessage(order);
  });
}

/** Shares the files out, biggest first, into jobs of about the same size. */
function jobsOf(pending: readonly Pending[]): ReadJob[] {
  const jobs: ReadJob[] = [];
  let job: ReadJob = [];
  let bytes = 0;
  for (const item of pending) {
    job.push(item);
    bytes += pendingBytes(item);
    if (bytes >= JOB_BYTES || job.length >= JOB_FILES) {
      jobs.push(job);
      job = [];
      bytes = 0;
    }
  }
  if (job.length > 0) jobs.push(job);
  return jobs;
}
