import type { Filters } from "../reports/filters.ts";
import type { Product, ProjectsReport } from "../reports/projects.ts";
import {
  headline,
  left,
  leftNote,
  lines,
  money,
  nothingIn,
  panel,
  paragraphs,
  right,
  SUM_COLUMNS,
  sumCells,
  unpricedNote,
} from "./costTables.ts";
import { counted, formatCount, formatDateTime } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { printable } from "./width.ts";

/** Projects, the dearest first. */
export function renderProjects(report: ProjectsReport, terminal: Terminal, filters: Filters): string {
  const { totals, projects } = report;
  if (totals.calls === 0) return nothingIn(filters, "projects");
  const table = {
    columns: [
      left("PROJECT", { grow: 2, min: 14 }),
      left("REPOS", { grow: 1, min: 8, priority: 7 }),
      right("SESSIONS", { priority: 3 }),
      right("MAIN", { priority: 6 }),
      right("SUB-AGENTS", { priority: 4 }),
      right("OVERHEAD", { priority: 4 }),
      left("MOSTLY", { priority: 5 }),
      left("MODELS", { grow: 1, min: 10, priority: 8 }),
      left("LAST", { priority: 6 }),
      ...SUM_COLUMNS,
    ],
    rows: projects.map((row): Cell[] => [
      row.project,
      row.isProduct ? row.repos.map((repo) => repo.name).join(", ") : "",
      formatCount(row.sessions),
      ...row.kinds.map((kind) => (kind.calls === 0 ? "" : money(kind))),
      row.topCategory ?? "",
      row.models.join(", "),
      formatDateTime(row.lastActiveAtMs, filters.timeZone),
      ...sumCells(row, projects.length, terminal),
    ]),
  };
  return paragraphs([
    headline(totals, `${counted(totals.sessions, "session")}`, terminal, filters),
    lines([panel("Projects", "what was it for?", table, terminal), leftNote(report.projectsLeft, "project", terminal)]),
    unpricedNote(totals.unpriced, terminal),
  ]);
}

/** The products that a person made. */
export function renderGroups(groups: readonly Product[], terminal: Terminal): string {
  if (groups.length === 0)
    return "No products yet. `cc-ledger projects group shop web api` joins the repos web and api under the name shop.\n";
  const table = renderTable({
    columns: [
      left("PRODUCT", { grow: 1, min: 10 }),
      left("REPO", { grow: 1, min: 10 }),
      left("FOLDER", { grow: 2, min: 16, priority: 1 }),
    ],
    rows: groups.flatMap((group) =>
      group.repos.map((repo, at): Cell[] => [at === 0 ? group.name : "", repo.name, repo.identity]),
    ),
    terminal,
  });
  return `${table}\n`;
}

/** What a product holds now. */
export function renderGroup(group: Product | null, name: string): string {
  if (group === null) return `${printable(name)} is no product any more; its repos are counted one by one.\n`;
  return `${printable(group.name)} holds ${group.repos.map((repo) => printable(repo.name)).join(", ")}\n`;
}
