import { buildCommand } from "@stricli/core";
import type { FilterFlags } from "../reports/filters.ts";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

export interface BlocksFlags extends FilterFlags, OutputFlags {
  active: boolean;
}

export const blocks = buildCommand<BlocksFlags, [], Context>({
  docs: {
    brief: "the plan's five-hour windows: official where a reset was heard of, else a guess",
    fullDescription:
      "A window is official where the statusline or a reached limit told when it is reset. Elsewhere it is a guess by the usual convention: it begins at the full hour of its first call and lasts five hours.",
  },
  parameters: {
    flags: {
      ...filterFlags,
      ...outputFlags,
      active: { kind: "boolean", brief: "only the window that runs now", default: false, withNegated: false },
    },
  },
  loader: async () => (await import("./run/blocks.ts")).run,
});
