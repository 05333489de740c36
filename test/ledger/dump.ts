import { Database } from "bun:sqlite";

/** Everything in a book that must not depend on how it came to be, by natural names instead of row ids. */
export function dumpBook(path: string): string[] {
  const db = new Database(path, { readonly: true });
  try {
    const out: string[] = [];
    const all = (title: string, sql: string): void => {
      out.push(`# ${title}`);
      const rows = db.query(sql).values() as unknown[][];
      out.push(...rows.map((row) => row.join("|")).sort());
    };
    all(
      "calls",
      `SELECT hex(c.key), s.session_id, r.run_id, r.kind, coalesce(hex(p.prompt_key) || '@' || ps.session_id, '-'), o.identity, b.name, m.name,
         w.key, c.at_ms, c.owned_after_ms, c.final_after_ms, c.input, c.output, c.cache_read, c.cache_write_5m, c.cache_write_1h,
         c.web_searches, c.flags, c.cost_nano
       FROM calls c JOIN sessions s ON s.id = c.session_id JOIN runs r ON r.id = c.run_id JOIN branches b ON b.id = c.branch_id
       JOIN repos o ON o.id = b.repo_id JOIN models m ON m.id = c.model_id LEFT JOIN price_rows w ON w.id = c.price_id
       LEFT JOIN prompts p ON p.id = c.prompt_id LEFT JOIN sessions ps ON ps.id = p.session_id`,
    );
    all(
      "prompts",
      `SELECT s.session_id, p.prompt_key, p.at_ms, p.text_flags, p.tool_flags, p.category, p.calls, p.tokens, p.cost_nano
       FROM prompts p JOIN sessions s ON s.id = p.session_id`,
    );
    all(
      "inherited",
      "SELECT s.session_id, hex(c.key) FROM inherited_calls i JOIN sessions s ON s.id = i.session_id JOIN calls c ON c.id = i.call_id",
    );
    all(
      "tool calls",
      `SELECT hex(t.key), hex(c.key), n.name, p.path, t.input_key, t.shape_key, t.at_ms, t.failed, t.error_key, t.result_bytes
       FROM tool_calls t LEFT JOIN calls c ON c.id = t.call_id LEFT JOIN tools n ON n.id = t.tool_id LEFT JOIN paths p ON p.id = t.path_id`,
    );
    all(
      "rollup hours",
      `SELECT h.hour, o.identity, b.name, m.name, h.category, h.calls, h.unpriced, h.lower_bounds, h.input, h.output, h.cache_read,
         h.cache_write_5m, h.cache_write_1h, h.cost_nano
       FROM rollup_hours h JOIN branches b ON b.id = h.branch_id JOIN repos o ON o.id = b.repo_id JOIN models m ON m.id = h.model_id`,
    );
    all(
      "rollup sessions",
      `SELECT s.session_id, h.hour, o.identity, b.name, m.name, h.calls, h.unpriced, h.lower_bounds, h.input, h.output, h.cache_read,
         h.cache_write_5m, h.cache_write_1h, h.cost_nano
       FROM rollup_sessions h JOIN sessions s ON s.id = h.session_id JOIN branches b ON b.id = h.branch_id JOIN repos o ON o.id = b.repo_id
       JOIN models m ON m.id = h.model_id`,
    );
    all(
      "rollup of sub-agents",
      `SELECT h.hour, o.identity, b.name, m.name, t.kind, t.agent_type, t.family, h.calls, h.unpriced, h.lower_bounds, h.input, h.output,
         h.cache_read, h.cache_write_5m, h.cache_write_1h, h.cost_nano
       FROM rollup_sub_agents h JOIN branches b ON b.id = h.branch_id JOIN repos o ON o.id = b.repo_id JOIN models m ON m.id = h.model_id
       JOIN run_types t ON t.id = h.type_id`,
    );
    all(
      "sessions",
      "SELECT session_id, cwd, client_version, entrypoint, forked_from, started_ms, last_ms, reported_cost_nano, title FROM sessions",
    );
    all(
      "edits",
      "SELECT hex(e.key), p.path, e.at_ms, e.kind, e.source, e.added, e.removed, hex(e.lines) FROM edits e JOIN paths p ON p.id = e.path_id",
    );
    all(
      "git operations",
      `SELECT hex(g.key), s.session_id, g.at_ms, g.kind, g.sha, g.branch, g.number, g.url, g.action, o.identity
       FROM git_operations g JOIN sessions s ON s.id = g.session_id LEFT JOIN repos o ON o.id = g.repo_id`,
    );
    all(
      "labels of calls",
      `SELECT hex(c.key), l.skill, l.plugin, l.mcp_server, l.mcp_tool FROM v_call_labels l JOIN calls c ON c.id = l.call_id`,
    );
    all("skills", "SELECT hex(u.key), n.name FROM skill_uses u JOIN labels n ON n.id = u.label_id");
    all("spawns", "SELECT hex(p.key), n.name, p.description FROM spawns p JOIN labels n ON n.id = p.type_id");
    all(
      "servers",
      "SELECT session_id, run_id, mcp_server, tools, tool_bytes, instruction_bytes, first_ms, removed_ms FROM v_run_servers",
    );
    all(
      "commands",
      `SELECT s.session_id, hex(p.prompt_key), n.name FROM prompt_commands u JOIN labels n ON n.id = u.label_id
       JOIN prompts p ON p.id = u.prompt_id JOIN sessions s ON s.id = p.session_id`,
    );
    all(
      "runs",
      `SELECT s.session_id, r.run_id, r.kind, r.agent_type, r.type_rank, r.description, r.depth, r.parent_run_id, hex(r.spawned_by)
       FROM runs r JOIN sessions s ON s.id = r.session_id`,
    );
    all(
      "events",
      "SELECT s.session_id, e.at_ms, e.kind, e.detail FROM events e JOIN sessions s ON s.id = e.session_id",
    );
    return out;
  } finally {
    db.close();
  }
}

