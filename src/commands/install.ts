import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface InstallFlags {
  dryRun: boolean;
  binary?: string | undefined;
}

const dryRun = {
  kind: "boolean",
  brief: "show the change, write nothing",
  default: false,
  withNegated: false,
} as const;

export const install = buildCommand<InstallFlags, [], Context>({
  docs: { brief: "wire the hooks into Claude Code's settings.json" },
  parameters: {
    flags: {
      dryRun,
      binary: {
        kind: "parsed",
        parse: (value: string) => value,
        brief: "executable that the hooks start (default: this one)",
        optional: true,
        placeholder: "path",
      },
    },
  },
  loader: async () => (await import("./run/install.ts")).install,
});

export const uninstall = buildCommand<InstallFlags, [], Context>({
  docs: { brief: "take the hooks out of Claude Code's settings.json again" },
  parameters: {
    flags: {
      dryRun,
      binary: {
        kind: "parsed",
        parse: (value: string) => value,
        brief: "ignored",
        optional: true,
        hidden: true,
        placeholder: "path",
      },
    },
  },
  loader: async () => (await import("./run/install.ts")).uninstall,
});
