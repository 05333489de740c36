import type { Database } from "bun:sqlite";
import type { PriceBook } from "../pricing/book.ts";
import { priceOf, priceRowId } from "./calls.ts";
import { GENERAL } from "./prompts.ts";
import { rebuildRollups } from "./rollups.ts";

/** A call whose price would change. */
interface Change {
  id: number;
  costNano: number | null;
  rowKey: string | null;
}

/** What repricing changes, by model. */
export interface RepricePlan {
  calls: number;
  changed: number;
  beforeNanoUsd: number;
  afterNanoUsd: number;
  models: {
    model: string;
    calls: number;
    beforeNanoUsd: number;
    afterNanoUsd: number;
    newlyPriced: number;
    newlyUnpriced: number;
    row: string | null;
  }[];
  changes: Change[];
}

interface CallRow {
  id: number;
  model: string;
  atMs: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  webSearches: number;
  flags: number;
  costNano: number | null;
  rowKey: string | null;
}

/** Works out which calls today's prices would cost differently. Reads only. */
export function planReprice(db: Database, prices: PriceBook): RepricePlan {
  const plan: RepricePlan = { calls: 0, changed: 0, beforeNanoUsd: 0, afterNanoUsd: 0, models: [], changes: [] };
  const models = new Map<string, RepricePlan["models"][number]>();
  const rows = db.query<CallRow, []>(
    `SELECT c.id, m.name AS model, c.at_ms AS atMs, c.input, c.output, c.cache_read AS cacheRead, c.cache_write_5m AS cacheWrite5m,
       c.cache_write_1h AS cacheWrite1h, c.web_searches AS webSearches, c.flags, c.cost_nano AS costNano, p.key AS rowKey
     FROM calls c JOIN models m ON m.id = c.model_id LEFT JOIN price_rows p ON p.id = c.price_id`,
  );
  for (const call of rows.iterate()) {
    const { row, costNano } = priceOf(prices, call.model, call);
    plan.calls++;
    plan.beforeNanoUsd += call.costNano ?? 0;
    plan.afterNanoUsd += costNano ?? 0;
    const rowKey = row?.key ?? null;
    if (costNano === call.costNano && rowKey === call.rowKey) continue;
    plan.changes.push({ id: call.id, costNano, rowKey });
    if (costNano === call.costNano) continue;
    plan.changed++;
    let sums = models.get(call.model);
    if (sums === undefined) {
      sums = {
        model: call.model,
        calls: 0,
        beforeNanoUsd: 0,
        afterNanoUsd: 0,
        newlyPriced: 0,
        newlyUnpriced: 0,
        row: rowKey,
      };
      models.set(call.model, sums);
    }
    sums.calls++;
    sums.beforeNanoUsd += call.costNano ?? 0;
    sums.afterNanoUsd += costNano ?? 0;
    if (call.costNano === null) sums.newlyPriced++;
    if (costNano === null) sums.newlyUnpriced++;
  }
  plan.models = [...models.values()].sort(
    (a, b) => Math.abs(b.afterNanoUsd - b.beforeNanoUsd) - Math.abs(a.afterNanoUsd - a.beforeNanoUsd),
  );
  return plan;
}

/** Carries a plan out in one transaction, and builds the rollups anew. */
export function applyReprice(db: Database, prices: PriceBook, plan: RepricePlan): void {
  const byKey = new Map(prices.rows().map((row) => [row.key, row]));
  const ids = new Map<string, number>();
  const update = db.query("UPDATE calls SET cost_nano = ?, price_id = ? WHERE id = ?");
  db.transaction(() => {
    for (const { id, costNano, rowKey } of plan.changes) {
      const row = rowKey === null ? undefined : byKey.get(rowKey);
      let priceId: number | null = null;
      if (row !== undefined) {
        priceId = ids.get(row.key) ?? priceRowId(db, row);
        ids.set(row.key, priceId);
      }
      update.run(costNano, priceId, id);
    }
    rebuildRollups(db, GENERAL);
  }).immediate();
}
