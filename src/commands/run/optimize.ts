import { readSetting } from "../../ledger/config.ts";
import { envelope } from "../../render/json.ts";
import { renderOptimize, renderVerify } from "../../render/optimize.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { optimizeReport } from "../../reports/optimize/index.ts";
import { verifyReport } from "../../reports/optimize/verify.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import type { OptimizeFlags, VerifyFlags } from "../optimize.ts";
import { optimizeCsv, optimizeJson, verifyCsv, verifyJson } from "../output/optimizeJson.ts";

/** Pieces of advice that one reads at a time. */
const DEFAULT_TOP = 10;

export async function advice(this: Context, flags: OptimizeFlags): Promise<void> {
  await withLedger(this, async ({ db, prices }) => {
    const asked = withDefaults({ ...flags, top: flags.top ?? DEFAULT_TOP }, readSetting(db, "timezone"));
    const filters = filtersOf(asked, this.now());
    const report = optimizeReport(db, filters, prices, this.now());
    if (flags.json) await writeOut(envelope("optimize", optimizeJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(optimizeCsv(report));
    else await writeOut(renderOptimize(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function verify(this: Context, flags: VerifyFlags): Promise<void> {
  await withLedger(this, async ({ db, prices }) => {
    const filters = filtersOf({ ...withDefaults(flags, readSetting(db, "timezone")), since: "all" }, this.now());
    const report = verifyReport(db, filters, flags.on, prices, this.now());
    if (flags.json) await writeOut(envelope("optimize-verify", verifyJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(verifyCsv(report));
    else await writeOut(renderVerify(report, terminalOf(this.process.stdout, this.env)));
  });
}
