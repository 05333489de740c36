import { buildCommand, buildRouteMap } from "@stricli/core";
import type { ReportFlags } from "./agents.ts";
import type { Context } from "./context.ts";
import { filterFlags, outputFlags } from "./flags.ts";

const text = (value: string): string => value;

const list = buildCommand<ReportFlags, [], Context>({
  docs: { brief: "what each repo or product cost, worktrees folded" },
  parameters: { flags: { ...filterFlags, ...outputFlags } },
  loader: async () => (await import("./run/projects.ts")).list,
});

export interface GroupFlags {
  json: boolean;
}

const { json } = outputFlags;
const repos = { brief: "repo: its name, a part of it, or a folder", parse: text, placeholder: "repo" } as const;
const name = { brief: "name of the product", parse: text, placeholder: "name" } as const;

const group = buildCommand<GroupFlags, string[], Context>({
  docs: {
    brief: "join repos into one product: NAME REPO...",
    fullDescription: "A repo is in one product at most. `--repo NAME` then means all of them, in every report.",
  },
  parameters: {
    flags: { json },
    positional: { kind: "array", parameter: { ...repos, brief: `${name.brief}, then repos` }, minimum: 2 },
  },
  loader: async () => (await import("./run/projects.ts")).group,
});

const ungroup = buildCommand<GroupFlags, string[], Context>({
  docs: { brief: "take repos out of a product, all where none is named: NAME [REPO...]" },
  parameters: {
    flags: { json },
    positional: { kind: "array", parameter: { ...repos, brief: `${name.brief}, then repos` }, minimum: 1 },
  },
  loader: async () => (await import("./run/projects.ts")).ungroup,
});

const groups = buildCommand<GroupFlags, [], Context>({
  docs: { brief: "products and their repos" },
  parameters: { flags: { json } },
  loader: async () => (await import("./run/projects.ts")).groups,
});

export const projects = buildRouteMap({
  routes: { list, group, ungroup, groups },
  defaultCommand: "list",
  docs: { brief: "what each repo or product cost; join repos into products" },
});
