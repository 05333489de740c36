import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import type { FilterFlags } from "../reports/filters.ts";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

export interface OptimizeFlags extends FilterFlags, OutputFlags {}

export interface VerifyFlags extends OutputFlags {
  on: string;
  timezone?: string;
  repo?: string;
  branch?: string;
  model?: string;
  agent?: string;
}

const advice = buildCommand<OptimizeFlags, [], Context>({
  docs: {
    brief: "what could have cost less, where, how much, and the one change to make",
    fullDescription:
      "Each saving is worked out from the very calls, all five classes of tokens. Savings that overlap are added once. docs/optimize.md says how each rule counts.",
  },
  parameters: {
    flags: {
      ...filterFlags,
      top: {
        kind: "parsed",
        parse: numberParser,
        brief: "pieces of advice (default 10)",
        optional: true,
        placeholder: "n",
      },
      ...outputFlags,
    },
  },
  loader: async () => (await import("./run/optimize.ts")).advice,
});

const verify = buildCommand<VerifyFlags, [], Context>({
  docs: { brief: "compare what the rules find before and after the day of a change" },
  parameters: {
    flags: {
      on: { kind: "parsed", parse: (value: string) => value, brief: "day of the change", placeholder: "day" },
      timezone: filterFlags.timezone,
      repo: filterFlags.repo,
      branch: filterFlags.branch,
      model: filterFlags.model,
      agent: filterFlags.agent,
      ...outputFlags,
    },
  },
  loader: async () => (await import("./run/optimize.ts")).verify,
});

export const optimize = buildRouteMap({
  routes: { advice, verify },
  defaultCommand: "advice",
  docs: { brief: "what could have cost less: advice with evidence and money that adds up" },
});
