-- The guard: budgets, alerts, leaves to go on; and how much of a plan's windows was used.

-- What a tool was asked without the numbers in it, and why it failed, as hashes: near-identical calls and the same error again are told by them.
ALTER TABLE tool_calls ADD COLUMN shape_key INTEGER;
ALTER TABLE tool_calls ADD COLUMN error_key INTEGER;

-- Use of a plan's windows as the statusline was told it, in percent. A sample that says nothing new is not kept.
CREATE TABLE limits (
  -- 'five_hour' or 'seven_day'.
  period    TEXT NOT NULL CHECK (period IN ('five_hour', 'seven_day')),
  at_ms     INTEGER NOT NULL,
  used      REAL NOT NULL,
  resets_ms INTEGER NOT NULL,
  PRIMARY KEY (period, at_ms)
) STRICT, WITHOUT ROWID;

-- Limits that a person set. `amount` is nano-dollars or tokens; '' and 0 in a scope column mean everything.
CREATE TABLE budgets (
  id         INTEGER PRIMARY KEY,
  per        TEXT NOT NULL CHECK (per IN ('session', 'prompt', 'day', 'week', 'month')),
  unit       TEXT NOT NULL CHECK (unit IN ('usd', 'tokens')),
  amount     INTEGER NOT NULL CHECK (amount > 0),
  -- 0 or repos.id.
  repo_id    INTEGER NOT NULL DEFAULT 0,
  branch     TEXT NOT NULL DEFAULT '',
  pr_number  INTEGER NOT NULL DEFAULT 0,
  -- A model's name or a part of it, in lower case.
  model      TEXT NOT NULL DEFAULT '',
  -- 1 denies what would come after it, 0 only warns.
  hard       INTEGER NOT NULL DEFAULT 0 CHECK (hard IN (0, 1)),
  -- Percentages at which a warning is due, ascending: '50,80,100'.
  warn       TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (per, unit, repo_id, branch, pr_number, model)
) STRICT;

-- What the guard said, once per subject and level.
CREATE TABLE alerts (
  id         INTEGER PRIMARY KEY,
  -- What it is about: the rule with its session and prompt, or the budget with its period.
  subject    TEXT NOT NULL,
  -- 'limit', or the rule of docs/guard.md that spoke.
  rule       TEXT NOT NULL,
  -- 'warn' or 'high' for a rule, a percentage such as '80' for a limit, 'denied' where something was held up.
  level      TEXT NOT NULL,
  at_ms      INTEGER NOT NULL,
  session_id INTEGER REFERENCES sessions (id),
  prompt_id  INTEGER REFERENCES prompts (id),
  budget_id  INTEGER,
  -- The sentence that a person reads.
  message    TEXT NOT NULL,
  -- Cost of the session when it was said.
  cost_nano  INTEGER NOT NULL,
  -- When it was put before the person, null while it waits.
  shown_ms   INTEGER,
  -- When it was handed to the desktop and the webhook, null while it waits.
  sent_ms    INTEGER,
  UNIQUE (subject, level)
) STRICT;
CREATE INDEX alerts_by_session ON alerts (session_id, at_ms);
CREATE INDEX alerts_waiting ON alerts (id) WHERE shown_ms IS NULL OR sent_ms IS NULL;

-- Sessions that may go on beyond a hard limit, by the agent's own name for them; until_ms null means for good.
CREATE TABLE guard_passes (
  session_id TEXT PRIMARY KEY,
  from_ms    INTEGER NOT NULL,
  until_ms   INTEGER
) STRICT, WITHOUT ROWID;

CREATE VIEW v_budgets AS
SELECT b.id, b.per, b.unit, b.amount, CASE b.unit WHEN 'usd' THEN b.amount / 1e9 END AS amount_usd,
  o.name AS repo, b.branch, b.pr_number, b.model, b.hard, b.warn, datetime(b.created_ms / 1000, 'unixepoch') AS created_utc
FROM budgets b
LEFT JOIN repos o ON o.id = b.repo_id;

CREATE VIEW v_alerts AS
SELECT a.id, datetime(a.at_ms / 1000, 'unixepoch') AS at_utc, a.rule, a.level, s.session_id, a.message,
  a.cost_nano, a.cost_nano / 1e9 AS cost_usd
FROM alerts a
LEFT JOIN sessions s ON s.id = a.session_id;

-- Shapes and errors of tool calls that were read before are read again where the transcript still exists.
UPDATE source_files SET mtime_ms = 0, head_hash = -1 WHERE path LIKE '%.jsonl';
