import { buildCommand, numberParser } from "@stricli/core";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";
import { attributionFlags } from "./prCost.ts";

export interface HistoryFlags extends OutputFlags {
  repo?: string;
  since?: string;
  until?: string;
  timezone?: string;
  top?: number;
  offline: boolean;
}

export interface CommitsFlags extends HistoryFlags {
  all: boolean;
}

const historyFlags = {
  ...outputFlags,
  offline: attributionFlags.offline,
  repo: filterFlags.repo,
  since: filterFlags.since,
  until: filterFlags.until,
  timezone: filterFlags.timezone,
  top: { ...filterFlags.top, parse: numberParser },
} as const;

export const commits = buildCommand<CommitsFlags, [], Context>({
  docs: { brief: "commits with the sessions, lines and money in them" },
  parameters: {
    flags: {
      ...historyFlags,
      all: { kind: "boolean", brief: "also commits that no agent had a hand in", default: false, withNegated: false },
    },
  },
  loader: async () => (await import("./run/commits.ts")).runCommits,
});

export const branches = buildCommand<HistoryFlags, [], Context>({
  docs: { brief: "branches with what was spent on them" },
  parameters: { flags: historyFlags },
  loader: async () => (await import("./run/commits.ts")).runBranches,
});
