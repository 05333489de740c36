import type { Filters } from "../reports/filters.ts";
import type { OptimizeReport } from "../reports/optimize/index.ts";
import type { Finding } from "../reports/optimize/types.ts";
import type { VerifyReport } from "../reports/optimize/verify.ts";
import { left, nothingIn, paragraphs, right } from "./costTables.ts";
import { formatCount, formatDateTime, formatPercent, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { printable, truncate, widthOf } from "./width.ts";

/** Sessions that are named under each piece of advice; JSON names more. */
const SHOWN_SESSIONS = 3;
/** `session` takes the beginning of an id. */
const SHORT_ID = 8;

/** Advice, the largest saving first. */
export function renderOptimize(report: OptimizeReport, terminal: Terminal, filters: Filters): string {
  const { totals, findings, below } = report;
  if (totals.calls === 0) return nothingIn(filters, "optimize");
  const spent = `${printable(filters.period)}  ${formatUsd(totals.costNanoUsd)} spent`;
  const unpriced = totals.unpriced.map(
    ({ model, calls }) => `${printable(model)} (${formatCount(calls)} ${calls === 1 ? "call" : "calls"})`,
  );
  const notes = [
    unpriced.length === 0 ? "" : `unpriced, so nothing is said of it: ${unpriced.join(", ")}`,
    below.rows === 0 ? "" : `${below.rows} more would save less than ${formatUsd(below.leastNanoUsd)} each`,
    report.findingsLeft.rows === 0
      ? ""
      : `${report.findingsLeft.rows} more add ${formatUsd(report.findingsLeft.addedNanoUsd)} (--top)`,
  ].filter((note) => note !== "");
  const dim = (text: string): string => paint(truncate(text, terminal.width), "dim", terminal);
  if (findings.length === 0) {
    return paragraphs([paint(spent, "bold", terminal), ["Nothing stands out.", ...notes.map(dim)].join("\n")]);
  }
  const head = `${spent}  ${formatUsd(report.savingNanoUsd)} could be saved, overlaps counted once`;
  return paragraphs([
    paint(truncate(head, terminal.width), "bold", terminal),
    ...findings.map((finding, at) => findingText(finding, at + 1, terminal, filters.timeZone)),
    [...notes, "what each rule counts, and what it cannot see: docs/optimize.md"].map(dim).join("\n"),
  ]);
}

function findingText(finding: Finding, number: number, terminal: Terminal, timeZone: string): string {
  const { savingNanoUsd, addedNanoUsd, costNanoUsd } = finding;
  const added = addedNanoUsd === savingNanoUsd ? "" : `, ${formatUsd(addedNanoUsd)} more than the above`;
  const part =
    costNanoUsd === 0
      ? ""
      : ` of ${formatUsd(costNanoUsd)} in ${formatCount(finding.calls)} ${finding.calls === 1 ? "call" : "calls"}`;
  const head = `${number}. ${formatUsd(savingNanoUsd)}${part}${added}  ${finding.rule}`;
  const lines = [
    ...wrapped(finding.title, "", terminal),
    ...wrapped(finding.change, "change: ", terminal),
    ...wrapped(`${finding.confidence}: ${finding.reason}`, "confidence: ", terminal),
    ...wrapped(finding.assumption, "assumes: ", terminal),
    ...finding.where.slice(0, SHOWN_SESSIONS).map((place) => {
      const when = formatDateTime(place.atMs, timeZone);
      const text = `   ${formatUsd(place.savingNanoUsd)}  ${when}  ${printable(place.repo)}  cc-ledger session ${printable(place.sessionId.slice(0, SHORT_ID))}`;
      return paint(truncate(text, terminal.width), "dim", terminal);
    }),
  ];
  return [paint(truncate(head, terminal.width), "bold", terminal), ...lines].join("\n");
}

/** Breaks a sentence at blanks so that it fits, indented below its label. */
function wrapped(text: string, label: string, terminal: Terminal): string[] {
  const lines: string[] = [];
  let line = `   ${label}`;
  for (const word of printable(text).split(" ")) {
    if (widthOf(line) + widthOf(word) > terminal.width && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = "   ";
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** What the rules find before and after a change. */
export function renderVerify(report: VerifyReport, terminal: Terminal): string {
  const { on, from, to, days, before, after, rules } = report;
  const sides = [before, after].map(
    (side) => `${formatUsd(side.costNanoUsd)} on ${formatCount(side.activeDays)} active days`,
  );
  const head = paint(
    truncate(`change on ${on}: ${days} days before (from ${from}) and after (to ${to})`, terminal.width),
    "bold",
    terminal,
  );
  const spent = `before: ${sides[0]}\nafter:  ${sides[1]}`;
  if (rules.length === 0) return paragraphs([head, spent, "No rule finds anything on either side."]);
  const table = renderTable({
    columns: [
      left("RULE", { grow: 1, min: 12 }),
      right("BEFORE/DAY"),
      right("SHARE BEFORE", { priority: 1 }),
      right("AFTER/DAY"),
      right("SHARE AFTER", { priority: 1 }),
      left("VERDICT"),
    ],
    rows: rules.map((row): Cell[] => [
      row.rule,
      formatUsd(row.before.perDayNanoUsd),
      formatPercent(row.before.share),
      formatUsd(row.after.perDayNanoUsd),
      formatPercent(row.after.share),
      { text: row.verdict, color: row.verdict === "less" ? "green" : row.verdict === "more" ? "red" : "dim" },
    ]),
    terminal,
  });
  const note = "what each rule would have saved per active day, and its share of what was spent";
  return paragraphs([head, spent, `${table}\n${paint(truncate(note, terminal.width), "dim", terminal)}`]);
}
