import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import { PERIODS, type Per } from "../guard/types.ts";
import type { Context } from "./context.ts";
import { filterFlags } from "./flags.ts";

export interface BudgetListFlags {
  json: boolean;
  timezone?: string;
}

export interface BudgetSetFlags {
  per: Per;
  repo?: string;
  branch?: string;
  pr?: number;
  model?: string;
  hard: boolean;
  warn?: string;
  json: boolean;
}

const json = { kind: "boolean", brief: "print JSON", default: false, withNegated: false } as const;

const list = buildCommand<BudgetListFlags, [], Context>({
  docs: { brief: "limits, what was spent of them, and where the period is heading" },
  parameters: { flags: { json, timezone: filterFlags.timezone } },
  loader: async () => (await import("./run/budget.ts")).list,
});

const set = buildCommand<BudgetSetFlags, [string], Context>({
  docs: {
    brief: "set a limit: 20 or $20 are dollars, 5M tokens are tokens",
    fullDescription:
      "A limit warns at 50, 80 and 100 percent. A hard one also holds up the next tool call or prompt of Claude Code, until `guard allow` lets the session go on.\nOne of the same period and scope is replaced.",
  },
  parameters: {
    flags: {
      per: { kind: "enum", values: PERIODS, brief: "what it is a limit of" },
      repo: { ...filterFlags.repo, brief: "only work in this repo: a name, a part of it, or a folder" },
      branch: { ...filterFlags.branch, brief: "only work on this branch" },
      pr: { kind: "parsed", parse: numberParser, brief: "only this pull request", optional: true, placeholder: "n" },
      model: { ...filterFlags.model, brief: "only models whose names hold this" },
      hard: { kind: "boolean", brief: "hold up what comes after it", default: false, withNegated: false },
      warn: {
        kind: "parsed",
        parse: (value: string) => value,
        brief: "percentages at which to warn (50,80,100)",
        optional: true,
        placeholder: "list",
      },
      json,
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: (value: string) => value, brief: "amount", placeholder: "amount" }],
    },
  },
  loader: async () => (await import("./run/budget.ts")).set,
});

const rm = buildCommand<{ json: boolean }, [number], Context>({
  docs: { brief: "remove a limit by its number" },
  parameters: {
    flags: { json },
    positional: {
      kind: "tuple",
      parameters: [{ parse: numberParser, brief: "number of the limit, as `budget` lists it", placeholder: "number" }],
    },
  },
  loader: async () => (await import("./run/budget.ts")).rm,
});

export const budget = buildRouteMap({
  routes: { list, set, rm },
  defaultCommand: "list",
  docs: { brief: "limits on what is spent: per session, prompt, day, week or month" },
});
