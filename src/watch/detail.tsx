import { Box } from "ink";
import type { ReactNode } from "react";
import { bar, sparkline } from "../render/bars.ts";
import { money } from "../render/costTables.ts";
import {
  ageText,
  alertText,
  clockText,
  placeOf,
  rateText,
  runText,
  shortModel,
  steady,
  titleOf,
  toolText,
  wrapped,
} from "../render/liveText.ts";
import { formatCount, formatTokens, formatUsd } from "../render/numbers.ts";
import type { Terminal } from "../render/terminal.ts";
import type { LiveDetail, TreeRun } from "../reports/liveDetail.ts";
import type { LiveSession } from "../reports/liveSessions.ts";
import type { LiveTool } from "../reports/liveWork.ts";
import { type Cell, cellLine, Lines, type Screen, type Span, spanLine } from "./lines.tsx";

/** From this width on prompts stand beside runs and tools. */
const TWO_COLUMNS = 120;
const GAP = 2;
const MAX_ALERTS = 3;

interface Clock {
  nowMs: number;
  timeZone: string;
}

/** One session in full: what it costs and why, what each prompt cost, its runs as a tree, what it did last. */
export function Detail(props: { detail: LiveDetail; scroll: number; clock: Clock; screen: Screen }): ReactNode {
  const { detail, scroll, clock, screen } = props;
  const top = topLines(detail, clock, screen);
  const room = Math.max(1, screen.height - top.length);
  const isWide = screen.width >= TWO_COLUMNS;
  const half = isWide ? { ...screen, width: Math.floor((screen.width - 3) / 2) } : screen;
  const prompts = promptLines(detail, clock, half);
  const rest = [...runLines(detail, clock, half), "", ...toolLines(detail.tools, clock, half)];
  if (!isWide)
    return <Lines lines={[...top, ...scrolledTo([...prompts, "", ...rest], scroll, room)]} width={screen.width} />;
  return (
    <Box flexDirection="column" width={screen.width}>
      <Lines lines={top} width={screen.width} />
      <Box width={screen.width} gap={3}>
        <Lines lines={scrolledTo(prompts, scroll, room)} width={half.width} />
        <Lines lines={scrolledTo(rest, scroll, room)} width={half.width} />
      </Box>
    </Box>
  );
}

/** The part of a list that is to be seen; the last lines stay on the screen. */
function scrolledTo(lines: readonly string[], scroll: number, room: number): string[] {
  const first = Math.min(scroll, Math.max(0, lines.length - room));
  return lines.slice(first, first + room);
}

function title(text: string, { width, terminal }: Screen): string {
  return spanLine([{ text, style: "bold" }], width, terminal);
}

function topLines(
  { session, cwd, clientVersion, alerts, timeline }: LiveDetail,
  clock: Clock,
  screen: Screen,
): string[] {
  const { width, terminal } = screen;
  const plain = { ...terminal, color: false };
  const id = steady(session.sessionId, 60);
  const lines = [
    cellLine(
      [
        { span: { text: titleOf(session), style: "bold" }, width: Math.max(10, width - id.length - GAP) },
        { span: { text: id, style: "dim" }, width: id.length, align: "right" },
      ],
      terminal,
      GAP,
    ),
    ...summaryLines(session, clock, screen),
  ];
  const about = [
    cwd === null ? "" : steady(cwd),
    clientVersion === null ? "" : `${steady(session.agent)} ${steady(clientVersion)}`,
  ];
  lines.push(spanLine([{ text: about.filter((part) => part !== "").join("  "), style: "dim" }], width, terminal));
  const whole = sparkline(
    timeline.map((step) => step.costNanoUsd),
    plain,
  );
  lines.push(
    spanLine(
      [
        { text: "the whole session  ", style: "dim" },
        { text: whole, style: "cyan" },
      ],
      width,
      terminal,
    ),
  );
  for (const alert of alerts.slice(0, MAX_ALERTS)) {
    const spans: Span[] = [
      { text: `! ${alertText(alert.message)}`, style: alert.level === "denied" ? "red" : "yellow" },
      { text: `  ${ageText(clock.nowMs, alert.atMs)}`, style: "dim" },
    ];
    lines.push(spanLine(spans, width, terminal));
  }
  return [...lines, ""];
}

