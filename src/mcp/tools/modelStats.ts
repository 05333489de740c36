import { formatPercent, formatTokens } from "../../platform/numbers.ts";
import { type ModelPeriod, type ModelsReport, type ModelUse, modelsReport } from "../../reports/models.ts";
import { leftAfter } from "../../reports/page.ts";
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
} from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import {
  type Answer,
  type Call,
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
  type StructuredOf,
  tool,
} from "../tool.ts";

const NAME = 60;
const MODELS_PER_PERIOD = 4;

const OUTPUT = {
  period: PERIOD,
  ...COST_FIELDS,
  unpriced: UNPRICED,
  models: optional(
    list(
      object({
        model: text(),
        ...COST_FIELDS,
        share: number(),
        sessions: whole(),
        tokens: TOKENS,
        subAgentsUsd: nullable(number()),
        category: nullable(text("kind of work that cost most")),
      }),
    ),
  ),
  periods: optional(
    list(
      object({
        from: text("first day"),
        ...COST_FIELDS,
        models: list(object({ model: text(), costUsd: nullable(number()), share: number() })),
      }),
    ),
  ),
  left: LEFT,
};

type Given = Answer<StructuredOf<typeof OUTPUT>>;

export const modelStats = tool({
  name: "model_stats",
  title: "Usage by model",
  description:
    "Which models did the work and what each cost, with tokens by class (input, output, cache read, cache write). With `per`, the mix by day, week or month.",
  input: object({
    period: periodArgument("this month"),
    project: projectArgument,
    per: optional(choice(["day", "week", "month"], "Rows are days, weeks or months with their models, newest first.")),
    ...PAGING,
  }),
  output: OUTPUT,
  run(args, call) {
    const period = call.period(args.period, "this month");
    const project = call.project(args.project);
    const report = modelsReport(call.db, call.filters(period, project), {
      per: args.per ?? "day",
      periods: args.per !== undefined,
    });
    const { totals } = report;
    const head = {
      period: periodFields(period),
      ...costFields(totals),
      ...unpricedFields(totals.unpriced),
    };
    const line = `${heading("Models", project, periodText(period, call.nowMs))}: **${money(totals)}**, ${formatTokens(totals.totalTokens)} tokens.`;
    const wrap = (body: string, more: string | null): string =>
      paragraphs(line, totals.calls === 0 ? "Nothing was spent." : null, body, more, unpricedLine(totals.unpriced));
    return args.per === undefined ? byModel(report, call, head, wrap) : byPeriod(report, call, head, wrap, args.per);
  },
});

type Head = { period: ReturnType<typeof periodFields> } & ReturnType<typeof costFields> &
  ReturnType<typeof unpricedFields>;
type Wrap = (body: string, more: string | null) => string;

function byModel(report: ModelsReport, call: Call, head: Head, wrap: Wrap): Given {
  const rows = report.models.slice(call.offset);
  return {
    rows: rows.length,
    beyond: report.modelsLeft.rows,
    page(count, more) {
      const shown = rows.slice(0, count);
      const left = more === null ? undefined : leftAfter(rows, count, report.modelsLeft).costNanoUsd;
      const body = table(
        ["Model", "Cost", "Share", "Calls", "Input", "Output", "Cache read", "Write 5m", "Write 1h"],
        shown.map((row) => [
          code(row.model, NAME),
          money(row),
          formatPercent(row.share),
          String(row.calls),
          formatTokens(row.tokens.input),
          formatTokens(row.tokens.output),
          formatTokens(row.tokens.cacheRead),
          formatTokens(row.tokens.cacheWrite5m),
          formatTokens(row.tokens.cacheWrite1h),
        ]),
      );
      return {
        structured: { ...head, models: shown.map(modelFields), ...leftFields(more, left) },
        markdown: wrap(body, leftLine(more, "models")),
      };
    },
  };
}

function modelFields(row: ModelUse) {
  const category = row.categories[0];
  return {
    model: plain(row.model, NAME),
    ...costFields(row),
    share: share(row.share),
    sessions: row.sessions,
    tokens: tokensOf(row.tokens),
    subAgentsUsd: costUsd(row.kinds.find(({ kind }) => kind === "user") ?? row),
    category: category === undefined ? null : category.category,
  };
}

function byPeriod(report: ModelsReport, call: Call, head: Head, wrap: Wrap, per: string): Given {
  const rows = report.periods.slice(call.offset);
  const mix = (row: ModelPeriod): string =>
    row.models
      .slice(0, MODELS_PER_PERIOD)
      .map((one) => `${code(one.model, NAME)} ${formatPercent(one.share)}`)
      .join(", ");
  return {
    rows: rows.length,
    beyond: report.periodsLeft.rows,
    page(count, more) {
      const shown = rows.slice(0, count);
      const left = more === null ? undefined : leftAfter(rows, count, report.periodsLeft).costNanoUsd;
      const periods = shown.map((row) => ({
        from: row.from,
        ...costFields(row),
        models: row.models
          .slice(0, MODELS_PER_PERIOD)
          .map((one) => ({ model: plain(one.model, NAME), costUsd: costUsd(one), share: share(one.share) })),
      }));
      const title = { day: "Day", week: "Week from", month: "Month from" }[per] ?? per;
      return {
        structured: { ...head, periods, ...leftFields(more, left) },
        markdown: wrap(
          table(
            [title, "Cost", "Models"],
            shown.map((row) => [row.from, money(row), mix(row)]),
          ),
          leftLine(more, `${per}s`),
        ),
      };
    },
  };
}
