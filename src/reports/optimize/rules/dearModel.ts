import { CATEGORIES, type Category } from "../../../categories/names.ts";
import { counted, formatPercent } from "../../../platform/numbers.ts";
import { normaliseModel } from "../../../pricing/normalise.ts";
import { type QualityRow, qualityOfModels } from "../../quality.ts";
import { byRun } from "../calls.ts";
import { Ladder } from "../ladder.ts";
import type { Advice, AdvisedCall, Claim, RuleContext } from "../types.ts";

/** Reading and answering. Planning and brainstorming are thinking: there a dear model earns its price. */
const READING: readonly Category[] = ["exploration", "conversation", "general"];
const THINKING: readonly Category[] = ["planning", "brainstorming"];
/** Sub-agents that plan. */
const PLANNER = /plan|architect/i;

/** Fewer edits than this say nothing of a model. */
export const MIN_EDITS = 50;
/** One-sided 5 % of a normal distribution: from there on a lower acceptance is no chance. */
const CLEARLY = 1.645;
/** From so many runs on it is a habit. */
const MANY_RUNS = 20;

/** Whole runs that only looked: sub-agents that wrote nothing, and sessions of exploration without a single edit. Each call is priced again at the
 *  newest model of the next smaller size that was sold on that day, with its own tokens and flags. A run as a whole, for a model that changes in
 *  the middle of one loses its cache. */
export function dearModel(context: RuleContext): Advice[] {
  const ladder = new Ladder(context.prices);
  const wrote = writingRuns(context);
  const planners = planningRuns(context);
  const pairs = new Map<string, { dear: string; cheap: string; claims: Claim[]; runs: Set<number> }>();
  for (const run of byRun(context.calls)) {
    const first = run[0] as AdvisedCall;
    if (wrote.has(first.runId) || planners.has(first.runId) || !onlyLooked(run)) continue;
    for (const call of run) {
      const found = ladder.cheaper(call);
      if (found === null) continue;
      const dear = normaliseModel(call.model);
      const pair = pairs.get(dear + found.model) ?? { dear, cheap: found.model, claims: [], runs: new Set() };
      pairs.set(dear + found.model, pair);
      pair.claims.push({ callId: call.id, sessionId: call.sessionId, savingNano: found.savingNano });
      pair.runs.add(call.runId);
    }
  }
  if (pairs.size === 0) return [];
  const quality = qualityOfModels(context.db);
  return [...pairs.values()].flatMap(({ dear, cheap, claims, runs }): Advice[] => {
    const figures = compare(accepted(quality, dear), accepted(quality, cheap));
    if (figures === "worse") return [];
    const measured = figures !== null;
    return [
      {
        rule: "dear-model",
        title: `${counted(runs.size, "run")} only read and searched, on ${dear}; ${cheap} was there for less`,
        change: `Set \`model: ${aliasOf(cheap)}\` in the agents that explore, search and review, and start sessions of mere questions with it.`,
        assumption: "The cheaper model needs the same tokens for the same work.",
        confidence: measured ? "high" : runs.size >= MANY_RUNS ? "medium" : "low",
        reason: measured
          ? `your own figures: of the lines that ${cheap} wrote ${formatPercent(figures.cheap)} were committed, of ${dear}'s ${formatPercent(figures.dear)}`
          : `no figures of your own for both models (${MIN_EDITS} edits each are needed); seen in ${counted(runs.size, "run")}`,
        claims,
      },
    ];
  });
}

/** Main threads must have explored and done nothing but reading; what clients do on their own behalf is not a person's choice. */
function onlyLooked(run: readonly AdvisedCall[]): boolean {
  const kinds = new Set(run.map((call) => CATEGORIES[call.category] ?? "general"));
  const [first] = run;
  if (first?.runKind === "overhead") return false;
  if (first?.runKind === "user") return !THINKING.some((kind) => kinds.has(kind));
  return kinds.has("exploration") && [...kinds].every((kind) => READING.includes(kind));
}

function writingRuns({ db }: RuleContext): Set<number> {
  const rows = db
    .query<{ run: number }, []>(
      "SELECT DISTINCT c.run_id AS run FROM edits e JOIN tool_calls t ON t.key = e.key JOIN calls c ON c.id = t.call_id",
    )
    .all();
  return new Set(rows.map(({ run }) => run));
}

function planningRuns({ db }: RuleContext): Set<number> {
  const rows = db
    .query<{ id: number; type: string }, []>("SELECT id, agent_type AS type FROM runs WHERE agent_type IS NOT NULL")
    .all();
  return new Set(rows.filter(({ type }) => PLANNER.test(type)).map(({ id }) => id));
}

interface Accepted {
  edits: number;
  written: number;
  committed: number;
}

/** All spellings of a model together. */
function accepted(quality: readonly QualityRow[], model: string): Accepted {
  const sum = { edits: 0, written: 0, committed: 0 };
  for (const row of quality) {
    if (normaliseModel(row.name) !== model) continue;
    sum.edits += row.edits;
    sum.written += row.linesWritten;
    sum.committed += row.linesCommitted;
  }
  return sum;
}

/** Acceptance of both, "worse" where the cheaper one's is lower beyond chance, null where there is too little to say. Lines of one edit stand or
 *  fall together, so edits are the sample. */
export function compare(dear: Accepted, cheap: Accepted): { dear: number; cheap: number } | "worse" | null {
  if (dear.edits < MIN_EDITS || cheap.edits < MIN_EDITS || dear.written === 0 || cheap.written === 0) return null;
  // Nothing committed at all: attribution has not run, or none of it was in a repo.
  if (dear.committed + cheap.committed === 0) return null;
  const rates = { dear: dear.committed / dear.written, cheap: cheap.committed / cheap.written };
  const pooled = (rates.dear * dear.edits + rates.cheap * cheap.edits) / (dear.edits + cheap.edits);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / dear.edits + 1 / cheap.edits));
  return error > 0 && (rates.dear - rates.cheap) / error > CLEARLY ? "worse" : rates;
}

/** What Claude Code calls the model in an agent's file. */
function aliasOf(model: string): string {
  return model.split("-").find((part) => ["opus", "sonnet", "haiku"].includes(part)) ?? model;
}
