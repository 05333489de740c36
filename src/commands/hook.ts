import type { Database } from "bun:sqlite";
import type { HookPayload } from "../agents/adapter.ts";
import { claudeCode } from "../agents/claude-code/index.ts";
import { readSetting } from "../ledger/config.ts";
import { closeQuickly, openBook, openExisting, openToRead } from "../ledger/open.ts";
import { spool } from "../ledger/spool.ts";
import { type Stretch, Writer } from "../ledger/writer.ts";
import { deliverAfterHook } from "../notify/start.ts";
import { fs } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import { logLine } from "../platform/log.ts";
import { type Env, type LedgerPaths, ledgerPaths } from "../platform/paths.ts";
import { under } from "../platform/plainPaths.ts";
import { payloadFiles, pricesOf, readGains, thisMachine } from "./hookFiles.ts";
import { askGuard, type HookAnswer, isHoldingEvent, NOTHING } from "./hookGuard.ts";
import { hasGrown } from "./hookWait.ts";

/** Another writer is waited for no longer than this; then the payload goes to the spool. Milliseconds. */
const BUSY_MS = 400;
/** A limit is worth more patience: a crowd of sub-agents asks at once. Milliseconds. */
const HOLDING_BUSY_MS = 1_200;
/** How long the client's transcript is waited for, where a hard limit is near: mostly a tenth of a second is enough, but a client that has just sent out
 *  dozens of sub-agents writes late. Milliseconds. */
const LAG_MS = 2_500;
/** How long those of a crowd of sub-agents are, once. Milliseconds. */
const CROWD_MS = 150;
const EVENT = /^[a-z][a-z-]{1,40}$/;

/** `hook claude-code EVENT`: files what a hook payload says and what its session's transcripts gained, and answers what the guard has to say,
 *  as JSON for the client; null for nothing. Never fails: what cannot be written now is spooled, what cannot be spooled is logged; the
 *  transcripts stay the truth, and a guard in trouble lets the agent go on. */
export async function runHook(args: readonly string[], env: Env, text: string): Promise<string | null> {
  let paths: LedgerPaths;
  try {
    paths = ledgerPaths(env);
  } catch (error) {
    if (env.CC_LEDGER_DEBUG) process.stderr.write(`cc-ledger: ${messageOf(error)}\n`);
    return null;
  }
  const nowMs = Date.now();
  const [agent = "", event = ""] = args;
  const log = (text: string): void => {
    logLine(paths.log, nowMs, `hook ${event.slice(0, 40)}: ${text}`);
  };
  try {
    if (agent !== claudeCode.name || !EVENT.test(event)) {
      log(`unknown agent or event: ${args.join(" ").slice(0, 100)}`);
      return null;
    }
    // The plugin's hook, beside one of the settings for the same event: one of them is enough.
    if (env.CC_LEDGER_PLUGIN === "1") {
      const { isWiredBySettings } = await import("../agents/claude-code/install/wired.ts");
      if (await isWiredBySettings(env, event)) return null;
    }
    if (env.CC_LEDGER_AUDIT === "1") archive(paths, event, text, nowMs, log);
    const payload = claudeCode.payload(event, text, nowMs, env.CC_LEDGER_BILLING || undefined);
    if (payload === null) {
      log(`payload is no JSON object with a session_id (${text.length} characters)`);
      return null;
    }
    try {
      return await file(event, payload, env, paths, log);
    } catch (error) {
      log(`spooled: ${messageOf(error)}`);
      spool(paths.spool, { agent, event, atMs: nowMs, payload: text }, process.pid);
    }
    return isHoldingEvent(event) ? decideFromReading(event, payload, env, paths, nowMs) : null;
  } catch (error) {
    log(messageOf(error));
  }
  return null;
}

/** A book that cannot be written just now can still be read, and a hard limit that is used up there holds. */
function decideFromReading(
  event: string,
  payload: HookPayload,
  env: Env,
  paths: LedgerPaths,
  nowMs: number,
): string | null {
  const db = openToRead(paths.db, BUSY_MS);
  if (db === null) return null;
  try {
    return textOf(askGuard(db, event, payload, env, nowMs, false));
  } finally {
    db.close();
  }
}

async function file(
  event: string,
  payload: HookPayload,
  env: Env,
  paths: LedgerPaths,
  log: (text: string) => void,
): Promise<string | null> {
  // What is asked of the file system is on its way while the book opens.
  const prices = pricesOf(env, paths, log);
  const listed = payloadFiles(payload);
  const busyTimeoutMs = isHoldingEvent(event) ? HOLDING_BUSY_MS : BUSY_MS;
  const db = openExisting(paths.db, busyTimeoutMs) ?? openBook(paths.db, { busyTimeoutMs, allowReadOnly: false }).db;
  try {
    const writer = new Writer(db, {
      agent: claudeCode.name,
      machine: thisMachine,
      prices: await prices,
      now: Date.now,
    });
    let files = await listed;
    writer.write([...(await readGains(db, files, log)), ofPayload(payload)]);
    if (payload.snapshots.length > 0 && readSetting(db, "blobs.enabled") === "true") {
      const { keepSnapshots } = await import("../ledger/blobs.ts");
      keepSnapshots(db, paths.blobs, payload.snapshots);
    }
    let answer = ask(db, event, payload, env, log);
    // The client writes its transcript behind what it does. Where the call at hand may be the one that passes a hard limit, it is worth
    // the wait; elsewhere the next hook reads it.
    const again = async (): Promise<void> => {
      files = await payloadFiles(payload);
      const more = await readGains(db, files, log);
      if (more.length > 0) writer.write(more);
      answer = together(answer, ask(db, event, payload, env, log));
    };
    const untilMs = performance.now() + LAG_MS;
    while (answer.awaits === "call" && (await hasGrown(payload.files, files, untilMs))) await again();
    // Others of a crowd may have written what this one has not.
    if (answer.awaits === "call") await again();
    if (answer.awaits === "crowd") {
      await Bun.sleep(CROWD_MS);
      await again();
    }
    await deliverAfterHook(env, paths, db, event, answer.raised);
    return textOf(answer);
  } finally {
    closeQuickly(db, paths.db);
  }
}

/** A look and the one after it: warnings of the first have been taken, so they are said with those of the second. */
function together(first: HookAnswer, then: HookAnswer): HookAnswer {
  return { ...then, said: [...first.said, ...then.said], raised: first.raised + then.raised };
}

/** What is printed for the client. The reason of a denial says it all. */
function textOf({ denial, said }: HookAnswer): string | null {
  if (denial !== null) return JSON.stringify(denial);
  return said.length === 0 ? null : JSON.stringify({ systemMessage: said.join("\n") });
}

/** What the guard says; it may fail, the agent goes on. */
function ask(db: Database, event: string, payload: HookPayload, env: Env, log: (text: string) => void): HookAnswer {
  try {
    return askGuard(db, event, payload, env, Date.now(), true);
  } catch (error) {
    log(`guard: ${messageOf(error)}`);
    return NOTHING;
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
    fs().appendFileSync(under(paths.audit, `${nowMs}-${event}-${process.pid}.json`), text, { mode: 0o600 });
  } catch (error) {
    log(`audit: ${messageOf(error)}`);
  }
}
