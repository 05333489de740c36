import { Database } from "bun:sqlite";
import { loadPrices } from "../ledger/prices.ts";
import { ledgerPaths } from "../platform/paths.ts";
import type { Filters } from "../reports/filters.ts";
import { type OptimizeReport, optimizeReport } from "../reports/optimize/index.ts";
import { type Refusal, refusalOf } from "./reply.ts";
import type { World } from "./world.ts";

/** The process that works advice out: `cc-ledger mcp advise`. It takes an order as JSON, answers it and ends, and the memory that every call of a
 *  period takes ends with it. */

export interface AdviceOrder {
  book: string;
  filters: Filters;
  nowMs: number;
}

export type AdviceReply = { report: OptimizeReport } | Refusal;

/** Another process that holds the book is waited for so long. Milliseconds. */
const BUSY_MS = 200;

/** The process itself. Answers its exit code. */
export async function runAdviceProcess({ env }: World): Promise<number> {
  const order = (await Bun.stdin.json()) as AdviceOrder;
  await Bun.write(Bun.stdout, JSON.stringify(await answer(order, env)));
  return 0;
}

async function answer({ book, filters, nowMs }: AdviceOrder, env: World["env"]): Promise<AdviceReply> {
  try {
    const prices = await loadPrices(env, ledgerPaths(env));
    const db = new Database(book, { readonly: true });
    try {
      db.run(`PRAGMA busy_timeout = ${BUSY_MS}`);
      return { report: optimizeReport(db, filters, prices, nowMs) };
    } finally {
      db.close();
    }
  } catch (error) {
    return refusalOf(book, error);
  }
}
