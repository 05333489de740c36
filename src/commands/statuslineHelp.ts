import { buildCommand } from "@stricli/core";
import { NAMES } from "../statusline/template.ts";
import type { Context } from "./context.ts";

export interface StatuslineFlags {
  wrap?: string | undefined;
}

const names = Object.entries(NAMES).map(([name, { brief }]) => `  ${`{${name}}`.padEnd(18)} ${brief}`);

/** For help and completions: a statusline that is started as such takes a shorter way (`src/main.ts`). */
export const statusline = buildCommand<StatuslineFlags, [], Context>({
  docs: {
    brief: "Claude Code's statusline: its JSON on stdin, one line out (install --statusline)",
    fullDescription: [
      "Reads Claude Code's JSON on stdin and prints one line. `cc-ledger install --statusline` makes it the statusline; a command that is there is kept.",
      "What it shows is a setting: `cc-ledger config statusline.template '{session} | today {today}'`. Names:",
      ...names,
    ].join("\n"),
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
