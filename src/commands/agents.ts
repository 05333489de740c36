import { buildCommand } from "@stricli/core";
import type { FilterFlags } from "../reports/filters.ts";
import type { ModelsPer } from "../reports/models.ts";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

/** Who and what money was spent by and on. */

export interface ReportFlags extends FilterFlags, OutputFlags {}

export interface AgentsFlags extends ReportFlags {
  runs: boolean;
}

export interface ModelsFlags extends ReportFlags {
  per: ModelsPer;
}

const flags = { ...filterFlags, ...outputFlags } as const;

export const agents = buildCommand<AgentsFlags, [], Context>({
  docs: {
    brief: "who spent it: main threads, types of sub-agents, the client's own overhead",
    fullDescription:
      "With --runs also single runs: what each was asked to do, by which prompt of its session, and what it cost.",
  },
  parameters: {
    flags: { ...flags, runs: { kind: "boolean", brief: "also single runs", default: false, withNegated: false } },
  },
  loader: async () => (await import("./run/agents.ts")).runAgents,
});

export const models = buildCommand<ModelsFlags, [], Context>({
  docs: { brief: "which models did the work: by kind of work, by who called them, over time" },
  parameters: {
    flags: {
      ...flags,
      per: { kind: "enum", values: ["day", "week", "month"], brief: "steps of time", default: "week" },
    },
  },
  loader: async () => (await import("./run/agents.ts")).runModels,
});

export const skills = buildCommand<ReportFlags, [], Context>({
  docs: { brief: "what skills, slash commands, MCP servers and plugins cost, each by a stated method" },
  parameters: { flags },
  loader: async () => (await import("./run/agents.ts")).runSkills,
});

export const tools = buildCommand<ReportFlags, [], Context>({
  docs: { brief: "tools: uses, failures, repeats, durations, results, cost" },
  parameters: { flags },
  loader: async () => (await import("./run/agents.ts")).runTools,
});

export interface ForecastFlags extends OutputFlags {
  timezone?: string;
  repo?: string;
  branch?: string;
  model?: string;
  agent?: string;
}

export const forecast = buildCommand<ForecastFlags, [], Context>({
  docs: {
    brief: "what today, this week and this month will have cost, and how far such forecasts were off",
    fullDescription: "Weeks begin on Monday. Days, weeks and months are those of the calendar in the chosen zone.",
  },
  parameters: {
    flags: {
      ...outputFlags,
      timezone: filterFlags.timezone,
      repo: filterFlags.repo,
      branch: filterFlags.branch,
      model: filterFlags.model,
      agent: filterFlags.agent,
    },
  },
  loader: async () => (await import("./run/agents.ts")).runForecast,
});
