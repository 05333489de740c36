import { readSetting } from "../../ledger/config.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { usdString } from "../../render/numbers.ts";
import { renderSession } from "../../render/session.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { sessionReport } from "../../reports/session.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { sessionReportJson } from "../output/sessionJson.ts";
import { iso, SUMS_HEADER, sumsCells } from "../output/sums.ts";
import type { SessionFlags } from "../session.ts";

export async function run(this: Context, flags: SessionFlags, id: string): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(
      withDefaults({ timezone: flags.timezone, since: "all" }, readSetting(db, "timezone")),
      this.now(),
    );
    const report = sessionReport(db, id, filters, { calls: flags.calls });
    if (flags.json) await writeOut(envelope("session", sessionReportJson(report), this.now()));
    else if (flags.csv) {
      const rows = report.prompts.map((prompt) => [
        prompt.number,
        iso(prompt.atMs) ?? "",
        prompt.category,
        ...sumsCells(prompt, usdString),
      ]);
      await writeOut(csv(["prompt", "at", "category", ...SUMS_HEADER], rows));
    } else await writeOut(renderSession(report, terminalOf(this.process.stdout, this.env), filters.timeZone));
  });
}
