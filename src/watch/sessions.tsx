import type { ReactNode } from "react";
import { sparkline } from "../render/bars.ts";
import { money } from "../render/costTables.ts";
import { ageText, alertText, placeOf, rateText, runText, shortModel, titleOf, toolText } from "../render/liveText.ts";
import { formatTokens, formatUsd } from "../render/numbers.ts";
import type { Style, Terminal } from "../render/terminal.ts";
import type { LiveSession } from "../reports/liveSessions.ts";
import type { LiveRun } from "../reports/liveWork.ts";
import { type Cell, cellLine, Lines, type Screen, type Span, spanLine } from "./lines.tsx";

/** From this width on a session is one line; below, a second one holds what has no column. */
const ONE_LINE = 150;
/** Sub-agents shown below a session. */
const MAX_RUNS = 3;
const INDENT = 4;
/** Minutes of a session's sparkline. */
const SPARK = 15;
const GAP = 2;

/** The sessions in their order, with their sub-agents at work and what the guard said of them. */
export function Sessions(props: {
  sessions: readonly LiveSession[];
  selected: string | null;
  nowMs: number;
  activeWithinMs: number;
  hasPane: boolean;
  screen: Screen;
}): ReactNode {
  return <Lines lines={sessionLines(props)} width={props.screen.width} />;
}

/** As many lines as the screen has: the head, and the part of the list that holds the selected session. */
export function sessionLines(props: {
  sessions: readonly LiveSession[];
  selected: string | null;
  nowMs: number;
  activeWithinMs: number;
  hasPane: boolean;
  screen: Screen;
}): string[] {
  const { sessions, selected, nowMs, hasPane, screen } = props;
  if (sessions.length === 0) return nothing(props.activeWithinMs, screen);
  const columns = columnsFor(screen, hasPane);
  const blocks = sessions.map((session) =>
    block(session, session.sessionId === selected, nowMs, columns, hasPane, screen),
  );
  const at = Math.max(
    0,
    sessions.findIndex(({ sessionId }) => sessionId === selected),
  );
  return [head(columns, screen), ...windowOf(blocks, at, screen.height - 1)];
}

function nothing(activeWithinMs: number, { width, terminal }: Screen): string[] {
  const minutes = Math.round(activeWithinMs / 60_000);
  return [
    "",
    spanLine([`No session was active in the last ${minutes} minutes.`], width, terminal),
    spanLine(
      [{ text: "One appears here with its next turn. `cc-ledger sessions` lists earlier ones.", style: "dim" }],
      width,
      terminal,
    ),
  ];
}

/** The blocks around the one at `at` that fit into `height` lines. */
function windowOf(blocks: readonly (readonly string[])[], at: number, height: number): string[] {
  const lines = blocks.flat();
  if (lines.length <= height) return lines;
  const before = blocks.slice(0, at).reduce((sum, one) => sum + one.length, 0);
  const own = blocks[at]?.length ?? 0;
  // A block that is higher than the window is shown from its start.
  const above = Math.max(0, Math.floor((height - own) / 2));
  const first = Math.min(Math.max(0, before - above), Math.max(0, lines.length - height));
  return lines.slice(first, first + height);
}

interface Column {
  title: string;
  width: number;
  align?: "left" | "right";
  span: (session: LiveSession, nowMs: number, terminal: Terminal) => Span;
}

/** `hasPane`: what is not listed here stands beside the list for the selected session. */
function columnsFor({ width, terminal }: Screen, hasPane: boolean): Column[] {
  const oneLine = isOneLine(width, hasPane);
  const all: (Column | false)[] = [
    oneLine && { title: "REPO, BRANCH", width: 24, span: (one) => placeOf(one) },
    oneLine && !hasPane && { title: "MODEL", width: 10, span: (one) => shortModel(one.models[0] ?? "") },
    { title: "COST", width: 9, align: "right", span: (one) => ({ text: money(one), style: "bold" }) },
    width >= 72 && {
      title: "PROMPT",
      width: 9,
      align: "right",
      span: (one) => (one.prompt === null ? "-" : money(one.prompt)),
    },
    width >= 100 &&
      !hasPane && { title: "TODAY", width: 9, align: "right", span: (one) => formatUsd(one.todayNanoUsd) },
    width >= 48 && { title: "BURN", width: 10, align: "right", span: (one) => rateText(one.burnNanoUsdPerHour) },
    oneLine && {
      title: `${SPARK} MINUTES`,
      width: SPARK,
      span: (one) => ({ text: sparkOf(one.series, SPARK, terminal), style: "cyan" }),
    },
    width >= 76 &&
      !hasPane && {
        title: "CONTEXT",
        width: 7,
        align: "right",
        span: (one) => (one.contextTokens === null ? "-" : formatTokens(one.contextTokens)),
      },
    oneLine && { title: "LAST TOOL", width: 18, span: (one) => lastTool(one, terminal) },
    { title: "AGE", width: 4, align: "right", span: (one, nowMs) => ageText(nowMs, one.lastAtMs) },
  ];
  const columns = all.filter((column) => column !== false);
  const taken = columns.reduce((sum, column) => sum + column.width + GAP, 0);
  return [{ title: "SESSION", width: Math.max(8, width - taken - INDENT), span: (one) => titleOf(one) }, ...columns];
}

function isOneLine(width: number, hasPane: boolean): boolean {
  return hasPane || width >= ONE_LINE;
}

