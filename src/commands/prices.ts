import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";
import { type OutputFlags, outputFlags } from "./flags.ts";

export const prices = buildCommand<OutputFlags, [string?], Context>({
  docs: { brief: "price rows, and how a model id finds its own" },
  parameters: {
    flags: outputFlags,
    positional: {
      kind: "tuple",
      parameters: [{ parse: (value: string) => value, brief: "model id", placeholder: "model", optional: true }],
    },
  },
  loader: async () => (await import("./run/prices.ts")).run,
});
