import { existsSync } from "node:fs";
import { ADAPTERS } from "../../agents/registry.ts";
import { readSetting } from "../../ledger/config.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import { envelope } from "../../render/json.ts";
import { renderStats } from "../../render/panels/index.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { statsReport } from "../../reports/stats.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { statsCsv } from "../output/statsCsv.ts";
import { statsJson } from "../output/statsJson.ts";
import type { StatsFlags } from "../stats.ts";

export async function run(this: Context, flags: StatsFlags): Promise<void> {
  if (flags.orDemo === true && !hasHistory(this)) {
    const { run: demo } = await import("./demo.ts");
    return demo.call(this, {});
  }
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

/** Whether there is anything to show: transcripts to read, or a book that outlived them. */
function hasHistory(context: Context): boolean {
  return (
    existsSync(ledgerPaths(context.env).db) ||
    ADAPTERS.some((adapter) => adapter.list(adapter.roots(context.env)).files.length > 0)
  );
}
