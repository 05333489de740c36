import { hostname } from "node:os";
import { ADAPTERS } from "../agents/registry.ts";
import { bringUpToDate } from "../ledger/bringUpToDate.ts";
import { explain, openBook } from "../ledger/open.ts";
import { loadPrices } from "../ledger/prices.ts";
import { messageOf, UserError } from "../platform/errors.ts";
import { ledgerPaths } from "../platform/paths.ts";
import type { World } from "./world.ts";

/** Reading the logs in a process of its own: `cc-ledger mcp catch-up`. It prints what went wrong, as JSON, or null. */

export const CATCH_UP = "catch-up";
/** Another writer may take its time: nobody waits for this process. Milliseconds. */
const BUSY_MS = 30_000;

export interface CatchUpProcess {
  /** Resolves when it is done, or after so many milliseconds of its life. */
  within(ms: number): Promise<void>;
  stop(): void;
}

/** Starts the process; `done` is told what went wrong, null for nothing. */
export function startCatchUp(world: World, done: (trouble: string | null) => void): CatchUpProcess {
  const child = Bun.spawn([...world.self, "mcp", CATCH_UP], {
    // The folder that the client stands in may be gone by now.
    cwd: ledgerPaths(world.env).home,
    env: { ...world.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let isStopped = false;
  const ended = async (): Promise<void> => {
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    await child.exited;
    if (isStopped) return;
    done(troubleIn(out, err, child.exitCode));
  };
  const startedAt = performance.now();
  const end = ended();
  return {
    async within(ms) {
      const leftMs = startedAt + ms - performance.now();
      if (leftMs > 0) await Promise.race([end, Bun.sleep(leftMs)]);
    },
    stop() {
      isStopped = true;
      child.kill();
    },
  };
}

function troubleIn(out: string, err: string, code: number | null): string | null {
  if (code === 0 && out.trim() === "null") return null;
  try {
    const said: unknown = JSON.parse(out);
    if (typeof said === "string") return said;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `reading the agents' logs failed: ${err.trim().split("\n")[0] || `exit ${code}`}`;
}

/** The process itself. Answers its exit code. */
export async function runCatchUp(world: World): Promise<number> {
  const trouble = await catchUp(world);
  await Bun.write(Bun.stdout, `${JSON.stringify(trouble)}\n`);
  return trouble === null ? 0 : 1;
}

async function catchUp({ env, now }: World): Promise<string | null> {
  const paths = ledgerPaths(env);
  try {
    const prices = await loadPrices(env, paths);
    const { db } = openBook(paths.db, { busyTimeoutMs: BUSY_MS, allowReadOnly: false });
    try {
      const { problems } = await bringUpToDate(db, ADAPTERS, {
        env,
        paths,
        prices,
        machine: { host: hostname(), os: process.platform },
        now,
        fresh: false,
        onProgress: () => undefined,
      });
      const [problem] = problems;
      return problem === undefined ? null : `${problem.path} cannot be read: ${problem.message}`;
    } finally {
      db.close();
    }
  } catch (error) {
    const known = explain(paths.db, error);
    return known instanceof UserError ? known.message : `reading the agents' logs failed: ${messageOf(known)}`;
  }
}
