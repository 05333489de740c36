import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface ConfigFlags {
  json: boolean;
}

export const config = buildCommand<ConfigFlags, [string?, string?], Context>({
  docs: { brief: "show the settings, or one, or set one (an empty value removes it)" },
  parameters: {
    flags: { json: { kind: "boolean", brief: "print JSON", default: false, withNegated: false } },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: (value: string) => value, brief: "setting", placeholder: "key", optional: true },
        { parse: (value: string) => value, brief: "new value", placeholder: "value", optional: true },
      ],
    },
  },
  loader: async () => (await import("./run/config.ts")).run,
});
