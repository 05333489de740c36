-- What calls were spent on: skills, slash commands, plugins, MCP servers; and repos joined into products. Names only: no arguments, no texts.

-- Names of skills, slash commands, plugins, MCP servers and their tools. Label 0 stands for none.
CREATE TABLE labels (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO labels (id, name) VALUES (0, '');

-- What the agent's client itself says that a call was for; each combination stands once.
CREATE TABLE label_sets (
  id         INTEGER PRIMARY KEY,
  skill_id   INTEGER NOT NULL REFERENCES labels (id),
  plugin_id  INTEGER NOT NULL REFERENCES labels (id),
  server_id  INTEGER NOT NULL REFERENCES labels (id),
  tool_id    INTEGER NOT NULL REFERENCES labels (id),
  UNIQUE (skill_id, plugin_id, server_id, tool_id)
) STRICT;

-- Calls of which the client says anything; most have no row.
CREATE TABLE call_labels (
  call_id INTEGER PRIMARY KEY REFERENCES calls (id),
  set_id  INTEGER NOT NULL REFERENCES label_sets (id)
) STRICT;

-- Which skill a tool use ran.
CREATE TABLE skill_uses (
  -- As tool_calls.key.
  key      INTEGER PRIMARY KEY,
  label_id INTEGER NOT NULL REFERENCES labels (id)
) STRICT;

-- Sub-agents that a tool use asked for: what tells the type of a run whose client wrote no record beside its transcript.
CREATE TABLE spawns (
  -- As tool_calls.key.
  key         INTEGER PRIMARY KEY,
  type_id     INTEGER NOT NULL REFERENCES labels (id),
  -- The few words that name the task, '' for none.
  description TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_spawn ON runs (spawned_by) WHERE spawned_by IS NOT NULL;

-- Which slash command a prompt was, without the slash.
CREATE TABLE prompt_commands (
  prompt_id INTEGER PRIMARY KEY REFERENCES prompts (id),
  label_id  INTEGER NOT NULL REFERENCES labels (id)
) STRICT;

-- Who says of what type a sub-agent is: 0 the tool use that asked for it, 1 its calls, 2 its own record.
ALTER TABLE runs ADD COLUMN type_rank INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET type_rank = 2 WHERE agent_type IS NOT NULL;

-- Repos that a person joined into one product; a repo is in one at most.
CREATE TABLE repo_groups (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;

CREATE TABLE repo_group_members (
  repo_id  INTEGER PRIMARY KEY REFERENCES repos (id),
  group_id INTEGER NOT NULL REFERENCES repo_groups (id)
) STRICT;

CREATE VIEW v_call_labels AS
SELECT l.call_id, k.name AS skill, p.name AS plugin, m.name AS mcp_server, t.name AS mcp_tool
FROM call_labels l
JOIN label_sets s ON s.id = l.set_id
JOIN labels k ON k.id = s.skill_id
JOIN labels p ON p.id = s.plugin_id
JOIN labels m ON m.id = s.server_id
JOIN labels t ON t.id = s.tool_id;

CREATE VIEW v_repo_groups AS
SELECT g.name AS product, o.name AS repo, o.identity
FROM repo_group_members m
JOIN repo_groups g ON g.id = m.group_id
JOIN repos o ON o.id = m.repo_id;

-- Skills and slash commands of what was read before are read again where the transcript still exists.
UPDATE source_files SET mtime_ms = 0, head_hash = -1 WHERE path LIKE '%.jsonl';
