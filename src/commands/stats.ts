import { buildCommand } from "@stricli/core";
import type { FilterFlags } from "../reports/filters.ts";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

export interface StatsFlags extends FilterFlags, OutputFlags {
  quality: boolean;
  orDemo?: boolean | undefined;
}

export const stats = buildCommand<StatsFlags, [], Context>({
  docs: { brief: "six panels: days, repos, models, sessions, spread of spending, kinds of work" },
  parameters: {
    flags: {
      ...filterFlags,
      ...outputFlags,
      quality: {
        kind: "boolean",
        brief: "what became of the lines: accepted, overridden, kept after 7 and 30 days, cost per line",
        default: false,
        withNegated: false,
      },
      orDemo: {
        kind: "boolean",
        brief: "show a made-up history where there is none",
        optional: true,
        hidden: true,
        withNegated: false,
      },
    },
  },
  loader: async () => (await import("./run/stats.ts")).run,
});
