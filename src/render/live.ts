import type { LiveReport } from "../reports/live.ts";
import type { LiveSession } from "../reports/liveSessions.ts";
import type { Pace } from "../reports/pace.ts";
import { bar, sparkline } from "./bars.ts";
import { renderBudgets } from "./budgets.ts";
import { money } from "./costTables.ts";
import { ageText, alertText, paceText, placeOf, rateText, runText, shortModel, titleOf, toolText } from "./liveText.ts";
import { formatTokens, formatUsd } from "./numbers.ts";
import { type Cell, renderTable } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";
import { pad, truncate } from "./width.ts";

const BAR = 20;

/** What is going on, printed once. */
export function renderLive(report: LiveReport, terminal: Terminal): string {
  const parts = [
    headline(report, terminal),
    limits(report, terminal),
    report.budgets.length === 0 ? "" : renderBudgets(report.budgets, terminal, report.timeZone).trimEnd(),
    alerts(report, terminal),
    sessions(report, terminal),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function headline({ today, burnNanoUsdPerHour, matched, activeWithinMs }: LiveReport, terminal: Terminal): string {
  const unpriced = today.unpricedCalls > 0 ? ` + ${today.unpricedCalls} unpriced calls` : "";
  const minutes = Math.round(activeWithinMs / 60_000);
  const text = `today ${formatUsd(today.costNanoUsd)}${unpriced}  burn ${rateText(burnNanoUsdPerHour)}  ${matched} ${matched === 1 ? "session" : "sessions"} active in the last ${minutes} minutes`;
  return paint(truncate(text, terminal.width), "bold", terminal);
}

function limits({ limits: { fiveHour, sevenDay }, nowMs, timeZone }: LiveReport, terminal: Terminal): string {
  const line = (name: string, pace: Pace | null): string[] => {
    if (pace === null) return [];
    const color = pace.state === "over" ? "red" : pace.state === "fast" ? "yellow" : "green";
    const used = `${pad(bar(pace.usedPercent / 100, BAR, terminal), BAR, "left")} ${Math.floor(pace.usedPercent)} %`;
    return [`${pad(name, 8, "left")} ${paint(used, color, terminal)}  ${paceText(pace, nowMs, timeZone)}`];
  };
  return [...line("5 hours", fiveHour), ...line("7 days", sevenDay)].join("\n");
}

function alerts({ alerts: list, nowMs }: LiveReport, terminal: Terminal): string {
  return list
    .slice(0, 5)
    .map((alert) =>
      paint(
        truncate(`! ${alertText(alert.message)} (${ageText(nowMs, alert.atMs)})`, terminal.width),
        "yellow",
        terminal,
      ),
    )
    .join("\n");
}

function sessions(report: LiveReport, terminal: Terminal): string {
  if (report.sessions.length === 0)
    return "No session was active lately. One appears with its next turn; `cc-ledger sessions` lists earlier ones.";
  const rows = report.sessions.flatMap((session) => [
    sessionCells(session, report.nowMs, terminal),
    ...session.runs.map((run): Cell[] => [
      { text: `- ${runText(run)}`, color: "dim" },
      "",
      "",
      { text: money(run), color: "dim" },
      "",
      "",
      "",
      "",
      "",
      { text: ageText(report.nowMs, run.lastAtMs), color: "dim" },
    ]),
  ]);
  const body = renderTable({
    columns: [
      { title: "SESSION", align: "left", grow: 2, min: 14 },
      { title: "REPO, BRANCH", align: "left", grow: 1, min: 10, priority: 3 },
      { title: "MODEL", align: "left", grow: 1, min: 8, priority: 5 },
      { title: "COST", align: "right" },
      { title: "PROMPT", align: "right", priority: 2 },
      { title: "BURN", align: "right" },
      { title: "30 MINUTES", align: "left", priority: 6 },
      { title: "CONTEXT", align: "right", priority: 4 },
      { title: "LAST TOOL", align: "left", grow: 1, min: 10, priority: 7 },
      { title: "AGE", align: "right" },
    ],
    rows,
    terminal,
  });
  const more = report.matched - report.sessions.length;
  const said = report.sessions.flatMap((session) =>
    session.alerts
      .slice(0, 1)
      .map((alert) =>
        paint(truncate(`! ${titleOf(session)}: ${alertText(alert.message)}`, terminal.width), "yellow", terminal),
      ),
  );
  return [body, ...(more > 0 ? [`and ${more} more`] : []), ...(said.length === 0 ? [] : ["", ...said])].join("\n");
}

function sessionCells(session: LiveSession, nowMs: number, terminal: Terminal): Cell[] {
  const [tool] = session.tools;
  return [
    titleOf(session),
    placeOf(session),
    shortModel(session.models[0] ?? ""),
    money(session),
    session.prompt === null ? "-" : money(session.prompt),
    rateText(session.burnNanoUsdPerHour),
    { text: sparkCell(session.series, terminal), color: "cyan" },
    session.contextTokens === null ? "-" : formatTokens(session.contextTokens),
    tool === undefined ? "" : toolText(tool, terminal.unicode),
    session.state === "working" ? ageText(nowMs, session.lastAtMs) : session.state,
  ];
}

/** A cell loses the blanks at its ends: a minute without cost is a dot. */
function sparkCell(series: readonly number[], terminal: Terminal): string {
  return sparkline(series, { ...terminal, color: false }).replaceAll(" ", terminal.unicode ? "·" : "_");
}
