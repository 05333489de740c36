import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface DoctorFlags {
  json: boolean;
}

export const doctor = buildCommand<DoctorFlags, [], Context>({
  docs: { brief: "what was read and skipped, what is unpriced or uncertain, hooks, permissions, integrity" },
  parameters: { flags: { json: { kind: "boolean", brief: "print JSON", default: false, withNegated: false } } },
  loader: async () => (await import("./run/doctor.ts")).run,
});
