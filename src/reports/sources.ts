import type { Database } from "bun:sqlite";
import { pluginOf } from "./agents.ts";
import { type Selection, selectedCalls } from "./cells.ts";
import { mcpServerOf, mcpToolOf } from "./mcpNames.ts";
import { SKILLED_RUNS, SkillWindows } from "./skillWindows.ts";
import { forEachToolCall } from "./toolShares.ts";

/** Goes through the calls that were for something and hands each to a skill, a slash command, an MCP server and a plugin, or to none. */

/** What one row gathers. */
export interface TallyRow {
  name: string;
  plugin: string | null;
  server: string | null;
  uses: number;
  typed: number;
  sessions: number;
  prompts: number;
  calls: number;
  unpricedCalls: number;
  totalTokens: number;
  costNanoUsd: number;
}

/** A call or a part of one, as far as it counts. */
interface Part {
  callId: number;
  sessionId: number;
  promptId: number | null;
  unpriced: number;
  tokens: number;
  costNanoUsd: number;
}

interface Identity {
  name: string;
  plugin: string | null;
  server: string | null;
}

/** Sums by name. */
export class Tally {
  readonly #rows = new Map<string, { row: TallyRow; sessions: Set<number>; prompts: Set<number>; lastCall: number }>();

  /** Adds a call, or a part of one, to a row. The parts of one call come one after the other. */
  add(identity: Identity, part: Part): void {
    const entry = this.#entry(identity);
    const { row } = entry;
    if (entry.lastCall !== part.callId) row.calls++;
    entry.lastCall = part.callId;
    row.unpricedCalls += part.unpriced;
    row.totalTokens += part.tokens;
    row.costNanoUsd += part.costNanoUsd;
    this.#seen(entry, part.sessionId, part.promptId);
  }

  /** Counts a use by an agent. */
  use(identity: Identity, sessionId: number, promptId: number | null, uses = 1): void {
    const entry = this.#entry(identity);
    entry.row.uses += uses;
    this.#seen(entry, sessionId, promptId);
  }

  /** Counts a person's use. */
  typed(name: string, sessionId: number, promptId: number): void {
    const entry = this.#rows.get(keyOf(identityOf(name)));
    if (entry === undefined) return;
    entry.row.typed++;
    this.#seen(entry, sessionId, promptId);
  }

  #seen(entry: { sessions: Set<number>; prompts: Set<number> }, sessionId: number, promptId: number | null): void {
    entry.sessions.add(sessionId);
    if (promptId !== null) entry.prompts.add(promptId);
  }

  #entry(identity: Identity): { row: TallyRow; sessions: Set<number>; prompts: Set<number>; lastCall: number } {
    const key = keyOf(identity);
    let entry = this.#rows.get(key);
    if (entry === undefined) {
      const counts = {
        uses: 0,
        typed: 0,
        sessions: 0,
        prompts: 0,
        calls: 0,
        unpricedCalls: 0,
        totalTokens: 0,
        costNanoUsd: 0,
      };
      entry = { row: { ...identity, ...counts }, sessions: new Set(), prompts: new Set(), lastCall: -1 };
      this.#rows.set(key, entry);
    }
    return entry;
  }

  rows(): TallyRow[] {
    return [...this.#rows.values()].map(({ row, sessions, prompts }) => ({
      ...row,
      sessions: sessions.size,
      prompts: prompts.size,
    }));
  }
}

function keyOf({ name, server, plugin }: Identity): string {
  return JSON.stringify([name, server, server === null ? null : plugin]);
}

/** A skill, command or agent; its plugin is in its name. */
function identityOf(name: string): Identity {
  return { name, plugin: pluginOf(name), server: null };
}

export interface SourceLists {
  skills: Tally;
  commands: Tally;
  servers: Tally;
  mcpTools: Tally;
  plugins: Tally;
}

/** All five lists of a selection. */
export function gatherSources(db: Database, selection: Selection): SourceLists {
  const lists = {
    skills: new Tally(),
    commands: new Tally(),
    servers: new Tally(),
    mcpTools: new Tally(),
    plugins: new Tally(),
  };
  const owned = wholeCalls(db, selection, lists);
  mcpShares(db, selection, lists, owned);
  skillUses(db, selection, lists);
  commandUses(db, selection, lists);
  return lists;
}

