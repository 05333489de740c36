import type { Database } from "bun:sqlite";
import type { HookPayload } from "../agents/adapter.ts";
import { claudeCode } from "../agents/claude-code/index.ts";
import { type Stretch, Writer } from "../ledger/writer.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { payloadFiles, pricesOf, readGains, thisMachine } from "./hookFiles.ts";

/** The part of a statusline that files. Most runs find nothing to file, and do not load it. */
export interface Filing {
  /** To be read. */
  db: Database;
  /** Writes, and answers whether that worked. */
  write: (work: (db: Database) => void) => boolean;
  env: Env;
  paths: LedgerPaths;
  log: (text: string) => void;
}

/** Files what the logs of a session gained, and with `own` also what the statusline was told. Answers whether anything was filed. */
export async function fileGains(filing: Filing, facts: HookPayload, own: boolean): Promise<boolean> {
  const { db, env, paths, log } = filing;
  const prices = pricesOf(env, paths, log);
  const gains: Stretch[] = await readGains(db, await payloadFiles(facts), log);
  if (own)
    gains.push({
      events: { ...facts.events, calls: [] },
      source: null,
      fresh: false,
      expectedOffset: 0,
      movedFrom: null,
    });
  if (gains.length === 0) return false;
  const options = { agent: claudeCode.name, machine: thisMachine, prices: await prices, now: Date.now };
  const billing = env.CC_LEDGER_BILLING ? { billing: env.CC_LEDGER_BILLING } : {};
  return filing.write((book) => new Writer(book, { ...options, ...billing }).write(gains));
}
