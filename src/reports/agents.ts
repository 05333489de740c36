import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import type { RunKind } from "../ledger/runTypes.ts";
import { type AgentType, costsOf, labelOf, sessionsIn, typesIn } from "./agentTypes.ts";
import { addSums, bounded, byCost, heaviest, type Left, restOf, shareOf, unpricedIn } from "./bounded.ts";
import {
  addMeasures,
  noSums,
  rowsOf,
  type Selection,
  SUB_AGENTS,
  SUM_MEASURES,
  selectedCalls,
  selectionOf,
  sessionCells,
} from "./cells.ts";
import { coverageOf } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames, type Names } from "./names.ts";
import type { Coverage, Sums, Unpriced } from "./types.ts";

/** Who spent it: the main threads, each type of sub-agent, and what clients did on their own behalf. */

export type { RunKind };

/** Main threads, or the sub-agents of one type. */
export interface AgentRow extends Sums {
  kind: RunKind;
  /** As the agent names the type; of overhead what it is for, in words. Null for main threads and for runs that nothing says a type of. */
  type: string | null;
  /** Plugin that the type comes from: `plugin:type`. */
  plugin: string | null;
  runs: number;
  sessions: number;
  /** The dearest first. */
  models: string[];
  /** Share of the cost of the selection, 0..1. */
  share: number;
}

/** Where a run came from: a prompt of its session. The prompt's text is nowhere in the book. */
export interface SpawningPrompt {
  /** Position in the session, as `session` numbers them. */
  number: number;
  atMs: number;
  category: string;
}

export interface AgentRunRow extends Sums {
  /** "main" or the agent id. */
  runId: string;
  kind: RunKind;
  type: string | null;
  plugin: string | null;
  description: string | null;
  /** 1 was spawned by the main thread; null where the client does not say. */
  depth: number | null;
  /** Agent id of the run that spawned it, null for the main thread or where the client does not say. */
  parentRunId: string | null;
  sessionId: string;
  title: string | null;
  repo: string;
  startedAtMs: number | null;
  models: string[];
  prompt: SpawningPrompt | null;
  share: number;
}

export interface AgentsReport {
  /** Sums of all rows, shown or not: those of `stats`. */
  totals: Sums & { sessions: number; runs: number; unpriced: Unpriced[] };
  kinds: (Sums & { kind: RunKind; runs: number; share: number })[];
  agents: AgentRow[];
  /** What the rows beyond `top` add up to. */
  agentsLeft: Left;
  /** Null unless asked for. */
  runs: AgentRunRow[] | null;
  runsLeft: Left | null;
  coverage: Coverage;
}

interface Run {
  id: number;
  session: number;
  kind: RunKind;
  type: string | null;
  runId: string;
  sums: Sums;
  /** Its sums by model. */
  models: Map<number, Sums>;
}

const KINDS: readonly RunKind[] = ["main", "user", "overhead"];

/** Sums by type of agent and, where asked for, by run. Rows beyond `filters.top` are added up in one. */
export function agentsReport(db: Database, filters: Filters, options: { runs: boolean }): AgentsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const types = typesIn(db, selection);
    const totals = noSums();
    for (const { sums } of types) addSums(totals, sums);
    const rows = types.map((type) => rowOf(type, names, totals));
    const agents = bounded(byCost(rows), filters.top);
    const runs = options.runs ? runsIn(db, selection) : [];
    const list = options.runs ? bounded(byCost(runs.map((run) => ({ ...run.sums, run }))), filters.top) : null;
    return {
      totals: {
        ...totals,
        sessions: sessionsIn(db, selection),
        runs: rows.reduce((sum, row) => sum + row.runs, 0),
        unpriced: unpricedIn(db, selection, names),
      },
      kinds: KINDS.map((kind) => {
        const own = rows.filter((row) => row.kind === kind);
        const sums = noSums();
        for (const row of own) addSums(sums, row);
        return { kind, runs: own.reduce((sum, row) => sum + row.runs, 0), ...sums, share: shareOf(sums, totals) };
      }),
      agents: agents.shown,
      agentsLeft: agents.left,
      runs: list === null ? null : list.shown.map(({ run }) => describe(db, run, names, totals)),
      runsLeft: list === null ? null : list.left,
      coverage: coverageOf(db, totals),
    };
  })();
}

function rowOf({ kind, type, runs, sessions, sums, models }: AgentType, names: Names, totals: Sums): AgentRow {
  return {
    kind,
    type,
    plugin: pluginOf(type),
    runs,
    sessions,
    models: heaviest(models, names.models),
    ...sums,
    share: shareOf(sums, totals),
  };
}

type RunModelRow = [
  id: number,
  session: number,
  kind: RunKind,
  agentType: string,
  family: string,
  runId: string,
  model: number,
  ...number[],
];

/** Runs of a selection with their sums, by id. Sub-agents are few: their calls are looked at one by one. What a session spent beyond them is its
 *  main thread's, and rollups know what a session spent. */
function runsIn(db: Database, selection: Selection): Run[] {
  const { runType } = selection;
  if (runType !== null && runType !== "main") return [...runsOfCalls(db, selectedCalls(selection)).values()];
  const all = { ...selection, runType: null };
  const subAgents = runsOfCalls(db, selectedCalls(all, SUB_AGENTS));
  const mains = mainsIn(db, all, subAgents);
  const runs = runType === "main" ? mains : [...mains, ...subAgents.values()];
  return runs.sort((a, b) => a.id - b.id);
}