interface LabelledCall extends Part {
  runId: number;
  atMs: number;
  agentType: string | null;
  skill: string;
  plugin: string;
  server: string;
  tool: string;
  command: string;
}

/** Runs that something is said of: few in most books, and the calls of all others are not looked at. */
const TOLD_RUNS = `SELECT c.run_id FROM call_labels l CROSS JOIN calls c ON c.id = l.call_id
  UNION ${SKILLED_RUNS}
  UNION SELECT id FROM runs WHERE instr(agent_type, ':') > 0
  UNION SELECT r.id FROM prompt_commands u CROSS JOIN prompts p ON p.id = u.prompt_id CROSS JOIN runs r ON r.session_id = p.session_id`;

/** Calls that a row bears whole. Answers those that a plugin bears. */
function wholeCalls(db: Database, selection: Selection, lists: SourceLists): Set<number> {
  const windows = new SkillWindows(db);
  const owned = new Set<number>();
  const calls = db
    .query<LabelledCall, []>(
      `SELECT x.call_id AS callId, x.run_id AS runId, x.prompt_id AS promptId, x.session_id AS sessionId, x.at_ms AS atMs, x.unpriced,
         x.input + x.output + x.cache_read + x.cache_write_5m + x.cache_write_1h AS tokens, x.cost_nano AS costNanoUsd,
         CASE r.kind WHEN 'user' THEN r.agent_type END AS agentType, coalesce(k.name, '') AS skill, coalesce(p.name, '') AS plugin,
         coalesce(m.name, '') AS server, coalesce(t.name, '') AS tool, coalesce(o.name, '') AS command
       FROM (${selectedCalls(selection, `r.id IN (${TOLD_RUNS})`)}) x
       CROSS JOIN runs r ON r.id = x.run_id
       LEFT JOIN call_labels l ON l.call_id = x.call_id
       LEFT JOIN label_sets s ON s.id = l.set_id
       LEFT JOIN labels k ON k.id = s.skill_id
       LEFT JOIN labels p ON p.id = s.plugin_id
       LEFT JOIN labels m ON m.id = s.server_id
       LEFT JOIN labels t ON t.id = s.tool_id
       LEFT JOIN prompt_commands c ON c.prompt_id = x.prompt_id
       LEFT JOIN labels o ON o.id = c.label_id
       WHERE l.call_id IS NOT NULL OR c.prompt_id IS NOT NULL OR instr(r.agent_type, ':') > 0
         OR x.run_id IN (${SKILLED_RUNS})`,
    )
    .iterate();
  for (const call of calls) {
    const skill = call.skill || windows.skillOf(call);
    if (skill !== "") lists.skills.add(identityOf(skill), call);
    if (call.command !== "") lists.commands.add(identityOf(call.command), call);
    if (call.server !== "") {
      const { server, plugin } = mcpServerOf(call.server);
      lists.servers.add({ name: server, plugin, server: null }, call);
      lists.mcpTools.add({ name: call.tool || "(not named)", plugin, server }, call);
    }
    const plugin =
      call.plugin ||
      (pluginOf(skill) ?? pluginOf(call.agentType) ?? (pluginOf(call.command) || mcpServerOf(call.server).plugin));
    if (plugin === null) continue;
    lists.plugins.add({ name: plugin, plugin: null, server: null }, call);
    owned.add(call.callId);
  }
  return owned;
}

