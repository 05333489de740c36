import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface StatuslineFlags {
  wrap?: string | undefined;
}

/** For help and completions: a statusline that is started as such takes a shorter way (`src/main.ts`). */
export const statusline = buildCommand<StatuslineFlags, [], Context>({
  docs: {
    brief: "Claude Code's statusline: its JSON on stdin, one line out (install --statusline; docs/statusline.md)",
  },
  parameters: {
    flags: {
      wrap: {
        kind: "parsed",
        parse: (value: string) => value,
        brief: "command whose output is shown above the line",
        optional: true,
        placeholder: "command",
      },
    },
  },
  loader: async () => (await import("./run/statusline.ts")).run,
});
