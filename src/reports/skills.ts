import type { Database } from "bun:sqlite";
import { shareOf, unpricedIn } from "./bounded.ts";
import { addMeasures, noSums, rowsOf, type Selection, SUM_MEASURES, selectionOf, timelessCells } from "./cells.ts";
import { coverageOf } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames } from "./names.ts";
import { SKILL_METHOD } from "./skillWindows.ts";
import { gatherSources, type SourceLists, type Tally } from "./sources.ts";
import type { Coverage, Unpriced } from "./types.ts";

/** What skills, slash commands, MCP servers, their tools and plugins cost. Each list says by which method; within a list no part of a call is
 *  counted twice, and what belongs to nobody is shown, so that every list adds up to the totals. */

export interface SourceRow {
  name: string;
  /** Plugin that it comes from, null for none. */
  plugin: string | null;
  /** MCP server of a tool; null in the other lists. */
  server: string | null;
  /** Uses by agents: tool uses. Of a slash command, the prompts that were it. */
  uses: number;
  /** Of a skill: prompts of people that were its slash command. */
  typed: number;
  sessions: number;
  prompts: number;
  /** Calls of which it bears all or a part. */
  calls: number;
  unpricedCalls: number;
  totalTokens: number;
  costNanoUsd: number;
  share: number;
}

export interface SourceList {
  method: string;
  rows: SourceRow[];
  /** Rows beyond `top`, added up. */
  left: { rows: number; totalTokens: number; costNanoUsd: number };
  /** What belongs to no row. */
  rest: { totalTokens: number; costNanoUsd: number };
}

export interface SkillsReport {
  totals: { calls: number; totalTokens: number; costNanoUsd: number; unpriced: Unpriced[] };
  skills: SourceList;
  commands: SourceList;
  servers: SourceList;
  mcpTools: SourceList;
  plugins: SourceList;
  coverage: Coverage;
}

export const LISTS = ["skills", "commands", "servers", "mcpTools", "plugins"] as const;

const MCP_METHOD =
  "calls that the client itself gives to the server; in threads where it gives none: a share of the call that asked for the tool, even among all tools it asked for";

const METHODS: Readonly<Record<(typeof LISTS)[number], string>> = {
  skills: SKILL_METHOD,
  commands: "all calls of the prompts that were the command, sub-agents included",
  servers: MCP_METHOD,
  mcpTools: MCP_METHOD,
  plugins:
    "whole calls, by the first that names a plugin: the client itself, the skill, the type of the sub-agent, the slash command; of other calls the share of the plugin's MCP tools",
};

/** The five lists of a selection, each with the dearest first and at most `filters.top` rows. */
export function skillsReport(db: Database, filters: Filters): SkillsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const totals = totalsOf(db, selection);
    const lists = gatherSources(db, selection);
    const listOf = (name: keyof SourceLists): SourceList => listFrom(lists[name], METHODS[name], totals, filters.top);
    return {
      totals: { ...totals, unpriced: unpricedIn(db, selection, loadNames(db)) },
      skills: listOf("skills"),
      commands: listOf("commands"),
      servers: listOf("servers"),
      mcpTools: listOf("mcpTools"),
      plugins: listOf("plugins"),
      coverage: coverageOf(db, totals),
    };
  })();
}

interface All {
  calls: number;
  totalTokens: number;
  costNanoUsd: number;
  unpricedCalls: number;
  lowerBoundCalls: number;
}

function totalsOf(db: Database, selection: Selection): All {
  const sums = noSums();
  const [all] = rowsOf(db, `SELECT ${SUM_MEASURES} FROM (${timelessCells(selection)})`);
  if (all !== undefined) addMeasures(sums, all, 0);
  const { calls, totalTokens, costNanoUsd, unpricedCalls, lowerBoundCalls } = sums;
  return { calls, totalTokens, costNanoUsd, unpricedCalls, lowerBoundCalls };
}

function listFrom(tally: Tally, method: string, totals: All, top: number): SourceList {
  const rows = tally
    .rows()
    .map((row): SourceRow => ({ ...row, share: shareOf(row, totals) }))
    .sort(
      (a, b) =>
        b.costNanoUsd - a.costNanoUsd ||
        b.uses + b.typed - (a.uses + a.typed) ||
        (`${a.server} ${a.name}` < `${b.server} ${b.name}` ? -1 : 1),
    );
  const sum = (list: readonly SourceRow[], field: "totalTokens" | "costNanoUsd"): number =>
    list.reduce((all, row) => all + row[field], 0);
  const left = rows.slice(top);
  return {
    method,
    rows: rows.slice(0, top),
    left: { rows: left.length, totalTokens: sum(left, "totalTokens"), costNanoUsd: sum(left, "costNanoUsd") },
    rest: {
      totalTokens: totals.totalTokens - sum(rows, "totalTokens"),
      costNanoUsd: totals.costNanoUsd - sum(rows, "costNanoUsd"),
    },
  };
}
