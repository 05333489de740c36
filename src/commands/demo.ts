import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface DemoFlags {
  keep?: string | undefined;
}

export const demo = buildCommand<DemoFlags, [], Context>({
  docs: { brief: "print the six panels of a made-up history, without touching yours" },
  parameters: {
    flags: {
      keep: {
        kind: "parsed",
        parse: (value: string) => value,
        brief: "write the made-up history to this new folder and keep it",
        optional: true,
        placeholder: "folder",
      },
    },
  },
  loader: async () => (await import("./run/demo.ts")).run,
});
