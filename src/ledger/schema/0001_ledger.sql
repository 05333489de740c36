-- The book. Facts first, then what is derived from them. Times are epoch milliseconds (UTC), money is nano-dollars.
-- Texts of prompts and replies are never stored.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Coding agents, such as claude-code.
CREATE TABLE agents (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE models (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- One row per git common directory; work outside of git is filed under its folder.
CREATE TABLE repos (
  id         INTEGER PRIMARY KEY,
  identity   TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  common_dir TEXT,
  remote     TEXT
) STRICT;

-- Which repo a working directory belonged to when it was first seen: folders go away, the answer stays.
CREATE TABLE places (
  cwd     TEXT PRIMARY KEY,
  repo_id INTEGER NOT NULL REFERENCES repos (id)
) STRICT, WITHOUT ROWID;

-- Branches by name; '' is a detached head or no branch.
CREATE TABLE branches (
  id      INTEGER PRIMARY KEY,
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  name    TEXT NOT NULL,
  UNIQUE (repo_id, name)
) STRICT;

-- Prices that calls were costed with: nano-dollars per token.
CREATE TABLE price_rows (
  id                INTEGER PRIMARY KEY,
  key               TEXT NOT NULL UNIQUE,
  model             TEXT NOT NULL,
  effective_from_ms INTEGER NOT NULL,
  source            TEXT NOT NULL,
  input             REAL NOT NULL,
  output            REAL NOT NULL,
  cache_read        REAL NOT NULL,
  cache_write_5m    REAL NOT NULL,
  cache_write_1h    REAL NOT NULL,
  fast_multiplier   REAL NOT NULL,
  tier              TEXT
) STRICT;

CREATE TABLE sessions (
  id                INTEGER PRIMARY KEY,
  agent_id          INTEGER NOT NULL REFERENCES agents (id),
  session_id        TEXT NOT NULL,
  cwd               TEXT,
  repo_id           INTEGER REFERENCES repos (id),
  title             TEXT,
  title_rank        INTEGER NOT NULL DEFAULT -1,
  client_version    TEXT,
  entrypoint        TEXT,
  host              TEXT,
  os                TEXT,
  billing           TEXT,
  forked_from       TEXT,
  started_ms        INTEGER,
  ended_ms          INTEGER,
  last_ms           INTEGER,
  reported_cost_nano INTEGER,
  UNIQUE (agent_id, session_id)
) STRICT;

-- Threads of a session: '' is the main thread, everything else a sub-agent.
CREATE TABLE runs (
  id            INTEGER PRIMARY KEY,
  session_id    INTEGER NOT NULL REFERENCES sessions (id),
  run_id        TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('main', 'user', 'overhead')),
  agent_type    TEXT,
  description   TEXT,
  started_ms    INTEGER,
  prompt_id     INTEGER REFERENCES prompts (id),
  prompt_known  INTEGER NOT NULL DEFAULT 0,
  spawned_by    INTEGER,
  parent_run_id TEXT,
  depth         INTEGER,
  UNIQUE (session_id, run_id)
) STRICT;

CREATE TABLE prompts (
  id                 INTEGER PRIMARY KEY,
  session_id         INTEGER NOT NULL REFERENCES sessions (id),
  prompt_key         INTEGER NOT NULL,
  at_ms              INTEGER NOT NULL,
  -- 1 when the prompt's own row was read; until then at_ms is that of its first call.
  seen               INTEGER NOT NULL DEFAULT 0,
  text_flags         INTEGER NOT NULL DEFAULT 0,
  tool_flags         INTEGER NOT NULL DEFAULT 0,
  category           INTEGER NOT NULL,
  classifier_version INTEGER NOT NULL,
  -- Derived: sums over the calls of the prompt, sub-agents included.
  calls              INTEGER NOT NULL DEFAULT 0,
  tokens             INTEGER NOT NULL DEFAULT 0,
  cost_nano          INTEGER NOT NULL DEFAULT 0,
  UNIQUE (session_id, prompt_key)
) STRICT;
CREATE INDEX prompts_by_category ON prompts (category, at_ms) WHERE calls > 0;

-- One row per API response: the unit that costs money.
CREATE TABLE calls (
  id              INTEGER PRIMARY KEY,
  key             INTEGER NOT NULL,
  request_key     INTEGER NOT NULL,
  session_id      INTEGER NOT NULL REFERENCES sessions (id),
  run_id          INTEGER NOT NULL REFERENCES runs (id),
  prompt_id       INTEGER REFERENCES prompts (id),
  branch_id       INTEGER NOT NULL REFERENCES branches (id),
  model_id        INTEGER NOT NULL REFERENCES models (id),
  price_id        INTEGER REFERENCES price_rows (id),
  at_ms           INTEGER NOT NULL,
  owned_after_ms  INTEGER NOT NULL,
  final_after_ms  INTEGER NOT NULL,
  input           INTEGER NOT NULL,
  output          INTEGER NOT NULL,
  cache_read      INTEGER NOT NULL,
  cache_write_5m  INTEGER NOT NULL,
  cache_write_1h  INTEGER NOT NULL,
  web_searches    INTEGER NOT NULL,
  flags           INTEGER NOT NULL,
  cost_nano       INTEGER
) STRICT;
CREATE UNIQUE INDEX calls_by_key ON calls (key);
CREATE INDEX calls_by_run ON calls (run_id);

-- Sessions that carry a call of another session as copied history; it costs them nothing.
CREATE TABLE inherited_calls (
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  call_id    INTEGER NOT NULL REFERENCES calls (id),
  PRIMARY KEY (session_id, call_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tools (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE paths (
  id   INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE tool_calls (
  id           INTEGER PRIMARY KEY,
  key          INTEGER NOT NULL,
  call_id      INTEGER REFERENCES calls (id),
  tool_id      INTEGER REFERENCES tools (id),
  path_id      INTEGER REFERENCES paths (id),
  input_key    INTEGER,
  at_ms        INTEGER,
  failed       INTEGER,
  duration_ms  INTEGER,
  result_bytes INTEGER
) STRICT;
CREATE UNIQUE INDEX tool_calls_by_key ON tool_calls (key);
CREATE INDEX tool_calls_by_call ON tool_calls (call_id);

-- Moments worth keeping that are no calls: limits reached, compactions, pull-request links, session starts.
CREATE TABLE events (
  id         INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  at_ms      INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  detail     TEXT NOT NULL,
  UNIQUE (session_id, kind, at_ms, detail)
) STRICT;

-- How far each log file has been read.
CREATE TABLE source_files (
  id          INTEGER PRIMARY KEY,
  agent_id    INTEGER NOT NULL REFERENCES agents (id),
  path        TEXT NOT NULL UNIQUE,
  inode       INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  mtime_ms    REAL NOT NULL,
  offset      INTEGER NOT NULL,
  head_hash   INTEGER NOT NULL,
  tail_hash   INTEGER NOT NULL,
  state       TEXT NOT NULL,
  lines       INTEGER NOT NULL,
  broken      INTEGER NOT NULL,
  absurd      INTEGER NOT NULL,
  client_made INTEGER NOT NULL,
  oversized   INTEGER NOT NULL,
  unknown     TEXT NOT NULL,
  read_at_ms  INTEGER NOT NULL
) STRICT;

-- Derived from calls; rebuilt by `cc-ledger reprice --rebuild` and checked by `cc-ledger doctor`.
CREATE TABLE rollup_hours (
  hour           INTEGER NOT NULL,
  branch_id      INTEGER NOT NULL,
  model_id       INTEGER NOT NULL,
  category       INTEGER NOT NULL,
  agent_id       INTEGER NOT NULL,
  calls          INTEGER NOT NULL,
  unpriced       INTEGER NOT NULL,
  lower_bounds   INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL,
  PRIMARY KEY (hour, branch_id, model_id, category, agent_id)
) STRICT, WITHOUT ROWID;

-- The same over all time, and by hour alone: what is asked most is answered from few rows.
CREATE TABLE rollup_totals (
  branch_id      INTEGER NOT NULL,
  model_id       INTEGER NOT NULL,
  category       INTEGER NOT NULL,
  agent_id       INTEGER NOT NULL,
  calls          INTEGER NOT NULL,
  unpriced       INTEGER NOT NULL,
  lower_bounds   INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL,
  PRIMARY KEY (branch_id, model_id, category, agent_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_clock (
  hour           INTEGER NOT NULL PRIMARY KEY,
  calls          INTEGER NOT NULL,
  unpriced       INTEGER NOT NULL,
  lower_bounds   INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL
) STRICT;

CREATE TABLE rollup_sessions (
  session_id     INTEGER NOT NULL,
  branch_id      INTEGER NOT NULL,
  model_id       INTEGER NOT NULL,
  hour           INTEGER NOT NULL,
  calls          INTEGER NOT NULL,
  unpriced       INTEGER NOT NULL,
  lower_bounds   INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL,
  PRIMARY KEY (session_id, branch_id, model_id, hour)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_calls AS
SELECT
  c.id, datetime(c.at_ms / 1000, 'unixepoch') AS at_utc, c.at_ms, s.session_id, r.run_id, r.kind AS run_kind,
  m.name AS model, o.name AS repo, b.name AS branch,
  c.input, c.output, c.cache_read, c.cache_write_5m, c.cache_write_1h, c.web_searches,
  c.cost_nano, c.cost_nano / 1e9 AS cost_usd, p.key AS price_row,
  (c.flags & 16) = 0 AS lower_bound
FROM calls c
JOIN sessions s ON s.id = c.session_id
JOIN runs r ON r.id = c.run_id
JOIN models m ON m.id = c.model_id
JOIN branches b ON b.id = c.branch_id
JOIN repos o ON o.id = b.repo_id
LEFT JOIN price_rows p ON p.id = c.price_id;

CREATE VIEW v_sessions AS
SELECT
  s.id, a.name AS agent, s.session_id, s.title, o.name AS repo, s.cwd, s.client_version, s.entrypoint, s.billing,
  s.forked_from, datetime(s.started_ms / 1000, 'unixepoch') AS started_utc,
  datetime(s.last_ms / 1000, 'unixepoch') AS last_utc,
  t.calls, t.unpriced, t.tokens, t.cost_nano, t.cost_nano / 1e9 AS cost_usd, s.reported_cost_nano / 1e9 AS reported_usd
FROM sessions s
JOIN agents a ON a.id = s.agent_id
LEFT JOIN repos o ON o.id = s.repo_id
LEFT JOIN (
  SELECT
    session_id, SUM(calls) AS calls, SUM(unpriced) AS unpriced, SUM(cost_nano) AS cost_nano,
    SUM(input + output + cache_read + cache_write_5m + cache_write_1h) AS tokens
  FROM rollup_sessions
  GROUP BY session_id
) t ON t.session_id = s.id;

CREATE VIEW v_prompts AS
SELECT p.id, s.session_id, datetime(p.at_ms / 1000, 'unixepoch') AS at_utc, p.category, p.calls, p.tokens,
  p.cost_nano, p.cost_nano / 1e9 AS cost_usd
FROM prompts p
JOIN sessions s ON s.id = p.session_id;

CREATE VIEW v_tool_calls AS
SELECT t.id, s.session_id, n.name AS tool, p.path, t.failed, t.duration_ms, t.result_bytes, t.at_ms
FROM tool_calls t
JOIN tools n ON n.id = t.tool_id
JOIN calls c ON c.id = t.call_id
JOIN sessions s ON s.id = c.session_id
LEFT JOIN paths p ON p.id = t.path_id;