function runsOfCalls(db: Database, calls: string): Map<number, Run> {
  const rows = db
    .query(
      `SELECT r.id, r.session_id, t.kind, t.agent_type, t.family, r.run_id AS name, x.* FROM (
         SELECT model_id, ${SUM_MEASURES}, run_id FROM (${calls}) GROUP BY run_id, model_id) x
       JOIN runs r ON r.id = x.run_id JOIN run_types t ON t.id = r.type_id ORDER BY r.id`,
    )
    .values() as RunModelRow[];
  const runs = new Map<number, Run>();
  for (const [id, session, kind, agentType, family, runId, model, ...measures] of rows) {
    let run = runs.get(id);
    if (run === undefined) {
      run = { id, session, kind, type: labelOf(kind, agentType, family), runId, sums: noSums(), models: new Map() };
      runs.set(id, run);
    }
    const part = noSums();
    addMeasures(part, measures, 0);
    addSums(run.sums, part);
    run.models.set(model, part);
  }
  return runs;
}

/** Main threads: what their sessions spent, without the sub-agents. */
function mainsIn(db: Database, selection: Selection, subAgents: ReadonlyMap<number, Run>): Run[] {
  const bySession = new Map<string, Sums>();
  for (const { session, models } of subAgents.values()) {
    for (const [model, part] of models) {
      const sums = bySession.get(`${session} ${model}`) ?? noSums();
      addSums(sums, part);
      bySession.set(`${session} ${model}`, sums);
    }
  }
  const ids = new Map(
    rowsOf(db, "SELECT session_id, id FROM runs WHERE kind = 'main'").map(([session, id]) => [session, id]),
  ) as Map<number, number>;
  const mains = new Map<number, Run>();
  const cells = `SELECT session_id, model_id, ${SUM_MEASURES} FROM (${sessionCells(selection)}) GROUP BY session_id, model_id`;
  for (const row of rowsOf(db, cells)) {
    const [session, model] = row as [number, number];
    const whole = noSums();
    addMeasures(whole, row, 2);
    const less = bySession.get(`${session} ${model}`);
    const part = less === undefined ? whole : restOf(whole, less);
    const id = ids.get(session);
    if (part.calls === 0 || id === undefined) continue;
    const main = mains.get(session) ?? {
      id,
      session,
      kind: "main",
      type: null,
      runId: "",
      sums: noSums(),
      models: new Map(),
    };
    mains.set(session, main);
    addSums(main.sums, part);
    main.models.set(model, part);
  }
  return [...mains.values()];
}

/** A plugin's agents, skills and commands are named `plugin:name`. */
export function pluginOf(name: string | null): string | null {
  return /^([^:\s]+):[^:]/.exec(name ?? "")?.[1] ?? null;
}

interface RunFacts {
  sessionId: string;
  title: string | null;
  description: string | null;
  depth: number | null;
  parentRunId: string | null;
  startedAtMs: number | null;
  promptId: number | null;
  /** Repo of most of its calls. */
  repo: number | null;
}

function describe(db: Database, run: Run, names: Names, totals: Sums): AgentRunRow {
  const facts = db
    .query<RunFacts, [number]>(
      `SELECT s.session_id AS sessionId, s.title, r.description, r.depth, r.parent_run_id AS parentRunId,
         coalesce(r.started_ms, s.started_ms) AS startedAtMs, r.prompt_id AS promptId,
         (SELECT b.repo_id FROM calls c JOIN branches b ON b.id = c.branch_id WHERE c.run_id = r.id
          GROUP BY b.repo_id ORDER BY count(*) DESC, b.repo_id LIMIT 1) AS repo
       FROM runs r JOIN sessions s ON s.id = r.session_id WHERE r.id = ?`,
    )
    .get(run.id);
  return {
    runId: run.runId === "" ? "main" : run.runId,
    kind: run.kind,
    type: run.type,
    plugin: pluginOf(run.type),
    description: facts?.description ?? null,
    depth: facts?.depth ?? null,
    parentRunId: facts?.parentRunId ?? null,
    sessionId: facts?.sessionId ?? "",
    title: facts?.title ?? null,
    repo: names.repos.get(facts?.repo ?? 0) ?? "(unknown)",
    startedAtMs: facts?.startedAtMs ?? null,
    models: heaviest(costsOf(run.models), names.models),
    prompt: run.kind === "main" ? null : promptOf(db, run.session, facts?.promptId ?? null),
    ...run.sums,
    share: shareOf(run.sums, totals),
  };
}

/** The prompt with its place among those of its session that cost something. Calls before the first prompt count as one. */
function promptOf(db: Database, session: number, promptId: number | null): SpawningPrompt | null {
  if (promptId === null) return null;
  const row = db
    .query<{ atMs: number; category: number; number: number }, [number, number]>(
      `SELECT p.at_ms AS atMs, p.category,
         (SELECT count(*) FROM prompts o WHERE o.session_id = ?1 AND o.calls > 0 AND (o.at_ms, o.id) <= (p.at_ms, p.id))
         + EXISTS (SELECT 1 FROM runs r JOIN calls c ON c.run_id = r.id WHERE r.session_id = ?1 AND c.prompt_id IS NULL) AS number
       FROM prompts p WHERE p.id = ?2`,
    )
    .get(session, promptId);
  return row === null ? null : { ...row, category: CATEGORIES[row.category] ?? "general" };
}
