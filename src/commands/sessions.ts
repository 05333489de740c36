import { buildCommand } from "@stricli/core";
import type { FilterFlags } from "../reports/filters.ts";
import type { SessionOrder } from "../reports/sessions.ts";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

export interface SessionsFlags extends FilterFlags, OutputFlags {
  runs: boolean;
  order: SessionOrder;
}

export const sessions = buildCommand<SessionsFlags, [], Context>({
  docs: { brief: "sessions with their cost, tokens, models and repo" },
  parameters: {
    flags: {
      ...filterFlags,
      ...outputFlags,
      runs: { kind: "boolean", brief: "also the main thread and each sub-agent", default: false, withNegated: false },
      order: { kind: "enum", values: ["cost", "tokens", "recent"], brief: "what comes first", default: "cost" },
    },
  },
  loader: async () => (await import("./run/sessions.ts")).run,
});
