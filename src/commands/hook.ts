import { join } from "node:path";
import type { HookPayload } from "../agents/adapter.ts";
import { claudeCode } from "../agents/claude-code/index.ts";
import { readSetting } from "../ledger/config.ts";
import { closeQuickly, openBook, openExisting } from "../ledger/open.ts";
import { spool } from "../ledger/spool.ts";
import { type Stretch, Writer } from "../ledger/writer.ts";
import { fs } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import { logLine } from "../platform/log.ts";
import { type Env, type LedgerPaths, ledgerPaths } from "../platform/paths.ts";
import { payloadFiles, pricesOf, readGains, thisMachine } from "./hookFiles.ts";

/** Another writer is waited for no longer than this; then the payload goes to the spool. Milliseconds. */
const BUSY_MS = 400;
const EVENT = /^[a-z][a-z-]{1,40}$/;

/** `hook claude-code EVENT`: files what a hook payload says and what its session's transcripts gained. Prints nothing and
 *  never fails: what cannot be written now is spooled, what cannot be spooled is logged; the transcripts stay the truth. */
export async function runHook(args: readonly string[], env: Env, readStdin: () => Promise<string>): Promise<void> {
  let paths: LedgerPaths;
  try {
    paths = ledgerPaths(env);
  } catch (error) {
    if (env.CC_LEDGER_DEBUG) process.stderr.write(`cc-ledger: ${messageOf(error)}\n`);
    return;
  }
  const nowMs = Date.now();
  const [agent = "", event = ""] = args;
  const log = (text: string): void => {
    logLine(paths.log, nowMs, `hook ${event.slice(0, 40)}: ${text}`);
  };
  try {
    const text = await readStdin();
    if (agent !== claudeCode.name || !EVENT.test(event)) {
      log(`unknown agent or event: ${args.join(" ").slice(0, 100)}`);
      return;
    }
    if (env.CC_LEDGER_AUDIT === "1") archive(paths, event, text, nowMs, log);
    const payload = claudeCode.payload(event, text, nowMs, env.CC_LEDGER_BILLING || undefined);
    if (payload === null) {
      log(`payload is no JSON object with a session_id (${text.length} characters)`);
      return;
    }
    try {
      await file(payload, env, paths, log);
    } catch (error) {
      log(`spooled: ${messageOf(error)}`);
      spool(paths.spool, { agent, event, atMs: nowMs, payload: text }, process.pid);
    }
  } catch (error) {
    log(messageOf(error));
  }
}

async function file(payload: HookPayload, env: Env, paths: LedgerPaths, log: (text: string) => void): Promise<void> {
  // What is asked of the file system is on its way while the book opens.
  const prices = pricesOf(env, paths, log);
  const files = payloadFiles(payload);
  const db = openExisting(paths.db, BUSY_MS) ?? openBook(paths.db, { busyTimeoutMs: BUSY_MS, allowReadOnly: false }).db;
  try {
    const writer = new Writer(db, {
      agent: claudeCode.name,
      machine: thisMachine,
      prices: await prices,
      now: Date.now,
    });
    writer.write([...(await readGains(db, await files, log)), ofPayload(payload)]);
    if (payload.snapshots.length > 0 && readSetting(db, "blobs.enabled") === "true") {
      const { keepSnapshots } = await import("../ledger/blobs.ts");
      keepSnapshots(db, paths.blobs, payload.snapshots);
    }
  } finally {
    closeQuickly(db, paths.db);
  }
}

/** The payload's own facts as a stretch without a file. */
function ofPayload({ events }: HookPayload): Stretch {
  return { events: { ...events, calls: [] }, source: null, fresh: false, expectedOffset: 0, movedFrom: null };
}

/** Keeps the payload as it came, for inspection. */
function archive(paths: LedgerPaths, event: string, text: string, nowMs: number, log: (text: string) => void): void {
  try {
    fs().mkdirSync(paths.audit, { recursive: true, mode: 0o700 });
    fs().appendFileSync(join(paths.audit, `${nowMs}-${event}-${process.pid}.json`), text, { mode: 0o600 });
  } catch (error) {
    log(`audit: ${messageOf(error)}`);
  }
}