/** Sums of the rollups against the calls: they must agree to the nano-dollar. */
export function conserved(path: string): boolean {
  const db = new Database(path, { readonly: true });
  try {
    const sums = (sql: string): string => JSON.stringify(db.query(sql).values());
    const facts = sums(
      `SELECT count(*), sum(cost_nano IS NULL), sum(input), sum(output), sum(cache_read), sum(cache_write_5m), sum(cache_write_1h),
         coalesce(sum(cost_nano), 0) FROM calls`,
    );
    const measures =
      "coalesce(sum(calls), 0), sum(unpriced), sum(input), sum(output), sum(cache_read), sum(cache_write_5m), sum(cache_write_1h), coalesce(sum(cost_nano), 0)";
    const wholes = ["rollup_hours", "rollup_sessions", "rollup_totals", "rollup_clock"];
    if (!wholes.every((table) => sums(`SELECT ${measures} FROM ${table}`) === facts)) return false;
    // What is kept of sub-agents against their calls, type by type as the runs' own columns have it.
    const subAgents = sums(
      `SELECT r.kind, coalesce(r.agent_type, ''), count(*), sum(input + output + cache_read + cache_write_5m + cache_write_1h),
         sum(coalesce(cost_nano, 0))
       FROM calls c JOIN runs r ON r.id = c.run_id WHERE r.kind <> 'main' GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    const byType = "sum(calls), sum(input + output + cache_read + cache_write_5m + cache_write_1h), sum(cost_nano)";
    return ["rollup_sub_agents", "rollup_sub_agent_totals"].every(
      (table) =>
        sums(
          `SELECT t.kind, t.agent_type, ${byType} FROM ${table} h JOIN run_types t ON t.id = h.type_id GROUP BY 1, 2 ORDER BY 1, 2`,
        ) === subAgents,
    );
  } finally {
    db.close();
  }
}
