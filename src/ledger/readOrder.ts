import type { Pending } from "./catchup.ts";

/** A share of the files. */
export type ReadJob = Pending[];

/** All jobs, and the number of the next one that nobody reads yet, which every thread sees. */
export interface ReadOrder {
  agent: string;
  jobs: ReadJob[];
  next: Int32Array<SharedArrayBuffer>;
}

/** The next job, which from then on is the caller's; null when all are taken. */
export function claim({ jobs, next }: ReadOrder): ReadJob | null {
  return jobs[Atomics.add(next, 0, 1)] ?? null;
}