/** Figures of a session, as many to a line as fit. */
export function summaryLines(session: LiveSession, { nowMs, timeZone }: Clock, { width, terminal }: Screen): string[] {
  const { prompt, pass } = session;
  const facts: [string, string][] = [
    ["cost", money(session)],
    ["today", formatUsd(session.todayNanoUsd)],
    ["burn", rateText(session.burnNanoUsdPerHour)],
    ["tokens", `${formatTokens(session.totalTokens)} in ${formatCount(session.calls)} calls`],
    ["context", session.contextTokens === null ? "-" : formatTokens(session.contextTokens)],
  ];
  const asked: [string, string][] =
    prompt === null
      ? []
      : [
          ["this prompt", `${money(prompt)} in ${formatCount(prompt.calls)} calls`],
          ["asked", ageText(nowMs, prompt.atMs) === "now" ? "just now" : `${ageText(nowMs, prompt.atMs)} ago`],
          ["kind", prompt.category],
        ];
  const lines = [
    spanLine(
      [placeOf(session), { text: `  ${session.models.map(shortModel).join(", ")}`, style: "dim" }],
      width,
      terminal,
    ),
    ...flow(facts, width, terminal),
    ...flow(asked, width, terminal),
    spanLine(
      [
        { text: "30 minutes  ", style: "dim" },
        { text: sparkline(session.series, { ...terminal, color: false }), style: "cyan" },
      ],
      width,
      terminal,
    ),
  ];
  if (pass !== null) {
    const until = pass.untilMs === null ? "for good" : `until ${clockText(pass.untilMs, nowMs, timeZone)}`;
    lines.push(spanLine([{ text: `may go on beyond hard limits ${until}`, style: "green" }], width, terminal));
  }
  return lines;
}

/** Names and values one after another, on as many lines as they need. */
function flow(facts: readonly [string, string][], width: number, terminal: Terminal): string[] {
  const lines: string[] = [];
  let spans: Span[] = [];
  let used = 0;
  for (const [name, value] of facts) {
    const taken = name.length + 1 + value.length + GAP;
    if (used > 0 && used + taken - GAP > width) {
      lines.push(spanLine(spans, width, terminal));
      spans = [];
      used = 0;
    }
    spans.push({ text: `${name} `, style: "dim" }, `${value}${" ".repeat(GAP)}`);
    used += taken;
  }
  if (used > 0) lines.push(spanLine(spans, width, terminal));
  return lines;
}

const PROMPT_BAR = 12;

function promptLines({ prompts }: LiveDetail, { nowMs, timeZone }: Clock, screen: Screen): string[] {
  const { terminal, width } = screen;
  const most = Math.max(...prompts.map(({ costNanoUsd }) => costNanoUsd), 1);
  const bars = width >= 70 ? PROMPT_BAR : 0;
  const columns: { title: string; width: number; align?: "right" }[] = [
    { title: "#", width: 4, align: "right" },
    { title: "ASKED", width: 9 },
    { title: "KIND", width: Math.max(6, width - 4 - 9 - 6 - 7 - 9 - bars - GAP * (bars === 0 ? 5 : 6)) },
    { title: "CALLS", width: 6, align: "right" },
    { title: "TOKENS", width: 7, align: "right" },
    { title: "COST", width: 9, align: "right" },
    ...(bars === 0 ? [] : [{ title: "", width: bars }]),
  ];
  const line = (spans: readonly Span[]): string =>
    cellLine(
      columns.map(({ title: _title, ...column }, at): Cell => ({ ...column, span: spans[at] ?? "" })),
      terminal,
      GAP,
    );
  return [
    title("Prompts", screen),
    line(columns.map((column): Span => ({ text: column.title, style: "dim" }))),
    ...prompts.map((prompt) =>
      line([
        String(prompt.number),
        prompt.atMs === 0 ? "-" : clockText(prompt.atMs, nowMs, timeZone),
        prompt.category,
        formatCount(prompt.calls),
        formatTokens(prompt.totalTokens),
        money(prompt),
        { text: bar(prompt.costNanoUsd / most, bars, { ...terminal, color: false }), style: "cyan" },
      ]),
    ),
  ];
}

