import { buildCommand } from "@stricli/core";
import type { Context } from "./context.ts";

export interface BlameFlags {
  json: boolean;
  lines?: string;
}

export const blame = buildCommand<BlameFlags, [string], Context>({
  docs: { brief: "who wrote each line of a file: which session and model, for what, at which cost, or a person" },
  parameters: {
    flags: {
      json: { kind: "boolean", brief: "print JSON (docs/json.md)", default: false, withNegated: false },
      lines: {
        kind: "parsed",
        parse: (text: string) => text,
        brief: "only lines a,b",
        optional: true,
        placeholder: "a,b",
      },
    },
    aliases: { L: "lines" },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "the file, as it lies in the work tree", parse: (text: string) => text, placeholder: "file" },
      ],
    },
  },
  loader: async () => (await import("./run/blame.ts")).run,
});
