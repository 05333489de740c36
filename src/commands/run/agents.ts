import { readSetting } from "../../ledger/config.ts";
import { renderAgents } from "../../render/agents.ts";
import { renderForecasts } from "../../render/forecast.ts";
import { envelope } from "../../render/json.ts";
import { renderModels } from "../../render/models.ts";
import { renderSkills } from "../../render/skills.ts";
import { terminalOf } from "../../render/terminal.ts";
import { renderTools } from "../../render/tools.ts";
import { writeOut } from "../../render/write.ts";
import { agentsReport } from "../../reports/agents.ts";
import { filtersOf } from "../../reports/filters.ts";
import { forecastsReport } from "../../reports/forecast.ts";
import { modelsReport } from "../../reports/models.ts";
import { skillsReport } from "../../reports/skills.ts";
import { toolsReport } from "../../reports/tools.ts";
import type { AgentsFlags, ForecastFlags, ModelsFlags, ReportFlags } from "../agents.ts";
import { type Context, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { agentsCsv, agentsJson } from "../output/agentsJson.ts";
import { forecastCsv, forecastJson } from "../output/forecastJson.ts";
import { modelsCsv, modelsJson } from "../output/modelsJson.ts";
import { skillsCsv, skillsJson } from "../output/skillsJson.ts";
import { toolsCsv, toolsJson } from "../output/toolsJson.ts";

export async function runAgents(this: Context, flags: AgentsFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = agentsReport(db, filters, { runs: flags.runs });
    if (flags.json) await writeOut(envelope("agents", agentsJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(agentsCsv(report));
    else await writeOut(renderAgents(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function runModels(this: Context, flags: ModelsFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = modelsReport(db, filters, { per: flags.per });
    if (flags.json) await writeOut(envelope("models", modelsJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(modelsCsv(report));
    else await writeOut(renderModels(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function runSkills(this: Context, flags: ReportFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = skillsReport(db, filters);
    if (flags.json) await writeOut(envelope("skills", skillsJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(skillsCsv(report));
    else await writeOut(renderSkills(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function runTools(this: Context, flags: ReportFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = toolsReport(db, filters);
    if (flags.json) await writeOut(envelope("tools", toolsJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(toolsCsv(report));
    else await writeOut(renderTools(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function runForecast(this: Context, flags: ForecastFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const { json, csv, ...asked } = flags;
    const filters = filtersOf({ ...withDefaults(asked, readSetting(db, "timezone")), since: "all" }, this.now());
    const forecasts = forecastsReport(db, filters, this.now());
    const { timeZone, repo, branch, model, agent } = filters;
    const body = { filters: { timeZone, repo, branch, model, agent }, forecasts: forecasts.map(forecastJson) };
    if (json) await writeOut(envelope("forecast", body, this.now()));
    else if (csv) await writeOut(forecastCsv(forecasts));
    else await writeOut(renderForecasts(forecasts, terminalOf(this.process.stdout, this.env), timeZone));
  });
}
