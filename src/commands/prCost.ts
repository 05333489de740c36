import { buildCommand, numberParser } from "@stricli/core";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

export interface PrCostFlags extends OutputFlags {
  pr?: number;
  all: boolean;
  branch?: string;
  repo?: string;
  since?: string;
  timezone?: string;
  top?: number;
  explain: boolean;
  recompute: boolean;
  offline: boolean;
}

export const attributionFlags = {
  recompute: {
    kind: "boolean",
    brief: "read all histories and match every line anew",
    default: false,
    withNegated: false,
  },
  offline: { kind: "boolean", brief: "ask no remote and no forge", default: false, withNegated: false },
} as const;

export const prCost = buildCommand<PrCostFlags, [], Context>({
  docs: {
    brief: "what pull requests cost, and by what evidence",
    fullDescription:
      "Without a selection: the pull requests of the branch one stands on, else all of the repo; as JSON or CSV the whole book.",
  },
  parameters: {
    flags: {
      ...outputFlags,
      ...attributionFlags,
      pr: { kind: "parsed", parse: numberParser, brief: "only this pull request", optional: true, placeholder: "n" },
      all: { kind: "boolean", brief: "all pull requests of all repos", default: false, withNegated: false },
      branch: filterFlags.branch,
      repo: filterFlags.repo,
      since: { ...filterFlags.since, brief: "only what was spent since: 7d, 24h, today or a date (default all)" },
      timezone: filterFlags.timezone,
      top: { ...filterFlags.top, brief: "rows of the table, dearest first (default 20)" },
      explain: {
        kind: "boolean",
        brief: "which sessions, runs and calls, by which evidence, and what the rest most likely was",
        default: false,
        withNegated: false,
      },
    },
  },
  loader: async () => (await import("./run/prCost.ts")).run,
});
