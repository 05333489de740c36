import { dirname } from "node:path";
import { fs } from "../platform/builtins.ts";
import { UserError } from "../platform/errors.ts";
import type { SqlValue } from "../reports/freeQuery.ts";
import type { QueryOrder, QueryReply } from "./queryProcess.ts";
import { errorOf } from "./reply.ts";
import type { World } from "./world.ts";

/** Queries, one after the other, in a process that can be ended. It stays warm for a while. */

export const QUERY = "query";
/** A query may take so long. Milliseconds. */
export const QUERY_MS = 2_000;
/** And so much memory, where the system tells. Bytes. */
const QUERY_MEMORY = 512 << 20;
/** Without queries the process is let go. Milliseconds. */
const IDLE_MS = 60_000;
const LOOK_MS = 25;
const PAGE = 4_096;

export interface QueryRows {
  columns: string[];
  rows: SqlValue[][];
  hasMore: boolean;
}

type Child = Bun.Subprocess<"pipe", "pipe", "ignore">;

export class Queries {
  readonly #world: World;
  #child: Child | null = null;
  #buffer = "";
  #waiting: ((reply: QueryReply | null) => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Throws a {@link UserError} for a query that is wrong, takes too long or too much memory. */
  run(order: QueryOrder): Promise<QueryRows> {
    const turn = this.#last.then(() => this.#run(order));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }

  async #run(order: QueryOrder): Promise<QueryRows> {
    clearTimeout(this.#idle);
    const child = this.#running(dirname(order.book));
    let ended: string | null = null;
    const end = (why: string): void => {
      ended = why;
      child.kill("SIGKILL");
    };
    const clock = setTimeout(() => end(`it took more than ${QUERY_MS / 1_000} seconds`), QUERY_MS);
    const watch = setInterval(() => {
      if (memoryOf(child.pid) > QUERY_MEMORY) end(`it took more than ${QUERY_MEMORY >> 20} MiB of memory`);
    }, LOOK_MS);
    try {
      const reply = await new Promise<QueryReply | null>((resolve) => {
        this.#waiting = resolve;
        child.stdin.write(`${JSON.stringify(order)}\n`);
        void child.stdin.flush();
      });
      if (reply === null) {
        this.#child = null;
        const why = ended ?? "its process ended";
        throw new UserError(
          `the query was stopped: ${why}`,
          "Ask for less: a shorter period, fewer joins, an aggregate, a LIMIT.",
        );
      }
      if ("error" in reply) throw errorOf(reply);
      return reply;
    } finally {
      clearTimeout(clock);
      clearInterval(watch);
      this.#waiting = null;
      this.#idle = setTimeout(() => this.close(), IDLE_MS);
      this.#idle.unref();
    }
  }

  /** It stands in the ledger's folder: the one that the client stands in may be gone by now. */
  #running(folder: string): Child {
    if (this.#child !== null && this.#child.exitCode === null && !this.#child.killed) return this.#child;
    const child = Bun.spawn([...this.#world.self, "mcp", QUERY], {
      cwd: folder,
      env: { ...this.#world.env },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    this.#child = child;
    this.#buffer = "";
    void this.#read(child);
    return child;
  }

  async #read(child: Child): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      if (child !== this.#child) return;
      this.#buffer += decoder.decode(chunk, { stream: true });
      const end = this.#buffer.indexOf("\n");
      if (end < 0) continue;
      const line = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 1);
      this.#waiting?.(JSON.parse(line) as QueryReply);
    }
    await child.exited;
    if (child === this.#child) this.#waiting?.(null);
  }
}

/** Memory of a process in bytes where the system has `/proc`, 0 elsewhere. Files there say that they are empty, so they are read the plain way. */
function memoryOf(pid: number): number {
  const path = `/proc/${pid}/statm`;
  if (!fs().existsSync(path)) return 0;
  const pages = Number(fs().readFileSync(path, "utf8").split(" ")[1]);
  return Number.isFinite(pages) ? pages * PAGE : 0;
}