/** Uses of MCP tools, and their shares of the calls that the client gives to no server itself. `owned` are calls that a plugin bears whole. */
function mcpShares(db: Database, selection: Selection, lists: SourceLists, owned: ReadonlySet<number>): void {
  const names = new Map(
    db
      .query<{ id: number; name: string }, []>("SELECT id, name FROM tools WHERE substr(name, 1, 5) = 'mcp__'")
      .all()
      .flatMap(({ id, name }) => {
        const parts = mcpToolOf(name);
        return parts === null ? [] : [[id, parts] as const];
      }),
  );
  if (names.size === 0) return;
  const speaks = speakingRuns(db);
  const ids = [...names.keys()].join(",");
  const asked = `EXISTS (SELECT 1 FROM tool_calls m WHERE m.call_id = x.call_id AND m.tool_id IN (${ids}))`;
  forEachToolCall(
    db,
    selection,
    (uses) => {
      for (const use of uses) {
        const parts = names.get(use.toolId);
        if (parts === undefined) continue;
        const { server, tool, plugin } = parts;
        const serverRow = { name: server, plugin, server: null };
        const toolRow = { name: tool, plugin, server };
        lists.servers.use(serverRow, use.sessionId, use.promptId);
        lists.mcpTools.use(toolRow, use.sessionId, use.promptId);
        if (plugin !== null)
          lists.plugins.use({ name: plugin, plugin: null, server: null }, use.sessionId, use.promptId);
        if (speaks(use.runId)) continue;
        lists.servers.add(serverRow, use);
        lists.mcpTools.add(toolRow, use);
        if (plugin !== null && !owned.has(use.callId))
          lists.plugins.add({ name: plugin, plugin: null, server: null }, use);
      }
    },
    asked,
  );
}

/** Tells whether the client gives any call of a run to an MCP server itself. */
function speakingRuns(db: Database): (runId: number) => boolean {
  const known = new Map<number, boolean>();
  const query = db.query<{ spoken: number }, [number]>(
    `SELECT EXISTS (SELECT 1 FROM calls c CROSS JOIN call_labels l ON l.call_id = c.id CROSS JOIN label_sets s ON s.id = l.set_id
       WHERE c.run_id = ? AND s.server_id <> 0) AS spoken`,
  );
  return (runId) => {
    let spoken = known.get(runId);
    if (spoken === undefined) {
      spoken = query.get(runId)?.spoken === 1;
      known.set(runId, spoken);
    }
    return spoken;
  };
}

function skillUses(db: Database, selection: Selection, lists: SourceLists): void {
  const uses = db
    .query<{ name: string; sessionId: number; promptId: number | null }, []>(
      `SELECT n.name, x.session_id AS sessionId, x.prompt_id AS promptId FROM (${selectedCalls(selection, `r.id IN (${SKILLED_RUNS})`)}) x
       CROSS JOIN tool_calls t ON t.call_id = x.call_id CROSS JOIN skill_uses u ON u.key = t.key JOIN labels n ON n.id = u.label_id`,
    )
    .all();
  for (const { name, sessionId, promptId } of uses) {
    lists.skills.use(identityOf(name), sessionId, promptId);
    const plugin = pluginOf(name);
    if (plugin !== null) lists.plugins.use({ name: plugin, plugin: null, server: null }, sessionId, promptId);
  }
}

/** Prompts that were a slash command: those with calls in the selection, and without a restriction of place also those that cost nothing. */
function commandUses(db: Database, selection: Selection, lists: SourceLists): void {
  const { fromMs, toMs, wherePlace, agentId, runType } = selection;
  const time = `${fromMs === null ? "1" : `p.at_ms >= ${fromMs}`} AND ${toMs === null ? "1" : `p.at_ms < ${toMs}`}`;
  const free = wherePlace === "1" && agentId === null && runType === null ? `p.calls = 0 AND ${time}` : "0";
  const sessions =
    "r.session_id IN (SELECT p.session_id FROM prompt_commands u CROSS JOIN prompts p ON p.id = u.prompt_id)";
  const uses = db
    .query<{ name: string; sessionId: number; promptId: number }, []>(
      `SELECT n.name, p.session_id AS sessionId, p.id AS promptId FROM prompt_commands u CROSS JOIN prompts p ON p.id = u.prompt_id
       JOIN labels n ON n.id = u.label_id
       WHERE (${free}) OR p.id IN (SELECT prompt_id FROM (${selectedCalls(selection, sessions)}))`,
    )
    .all();
  for (const { name, sessionId, promptId } of uses) {
    lists.commands.use(identityOf(name), sessionId, promptId);
    lists.skills.typed(name, sessionId, promptId);
    const plugin = pluginOf(name);
    if (plugin !== null) lists.plugins.use({ name: plugin, plugin: null, server: null }, sessionId, promptId);
  }
}
