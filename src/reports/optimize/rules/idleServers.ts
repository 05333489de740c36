import { counted, formatCount, formatTokens } from "../../../platform/numbers.ts";
import { selectedCalls } from "../../cells.ts";
import { mcpServerOf, mcpToolOf } from "../../mcpNames.ts";
import { BYTES_PER_TOKEN } from "../../tools.ts";
import { byRun } from "../calls.ts";
import { savingWithout } from "../tokens.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";

/** A server that stood unused in so many sessions is not waited for any more. */
export const MIN_SESSIONS = 5;
/** From so many sessions on it is a habit. */
const MANY_SESSIONS = 20;
/** Names in a title; the others are counted. */
const NAMED = 4;
/** Added and used by the client itself where an editor is connected. */
const OWN = new Set(["ide"]);

/** A server in a run's prompts. */
interface Told {
  name: string;
  bytes: number;
  fromMs: number;
  /** First moment without it. */
  toMs: number;
}

/** MCP servers that no session of those that had them used: what their lists of tools and their instructions took in each call of those sessions. How
 *  long the definitions of loaded tools are no log tells, so that nothing is claimed of them. */
export function idleServers(context: RuleContext): Advice[] {
  const told = toldByRun(context);
  if (told.size === 0) return [];
  const idle = idleNames(context, told);
  const claims: Claim[] = [];
  const carried = new Map<string, number>();
  let most = 0;
  for (const run of byRun(context.calls)) {
    const own = (told.get(run[0]?.runId ?? 0) ?? []).filter(({ name }) => idle.has(name));
    if (own.length === 0) continue;
    for (const call of run) {
      const there = own.filter(({ fromMs, toMs }) => call.atMs >= fromMs && call.atMs < toMs);
      const tokens = Math.floor(there.reduce((sum, one) => sum + one.bytes, 0) / BYTES_PER_TOKEN);
      const savingNano = savingWithout(context.prices, call, { fresh: 0, carried: tokens });
      if (savingNano === 0) continue;
      claims.push({ callId: call.id, sessionId: call.sessionId, savingNano });
      most = Math.max(most, tokens);
      for (const { name, bytes } of there) carried.set(name, (carried.get(name) ?? 0) + bytes);
    }
  }
  if (claims.length === 0) return [];
  const names = [...carried].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  const fewest = Math.min(...names.map((name) => idle.get(name) ?? 0));
  return [
    {
      rule: "idle-mcp-servers",
      title: `${counted(names.length, "MCP server")} stood in the prompts of ${formatCount(fewest)} sessions or more and ${names.length === 1 ? "was" : "were"} never used, up to ${formatTokens(most)} tokens a call: ${listOf(names)}`,
      change:
        "Turn off what a project does not need: `/mcp disable NAME` there, by the name that `/mcp` shows; servers of `.mcp.json` by `disabledMcpjsonServers` in its settings.",
      assumption: `None of them will be needed; ${BYTES_PER_TOKEN} bytes of what they put in the prompt are a token.`,
      confidence: fewest >= MANY_SESSIONS ? "medium" : "low",
      reason: `names, sizes and uses are the log's, tokens are estimated from bytes; seen in ${formatCount(fewest)} sessions or more (at least ${MIN_SESSIONS} are needed)`,
      claims,
    },
  ];
}

/** Servers by run, from what the transcripts tell. */
function toldByRun({ db, calls }: RuleContext): Map<number, Told[]> {
  const runs = new Set(calls.map((call) => call.runId));
  const rows = db
    .query<{ runId: number; label: string; bytes: number; fromMs: number; removedMs: number | null }, []>(
      `SELECT v.run_id AS runId, n.name AS label, v.tool_bytes + v.instruction_bytes AS bytes, v.first_ms AS fromMs, v.removed_ms AS removedMs
       FROM run_servers v JOIN labels n ON n.id = v.label_id WHERE v.first_ms IS NOT NULL`,
    )
    .all();
  const told = new Map<number, Told[]>();
  for (const { runId, label, bytes, fromMs, removedMs } of rows) {
    if (!runs.has(runId)) continue;
    const list = told.get(runId) ?? [];
    told.set(runId, list);
    list.push({ name: nameOf(mcpServerOf(label)), bytes, fromMs, toMs: removedMs ?? Number.POSITIVE_INFINITY });
  }
  return told;
}

/** Servers that were in enough sessions, and used in none of them; with the number of sessions. */
function idleNames(context: RuleContext, told: ReadonlyMap<number, readonly Told[]>): Map<string, number> {
  const sessions = new Map<string, Set<number>>();
  const sessionOf = new Map(context.calls.map((call) => [call.runId, call.sessionId]));
  for (const [runId, servers] of told) {
    for (const { name } of servers) {
      const own = sessions.get(name) ?? new Set();
      sessions.set(name, own.add(sessionOf.get(runId) ?? 0));
    }
  }
  const used = usesOf(context);
  const idle = new Map<string, number>();
  for (const [name, own] of sessions) {
    const free = [...(used.get(name) ?? [])].every((session) => !own.has(session));
    if (free && own.size >= MIN_SESSIONS && !OWN.has(name)) idle.set(name, own.size);
  }
  return idle;
}

/** Sessions that used each server in the period, whatever else the selection leaves out. */
function usesOf({ db, selection }: RuleContext): Map<string, Set<number>> {
  const all = { ...selection, where: "1", wherePlace: "1", agentId: null, runType: null };
  const rows = db
    .query<{ tool: string; sessionId: number }, []>(
      `SELECT DISTINCT n.name AS tool, x.session_id AS sessionId FROM (${selectedCalls(all)}) x
       CROSS JOIN tool_calls t ON t.call_id = x.call_id JOIN tools n ON n.id = t.tool_id WHERE substr(n.name, 1, 5) = 'mcp__'`,
    )
    .all();
  const used = new Map<string, Set<number>>();
  for (const { tool, sessionId } of rows) {
    const parts = mcpToolOf(tool);
    if (parts === null) continue;
    const name = nameOf(parts);
    used.set(name, (used.get(name) ?? new Set()).add(sessionId));
  }
  return used;
}

function nameOf({ server, plugin }: { server: string; plugin: string | null }): string {
  return plugin === null ? server : `${plugin}:${server}`;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(", ");
  return names.length > NAMED ? `${shown} and ${counted(names.length - NAMED, "other")}` : shown;
}
