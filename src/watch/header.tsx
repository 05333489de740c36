import type { ReactNode } from "react";
import { amountText } from "../guard/limits.ts";
import type { BudgetStatus } from "../guard/types.ts";
import { bar, sparkline } from "../render/bars.ts";
import { ageText, alertText, clockText, paceText, rateText, steady } from "../render/liveText.ts";
import { formatPercent, formatUsd } from "../render/numbers.ts";
import type { Style } from "../render/terminal.ts";
import { widthOf } from "../render/width.ts";
import type { LiveReport } from "../reports/live.ts";
import type { Pace } from "../reports/pace.ts";
import { cellLine, Lines, type Screen, type Span, spanLine } from "./lines.tsx";

/** A limit or a budget needs so many columns, and has no use for more than so many. */
const GAUGE = { min: 38, max: 64 };
const GAP = 2;
/** An alert about no session is shown so long; the budget's bar says the same afterwards. */
const ALERT_MS = 3_600_000;
/** Lines of limits and budgets, in a window that is high enough for more than that, and in a low one. */
const MAX_GAUGE_LINES = 3;
const LOW = 16;

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
  const unpriced = today.unpricedCalls > 0 ? ` + ${today.unpricedCalls} unpriced` : "";
  const spans: Span[] = [
    { text: "cc-ledger", style: "bold" },
    { text: "  today ", style: "dim" },
    { text: formatUsd(today.costNanoUsd), style: "bold" },
    { text: unpriced, style: "yellow" },
    { text: "  burn ", style: "dim" },
    rateText(report.burnNanoUsdPerHour),
    { text: `  ${matched} active  `, style: "dim" },
  ];
  const clock = clockText(nowMs, nowMs, timeZone);
  const room = width - clock.length - GAP;
  const used = spans.reduce((sum, span) => sum + widthOf(typeof span === "string" ? span : span.text), 0);
  const minutes = Math.min(report.series.length, Math.max(0, room - used));
  const recent = minutes === 0 ? [] : report.series.slice(-minutes);
  spans.push({ text: sparkline(recent, { ...terminal, color: false }), style: "cyan" });
  const blanks = Math.max(0, width - Math.min(room, used + minutes) - clock.length);
  return `${spanLine(spans, room, terminal)}${" ".repeat(blanks)}${clock}`;
}

interface Gauge {
  name: string;
  share: number;
  style: Style;
  /** What is said behind the bar: as much of it as fits. */
  notes: readonly [long: string, short: string];
}

function gauges(report: LiveReport, screen: Screen): string[] {
  const { limits, budgets } = report;
  const all = [
    ...limitGauge("5 hours", limits.fiveHour, report, screen),
    ...limitGauge("7 days", limits.sevenDay, report, screen),
    ...[...budgets].sort((a, b) => b.share - a.share).map(budgetGauge),
  ];
  const perLine = Math.max(1, Math.floor((screen.width + GAP) / (GAUGE.min + GAP)));
  const columns = Math.min(perLine, Math.max(1, all.length));
  const width = Math.min(GAUGE.max, Math.floor((screen.width - GAP * (columns - 1)) / columns));
  const lines: string[] = [];
  const most = screen.height < LOW ? 1 : MAX_GAUGE_LINES;
  for (let at = 0; at < all.length && lines.length < most; at += columns) {
    const texts = all.slice(at, at + columns).map((gauge, column) => {
      const below = all.filter((_, n) => n % columns === column);
      return gaugeText(gauge, below, width, screen);
    });
    lines.push(texts.join(" ".repeat(GAP)));
  }
  return lines;
}

function limitGauge(name: string, pace: Pace | null, { nowMs, timeZone }: LiveReport, { terminal }: Screen): Gauge[] {
  if (pace === null) return [];
  const style = pace.state === "over" ? "red" : pace.state === "fast" ? "yellow" : "green";
  const at = clockText(pace.resetsAtMs, nowMs, timeZone).split(" ")[0] ?? "";
  const arrow = terminal.unicode ? "→" : ">";
  const projected = pace.projectedPercent === null ? "" : ` ${arrow}${percentText(pace.projectedPercent / 100)}`;
  return [
    { name, share: pace.usedPercent / 100, style, notes: [paceText(pace, nowMs, timeZone), `${at}${projected}`] },
  ];
}

function budgetGauge({ budget, spent, share, state, forecast }: BudgetStatus): Gauge {
  const style = state === "over" ? "red" : state === "warned" ? "yellow" : "green";
  const scope = [budget.repo ?? "", budget.branch, budget.prNumber === 0 ? "" : `#${budget.prNumber}`, budget.model];
  const amount = amountText(budget.amount, budget.unit).replace(/\.00$/, "");
  const name = [budget.per, amount, ...scope.map((part) => steady(part))].filter((part) => part !== "").join(" ");
  const used = amountText(spent, budget.unit);
  const ahead = forecast === null ? "" : `, ${amountText(forecast, budget.unit)} by its end`;
  return { name, share, style, notes: [`${used} spent${ahead}${budget.hard ? ", hard" : ""}`, used] };
}

const PERCENT = 5;
const BAR = { min: 5, max: 20 };

/** `all` are those that stand below each other. */
function gaugeText(gauge: Gauge, all: readonly Gauge[], width: number, { terminal }: Screen): string {
  const [long, short] = gauge.notes;
  const names = Math.min(Math.max(14, width - 42), Math.max(...all.map(({ name }) => widthOf(name))));
  const room = width - names - PERCENT - 3;
  const longest = Math.max(...all.map(({ notes }) => widthOf(notes[0])));
  const shortest = Math.max(...all.map(({ notes }) => widthOf(notes[1])));
  const isLong = longest + BAR.min <= room;
  const bars = Math.max(BAR.min, Math.min(BAR.max, room - (isLong ? longest : shortest)));
  const full = bar(gauge.share, bars, { ...terminal, color: false });
  const track = (terminal.unicode ? "░" : ".").repeat(Math.max(0, bars - widthOf(full)));
  const { style } = gauge;
  return cellLine(
    [
      { span: { text: gauge.name, style: "dim" }, width: names },
      { span: { text: `${full}${track}`, style }, width: bars },
      { span: { text: percentText(gauge.share), style }, width: PERCENT, align: "right" },
      { span: isLong ? long : short, width: Math.max(0, room - bars) },
    ],
    terminal,
    1,
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
