import { existsSync } from "node:fs";
import { ADAPTERS } from "../../agents/registry.ts";
import { settleSurvival } from "../../attribution/survival.ts";
import { readSetting } from "../../ledger/config.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { usdString } from "../../render/numbers.ts";
import { renderStats } from "../../render/panels/index.ts";
import { renderQuality } from "../../render/quality.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { type QualityReport, type QualityRow, qualityReport } from "../../reports/quality.ts";
import { statsReport } from "../../reports/stats.ts";
import { withAttribution } from "../attribution.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { statsCsv } from "../output/statsCsv.ts";
import { filtersJson, statsJson } from "../output/statsJson.ts";
import type { StatsFlags } from "../stats.ts";

export async function run(this: Context, flags: StatsFlags): Promise<void> {
  if (flags.orDemo === true && !hasHistory(this)) {
    const { run: demo } = await import("./demo.ts");
    return demo.call(this, {});
  }
  if (flags.quality) return quality.call(this, flags);
  await withLedger(this, async ({ db }) => {
    const asked = withDefaults(flags, readSetting(db, "timezone"));
    let filters = filtersOf(asked, this.now());
    let report = statsReport(db, filters);
    if (flags.orDemo === true && report.totals.calls === 0) {
      filters = filtersOf({ ...asked, since: "all" }, this.now());
      report = statsReport(db, filters);
    }
    if (flags.json) await writeOut(envelope("stats", statsJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(statsCsv(report));
    else await writeOut(renderStats(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

async function quality(this: Context, flags: StatsFlags): Promise<void> {
  await withLedger(this, async (ledger) => {
    const { db } = ledger;
    await withAttribution(this, ledger, { offline: true, recompute: false });
    if (ledger.book.writable) await settleSurvival(db, this.env, this.now());
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = qualityReport(db, filters);
    if (flags.json) await writeOut(envelope("quality", { filters: filtersJson(filters), ...report }, this.now()));
    else if (flags.csv) await writeOut(qualityCsv(report));
    else await writeOut(renderQuality(report, terminalOf(this.process.stdout, this.env)));
  });
}

function qualityCsv(report: QualityReport): string {
  const header = [
    "panel",
    "name",
    "edits",
    "refused",
    "lines_written",
    "lines_committed",
    "acceptance",
    "override",
    "kept_7_days",
    "kept_30_days",
    "cost_usd",
    "cost_per_line_usd",
  ];
  const rate = (value: number | null): string => (value === null ? "" : value.toFixed(4));
  const rows = Object.entries(report).flatMap(([panel, list]: [string, QualityRow[]]) =>
    list.map((row) => [
      panel,
      row.name,
      row.edits,
      row.refused,
      row.linesWritten,
      row.linesCommitted,
      rate(row.acceptance),
      rate(row.override),
      rate(row.keptAfter7Days),
      rate(row.keptAfter30Days),
      usdString(row.costNanoUsd),
      row.costPerLineNanoUsd === null ? "" : usdString(row.costPerLineNanoUsd),
    ]),
  );
  return csv(header, rows);
}

/** Whether there is anything to show: transcripts to read, or a book that outlived them. */
function hasHistory(context: Context): boolean {
  return (
    existsSync(ledgerPaths(context.env).db) ||
    ADAPTERS.some((adapter) => adapter.list(adapter.roots(context.env)).files.length > 0)
  );
}
