import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface BackfillFlags {
  json: boolean;
}

export const backfill = buildCommand<BackfillFlags, [string?], Context>({
  docs: {
    brief: "read all history again, or `backfill agent-turns`: class all prompts again",
    fullDescription:
      "Reads every transcript from its start. Nothing is counted twice and nothing is lost; use it when `doctor` says that\nsomething was missed. `backfill agent-turns` reads the transcripts to class every prompt anew (coding, debugging, ...).",
  },
  parameters: {
    flags: { json: { kind: "boolean", brief: "print JSON", default: false, withNegated: false } },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: (value: string) => value,
          brief: "history (default) or agent-turns",
          placeholder: "what",
          optional: true,
        },
      ],
    },
  },
  loader: async () => (await import("./run/backfill.ts")).run,
});