function sparkOf(series: readonly number[], width: number, terminal: Terminal): string {
  return sparkline(series.slice(-width), { ...terminal, color: false });
}

function lastTool(session: LiveSession, terminal: Terminal): Span {
  const [tool] = session.tools;
  if (tool === undefined) return "";
  const text = toolText(tool, terminal.unicode);
  return tool.failed === true ? { text, style: "red" } : text;
}

function head(columns: readonly Column[], { terminal }: Screen): string {
  const cells = columns.map(({ title, width, align }): Cell => ({ span: title, width, ...(align && { align }) }));
  return cellLine([{ span: "", width: INDENT - GAP }, ...cells], terminal, GAP, "dim");
}

const STATES: Record<LiveSession["state"], { unicode: string; ascii: string; style: Style }> = {
  working: { unicode: "●", ascii: "*", style: "green" },
  waiting: { unicode: "○", ascii: "o", style: "yellow" },
  ended: { unicode: "·", ascii: ".", style: "dim" },
};

/** Lines of one session. */
function block(
  session: LiveSession,
  isSelected: boolean,
  nowMs: number,
  columns: readonly Column[],
  hasPane: boolean,
  screen: Screen,
): string[] {
  const { terminal, width } = screen;
  const mark = isSelected ? (terminal.unicode ? "▸" : ">") : " ";
  const state = STATES[session.state];
  const style = isSelected ? "inverse" : session.state === "ended" ? "dim" : undefined;
  const lead: Cell[] = [
    { span: mark, width: 1 },
    { span: { text: terminal.unicode ? state.unicode : state.ascii, style: state.style }, width: 1 },
  ];
  const cells = columns.map(
    (column): Cell => ({
      span: column.span(session, nowMs, terminal),
      width: column.width,
      ...(column.align && { align: column.align }),
    }),
  );
  const row = `${cellLine(lead, terminal, 0, style)}${cellLine([{ span: "", width: 0 }, ...cells], terminal, GAP, style)}`;
  const lines = [row];
  if (!isOneLine(width, hasPane)) lines.push(secondLine(session, nowMs, screen));
  return [...lines, ...guardLines(session, nowMs, screen), ...runLines(session, nowMs, screen)];
}

const indent = " ".repeat(INDENT);

/** Where there are few columns: what else is to be known. */
function secondLine(session: LiveSession, nowMs: number, { width, terminal }: Screen): string {
  const [tool] = session.tools;
  const minutes = width < 100 ? SPARK : session.series.length;
  const parts = [
    placeOf(session),
    shortModel(session.models[0] ?? ""),
    tool === undefined ? "" : toolText(tool, terminal.unicode),
    session.prompt === null ? "" : `asked ${ageText(nowMs, session.prompt.atMs)}`,
  ].filter((part) => part !== "");
  const text = parts.join(terminal.unicode ? " · " : ", ");
  return cellLine(
    [
      { span: "", width: INDENT - GAP },
      { span: { text, style: "dim" }, width: width - INDENT - minutes - GAP },
      { span: { text: sparkOf(session.series, minutes, terminal), style: "cyan" }, width: minutes },
    ],
    terminal,
    GAP,
  );
}

/** What the guard said of a session lately, and the leave it has. */
function guardLines(session: LiveSession, nowMs: number, { width, terminal }: Screen): string[] {
  const [alert] = session.alerts;
  if (alert === undefined || alert.atMs < session.lastAtMs - 1_800_000) return [];
  const severe = alert.level === "denied" || alert.level === "high" || Number(alert.level) >= 100;
  const spans: Span[] = [
    indent,
    { text: `! ${alertText(alert.message)}`, style: severe ? "red" : "yellow" },
    { text: session.pass === null ? "" : " (has leave to go on)", style: "green" },
    { text: `  ${ageText(nowMs, alert.atMs)}`, style: "dim" },
  ];
  return [spanLine(spans, width, terminal)];
}

function runLines(session: LiveSession, nowMs: number, { width, terminal }: Screen): string[] {
  const shown = session.runs.slice(0, MAX_RUNS);
  const more = session.runs.length - shown.length;
  const lines = shown.map((run, at) => runLine(run, at === shown.length - 1 && more === 0, nowMs, width, terminal));
  if (more > 0)
    lines.push(
      spanLine([indent, { text: `${corner(true, terminal)} ${more} more at work`, style: "dim" }], width, terminal),
    );
  return lines;
}

function corner(last: boolean, terminal: Terminal): string {
  if (!terminal.unicode) return last ? "`" : "|";
  return last ? "└" : "├";
}

/** On a wide screen the figures stay near the text. */
const RUN_WIDTH = 90;

function runLine(run: LiveRun, last: boolean, nowMs: number, width: number, terminal: Terminal): string {
  const lead = INDENT + 1;
  const room = Math.max(10, Math.min(RUN_WIDTH, width) - lead - 9 - 4 - 3 * GAP);
  const cells: Cell[] = [
    { span: { text: `${indent}${corner(last, terminal)}`, style: "dim" }, width: lead },
    { span: runText(run), width: room },
    { span: money(run), width: 9, align: "right" },
    { span: { text: ageText(nowMs, run.lastAtMs), style: "dim" }, width: 4, align: "right" },
  ];
  return cellLine(cells, terminal, GAP);
}
