import { UserError } from "../../platform/errors.ts";
import {
  counted,
  formatCount,
  formatDateTime,
  formatDuration,
  formatTokens,
  formatUsd,
} from "../../platform/numbers.ts";
import { hasCalls, latestSession } from "../../reports/latestSession.ts";
import { type PromptRow, type SessionReport, sessionReport, type ToolRow } from "../../reports/session.ts";
import type { RunRow, SessionListRow } from "../../reports/sessions.ts";
import { COST_FIELDS, costFields, iso, money, TOKENS, tokensOf, unpricedLine, usd } from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, flag, list, nullable, number, object, optional, text, whole } from "../schema.ts";
import {
  type Answer,
  type Call,
  LEFT,
  leftFields,
  leftLine,
  PAGING,
  projectArgument,
  type StructuredOf,
  tool,
} from "../tool.ts";

const PARTS = ["overview", "runs", "prompts", "tools", "timeline", "events"] as const;
type Part = (typeof PARTS)[number];
const TOP = 3;
const NAME = 60;

const RUN = object({
  runId: text(),
  kind: choice(["main", "user", "overhead"]),
  type: nullable(text()),
  description: nullable(text()),
  startedAt: nullable(text()),
  ...COST_FIELDS,
});
const PROMPT = object({ number: whole(), at: nullable(text()), category: text(), ...COST_FIELDS });
const TOOL = object({ tool: text(), calls: whole(), failed: whole(), resultBytes: whole() });

const OUTPUT = {
  session: object({
    sessionId: text(),
    agent: text(),
    title: nullable(text()),
    project: text(),
    cwd: nullable(text()),
    startedAt: nullable(text()),
    lastAt: nullable(text()),
    models: list(text()),
    prompts: whole(),
    ...COST_FIELDS,
    tokens: TOKENS,
    runaway: flag("far above one's own usual sessions"),
    timesMedian: nullable(number("multiple of one's median session")),
    reportedUsd: nullable(number("what the agent itself said it cost")),
    inheritedCalls: optional(whole({}, "copied history of another session, at no cost here")),
    forkedFrom: optional(text()),
  }),
  part: choice(PARTS),
  runs: optional(list(RUN, "main thread first, then the dearest")),
  prompts: optional(list(PROMPT)),
  tools: optional(list(TOOL)),
  timeline: optional(list(object({ from: nullable(text()), calls: whole(), costUsd: number() }))),
  events: optional(list(object({ at: nullable(text()), kind: text(), detail: text() }))),
  left: LEFT,
};

type Given = Answer<StructuredOf<typeof OUTPUT>>;

export const sessionDetail = tool({
  name: "session_detail",
  title: "One session",
  description:
    'One session in full: what it cost, its threads (sub-agents), prompts, tools, cost over time, events. `session` is an id or the start of one, "latest" (the default) the one that moved last, "current" the one this server was started by where the client says so.',
  input: object({
    session: optional(text('Id, start of an id, "latest" or "current". Default: latest.', 200)),
    project: projectArgument,
    part: optional(choice(PARTS, "Which rows to list. Default: overview.")),
    ...PAGING,
  }),
  output: OUTPUT,
  run(args, call) {
    const wanted = sessionNamed(args.session?.trim() ?? "latest", args.project, call);
    const everything = { label: "all", fromMs: null, toMs: null, timeZone: call.timeZone };
    const report = sessionReport(call.db, wanted, call.filters(everything, null), { calls: false });
    return answerOf(report, args.part ?? "overview", call);
  },
});

function sessionNamed(said: string, project: string | undefined, call: Call): string {
  const isCurrent = said.toLowerCase() === "current";
  if (isCurrent && call.sessionId !== null) return known(call.sessionId, call);
  if (!isCurrent && !/^(?:latest|last)$/i.test(said)) return said;
  const where = call.project(project ?? (isCurrent ? "here" : undefined));
  const latest = latestSession(call.db, where?.repoIds ?? null);
  if (latest === null) throw new UserError("there is no session yet", "Nothing has been spent where you asked.");
  return latest;
}

function known(sessionId: string, call: Call): string {
  if (hasCalls(call.db, sessionId)) return sessionId;
  throw new UserError(
    "the ledger holds nothing of this session yet",
    "Its first call is filed as soon as it is logged.",
  );
}

function answerOf(report: SessionReport, part: Part, call: Call): Given {
  const { session } = report;
  const lists: Readonly<Record<Part, readonly unknown[]>> = {
    overview: [],
    runs: session.runs ?? [],
    prompts: report.prompts,
    tools: report.tools,
    timeline: report.timeline,
    events: report.events,
  };
  const rows = lists[part].slice(call.offset);
  return {
    rows: rows.length,
    page(count, more) {
      const [from, to] = [call.offset, call.offset + count];
      const structured = {
        session: sessionFields(session),
        part,
        ...(part === "overview" && overviewFields(report)),
        ...(part === "runs" && { runs: (session.runs ?? []).slice(from, to).map(runFields) }),
        ...(part === "prompts" && { prompts: report.prompts.slice(from, to).map(promptFields) }),
        ...(part === "tools" && { tools: report.tools.slice(from, to).map(toolFields) }),
        ...(part === "timeline" && {
          timeline: report.timeline
            .slice(from, to)
            .map((step) => ({ from: iso(step.fromMs), calls: step.calls, costUsd: usd(step.costNanoUsd) })),
        }),
        ...(part === "events" && {
          events: report.events
            .slice(from, to)
            .map((event) => ({ at: iso(event.atMs), kind: plain(event.kind), detail: plain(event.detail, 120) })),
        }),
        ...leftFields(more),
      };
      const markdown = paragraphs(
        headOf(session, call),
        bodyOf(report, part, call, from, to),
        leftLine(more, part),
        unpricedLine(session.unpriced),
      );
      return { structured, markdown };
    },
  };
}

