import type { Group } from "../../ledger/groups.ts";
import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { Filters } from "../../reports/filters.ts";
import type { ProjectsReport } from "../../reports/projects.ts";
import { coverageJson, filtersJson } from "./statsJson.ts";
import { iso, leftJson, SUMS_HEADER, sumsCells, sumsJson } from "./sums.ts";

/** The body of `projects --json`. */
export function projectsJson(report: ProjectsReport, filters: Filters): object {
  const { totals } = report;
  return {
    filters: filtersJson(filters),
    coverage: coverageJson(report.coverage),
    totals: { ...sumsJson(totals), sessions: totals.sessions, unpriced: totals.unpriced },
    projects: report.projects.map((row) => ({
      project: row.project,
      isProduct: row.isProduct,
      repos: row.repos,
      sessions: row.sessions,
      models: row.models,
      topCategory: row.topCategory,
      lastActiveAt: iso(row.lastActiveAtMs),
      ...sumsJson(row),
      share: row.share,
      kinds: row.kinds.map((kind) => ({ kind: kind.kind, ...sumsJson(kind) })),
    })),
    projectsLeft: leftJson(report.projectsLeft),
  };
}

/** Projects as CSV; those left out stand in the last line. */
export function projectsCsv(report: ProjectsReport): string {
  const header = [
    "project",
    "repos",
    "folders",
    "sessions",
    "models",
    "top_category",
    "last_active",
    ...SUMS_HEADER,
    "main_usd",
    "sub_agents_usd",
    "overhead_usd",
    "share",
  ];
  const rows = report.projects.map((row) => [
    row.project,
    row.repos.map((repo) => repo.name).join(" "),
    row.repos.map((repo) => repo.folder).join(" "),
    row.sessions,
    row.models.join(" "),
    row.topCategory ?? "",
    iso(row.lastActiveAtMs) ?? "",
    ...sumsCells(row, usdString),
    ...row.kinds.map((kind) => usdString(kind.costNanoUsd)),
    row.share.toFixed(6),
  ]);
  const { projectsLeft } = report;
  if (projectsLeft.rows > 0)
    rows.push([
      "(others)",
      `${projectsLeft.rows} projects`,
      "",
      "",
      "",
      "",
      "",
      ...sumsCells(projectsLeft, usdString),
      "",
      "",
      "",
      "",
    ]);
  return csv(header, rows);
}

/** A product as JSON shows it. */
export function groupJson(group: Group): object {
  return { name: group.name, repos: group.repos.map(({ name, identity }) => ({ name, folder: identity })) };
}
