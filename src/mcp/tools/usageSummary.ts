import { counted, formatCount, formatPercent, formatTokens, formatUsd } from "../../platform/numbers.ts";
import { shareOf } from "../../reports/bounded.ts";
import { overviewReport } from "../../reports/overview.ts";
import {
  COST_FIELDS,
  costFields,
  costUsd,
  money,
  share,
  TOKENS,
  tokensOf,
  UNPRICED,
  unpricedFields,
  unpricedLine,
  usd,
} from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { list, nullable, number, object, optional, text, whole } from "../schema.ts";
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
  projectArgument,
  tool,
} from "../tool.ts";

const TOP = 3;
const NAME = 60;

export const usageSummary = tool({
  name: "usage_summary",
  title: "Usage summary",
  description:
    'What was spent in a period, all in all: dollars, tokens, sessions, the dearest projects, models and kinds of work, the dearest session, and every day. Start here for "what did I spend this week".',
  input: object({ period: periodArgument("today"), project: projectArgument, ...PAGING }),
  output: {
    period: PERIOD,
    ...COST_FIELDS,
    sessions: whole(),
    prompts: whole(),
    tokens: TOKENS,
    unpriced: UNPRICED,
    lowerBoundCalls: optional(whole({}, "calls whose log broke off: their output is at least this")),
    mainUsd: nullable(number("by main threads")),
    subAgentsUsd: nullable(number("by sub-agents, included in costUsd")),
    overheadUsd: nullable(number("by what clients did on their own behalf, included in costUsd")),
    projects: list(object({ project: text(), costUsd: nullable(number()), share: number() })),
    models: list(object({ model: text(), costUsd: nullable(number()), share: number() })),
    categories: list(object({ category: text(), costUsd: number(), share: number() })),
    dearestSession: nullable(
      object({ sessionId: text(), title: nullable(text()), project: text(), costUsd: nullable(number()) }),
    ),
    days: list(object({ day: text(), costUsd: nullable(number()), sessions: whole() }), "newest first"),
    left: LEFT,
  },
  run(args, call) {
    const period = call.period(args.period, "today");
    const project = call.project(args.project);
    const filters = call.filters(period, project, { top: TOP });
    const report = overviewReport(call.db, filters);
    const { totals, kinds } = report;
    const days = report.daily.slice(call.offset);
    const { dearest } = report;
    return {
      rows: days.length,
      page(count, more) {
        const shown = days.slice(0, count);
        const structured = {
          period: periodFields(period),
          ...costFields(totals),
          sessions: totals.sessions,
          prompts: totals.prompts,
          tokens: tokensOf(totals.tokens),
          ...unpricedFields(totals.unpriced),
          ...(totals.lowerBoundCalls > 0 && { lowerBoundCalls: totals.lowerBoundCalls }),
          mainUsd: costUsd(kinds.main),
          subAgentsUsd: costUsd(kinds.user),
          overheadUsd: costUsd(kinds.overhead),
          projects: report.repos.map((row) => ({
            project: plain(row.repo, NAME),
            costUsd: costUsd(row),
            share: share(shareOf(row, totals)),
          })),
          models: report.models.map((row) => ({
            model: plain(row.model, NAME),
            costUsd: costUsd(row),
            share: share(shareOf(row, totals)),
          })),
          categories: report.categories
            .slice(0, TOP)
            .map((row) => ({ category: row.category, costUsd: usd(row.costNanoUsd), share: share(row.share) })),
          dearestSession:
            dearest === null
              ? null
              : {
                  sessionId: plain(dearest.sessionId, NAME),
                  title: dearest.title === null ? null : plain(dearest.title),
                  project: plain(dearest.repo, NAME),
                  costUsd: costUsd(dearest),
                },
          days: shown.map((row) => ({ day: row.day, costUsd: costUsd(row), sessions: row.sessions })),
          ...leftFields(more),
        };
        const markdown = paragraphs(
          `${heading("Usage", project, periodText(period, call.nowMs))}: **${money(totals)}**, ${counted(totals.sessions, "session")}, ${counted(totals.calls, "call")}, ${formatTokens(totals.totalTokens)} tokens.`,
          totals.calls === 0 ? "Nothing was spent." : null,
          kinds.user.calls + kinds.overhead.calls > 0
            ? `Of that, sub-agents ${money(kinds.user)}, overhead ${money(kinds.overhead)}.`
            : null,
          [
            listed(
              "Projects",
              report.repos.map((row) => `${code(row.repo, NAME)} ${money(row)}`),
            ),
            listed(
              "Models",
              report.models.map((row) => `${code(row.model, NAME)} ${money(row)}`),
            ),
            listed(
              "Work",
              report.categories
                .slice(0, TOP)
                .map((row) => `${row.category} ${formatUsd(row.costNanoUsd)} (${formatPercent(row.share)})`),
            ),
            dearest === null ? "" : `- Dearest session: ${code(dearest.title ?? dearest.sessionId)} ${money(dearest)}`,
          ]
            .filter((line) => line !== "")
            .join("\n"),
          shown.length > 1
            ? table(
                ["Day", "Cost", "Sessions"],
                shown.map((row) => [row.day, money(row), formatCount(row.sessions)]),
              )
            : null,
          leftLine(more, "days"),
          unpricedLine(totals.unpriced),
        );
        return { structured, markdown };
      },
    };
  },
});

function listed(what: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `- ${what}: ${items.join(", ")}`;
}
