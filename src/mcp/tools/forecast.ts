import { formatPercent, formatUsd } from "../../platform/numbers.ts";
import { selectionOf } from "../../reports/cells.ts";
import { type Forecast, forecastOf } from "../../reports/forecast.ts";
import { iso, share, usd } from "../figures.ts";
import { code, paragraphs, table } from "../markdown.ts";
import { choice, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import { projectArgument, tool } from "../tool.ts";

const PER = ["day", "week", "month"] as const;
const NAMES = { day: "today", week: "this week", month: "this month" } as const;

export const forecast = tool({
  name: "forecast",
  title: "Forecast",
  description:
    "What today, this week and this month will have cost at their end, by which method, and how far that method was off in past periods.",
  input: object({
    per: optional(choice(PER, "Only this period. Default: all three.")),
    project: projectArgument,
  }),
  output: {
    project: nullable(text()),
    forecasts: list(
      object({
        per: choice(PER),
        from: nullable(text()),
        until: nullable(text()),
        elapsed: number("share of the period that has passed"),
        spentUsd: number(),
        projectedUsd: number(),
        method: text(),
        medianError: nullable(number("of the same method in past periods: 0.2 is 20 %; null: too few")),
        periodsTried: whole(),
      }),
    ),
  },
  run(args, call) {
    const project = call.project(args.project);
    const everything = { label: "all", fromMs: null, toMs: null, timeZone: call.timeZone };
    const selection = project === null ? null : selectionOf(call.db, call.filters(everything, project));
    const forecasts = (args.per === undefined ? PER : [args.per]).map((per) =>
      forecastOf(call.db, {
        per,
        nowMs: call.nowMs,
        timeZone: call.timeZone,
        ...(selection !== null && { selection }),
      }),
    );
    return {
      rows: 0,
      page: () => ({
        structured: { project: project?.name ?? null, forecasts: forecasts.map(fieldsOf) },
        markdown: paragraphs(
          `**Forecast**${project === null ? "" : ` of ${code(project.name)}`} (${call.timeZone})`,
          table(
            ["Period", "Passed", "Spent", "At its end", "Usual error"],
            forecasts.map((row) => [
              NAMES[row.per],
              formatPercent(row.elapsed),
              formatUsd(row.spentNanoUsd),
              `**${formatUsd(row.projectedNanoUsd)}**`,
              row.error === null ? "unknown" : formatPercent(row.error.medianAbsolutePercentageError),
            ]),
          ),
          forecasts.map((row) => `- ${NAMES[row.per]}: ${row.method}`).join("\n"),
        ),
      }),
    };
  },
});

function fieldsOf(row: Forecast) {
  return {
    per: row.per,
    from: iso(row.fromMs),
    until: iso(row.toMs),
    elapsed: share(row.elapsed),
    spentUsd: usd(row.spentNanoUsd),
    projectedUsd: usd(row.projectedNanoUsd),
    method: row.method,
    medianError: row.error === null ? null : share(row.error.medianAbsolutePercentageError),
    periodsTried: row.error?.periods ?? 0,
  };
}
