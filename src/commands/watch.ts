import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";
import { filterFlags, outputFlags } from "./flags.ts";

export interface WatchFlags {
  once: boolean;
  json: boolean;
  active?: string | undefined;
  timezone?: string | undefined;
}

export const watch = buildCommand<WatchFlags, [], Context>({
  docs: {
    brief: "live view of active sessions: cost, burn, sub-agents, last tools, limits, alerts",
    fullDescription:
      "A full-screen view of what is going on, brought up to date as turns land. Keys: s sort, arrows select, enter open, a allow beyond hard limits, p pause, ? help, q quit.\nWithout a terminal, or with --once, it prints what it would show and ends.",
  },
  parameters: {
    flags: {
      once: { kind: "boolean", brief: "print what there is to see and end", default: false, withNegated: false },
      json: { ...outputFlags.json, brief: "print it as JSON and end (docs/json.md)" },
      active: {
        kind: "parsed",
        parse: (value: string): string => value,
        brief: "how long ago a session may have last done something: 10m to 24h (default 30m)",
        optional: true,
        placeholder: "time",
      },
      timezone: filterFlags.timezone,
    },
  },
  loader: async () => (await import("./run/watch.ts")).run,
});
