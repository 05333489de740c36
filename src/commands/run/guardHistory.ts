import { alertRows } from "../../ledger/alerts.ts";
import { readSetting } from "../../ledger/config.ts";
import { renderAlerts, renderExplanation, renderReplay } from "../../render/guard.ts";
import { envelope } from "../../render/json.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { explainSession } from "../../reports/guardExplain.ts";
import { replayReport } from "../../reports/replay.ts";
import { findSession } from "../../reports/session.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import type { GuardFlags, ReplayFlags } from "../guard.ts";
import { settingsOf } from "../guardHooks.ts";
import { alertJson, replayJson } from "../output/guardJson.ts";

const MANY = 100_000;

export async function alerts(this: Context, flags: Omit<ReplayFlags, "until">, wanted?: string): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const top = flags.top ?? (flags.json ? MANY : undefined);
    const filters = filtersOf(withDefaults({ ...flags, top }, readSetting(db, "timezone")), this.now());
    const session = wanted === undefined ? null : findSession(db, wanted).id;
    const rows = alertRows(db, { sinceMs: filters.fromMs, session, top: filters.top });
    if (flags.json) await writeOut(envelope("alerts", { alerts: rows.map(alertJson) }, this.now()));
    else await writeOut(renderAlerts(rows, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function explain(this: Context, flags: GuardFlags & { timezone?: string }, wanted: string): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const { timeZone } = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = explainSession(db, findSession(db, wanted), settingsOf(db), { nowMs: this.now(), timeZone });
    if (flags.json) {
      const { told, ...rest } = report;
      await writeOut(envelope("guard-explain", { ...rest, told: told.map(alertJson) }, this.now()));
    } else await writeOut(renderExplanation(report, terminalOf(this.process.stdout, this.env), timeZone));
  });
}

export async function replay(this: Context, flags: ReplayFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const { fromMs, toMs, timeZone } = filters;
    const report = replayReport(db, { config: settingsOf(db), fromMs, toMs, timeZone });
    if (flags.json) await writeOut(envelope("guard-replay", replayJson(report), this.now()));
    else await writeOut(renderReplay(report, terminalOf(this.process.stdout, this.env), filters));
  });
}
