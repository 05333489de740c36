import { csv } from "../../render/csv.ts";
import { usdString } from "../../render/numbers.ts";
import type { Filters } from "../../reports/filters.ts";
import type { OptimizeReport } from "../../reports/optimize/index.ts";
import type { Finding } from "../../reports/optimize/types.ts";
import type { Side, VerifyReport } from "../../reports/optimize/verify.ts";
import { filtersJson } from "./statsJson.ts";
import { iso, usd } from "./sums.ts";

/** The body of `optimize --json`. */
export function optimizeJson(report: OptimizeReport, filters: Filters): object {
  const { totals, findingsLeft, below } = report;
  return {
    filters: filtersJson(filters),
    totals: { ...totals, costUsd: usd(totals.costNanoUsd) },
    savingNanoUsd: report.savingNanoUsd,
    savingUsd: usd(report.savingNanoUsd),
    findings: report.findings.map(findingJson),
    findingsLeft: { ...findingsLeft, addedUsd: usd(findingsLeft.addedNanoUsd) },
    below,
  };
}

function findingJson(finding: Finding): object {
  const { rule, title, change, assumption, confidence, reason, calls, where, ...money } = finding;
  return {
    rule,
    title,
    change,
    assumption,
    confidence,
    reason,
    calls,
    ...money,
    costUsd: usd(money.costNanoUsd),
    savingUsd: usd(money.savingNanoUsd),
    addedUsd: usd(money.addedNanoUsd),
    where: where.map(({ atMs, ...place }) => ({ ...place, at: iso(atMs), savingUsd: usd(place.savingNanoUsd) })),
  };
}

/** Advice as CSV, a line each. */
export function optimizeCsv(report: OptimizeReport): string {
  const header = [
    "rule",
    "title",
    "change",
    "assumption",
    "confidence",
    "reason",
    "calls",
    "cost_usd",
    "saving_usd",
    "added_usd",
    "sessions",
  ];
  return csv(
    header,
    report.findings.map((row) => [
      row.rule,
      row.title,
      row.change,
      row.assumption,
      row.confidence,
      row.reason,
      row.calls,
      usdString(row.costNanoUsd),
      usdString(row.savingNanoUsd),
      usdString(row.addedNanoUsd),
      row.where.map(({ sessionId }) => sessionId).join(" "),
    ]),
  );
}

/** The body of `optimize verify --json`. */
export function verifyJson(report: VerifyReport, filters: Filters): object {
  const { repo, branch, model, agent, timeZone } = filters;
  const { before, after, rules, ...span } = report;
  return {
    filters: { timeZone, repo, branch, model, agent },
    ...span,
    before: { ...before, costUsd: usd(before.costNanoUsd) },
    after: { ...after, costUsd: usd(after.costNanoUsd) },
    rules: rules.map((row) => ({ ...row, before: sideJson(row.before), after: sideJson(row.after) })),
  };
}

function sideJson(side: Side): object {
  return { ...side, savingUsd: usd(side.savingNanoUsd), perDayUsd: usd(side.perDayNanoUsd) };
}

/** The comparison as CSV, a rule a line. */
export function verifyCsv(report: VerifyReport): string {
  const columns = ["saving_usd", "per_day_usd", "share", "calls"];
  const cells = (side: Side): (string | number)[] => [
    usdString(side.savingNanoUsd),
    usdString(side.perDayNanoUsd),
    side.share.toFixed(6),
    side.calls,
  ];
  return csv(
    ["rule", ...columns.map((name) => `before_${name}`), ...columns.map((name) => `after_${name}`), "verdict"],
    report.rules.map((row) => [row.rule, ...cells(row.before), ...cells(row.after), row.verdict]),
  );
}
