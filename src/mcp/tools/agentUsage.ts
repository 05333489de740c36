import { formatCount, formatPercent, formatTokens } from "../../platform/numbers.ts";
import { type AgentRow, type AgentRunRow, agentsReport } from "../../reports/agents.ts";
import { leftAfter } from "../../reports/page.ts";
import {
  COST_FIELDS,
  costFields,
  costUsd,
  iso,
  money,
  share,
  UNPRICED,
  unpricedFields,
  unpricedLine,
} from "../figures.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { choice, list, nullable, number, object, optional, text, whole } from "../schema.ts";
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

const KINDS = ["main", "user", "overhead"] as const;
const NAME = 60;

const kind = choice(KINDS);

export const agentUsage = tool({
  name: "agent_usage",
  title: "Usage by sub-agent",
  description:
    'What sub-agents cost beside the main threads: by type (Explore, a plugin\'s agents, ...) or run by run, with the prompt each came from. "overhead" is what clients do on their own behalf, such as compaction.',
  input: object({
    period: periodArgument("this week"),
    project: projectArgument,
    by: optional(choice(["type", "run"], "Rows: types of sub-agents, or single runs. Default: type.")),
    agent: optional(text("Only this type (Explore) or kind (main, user, overhead).", 200)),
    ...PAGING,
  }),
  output: {
    period: PERIOD,
    ...COST_FIELDS,
    sessions: whole(),
    runs: whole(),
    unpriced: UNPRICED,
    kinds: list(object({ kind, runs: whole(), costUsd: nullable(number()), share: number() })),
    agents: list(
      object({
        kind,
        type: nullable(text("null: a main thread, or a type that nothing tells")),
        ...COST_FIELDS,
        share: number(),
        runs: optional(whole()),
        sessions: optional(whole()),
        model: nullable(text("that cost most")),
        runId: optional(text()),
        sessionId: optional(text()),
        project: optional(text()),
        description: optional(nullable(text())),
        startedAt: optional(nullable(text())),
        depth: optional(nullable(whole())),
        prompt: optional(nullable(whole({}, "number of the prompt in its session"))),
      }),
    ),
    left: LEFT,
  },
  run(args, call) {
    const period = call.period(args.period, "this week");
    const project = call.project(args.project);
    const byRun = args.by === "run";
    const report = agentsReport(call.db, call.filters(period, project, { agent: args.agent ?? null }), { runs: byRun });
    const all: readonly (AgentRow | AgentRunRow)[] = byRun ? (report.runs ?? []) : report.agents;
    const beyond = byRun && report.runsLeft !== null ? report.runsLeft : report.agentsLeft;
    const rows = all.slice(call.offset);
    const { totals } = report;
    return {
      rows: rows.length,
      beyond: beyond.rows,
      page(count, more) {
        const shown = rows.slice(0, count);
        const left = more === null ? undefined : leftAfter(rows, count, beyond).costNanoUsd;
        const structured = {
          period: periodFields(period),
          ...costFields(totals),
          sessions: totals.sessions,
          runs: totals.runs,
          ...unpricedFields(totals.unpriced),
          kinds: report.kinds.map((row) => ({
            kind: row.kind,
            runs: row.runs,
            costUsd: costUsd(row),
            share: share(row.share),
          })),
          agents: shown.map((row) => ({
            kind: row.kind,
            type: row.type === null ? null : plain(row.type, NAME),
            ...costFields(row),
            share: share(row.share),
            model: row.models[0] === undefined ? null : plain(row.models[0], NAME),
            ...("runId" in row ? runFields(row) : { runs: row.runs, sessions: row.sessions }),
          })),
          ...leftFields(more, left),
        };
        const kinds = report.kinds
          .filter((row) => row.runs > 0)
          .map((row) => `${NAMES[row.kind]} ${money(row)} (${formatPercent(row.share)}, ${formatCount(row.runs)})`);
        const markdown = paragraphs(
          `${heading("Agents", project, periodText(period, call.nowMs))}: **${money(totals)}** in ${formatCount(totals.runs)} threads.`,
          rows.length === 0 ? "Nothing was spent." : kinds.join(", "),
          byRun ? runTable(shown) : typeTable(shown),
          leftLine(more, byRun ? "runs" : "types"),
          unpricedLine(totals.unpriced),
        );
        return { structured, markdown };
      },
    };
  },
});

const NAMES = { main: "main threads", user: "sub-agents", overhead: "overhead" } as const;

function runFields(row: AgentRunRow): {
  runId: string;
  sessionId: string;
  project: string;
  description: string | null;
  startedAt: string | null;
  depth: number | null;
  prompt: number | null;
} {
  return {
    runId: plain(row.runId, NAME),
    sessionId: plain(row.sessionId, NAME),
    project: plain(row.repo, NAME),
    description: row.description === null ? null : plain(row.description),
    startedAt: iso(row.startedAtMs),
    depth: row.depth,
    prompt: row.prompt?.number ?? null,
  };
}

function nameOf(row: AgentRow | AgentRunRow): string {
  if (row.kind === "main") return "main thread";
  return row.type === null ? "(no type)" : code(row.type, NAME);
}

function typeTable(rows: readonly (AgentRow | AgentRunRow)[]): string {
  return table(
    ["Agent", "Cost", "Share", "Runs", "Tokens", "Model"],
    rows.map((row) => [
      row.kind === "overhead" ? `${nameOf(row)} (overhead)` : nameOf(row),
      money(row),
      formatPercent(row.share),
      "runs" in row ? formatCount(row.runs) : "1",
      formatTokens(row.totalTokens),
      code(row.models[0] ?? null, NAME),
    ]),
  );
}

function runTable(rows: readonly (AgentRow | AgentRunRow)[]): string {
  return table(
    ["Agent", "For", "Cost", "Calls", "Session"],
    rows.map((row) => [
      nameOf(row),
      "runId" in row ? code(row.description ?? row.title, 48) : "-",
      money(row),
      formatCount(row.calls),
      "runId" in row ? code(row.sessionId.slice(0, 8)) : "-",
    ]),
  );
}
