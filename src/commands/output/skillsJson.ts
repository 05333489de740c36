import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { Filters } from "../../reports/filters.ts";
import { LISTS, type SkillsReport, type SourceList } from "../../reports/skills.ts";
import { coverageJson, filtersJson } from "./statsJson.ts";
import { usd } from "./sums.ts";

/** The body of `skills --json`. */
export function skillsJson(report: SkillsReport, filters: Filters): object {
  return {
    filters: filtersJson(filters),
    coverage: coverageJson(report.coverage),
    totals: withUsd(report.totals),
    ...Object.fromEntries(LISTS.map((name) => [name, listJson(report[name])])),
  };
}

function listJson(list: SourceList): object {
  return {
    method: list.method,
    rows: list.rows.map(withUsd),
    left: withUsd(list.left),
    rest: withUsd(list.rest),
  };
}

function withUsd<T extends { costNanoUsd: number }>(part: T): T & { costUsd: number } {
  return { ...part, costUsd: usd(part.costNanoUsd) };
}

/** The five lists as one table; what is left out and what belongs to nobody stand below each. */
export function skillsCsv(report: SkillsReport): string {
  const header = [
    "list",
    "name",
    "plugin",
    "server",
    "uses",
    "typed",
    "sessions",
    "prompts",
    "calls",
    "total_tokens",
    "cost_usd",
    "unpriced_calls",
    "share",
  ];
  const rows = LISTS.flatMap((name) => {
    const { rows: own, left, rest } = report[name];
    const lines: (string | number)[][] = own.map((row) => [
      name,
      row.name,
      row.plugin ?? "",
      row.server ?? "",
      row.uses,
      row.typed,
      row.sessions,
      row.prompts,
      row.calls,
      row.totalTokens,
      usdString(row.costNanoUsd),
      row.unpricedCalls,
      row.share.toFixed(6),
    ]);
    const others = (what: string, part: { totalTokens: number; costNanoUsd: number }): (string | number)[] => [
      name,
      what,
      "",
      "",
      "",
      "",
      "",
      "",
      "",
      part.totalTokens,
      usdString(part.costNanoUsd),
      "",
      "",
    ];
    if (left.rows > 0) lines.push(others("(others)", left));
    lines.push(others("(everything else)", rest));
    return lines;
  });
  return csv(header, rows);
}
