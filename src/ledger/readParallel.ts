import { Batch } from "./batch.ts";
import { type CatchUp, type OnProgress, type Pending, pendingBytes } from "./catchup.ts";
import { type PackedStretch, unpackStretch } from "./handover.ts";
import type { ReadJob, WorkerReply } from "./readWorker.ts";
import type { Writer } from "./writer.ts";

/** Bytes of logs in one job: small enough to keep all workers busy to the end, large enough to be worth a message. */
const JOB_BYTES = 16 << 20;

/** Reads pending files in workers while this thread writes what they find. */
export async function readParallel(
  agent: string,
  pending: readonly Pending[],
  workers: number,
  writer: Pick<Writer, "write">,
  result: CatchUp,
  onProgress: OnProgress,
): Promise<void> {
  const total = pending.reduce((sum, item) => sum + pendingBytes(item), 0);
  const jobs = jobsOf(agent, pending);
  const batch = new Batch(writer);
  const pool = Array.from({ length: Math.min(workers, jobs.length) }, () => startWorker());
  try {
    await Promise.all(
      pool.map(async (worker) => {
        for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
          await runJob(
            worker,
            job,
            (stretches, bytes) => {
              result.work.bytes += bytes;
              for (const stretch of stretches) batch.add(unpackStretch(stretch));
              onProgress(result.work.bytes, total);
            },
            result,
          );
        }
      }),
    );
    batch.flush();
  } finally {
    for (const worker of pool) worker.terminate();
  }
}

/** In the executable the worker is an entry point of its own, named by its place below `src/`; from source it is a file. */
const WORKER = /[$~](bunfs|BUN)[\\/]/.test(import.meta.path)
  ? "./ledger/readWorker.ts"
  : new URL("./readWorker.ts", import.meta.url).href;

function startWorker(): Worker {
  return new Worker(WORKER);
}

function runJob(
  worker: Worker,
  job: ReadJob,
  onStretches: (stretches: PackedStretch[], bytes: number) => void,
  result: CatchUp,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReply>): void => {
      if (data.kind === "failed") reject(new Error(data.message));
      else if (data.kind === "done") {
        result.work.opened += data.opened;
        result.problems.push(...data.problems);
        resolve();
      } else {
        try {
          onStretches(data.stretches, data.bytes);
        } catch (error) {
          reject(error);
        }
      }
    };
    worker.onerror = (event): void => reject(new Error(event.message));
    worker.postMessage(job);
  });
}

/** Shares the files out, biggest first, into jobs of about the same size. */
function jobsOf(agent: string, pending: readonly Pending[]): ReadJob[] {
  const jobs: ReadJob[] = [];
  let job: ReadJob = { agent, files: [] };
  let bytes = 0;
  for (const item of pending) {
    job.files.push(item);
    bytes += pendingBytes(item);
    if (bytes >= JOB_BYTES || job.files.length >= 200) {
      jobs.push(job);
      job = { agent, files: [] };
      bytes = 0;
    }
  }
  if (job.files.length > 0) jobs.push(job);
  return jobs;
}
