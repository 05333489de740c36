import { formatCount, formatPercent, formatTokens, formatUsd } from "../../platform/numbers.ts";
import { type SourceRow, skillsReport } from "../../reports/skills.ts";
import { money, share, UNPRICED, unpricedFields, unpricedLine, usd } from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, list, nullable, number, object, optional, text, whole } from "../schema.ts";
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

const LISTS = {
  skills: "skills",
  commands: "commands",
  servers: "servers",
  mcp_tools: "mcpTools",
  plugins: "plugins",
} as const;
type ListName = keyof typeof LISTS;
const NAMES = Object.keys(LISTS) as [ListName, ...ListName[]];

const TITLES: Readonly<Record<ListName, string>> = {
  skills: "Skills",
  commands: "Slash commands",
  servers: "MCP servers",
  mcp_tools: "MCP tools",
  plugins: "Plugins",
};
const NAME = 60;

export const skillUsage = tool({
  name: "skill_usage",
  title: "Usage by skill, command, MCP server or plugin",
  description:
    "What skills cost and how often they ran; with `list` the same for slash commands, MCP servers, their tools, or plugins. Says by which method calls are given to a row; what belongs to none is shown, so that the list adds up.",
  input: object({
    period: periodArgument("this week"),
    project: projectArgument,
    list: optional(choice(NAMES, "Default: skills.")),
    ...PAGING,
  }),
  output: {
    period: PERIOD,
    list: choice(NAMES),
    method: text(),
    costUsd: number("of all calls in the period"),
    restUsd: number("of calls that belong to no row"),
    unpriced: UNPRICED,
    rows: list(
      object({
        name: text(),
        plugin: nullable(text()),
        server: optional(text()),
        uses: whole({}, "by agents"),
        typed: optional(whole({}, "by people, as a slash command")),
        sessions: whole(),
        calls: whole(),
        totalTokens: whole(),
        costUsd: nullable(number()),
        share: number(),
      }),
    ),
    left: LEFT,
  },
  run(args, call) {
    const period = call.period(args.period, "this week");
    const project = call.project(args.project);
    const name = args.list ?? "skills";
    const report = skillsReport(call.db, call.filters(period, project));
    const found = report[LISTS[name]];
    const rows = found.rows.slice(call.offset);
    return {
      rows: rows.length,
      beyond: found.left.rows,
      page(count, more) {
        const shown = rows.slice(0, count);
        const structured = {
          period: periodFields(period),
          list: name,
          method: found.method,
          costUsd: usd(report.totals.costNanoUsd),
          restUsd: usd(found.rest.costNanoUsd),
          ...unpricedFields(report.totals.unpriced),
          rows: shown.map(rowFields),
          ...leftFields(more),
        };
        const markdown = paragraphs(
          `${heading(TITLES[name], project, periodText(period, call.nowMs))}, of **${formatUsd(report.totals.costNanoUsd)}** in all; ${formatUsd(found.rest.costNanoUsd)} belongs to none.`,
          rows.length === 0 ? `No ${TITLES[name].toLowerCase()} were used.` : null,
          table(
            ["Name", "Uses", "Cost", "Share", "Tokens"],
            shown.map((row) => [
              code(row.server === null ? row.name : `${row.server}: ${row.name}`, NAME),
              formatCount(row.uses + row.typed),
              money(row),
              formatPercent(row.share),
              formatTokens(row.totalTokens),
            ]),
          ),
          rows.length === 0 ? null : `Method: ${found.method}.`,
          leftLine(more, "rows"),
          unpricedLine(report.totals.unpriced),
        );
        return { structured, markdown };
      },
    };
  },
});

function rowFields(row: SourceRow) {
  return {
    name: plain(row.name, NAME),
    plugin: row.plugin === null ? null : plain(row.plugin, NAME),
    ...(row.server !== null && { server: plain(row.server, NAME) }),
    uses: row.uses,
    ...(row.typed > 0 && { typed: row.typed }),
    sessions: row.sessions,
    calls: row.calls,
    totalTokens: row.totalTokens,
    costUsd: row.calls > 0 && row.unpricedCalls >= row.calls ? null : usd(row.costNanoUsd),
    share: share(row.share),
  };
}
