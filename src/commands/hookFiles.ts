import type { Database } from "bun:sqlite";
import type { Dirent } from "node:fs";
import type { HookPayload, SourceFile } from "../agents/adapter.ts";
import { claudeCode } from "../agents/claude-code/index.ts";
import { kindOf } from "../agents/claude-code/layout.ts";
import { loadPrices } from "../ledger/prices.ts";
import type { Machine } from "../ledger/sessions.ts";
import { loadSource } from "../ledger/sources.ts";
import { type ReadStretch, readAppended, readNew } from "../ledger/stretches.ts";
import { fs, identityOf, os } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { under } from "../platform/plainPaths.ts";
import { PriceBook } from "../pricing/book.ts";

/** What processes that the client starts, hooks and the statusline, read of its files. */

/** Asked for its name only when a session is filed for the first time. */
export const thisMachine: Machine = {
  get host() {
    return os().hostname();
  },
  os: process.platform,
};

/** A bad price file must not lose a call: it is filed with the built-in prices, and the log says so. */
export async function pricesOf(env: Env, paths: LedgerPaths, log: (text: string) => void): Promise<PriceBook> {
  try {
    return await loadPrices(env, paths);
  } catch (error) {
    log(`price file passed over: ${messageOf(error)}`);
    return PriceBook.builtIn();
  }
}

/** The files of a payload as they are now. Never fails. */
export async function payloadFiles(payload: HookPayload): Promise<SourceFile[]> {
  const sidecars = payload.files.slice(1).map((path) => path.replace(/\.jsonl$/, ".meta.json"));
  const paths = new Set([...payload.files, ...sidecars, ...(await listSubagents(payload.subagentsDir))]);
  const found = await Promise.all(
    [...paths].map(async (path): Promise<SourceFile | null> => {
      const info = await identityOf(path);
      if (!info?.isFile()) return null;
      const kind = kindOf(path.slice(path.lastIndexOf("/") + 1)) ?? "log";
      return { path, inode: info.ino, size: info.size, mtimeMs: info.mtimeMs, kind };
    }),
  );
  return found.filter((file) => file !== null);
}

/** What the files gained since they were last read. */
export async function readGains(
  db: Database,
  files: readonly SourceFile[],
  log: (text: string) => void,
): Promise<ReadStretch[]> {
  const stretches: ReadStretch[] = [];
  const work = { opened: 0, bytes: 0 };
  for (const file of files) {
    const known = loadSource(db, file.path);
    if (known !== null && known.size === file.size && known.mtimeMs === file.mtimeMs && known.inode === file.inode)
      continue;
    try {
      const appended = known === null ? null : await readAppended(claudeCode, file, known, work);
      if (appended !== null) stretches.push(appended);
      else stretches.push(...readNew(claudeCode, file, known, work));
    } catch (error) {
      log(`${file.path}: ${messageOf(error)}`);
    }
  }
  return stretches;
}

async function listSubagents(folder: string | null): Promise<string[]> {
  if (folder === null || !(await identityOf(folder))?.isDirectory()) return [];
  let names: Dirent[];
  try {
    names = fs().readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return names
    .filter((entry) => entry.isFile() && kindOf(entry.name) !== null)
    .map((entry) => under(entry.parentPath, entry.name));
}
