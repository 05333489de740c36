import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export const completions = buildCommand<Record<never, never>, [string], Context>({
  docs: {
    brief: "print the completion script of a shell: bash, zsh or fish",
    fullDescription:
      'For bash: eval "$(cc-ledger completions bash)"; likewise for zsh. For fish: cc-ledger completions fish | source',
  },
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [{ parse: (value: string) => value, brief: "bash, zsh or fish", placeholder: "shell" }],
    },
  },
  loader: async () => (await import("./run/completions.ts")).run,
});
