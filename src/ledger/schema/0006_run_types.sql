-- What sub-agents spent, by type: sums that would otherwise be made of single calls.

-- Types of runs as reports tell them apart. Type 0 is main threads.
CREATE TABLE run_types (
  id         INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('main', 'user', 'overhead')),
  -- As runs.agent_type, '' for none.
  agent_type TEXT NOT NULL,
  -- Of overhead the agent id without the number at its end, which tells what it was for; '' for others.
  family     TEXT NOT NULL,
  UNIQUE (kind, agent_type, family)
) STRICT;
INSERT INTO run_types (id, kind, agent_type, family) VALUES (0, 'main', '', '');

-- The type that a run's calls are filed under.
ALTER TABLE runs ADD COLUMN type_id INTEGER NOT NULL DEFAULT 0;
INSERT INTO run_types (kind, agent_type, family)
SELECT DISTINCT kind, coalesce(agent_type, ''), CASE kind WHEN 'overhead' THEN rtrim(rtrim(run_id, '0123456789abcdef'), '-') ELSE '' END
FROM runs WHERE kind <> 'main';
UPDATE runs SET type_id = (
  SELECT t.id FROM run_types t
  WHERE t.kind = runs.kind AND t.agent_type = coalesce(runs.agent_type, '')
    AND t.family = CASE runs.kind WHEN 'overhead' THEN rtrim(rtrim(runs.run_id, '0123456789abcdef'), '-') ELSE '' END
) WHERE kind <> 'main';

-- As rollup_hours, of sub-agents only and by their type.
CREATE TABLE rollup_sub_agents (
  hour           INTEGER NOT NULL,
  branch_id      INTEGER NOT NULL,
  model_id       INTEGER NOT NULL,
  agent_id       INTEGER NOT NULL,
  type_id        INTEGER NOT NULL REFERENCES run_types (id),
  calls          INTEGER NOT NULL,
  unpriced       INTEGER NOT NULL,
  lower_bounds   INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL,
  PRIMARY KEY (hour, branch_id, model_id, agent_id, type_id)
) STRICT, WITHOUT ROWID;
INSERT INTO rollup_sub_agents
SELECT c.at_ms / 3600000, c.branch_id, c.model_id, s.agent_id, r.type_id, count(*), sum(c.cost_nano IS NULL), sum((c.flags & 16) = 0),
  sum(c.input), sum(c.output), sum(c.cache_read), sum(c.cache_write_5m), sum(c.cache_write_1h), sum(coalesce(c.cost_nano, 0))
FROM runs r JOIN calls c ON c.run_id = r.id JOIN sessions s ON s.id = c.session_id
WHERE r.kind <> 'main' GROUP BY 1, 2, 3, 4, 5;

-- The same over all time.
CREATE TABLE rollup_sub_agent_totals (
  branch_id      INTEGER NOT NULL,
  model_id       INTEGER NOT NULL,
  agent_id       INTEGER NOT NULL,
  type_id        INTEGER NOT NULL REFERENCES run_types (id),
  calls          INTEGER NOT NULL,
  unpriced       INTEGER NOT NULL,
  lower_bounds   INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL,
  PRIMARY KEY (branch_id, model_id, agent_id, type_id)
) STRICT, WITHOUT ROWID;
INSERT INTO rollup_sub_agent_totals
SELECT branch_id, model_id, agent_id, type_id, sum(calls), sum(unpriced), sum(lower_bounds), sum(input), sum(output), sum(cache_read),
  sum(cache_write_5m), sum(cache_write_1h), sum(cost_nano)
FROM rollup_sub_agents GROUP BY 1, 2, 3, 4;
