import { readSettings } from "../ledger/config.ts";
import type { Book } from "../ledger/open.ts";
import { hasUnsent } from "../ledger/outgoing.ts";
import { messageOf } from "../platform/errors.ts";
import { logLine } from "../platform/log.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { channelsOf } from "./channels.ts";
import { parsePause, pausePath } from "./pause.ts";
import { MAX_AGE_MS } from "./queue.ts";

/** Delivery is done by a process of its own, so that nothing waits for the network or a desktop. */

/** Starts the delivery in the background, if there is a channel to deliver to. `read` answers a setting's value or null. Never fails. */
export function startDelivery(env: Env, paths: LedgerPaths, read: (key: string) => string | null): void {
  try {
    const { desktop, webhook } = channelsOf(read, env, process.platform);
    if (desktop === null && webhook === null) return;
    Bun.spawn([...thisProgram(), "notify", "send", "--background"], {
      cwd: paths.home,
      env: { ...env },
      stdio: ["ignore", "ignore", "ignore"],
      // A client that ends its hooks with their whole process group must not end this one.
      detached: true,
      windowsHide: true,
    }).unref();
  } catch (error) {
    logLine(paths.log, Date.now(), `notify: delivery did not start: ${messageOf(error)}`);
  }
}

/** Events at which a hook looks for posts that wait. */
const LOOKING = new Set(["session-start", "stop", "session-end"]);

/** What a hook does at its end: delivers what it raised; and where it raised nothing, now and then, what waits and is due. */
export async function deliverAfterHook(
  env: Env,
  paths: LedgerPaths,
  db: Book["db"],
  event: string,
  raised: number,
): Promise<void> {
  if (raised > 0 || (LOOKING.has(event) && (await isDue(paths, Date.now())))) deliver(env, paths, db);
}

/** What a command does at its end: delivers what was raised and not handed over, and what waits and is due. */
export async function deliverAfterCommand(env: Env, paths: LedgerPaths, db: Book["db"], nowMs: number): Promise<void> {
  if (hasUnsent(db, nowMs - MAX_AGE_MS) || (await isDue(paths, nowMs))) deliver(env, paths, db);
}

function deliver(env: Env, paths: LedgerPaths, db: Book["db"]): void {
  const settings = readSettings(db);
  startDelivery(env, paths, (key) => settings.get(key) ?? null);
}

/** Whether a post waits whose pause is over. Needs no file system module. */
async function isDue(paths: LedgerPaths, nowMs: number): Promise<boolean> {
  const file = Bun.file(pausePath(paths));
  if (!(await file.exists())) return false;
  return parsePause(await file.text()).nextMs <= nowMs;
}

/** The command line that starts this very program: the executable, or the runtime with its entry point. */
function thisProgram(): string[] {
  return Bun.main.startsWith("/$bunfs/") || /^[A-Z]:[\\/]~BUN[\\/]/.test(Bun.main)
    ? [process.execPath]
    : [process.execPath, Bun.main];
}
