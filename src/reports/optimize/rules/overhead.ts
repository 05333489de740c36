import { overheadOf } from "../../../agents/overhead.ts";
import { counted, formatPercent } from "../../../platform/numbers.ts";
import type { Advice, AdvisedCall, Claim, RuleContext } from "../types.ts";

interface Way {
  change: string;
  /** The setting's name was seen in the client itself. */
  confirmed: boolean;
}

/** What stops each kind of a client's own runs. Settings as Claude Code 2.1.330 has them. Kinds that are missing save nothing: a compaction keeps the
 *  session going, and side questions, insights, searches, checks and critiques are there because a person asked. */
const WAYS: Readonly<Record<string, Way>> = {
  "prompt suggestion": setting("promptSuggestionEnabled", "Prompt suggestions", "the guess at your next prompt"),
  "away summary": setting("awaySummaryEnabled", "Session recap", "the recap after a break"),
  "memory extraction": setting("autoMemoryEnabled", "Auto-memory", "notes that are taken by themselves"),
  dream: setting("autoDreamEnabled", "Auto-dream", "the tidying up of those notes"),
  "hook agent": {
    change:
      "Look at the hooks of type `agent` (`/hooks`, and those of plugins), and make them `command` hooks or drop them.",
    confirmed: true,
  },
  "plugin's own run": {
    change: "Look in `/plugin` which plugin asks the model by itself, and turn it off if you can do without.",
    confirmed: false,
  },
  "session memory": look("session memory"),
  memory: look("memory"),
  speculation: look("speculation"),
  "magic docs": look("magic docs"),
  "agent summary": look("summaries of agents"),
  summary: look("summaries"),
  title: look("titles"),
};

/** What a client spent on its own behalf, kind by kind, where a person can turn the kind off: the calls in full. */
export function overhead(context: RuleContext): Advice[] {
  const kinds = kindsOfRuns(context);
  const found = new Map<string, { claims: Claim[]; runs: Set<number>; cost: number }>();
  for (const call of context.calls) {
    const kind = kinds.get(call.runId);
    if (kind === undefined || WAYS[kind] === undefined || call.costNano === null) continue;
    const own = found.get(kind) ?? { claims: [], runs: new Set(), cost: 0 };
    found.set(kind, own);
    own.claims.push({ callId: call.id, sessionId: call.sessionId, savingNano: call.costNano });
    own.runs.add(call.runId);
    own.cost += call.costNano;
  }
  const spent = spentOn(context.calls);
  return [...found].map(([kind, { claims, runs, cost }]) => {
    const { change, confirmed } = WAYS[kind] as Way;
    return {
      rule: "overhead",
      title: `The client's own work: ${kind}, in ${counted(runs.size, "run")}, took ${formatPercent(spent === 0 ? 0 : cost / spent)} of what was spent`,
      change,
      assumption: "What these runs gave is not missed.",
      confidence: confirmed ? "high" : "medium",
      reason: confirmed
        ? "the runs' calls are in the log, and are gone with the setting"
        : "the runs' calls are in the log; whether this client has a setting for them is for you to see",
      claims,
    };
  });
}

/** A client's own runs, and what each is for. */
function kindsOfRuns({ db, calls }: RuleContext): Map<number, string> {
  if (!calls.some((call) => call.runKind === "overhead")) return new Map();
  const rows = db
    .query<{ id: number; runId: string }, []>("SELECT id, run_id AS runId FROM runs WHERE kind = 'overhead'")
    .all();
  return new Map(rows.map(({ id, runId }) => [id, overheadOf(runId) ?? ""]));
}

function setting(name: string, label: string, what: string): Way {
  return {
    change: `Set \`"${name}": false\` in the settings ("${label}"), if you can do without ${what}.`,
    confirmed: true,
  };
}

function look(what: string): Way {
  return { change: `Look in \`/config\` whether ${what} can be turned off, if you can do without.`, confirmed: false };
}

function spentOn(calls: readonly AdvisedCall[]): number {
  return calls.reduce((sum, call) => sum + (call.costNano ?? 0), 0);
}
