import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface RepriceFlags {
  apply: boolean;
  json: boolean;
}

export const reprice = buildCommand<RepriceFlags, [], Context>({
  docs: {
    brief: "cost all calls anew with today's price table; shows the plan, --apply carries it out",
    fullDescription:
      "Every call keeps the price row it was costed with. After a change of prices (an update, or pricing.toml) this\nsays what would change, by model; nothing is written without --apply.",
  },
  parameters: {
    flags: {
      apply: { kind: "boolean", brief: "carry the plan out", default: false, withNegated: false },
      json: { kind: "boolean", brief: "print JSON", default: false, withNegated: false },
    },
  },
  loader: async () => (await import("./run/reprice.ts")).run,
});
