import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface InstallFlags {
  dryRun: boolean;
  statusline: boolean;
  binary?: string | undefined;
}

const dryRun = {
  kind: "boolean",
  brief: "show the change, write nothing",
  default: false,
  withNegated: false,
} as const;

export const install = buildCommand<InstallFlags, [], Context>({
  docs: { brief: "wire the hooks, and with --statusline the statusline, into Claude Code's settings.json" },
  parameters: {
    flags: {
      dryRun,
      statusline: {
        kind: "boolean",
        brief: "also the statusline; a command that is there is kept and shown above it",
        default: false,
        withNegated: false,
      },
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
  docs: { brief: "take the hooks and the statusline out of Claude Code's settings.json again" },
  parameters: {
    flags: {
      dryRun,
      statusline: {
        kind: "boolean",
        brief: "only the statusline; the hooks stay",
        default: false,
        withNegated: false,
      },
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
