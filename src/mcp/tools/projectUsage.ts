import { formatCount, formatPercent, formatTokens } from "../../platform/numbers.ts";
import { leftAfter } from "../../reports/page.ts";
import { type ProjectRow, projectsReport } from "../../reports/projects.ts";
import {
  COST_FIELDS,
  costFields,
  costUsd,
  iso,
  money,
  share,
  UNPRICED,
  unpricedFields,
  unpricedLine,
} from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, flag, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import {
  heading,
  LEFT,
  leftFields,
  leftLine,
  PAGING,
  PERIOD,
  periodArgument,
  periodFields,
  periodText,
  tool,
} from "../tool.ts";

const SORTS = ["cost", "tokens", "sessions", "recent"] as const;
/** More projects than any person has; beyond, what they add up to is told. */
const ALL = 5_000;
const NAME = 80;

export const projectUsage = tool({
  name: "project_usage",
  title: "Usage by project",
  description:
    'What each project cost in a period: a repo with all its worktrees, or several repos joined into a product. For "which project costs the most" and "compare my projects".',
  input: object({
    period: periodArgument("this week"),
    sort: optional(choice(SORTS, "Order of the rows. Default: cost.")),
    ...PAGING,
  }),
  output: {
    period: PERIOD,
    ...COST_FIELDS,
    sessions: whole(),
    unpriced: UNPRICED,
    projects: list(
      object({
        project: text(),
        ...COST_FIELDS,
        share: number("of the cost, 0..1"),
        sessions: whole(),
        subAgentsUsd: nullable(number()),
        model: nullable(text("that cost most")),
        category: nullable(text("kind of work that cost most")),
        lastActiveAt: nullable(text()),
        isProduct: optional(flag("several repos joined into one")),
      }),
    ),
    left: LEFT,
  },
  run(args, call) {
    const period = call.period(args.period, "this week");
    const report = projectsReport(call.db, call.filters(period, null, { top: ALL }));
    const rows = sorted(report.projects, args.sort ?? "cost").slice(call.offset);
    const { totals } = report;
    return {
      rows: rows.length,
      page(count, more) {
        const shown = rows.slice(0, count);
        const left = more === null ? undefined : leftAfter(rows, count, report.projectsLeft).costNanoUsd;
        const structured = {
          period: periodFields(period),
          ...costFields(totals),
          sessions: totals.sessions,
          ...unpricedFields(totals.unpriced),
          projects: shown.map((row) => ({
            project: plain(row.project, NAME),
            ...costFields(row),
            share: share(row.share),
            sessions: row.sessions,
            subAgentsUsd: costUsd(row.kinds.find(({ kind }) => kind === "user") ?? row),
            model: row.models[0] === undefined ? null : plain(row.models[0], NAME),
            category: row.topCategory,
            lastActiveAt: iso(row.lastActiveAtMs),
            ...(row.isProduct && { isProduct: true }),
          })),
          ...leftFields(more, left),
        };
        const markdown = paragraphs(
          `${heading("Projects", null, periodText(period, call.nowMs))}: **${money(totals)}**, ${formatCount(totals.sessions)} sessions.`,
          rows.length === 0 ? "Nothing was spent." : null,
          table(
            ["Project", "Cost", "Share", "Sessions", "Tokens", "Mostly"],
            shown.map((row) => [
              code(row.project, NAME),
              money(row),
              formatPercent(row.share),
              formatCount(row.sessions),
              formatTokens(row.totalTokens),
              row.topCategory ?? "-",
            ]),
          ),
          leftLine(more, "projects"),
          unpricedLine(totals.unpriced),
        );
        return { structured, markdown };
      },
    };
  },
});

function sorted(rows: readonly ProjectRow[], by: (typeof SORTS)[number]): ProjectRow[] {
  if (by === "cost") return [...rows];
  const key = (row: ProjectRow): number =>
    by === "tokens" ? row.totalTokens : by === "sessions" ? row.sessions : (row.lastActiveAtMs ?? 0);
  return rows.toSorted((a, b) => key(b) - key(a));
}
