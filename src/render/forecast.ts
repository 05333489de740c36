import type { Forecast, ForecastError, ForecastMethod } from "../reports/forecast.ts";
import { left, lines, note, paragraphs, right } from "./costTables.ts";
import { formatDateTime, formatPercent, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const WORDS: Readonly<Record<ForecastMethod, string>> = {
  pace: "pace so far",
  "typical-day": "median days",
  "average-day": "mean days",
};

/** What the day, week and month will have cost, by which method, and how far it was off before. */
export function renderForecasts(forecasts: readonly Forecast[], terminal: Terminal, timeZone: string): string {
  const table = renderTable({
    columns: [
      left("PERIOD"),
      right("SPENT"),
      right("PASSED", { priority: 2 }),
      right("FORECAST"),
      left("UNTIL", { priority: 4 }),
      left("METHOD", { priority: 1 }),
      right("USUAL ERROR"),
      right("TRIED ON", { priority: 3 }),
    ],
    rows: forecasts.map((one): Cell[] => [
      one.per,
      formatUsd(one.spentNanoUsd),
      formatPercent(one.elapsed),
      { text: formatUsd(one.projectedNanoUsd), color: "cyan" },
      formatDateTime(one.toMs, timeZone),
      WORDS[one.methodName],
      errorText(one.error),
      one.error === null ? "" : `${one.error.periods} ${one.per}s`,
    ]),
    terminal,
  });
  const others = forecasts.flatMap((one) =>
    one.candidates
      .filter(({ method }) => method !== one.methodName)
      .map(
        ({ method, projectedNanoUsd, error }) =>
          `${one.per}, ${WORDS[method]}: ${formatUsd(projectedNanoUsd)}${error === null ? "" : ` (error ${errorText(error)})`}`,
      ),
  );
  const notes = [
    "method: of three, the one whose median error on past periods, cut where this one stands, was smallest (docs/reports.md)",
    ...(others.length === 0 ? [] : [`the others said: ${others.join("; ")}`]),
  ];
  return paragraphs([table, lines(notes.map((text) => note(text, terminal)))]);
}

function errorText(error: ForecastError | null): string {
  return error === null ? "unknown" : `±${Math.round(error.medianAbsolutePercentageError * 100)} %`;
}
