import { readSetting } from "../../ledger/config.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { usdString } from "../../render/numbers.ts";
import { renderSessions } from "../../render/sessions.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { type SessionsReport, sessionsReport } from "../../reports/sessions.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { sessionRowJson } from "../output/sessionJson.ts";
import { coverageJson, filtersJson } from "../output/statsJson.ts";
import { iso, SUMS_HEADER, sumsCells, sumsJson } from "../output/sums.ts";
import type { SessionsFlags } from "../sessions.ts";

export async function run(this: Context, flags: SessionsFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const machine = flags.json || flags.csv;
    const top = flags.top ?? (machine ? 100_000 : undefined);
    const filters = filtersOf(withDefaults({ ...flags, top }, readSetting(db, "timezone")), this.now());
    const report = sessionsReport(db, filters, { runs: flags.runs, order: flags.order });
    if (flags.json) {
      const body = {
        filters: filtersJson(filters),
        coverage: coverageJson(report.coverage),
        matched: report.matched,
        totals: sumsJson(report.totals),
        runaway: report.runaway,
        sessions: report.sessions.map(sessionRowJson),
      };
      await writeOut(envelope("sessions", body, this.now()));
    } else if (flags.csv) await writeOut(sessionsCsv(report));
    else await writeOut(renderSessions(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

function sessionsCsv(report: SessionsReport): string {
  const header = [
    "session",
    "agent",
    "repo",
    "title",
    "started",
    "last",
    "models",
    "prompts",
    ...SUMS_HEADER,
    "runaway",
  ];
  const rows = report.sessions.map((row) => [
    row.sessionId,
    row.agent,
    row.repo,
    row.title ?? "",
    iso(row.startedAtMs) ?? "",
    iso(row.lastAtMs) ?? "",
    row.models.join(" "),
    row.prompts,
    ...sumsCells(row, usdString),
    row.runaway ? "yes" : "",
  ]);
  return csv(header, rows);
}
