import { bareSentence } from "../guard/texts.ts";
import type { Filters } from "../reports/filters.ts";
import type { AlertRow, Explanation } from "../reports/guardExplain.ts";
import type { GuardStatus } from "../reports/guardStatus.ts";
import type { ReplayReport } from "../reports/replay.ts";
import { counted, formatCount, formatDateTime, formatDuration, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { printable } from "./width.ts";

/** Text for people about the guard: how it stands, what it said, what it would have said. */

function sentence(message: string): string {
  return printable(bareSentence(message), 600);
}

function levelCell(level: string): Cell {
  const severe = level === "denied" || level === "high" || Number(level) >= 100;
  return { text: level.match(/^\d+$/) ? `${level} %` : level, color: severe ? "red" : "yellow" };
}

/** Rules with their figures, what is usual, leave to go on. */
export function renderGuardStatus(status: GuardStatus, terminal: Terminal, nowMs: number): string {
  const rows = status.rules.map(({ rule, action, brief, figures }): Cell[] => [
    rule,
    { text: action, color: action === "deny" ? "red" : action === "off" ? "dim" : "green" },
    figures.map(({ name, value }) => `${name} ${value}`).join(", "),
    brief,
  ]);
  const table = renderTable({
    columns: [
      { title: "RULE", align: "left" },
      { title: "DOES", align: "left" },
      { title: "FROM", align: "left", grow: 1, min: 12 },
      { title: "LOOKS FOR", align: "left", grow: 2, min: 16, priority: 2 },
    ],
    rows,
    terminal,
  });
  const { usual } = status;
  const line = (what: string, one: GuardStatus["usual"]["session"], text: (value: number) => string): string =>
    one.limit === null || one.median === null
      ? `  ${what}: ${one.samples} of the 20 samples that a comparison needs`
      : `  ${what}: median ${text(one.median)}, out of the ordinary from ${text(one.limit)} (${formatCount(one.samples)} samples)`;
  const leave = status.passes.map(
    ({ sessionId, untilMs }) =>
      `  session ${printable(sessionId, 60)} may go on beyond hard limits ${untilMs === null ? "for good" : `for ${formatDuration(untilMs - nowMs)} more`}`,
  );
  return `${[
    status.enabled
      ? "The guard watches."
      : paint("The guard is off. `cc-ledger guard on` switches it on.", "yellow", terminal),
    table,
    "",
    "What is usual for you:",
    line("a session", usual.session, formatUsd),
    line("a prompt", usual.prompt, formatUsd),
    line("the dearest ten minutes of a session", usual.burn, formatUsd),
    "",
    `${counted(status.limits, "limit")}, ${formatCount(status.hardLimits)} of them hard; ${counted(status.alerts, "alert")} in the last 24 hours.`,
    ...leave,
    paint("`config guard.RULE off|warn|deny` and `config guard.RULE.FIGURE VALUE` change the rules.", "dim", terminal),
  ].join("\n")}\n`;
}

/** Alerts, the newest first. */
export function renderAlerts(rows: readonly AlertRow[], terminal: Terminal, filters: Filters): string {
  if (rows.length === 0) return `The guard said nothing in this period (${filters.period}).\n`;
  const table = renderTable({
    columns: [
      { title: "AT", align: "left" },
      { title: "RULE", align: "left" },
      { title: "LEVEL", align: "left", priority: 2 },
      { title: "SESSION", align: "left", priority: 1 },
      { title: "COST THEN", align: "right", priority: 3 },
      { title: "WHAT", align: "left", grow: 1, min: 20 },
    ],
    rows: rows.map((row): Cell[] => [
      formatDateTime(row.atMs, filters.timeZone),
      row.rule,
      levelCell(row.level),
      row.sessionId?.slice(0, 8) ?? "-",
      formatUsd(row.costNanoUsd),
      sentence(row.message),
    ]),
    terminal,
  });
  return `${table}\n`;
}

/** What the guard would have said, by rule and one by one. */
export function renderReplay(report: ReplayReport, terminal: Terminal, filters: Filters): string {
  const { alerts, sessions, rules, afterNanoUsd } = report;
  const head = `${counted(sessions, "session")} (${filters.period}), ${counted(alerts.length, "alert")}`;
  if (alerts.length === 0) return `${head}: the guard would have said nothing.\n`;
  const byRule = renderTable({
    columns: [
      { title: "RULE", align: "left" },
      { title: "ALERTS", align: "right" },
      { title: "SESSIONS", align: "right" },
      { title: "SPENT AFTER THE FIRST", align: "right" },
    ],
    rows: rules.map((row) => [
      row.rule,
      formatCount(row.alerts),
      formatCount(row.sessions),
      formatUsd(row.afterNanoUsd),
    ]),
    terminal,
  });
  const shown = alerts.slice(-filters.top).reverse();
  const list = renderTable({
    columns: [
      { title: "AT", align: "left" },
      { title: "RULE", align: "left" },
      { title: "LEVEL", align: "left", priority: 3 },
      { title: "SESSION", align: "left" },
      { title: "COST THEN", align: "right", priority: 1 },
      { title: "IN THE END", align: "right", priority: 2 },
      { title: "WHAT", align: "left", grow: 1, min: 20, priority: 4 },
    ],
    rows: shown.map((row): Cell[] => [
      formatDateTime(row.atMs, filters.timeZone),
      row.rule,
      levelCell(row.level),
      row.sessionId.slice(0, 8),
      formatUsd(row.costNanoUsdAtAlert),
      formatUsd(row.sessionCostNanoUsd),
      sentence(row.message),
    ]),
    terminal,
  });
  const more = alerts.length > shown.length ? `, the latest ${formatCount(shown.length)} of them` : "";
  return `${head}${more}.\n\n${byRule}\n\n${list}\n\nThese sessions spent ${formatUsd(afterNanoUsd)} after their first alert: the most that heeding it would have saved.\n`;
}

/** One session before the guard. */
export function renderExplanation(report: Explanation, terminal: Terminal, timeZone: string): string {
  const { usual, measures, findings, told, limits, leave } = report;
  const dearest = Math.max(0, ...measures.prompts);
  const against = (value: number, one: Explanation["usual"]["session"]): string =>
    one.limit === null
      ? `${formatUsd(value)} (too few samples to say what is usual: ${one.samples} of 20)`
      : `${formatUsd(value)}; usual ${formatUsd(one.median)}, out of the ordinary from ${formatUsd(one.limit)}`;
  const lines = [
    `Session ${printable(report.sessionId, 80)}`,
    `  cost               ${against(report.costNanoUsd, usual.session)}`,
    `  dearest prompt     ${against(dearest, usual.prompt)}`,
    `  dearest 10 minutes ${against(measures.peakBurn, usual.burn)}`,
    "",
    told.length === 0 ? "The guard said nothing at the time." : "What the guard said at the time:",
    ...told
      .toReversed()
      .map((row) => `  ${formatDateTime(row.atMs, timeZone)}  ${row.rule} ${row.level}: ${sentence(row.message)}`),
    "",
    findings.length === 0 ? "Watched again by today's rules: nothing." : "Watched again by today's rules:",
    ...findings.map(
      (one) =>
        `  ${formatDateTime(one.atMs, timeZone)}  ${one.rule} ${one.level} at ${formatUsd(one.costNano)}: ${sentence(one.message)}`,
    ),
  ];
  if (limits.length > 0)
    lines.push(
      "",
      "Limits that bear on it:",
      ...limits.map(
        ({ label, share, budget }) => `  ${budget.hard ? "hard " : ""}${label}: ${Math.floor(share * 100)} % used`,
      ),
    );
  if (leave !== null)
    lines.push(
      "",
      `It may go on beyond hard limits ${leave.untilMs === null ? "for good" : `until ${formatDateTime(leave.untilMs, timeZone)}`}.`,
    );
  return `${lines.map((line) => (line.startsWith("Session") ? paint(line, "bold", terminal) : line)).join("\n")}\n`;
}
