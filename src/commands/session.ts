import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";
import { filterFlags, type OutputFlags, outputFlags } from "./flags.ts";

export interface SessionFlags extends OutputFlags {
  calls: boolean;
  timezone?: string | undefined;
}

export const session = buildCommand<SessionFlags, [string], Context>({
  docs: { brief: "one session: its prompts, runs, tools, and cost over time" },
  parameters: {
    flags: {
      ...outputFlags,
      timezone: filterFlags.timezone,
      calls: { kind: "boolean", brief: "also every single call", default: false, withNegated: false },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: (value: string) => value, brief: "session id, or its first characters", placeholder: "id" },
      ],
    },
  },
  loader: async () => (await import("./run/session.ts")).run,
});
