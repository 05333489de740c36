import { formatCount, formatPercent, formatTokens } from "../../platform/numbers.ts";
import { codingAgentsReport } from "../../reports/codingAgents.ts";
import {
  COST_FIELDS,
  costFields,
  money,
  share,
  TOKENS,
  tokensOf,
  UNPRICED,
  unpricedFields,
  unpricedLine,
} from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { list, number, object, text, whole } from "../schema.ts";
import { heading, PERIOD, periodArgument, periodFields, periodText, projectArgument, tool } from "../tool.ts";

const MODELS = 3;
/** More coding agents than the ledger reads. */
const MOST = 10;

export const crossToolCost = tool({
  name: "cross_tool_cost",
  title: "Cost by coding agent",
  description: "What each coding agent that the ledger reads (Claude Code, ...) cost in a period, side by side.",
  input: object({ period: periodArgument("this month"), project: projectArgument }),
  output: {
    period: PERIOD,
    ...COST_FIELDS,
    sessions: whole(),
    unpriced: UNPRICED,
    agents: list(
      object({
        agent: text(),
        ...COST_FIELDS,
        share: number(),
        sessions: whole(),
        tokens: TOKENS,
        models: list(text(), "that cost most"),
      }),
    ),
  },
  run(args, call) {
    const period = call.period(args.period, "this month");
    const project = call.project(args.project);
    const { totals, agents } = codingAgentsReport(call.db, call.filters(period, project));
    const shown = agents.slice(0, MOST);
    return {
      rows: 0,
      page: () => ({
        structured: {
          period: periodFields(period),
          ...costFields(totals),
          sessions: totals.sessions,
          ...unpricedFields(totals.unpriced),
          agents: shown.map((row) => ({
            agent: plain(row.agent),
            ...costFields(row),
            share: share(row.share),
            sessions: row.sessions,
            tokens: tokensOf(row.tokens),
            models: row.models.slice(0, MODELS).map((model) => plain(model, 60)),
          })),
        },
        markdown: paragraphs(
          `${heading("Coding agents", project, periodText(period, call.nowMs))}: **${money(totals)}**, ${formatCount(totals.sessions)} sessions.`,
          shown.length === 0 ? "Nothing was spent." : null,
          table(
            ["Agent", "Cost", "Share", "Sessions", "Tokens"],
            shown.map((row) => [
              code(row.agent),
              money(row),
              formatPercent(row.share),
              formatCount(row.sessions),
              formatTokens(row.totalTokens),
            ]),
          ),
          unpricedLine(totals.unpriced),
        ),
      }),
    };
  },
});
