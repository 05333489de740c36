import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claudeCode } from "../../src/agents/claude-code/index.ts";
import { bringUpToDate } from "../../src/ledger/bringUpToDate.ts";
import type { CatchUp } from "../../src/ledger/catchup.ts";
import { openBook } from "../../src/ledger/open.ts";
import { ledgerPaths } from "../../src/platform/paths.ts";
import { PriceBook } from "../../src/pricing/book.ts";

/** A scratch folder for one test. */
export function scratch(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), "cc-ledger-test-"));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Brings the book in `home` up to date with the history in `config`; answers what was done. */
export async function ingest(config: string, home: string, fresh = false): Promise<CatchUp> {
  const env = { HOME: home, CLAUDE_CONFIG_DIR: config, CC_LEDGER_HOME: home };
  const paths = ledgerPaths(env);
  const { db } = openBook(paths.db, { busyTimeoutMs: 2_000, allowReadOnly: false });
  try {
    return await bringUpToDate(db, [claudeCode], {
      env,
      paths,
      prices: PriceBook.builtIn(),
      machine: { host: "test", os: "linux" },
      now: () => Date.UTC(2026, 10, 23),
      fresh,
      onProgress: () => undefined,
    });
  } finally {
    db.close();
  }
}
