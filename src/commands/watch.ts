import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export const watch = buildCommand<Record<never, never>, [], Context>({
  docs: { brief: "live view" },
  parameters: { flags: {} },
  loader: async () => (await import("./run/watch.ts")).run,
});