function sessionFields(session: SessionListRow) {
  const { forkedFrom, inheritedCalls } = session;
  return {
    sessionId: plain(session.sessionId, NAME),
    agent: plain(session.agent),
    title: session.title === null ? null : plain(session.title),
    project: plain(session.repo, NAME),
    cwd: session.cwd === null ? null : plain(session.cwd, 120),
    startedAt: iso(session.startedAtMs),
    lastAt: iso(session.lastAtMs),
    models: session.models.slice(0, TOP).map((model) => plain(model, NAME)),
    prompts: session.prompts,
    ...costFields(session),
    tokens: tokensOf(session.tokens),
    runaway: session.runaway,
    timesMedian: session.timesMedian === null ? null : Math.round(session.timesMedian * 100) / 100,
    reportedUsd: session.reportedNanoUsd === null ? null : usd(session.reportedNanoUsd),
    ...(inheritedCalls > 0 && { inheritedCalls }),
    ...(forkedFrom !== null && { forkedFrom: plain(forkedFrom, NAME) }),
  };
}

function overviewFields(report: SessionReport) {
  return {
    runs: (report.session.runs ?? []).slice(0, TOP).map(runFields),
    prompts: dearest(report.prompts).map(promptFields),
    tools: report.tools.slice(0, TOP).map(toolFields),
  };
}

function dearest(prompts: readonly PromptRow[]): PromptRow[] {
  return prompts.toSorted((a, b) => b.costNanoUsd - a.costNanoUsd).slice(0, TOP);
}

function runFields(run: RunRow) {
  return {
    runId: plain(run.runId, NAME),
    kind: run.kind,
    type: run.agentType === null ? null : plain(run.agentType, NAME),
    description: run.description === null ? null : plain(run.description),
    startedAt: iso(run.startedAtMs),
    ...costFields(run),
  };
}

function promptFields(prompt: PromptRow) {
  return { number: prompt.number, at: iso(prompt.atMs), category: prompt.category, ...costFields(prompt) };
}

function toolFields({ tool: name, calls, failed, resultBytes }: ToolRow) {
  return { tool: plain(name, NAME), calls, failed, resultBytes };
}

function headOf(session: SessionListRow, call: Call): string {
  const { startedAtMs, lastAtMs } = session;
  const lasted = startedAtMs === null || lastAtMs === null ? "" : `, ${formatDuration(lastAtMs - startedAtMs)}`;
  const runaway = session.runaway ? " Far above your usual sessions." : "";
  return [
    `**Session** ${code(session.title ?? session.sessionId)} in ${code(session.repo, NAME)}: **${money(session)}**, ${counted(session.calls, "call")}, ${formatTokens(session.totalTokens)} tokens.${runaway}`,
    `${code(session.sessionId, NAME)}, begun ${formatDateTime(startedAtMs, call.timeZone)}${lasted}, ${session.models
      .slice(0, TOP)
      .map((model) => code(model, NAME))
      .join(", ")}.`,
  ].join("\n");
}

function bodyOf(report: SessionReport, part: Part, call: Call, from: number, to: number): string {
  const { timeZone } = call;
  const runs = report.session.runs ?? [];
  if (part === "overview")
    return [
      runs.length > 1 ? runTable(runs.slice(0, TOP)) : "",
      promptTable(dearest(report.prompts), timeZone),
      report.tools.length === 0
        ? ""
        : `Tools: ${report.tools
            .slice(0, TOP)
            .map((row) => `${code(row.tool, NAME)} ${formatCount(row.calls)}`)
            .join(", ")}.`,
    ]
      .filter((block) => block !== "")
      .join("\n\n");
  if (part === "runs") return runTable(runs.slice(from, to));
  if (part === "prompts") return promptTable(report.prompts.slice(from, to), timeZone);
  if (part === "tools")
    return table(
      ["Tool", "Uses", "Failed", "Result bytes"],
      report.tools
        .slice(from, to)
        .map((row) => [
          code(row.tool, NAME),
          formatCount(row.calls),
          formatCount(row.failed),
          formatCount(row.resultBytes),
        ]),
    );
  if (part === "timeline")
    return table(
      ["From", "Calls", "Cost"],
      report.timeline
        .slice(from, to)
        .map((step) => [formatDateTime(step.fromMs, timeZone), formatCount(step.calls), formatUsd(step.costNanoUsd)]),
    );
  return table(
    ["At", "Event", "Detail"],
    report.events
      .slice(from, to)
      .map((event) => [formatDateTime(event.atMs, timeZone), code(event.kind), code(event.detail)]),
  );
}

function runTable(runs: readonly RunRow[]): string {
  return table(
    ["Thread", "For", "Cost", "Calls"],
    runs.map((run) => [
      run.kind === "main" ? "main" : code(run.agentType ?? run.runId, NAME),
      code(run.description, 48),
      money(run),
      formatCount(run.calls),
    ]),
  );
}

function promptTable(prompts: readonly PromptRow[], timeZone: string): string {
  return table(
    ["Prompt", "At", "Work", "Cost", "Calls"],
    prompts.map((row) => [
      `#${row.number}`,
      formatDateTime(row.atMs === 0 ? null : row.atMs, timeZone),
      row.category,
      money(row),
      formatCount(row.calls),
    ]),
  );
}
