import { AGENT_NAME } from "../../agents/claude-code/name.ts";
import { readSetting } from "../../ledger/config.ts";
import { renderBlocks } from "../../render/blocks.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { usdString } from "../../render/numbers.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { type BlockRow, type BlocksReport, blocksReport } from "../../reports/blocks.ts";
import { filtersOf } from "../../reports/filters.ts";
import type { BlocksFlags } from "../blocks.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { paceJson } from "../output/glanceJson.ts";
import { filtersJson } from "../output/statsJson.ts";
import { iso, SUMS_HEADER, sumsCells, sumsJson, usd } from "../output/sums.ts";

/** Windows further back are asked for. */
const DEFAULT_SINCE = "7d";
const ALL_ROWS = 100_000;

export async function run(this: Context, flags: BlocksFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const top = flags.top ?? (flags.json || flags.csv ? ALL_ROWS : undefined);
    const asked = withDefaults({ ...flags, top }, readSetting(db, "timezone"));
    const filters = filtersOf(asked, this.now(), DEFAULT_SINCE);
    const report = blocksReport(db, filters, { nowMs: this.now(), agent: AGENT_NAME, activeOnly: flags.active });
    if (flags.json)
      await writeOut(envelope("blocks", { filters: filtersJson(filters), ...blocksJson(report) }, this.now()));
    else if (flags.csv) await writeOut(blocksCsv(report.blocks));
    else await writeOut(renderBlocks(report, terminalOf(this.process.stdout, this.env), filters, flags.active));
  });
}

function blocksJson({ blocks, matched, totals, projectionMethod }: BlocksReport): object {
  return { matched, totals: sumsJson(totals), projectionMethod, blocks: blocks.map(blockJson) };
}

function blockJson(row: BlockRow): object {
  const { burnNanoUsdPerHour: burn, projectedNanoUsd: projected } = row;
  return {
    from: iso(row.fromMs),
    to: iso(row.toMs),
    source: row.source,
    active: row.active,
    limitReached: row.limitReached,
    ...sumsJson(row),
    burnNanoUsdPerHour: burn,
    burnUsdPerHour: burn === null ? null : usd(burn),
    usedPercent: row.usedPercent,
    pace: paceJson(row.pace),
    leftMs: row.leftMs,
    projectedNanoUsd: projected,
    projectedUsd: projected === null ? null : usd(projected),
  };
}

function blocksCsv(rows: readonly BlockRow[]): string {
  const header = [
    "from",
    "to",
    "source",
    "active",
    "limit_reached",
    ...SUMS_HEADER,
    "burn_usd_per_hour",
    "used_percent",
    "projected_usd",
  ];
  const money = (nano: number | null): string => (nano === null ? "" : usdString(nano));
  return csv(
    header,
    rows.map((row) => [
      iso(row.fromMs) ?? "",
      iso(row.toMs) ?? "",
      row.source,
      row.active ? "yes" : "",
      row.limitReached ? "yes" : "",
      ...sumsCells(row, usdString),
      money(row.burnNanoUsdPerHour),
      row.usedPercent ?? "",
      money(row.projectedNanoUsd),
    ]),
  );
}
