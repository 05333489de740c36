import type { Database } from "bun:sqlite";
import { dirname } from "node:path";
import { UserError } from "../platform/errors.ts";
import type { OptimizeReport } from "../reports/optimize/index.ts";
import type { AdviceOrder, AdviceReply } from "./adviceProcess.ts";
import { errorOf } from "./reply.ts";
import type { World } from "./world.ts";

/** Advice looks at every call of a period: that is done in a process of its own, and what it said is kept until the book changes. */

export const ADVISE = "advise";
/** It may take so long. Milliseconds. */
const ADVICE_MS = 20_000;

interface Kept {
  db: Database;
  key: string;
  report: OptimizeReport;
}

export class Advice {
  readonly #world: World;
  #kept: Kept | null = null;
  #child: Bun.Subprocess | null = null;
  /** Processes that were started, for tests. */
  started = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** The report on a book, which `db` has open. `prices` is the version of the price table. Throws a {@link UserError} for names that the book does
   *  not hold, and where it takes too long. */
  async ask(db: Database, prices: string, order: AdviceOrder): Promise<OptimizeReport> {
    const key = JSON.stringify([order.book, order.filters, prices, changesOf(db)]);
    if (this.#kept !== null && this.#kept.db === db && this.#kept.key === key) return this.#kept.report;
    const report = await this.#workedOut(order);
    this.#kept = { db, key, report };
    return report;
  }

  close(): void {
    this.#kept = null;
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }

  async #workedOut(order: AdviceOrder): Promise<OptimizeReport> {
    this.started++;
    const child = Bun.spawn([...this.#world.self, "mcp", ADVISE], {
      // The folder that the client stands in may be gone by now.
      cwd: dirname(order.book),
      env: { ...this.#world.env },
      stdin: new Blob([JSON.stringify(order)]),
      stdout: "pipe",
      stderr: "ignore",
    });
    this.#child = child;
    let isLate = false;
    const clock = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, ADVICE_MS);
    try {
      const out = await new Response(child.stdout).text();
      await child.exited;
      if (isLate)
        throw new UserError(
          `the advice was given up: it took more than ${ADVICE_MS / 1_000} seconds`,
          "Ask for a shorter period, or run `cc-ledger optimize`.",
        );
      if (child.exitCode !== 0) throw new Error(`the process that works advice out ended with ${child.exitCode}`);
      const reply = JSON.parse(out) as AdviceReply;
      if ("error" in reply) throw errorOf(reply);
      return reply.report;
    } finally {
      clearTimeout(clock);
      this.#child = null;
    }
  }
}

/** Changes with every commit to the book, by others (`data_version`) and over this connection. */
function changesOf(db: Database): unknown {
  return db.query("SELECT (SELECT data_version FROM pragma_data_version) AS others, total_changes() AS own").get();
}
