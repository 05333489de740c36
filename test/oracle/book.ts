import { Database } from "bun:sqlite";
import { join } from "node:path";
import { ingest, scratch } from "../ledger/ingest.ts";
import type { ByDayModel } from "./ccusage.ts";

/** What the ledger says of a history: tokens by `day model`, in UTC. */
export async function ledgerDaily(configDir: string): Promise<ByDayModel> {
  const { dir, remove } = scratch();
  try {
    await ingest(configDir, join(dir, "home"));
    const db = new Database(join(dir, "home", "ledger.db"), { readonly: true });
    const rows = db
      .query(
        `SELECT date(at_ms / 1000, 'unixepoch') || ' ' || model, sum(input), sum(output), sum(cache_read), sum(cache_write_5m + cache_write_1h)
         FROM v_calls GROUP BY 1`,
      )
      .values() as [string, number, number, number, number][];
    db.close();
    return new Map(
      rows.map(([key, input, output, cacheRead, cacheWrite]) => [key, { input, output, cacheRead, cacheWrite }]),
    );
  } finally {
    remove();
  }
}
