import { buildCommand, numberParser } from "@stricli/core";
import type { Context } from "./context.ts";

export interface NotesFlags {
  json: boolean;
}

const ACTIONS = ["show", "write", "push", "fetch"] as const;
export type NotesAction = (typeof ACTIONS)[number];

function action(value: string): NotesAction {
  const found = ACTIONS.find((one) => one === value);
  if (found === undefined) throw new SyntaxError(`it is one of ${ACTIONS.join(", ")}`);
  return found;
}

export const notes = buildCommand<NotesFlags, [NotesAction, string?], Context>({
  docs: {
    brief: "git notes with what commits cost: show [commit], write, push [remote], fetch [remote]",
    fullDescription:
      "Notes lie in refs/notes/cc-ledger (docs/notes.md). `config git_notes.enabled true` writes them whenever a command sees new commits.",
  },
  parameters: {
    flags: { json: { kind: "boolean", brief: "print JSON", default: false, withNegated: false } },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: action, brief: `one of ${ACTIONS.join(", ")}`, placeholder: "action" },
        { parse: (value: string) => value, brief: "commit or remote", placeholder: "what", optional: true },
      ],
    },
  },
  loader: async () => (await import("./run/notes.ts")).run,
});

export interface PrCommentFlags {
  pr?: number;
  "dry-run": boolean;
}

export const prComment = buildCommand<PrCommentFlags, [], Context>({
  docs: { brief: "write or update the comment on a GitHub pull request that says what it cost" },
  parameters: {
    flags: {
      pr: {
        kind: "parsed",
        parse: numberParser,
        brief: "the pull request (default: that of the branch)",
        optional: true,
        placeholder: "n",
      },
      "dry-run": { kind: "boolean", brief: "print the comment instead", default: false, withNegated: false },
    },
  },
  loader: async () => (await import("./run/prComment.ts")).run,
});