function runLines({ runs }: LiveDetail, { nowMs }: Clock, screen: Screen): string[] {
  const { terminal, width } = screen;
  const line = (what: Span, calls: Span, cost: Span, age: Span): string =>
    cellLine(
      [
        { span: what, width: Math.max(8, width - 6 - 9 - 7 - GAP * 3) },
        { span: calls, width: 6, align: "right" },
        { span: cost, width: 9, align: "right" },
        { span: age, width: 7, align: "right" },
      ],
      terminal,
      GAP,
    );
  const dim = (text: string): Span => ({ text, style: "dim" });
  return [
    title("Runs", screen),
    line(dim("RUN"), dim("CALLS"), dim("COST"), dim("STARTED")),
    ...runs.map((run, at) => {
      const started = dim(run.startedAtMs === null ? "" : ageText(nowMs, run.startedAtMs));
      return line(
        `${treeLines(runs, at, terminal)}${nameOf(run)}`,
        formatCount(run.calls),
        money(run),
        run.atWork ? { text: "at work", style: "green" } : started,
      );
    }),
  ];
}

function nameOf(run: TreeRun): string {
  if (run.runId === "main") return "main thread";
  return run.kind === "overhead" ? `overhead, ${runText(run)}` : runText(run);
}

/** What stands before a run: lines down to the runs that its parents sent out later, and a corner. */
function treeLines(runs: readonly TreeRun[], at: number, terminal: Terminal): string {
  const [down, branch, corner] = terminal.unicode ? ["│ ", "├ ", "└ "] : ["| ", "|-", "`-"];
  const depth = runs[at]?.depth ?? 0;
  const parts = Array.from({ length: depth }, (_, level) => {
    const next = runs.slice(at + 1).find((run) => run.depth <= level + 1);
    const goesOn = next !== undefined && next.depth === level + 1;
    return level + 1 === depth ? (goesOn ? branch : corner) : goesOn ? down : "  ";
  });
  return parts.join("");
}

/** The last tools, the latest first. */
export function toolLines(tools: readonly LiveTool[], { nowMs }: Clock, screen: Screen): string[] {
  const { terminal, width } = screen;
  return [
    title("Last tools", screen),
    ...tools.map((tool) => {
      const by = tool.agentType === null ? "" : ` (${steady(tool.agentType)})`;
      const text = `${toolText(tool, terminal.unicode)}${by}`;
      return cellLine(
        [
          { span: { text: ageText(nowMs, tool.atMs), style: "dim" }, width: 4, align: "right" },
          { span: tool.failed === true ? { text, style: "red" } : text, width: width - 4 - GAP },
        ],
        terminal,
        GAP,
      );
    }),
  ];
}

/** Beside the list, where there is room: the selected session in short. */
export function Pane(props: { session: LiveSession; clock: Clock; screen: Screen }): ReactNode {
  const { session, clock, screen } = props;
  const { width, height, terminal } = screen;
  const alerts = session.alerts.flatMap((alert) =>
    wrapped(`! ${alertText(alert.message)}`, width, 4).map((line) =>
      spanLine([{ text: line, style: "yellow" }], width, terminal),
    ),
  );
  const lines = [
    title(titleOf(session), screen),
    ...summaryLines(session, clock, screen),
    "",
    ...(alerts.length === 0 ? [] : [...alerts, ""]),
    ...toolLines(session.tools, clock, screen),
  ];
  return <Lines lines={lines.slice(0, height)} width={width} />;
}
