import { loadPrices } from "../../ledger/prices.ts";
import { formatCount, formatUsd } from "../../platform/numbers.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import type { Finding } from "../../reports/optimize/types.ts";
import { UNPRICED, unpricedFields, unpricedLine, usd } from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, list, number, object, text, whole } from "../schema.ts";
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

/** Sessions that are named for each piece of advice: enough to open one. */
const WHERE = 3;
const SENTENCE = 400;

export const costOptimize = tool({
  name: "cost_optimize",
  title: "What to change, and what it would have saved",
  description:
    "Advice with evidence: dear models on light work, caches that were lost, bloated contexts, files read again, retries, huge results, runaway prompts, overhead. Each says the one change to make, its assumption, and what it would have saved of the very calls; overlapping savings are counted once.",
  input: object({ period: periodArgument("last 30 days"), project: projectArgument, ...PAGING }),
  output: {
    period: PERIOD,
    costUsd: number("of all calls in the period"),
    savingUsd: number("if all advice is followed; never more than was spent"),
    unpriced: UNPRICED,
    rows: list(
      object({
        rule: text(),
        title: text(),
        change: text("the one change to make"),
        assumption: text(),
        confidence: choice(["high", "medium", "low"]),
        calls: whole(),
        costUsd: number("of the calls that it is about"),
        savingUsd: number("if this alone is followed"),
        addedUsd: number("what it adds to the advice above it"),
        sessions: list(text()),
      }),
    ),
    left: LEFT,
  },
  async run(args, call) {
    const period = call.period(args.period, "last 30 days");
    const project = call.project(args.project);
    const prices = await loadPrices(call.env, ledgerPaths(call.env));
    const filters = call.filters(period, project);
    const report = await call.advice.ask(call.db, prices.version, { book: call.bookPath, filters, nowMs: call.nowMs });
    const rows = report.findings.slice(call.offset);
    return {
      rows: rows.length,
      beyond: report.findingsLeft.rows,
      page(count, more) {
        const shown = rows.slice(0, count);
        const structured = {
          period: periodFields(period),
          costUsd: usd(report.totals.costNanoUsd),
          savingUsd: usd(report.savingNanoUsd),
          ...unpricedFields(report.totals.unpriced),
          rows: shown.map(rowFields),
          ...leftFields(more),
        };
        const markdown = paragraphs(
          `${heading("Advice", project, periodText(period, call.nowMs))}: **${formatUsd(report.savingNanoUsd)}** of ${formatUsd(report.totals.costNanoUsd)} could have been saved.`,
          rows.length === 0 ? "Nothing stands out." : null,
          table(
            ["What", "Change", "Saving", "Confidence", "Calls"],
            shown.map((row) => [
              code(row.title, SENTENCE),
              plain(row.change, SENTENCE),
              formatUsd(row.addedNanoUsd),
              row.confidence,
              formatCount(row.calls),
            ]),
          ),
          leftLine(more, "pieces of advice"),
          unpricedLine(report.totals.unpriced),
        );
        return { structured, markdown };
      },
    };
  },
});

function rowFields(row: Finding) {
  return {
    rule: row.rule,
    title: plain(row.title, SENTENCE),
    change: plain(row.change, SENTENCE),
    assumption: plain(row.assumption, SENTENCE),
    confidence: row.confidence,
    calls: row.calls,
    costUsd: usd(row.costNanoUsd),
    savingUsd: usd(row.savingNanoUsd),
    addedUsd: usd(row.addedNanoUsd),
    sessions: row.where.slice(0, WHERE).map(({ sessionId }) => plain(sessionId, 60)),
  };
}
