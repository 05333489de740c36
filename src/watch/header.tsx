import type { ReactNode } from "react";
import { amountText } from "../guard/limits.ts";
import type { BudgetStatus } from "../guard/types.ts";
import { bar, sparkline } from "../render/bars.ts";
import { ageText, alertText, clockText, paceText, rateText } from "../render/liveText.ts";
import { formatPercent, formatUsd } from "../render/numbers.ts";
import type { Style } from "../render/terminal.ts";
import { pad, widthOf } from "../render/width.ts";
import type { LiveReport } from "../reports/live.ts";
import type { Pace } from "../reports/pace.ts";
import { cellLine, Lines, type Screen, type Span, spanLine } from "./lines.tsx";

/** A limit or a budget needs so many columns. */
const GAUGE = 38;
const GAP = 2;
/** An alert about no session is shown so long; the budget's bar says the same afterwards. */
const ALERT_MS = 3_600_000;
const MAX_GAUGE_LINES = 3;

/** Today, burn, limits and budgets: what is the same whichever session one looks at. */
export function Header({ report, screen }: { report: LiveReport; screen: Screen }): ReactNode {
  return <Lines lines={headerLines(report, screen)} width={screen.width} />;
}

/** The header's lines. */
export function headerLines(report: LiveReport, screen: Screen): string[] {
  return [headline(report, screen), ...gauges(report, screen), ...alerts(report, screen), rule(screen)];
}

function headline(report: LiveReport, { width, terminal }: Screen): string {
  const { nowMs, timeZone, today, matched } = report;
  const unpriced = today.unpricedCalls > 0 ? ` + ${today.unpricedCalls} unpriced calls` : "";
  const spans: Span[] = [
    { text: "cc-ledger", style: "bold" },
    { text: "  today ", style: "dim" },
    { text: formatUsd(today.costNanoUsd), style: "bold" },
    { text: unpriced, style: "yellow" },
    { text: "  burn ", style: "dim" },
    rateText(report.burnNanoUsdPerHour),
    " ",
    { text: sparkline(report.series, { ...terminal, color: false }), style: "cyan" },
    { text: `  ${matched} active`, style: "dim" },
  ];
  const clock = clockText(nowMs, nowMs, timeZone);
  const room = width - clock.length - GAP;
  const left = spanLine(spans, room, terminal);
  const used = Math.min(
    room,
    spans.reduce((sum, span) => sum + widthOf(typeof span === "string" ? span : span.text), 0),
  );
  return `${left}${" ".repeat(Math.max(0, width - used - clock.length))}${clock}`;
}

interface Gauge {
  name: string;
  share: number;
  style: Style;
  /** Where an even use of the time would stand now, 0..1; null where there is no such thing. */
  note: string;
}

function gauges({ limits, budgets, nowMs, timeZone }: LiveReport, screen: Screen): string[] {
  const all = [
    ...limitGauge("5 hours", limits.fiveHour, nowMs, timeZone),
    ...limitGauge("7 days", limits.sevenDay, nowMs, timeZone),
    ...[...budgets].sort((a, b) => b.share - a.share).map(budgetGauge),
  ];
  const perLine = Math.max(1, Math.floor((screen.width + GAP) / (GAUGE + GAP)));
  const columns = Math.min(perLine, Math.max(1, all.length));
  const width = Math.floor((screen.width - GAP * (columns - 1)) / columns);
  const names = Math.min(22, Math.max(...all.map(({ name }) => widthOf(name)), 1));
  const lines: string[] = [];
  for (let at = 0; at < all.length && lines.length < MAX_GAUGE_LINES; at += columns)
    lines.push(
      all
        .slice(at, at + columns)
        .map((gauge) => gaugeText(gauge, names, width, screen))
        .join(" ".repeat(GAP)),
    );
  return lines;
}

function limitGauge(name: string, pace: Pace | null, nowMs: number, timeZone: string): Gauge[] {
  if (pace === null) return [];
  const style = pace.state === "over" ? "red" : pace.state === "fast" ? "yellow" : "green";
  return [{ name, share: pace.usedPercent / 100, style, note: paceText(pace, nowMs, timeZone) }];
}

function budgetGauge({ budget, label, spent, share, state }: BudgetStatus): Gauge {
  const style = state === "over" ? "red" : state === "warned" ? "yellow" : "green";
  return { name: label, share, style, note: `${amountText(spent, budget.unit)}${budget.hard ? ", hard" : ""}` };
}

const PERCENT = 6;

function gaugeText({ name, share, style, note }: Gauge, names: number, width: number, { terminal }: Screen): string {
  const notes = Math.min(widthOf(note), Math.max(0, width - names - PERCENT - 8));
  const bars = Math.min(24, width - names - PERCENT - notes - 3 * GAP);
  const full = bar(share, Math.max(3, bars), { ...terminal, color: false });
  const track = terminal.unicode ? "░" : ".";
  const line = `${full}${track.repeat(Math.max(0, Math.max(3, bars) - widthOf(full)))}`;
  return cellLine(
    [
      { span: { text: name, style: "dim" }, width: names },
      { span: { text: line, style }, width: Math.max(3, bars) },
      { span: { text: percentText(share), style }, width: PERCENT, align: "right" },
      {
        span: pad(note, Math.max(0, width - names - Math.max(3, bars) - PERCENT - 3 * GAP), "left"),
        width: Math.max(0, width - names - Math.max(3, bars) - PERCENT - 3 * GAP),
      },
    ],
    terminal,
  );
}

/** A share that may go beyond the whole. Cut, so that it never says 100 too early. */
function percentText(share: number): string {
  return share >= 1 ? `${Math.min(9999, Math.floor(share * 100))} %` : formatPercent(share);
}

function alerts({ alerts, nowMs }: LiveReport, { width, terminal }: Screen): string[] {
  const [latest] = alerts;
  if (latest === undefined || nowMs - latest.atMs > ALERT_MS) return [];
  const spans: Span[] = [
    { text: `! ${alertText(latest.message)}`, style: "yellow" },
    { text: `  ${ageText(nowMs, latest.atMs)}`, style: "dim" },
  ];
  return [spanLine(spans, width, terminal)];
}

/** A line across the screen. */
export function rule({ width, terminal }: Screen): string {
  return cellLine([{ span: { text: (terminal.unicode ? "─" : "-").repeat(width), style: "dim" }, width }], terminal);
}
