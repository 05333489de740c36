-- Edits, commits and pull requests: who wrote which line, and what it cost.

-- Folder of the work tree that a working directory lay in, so that paths can be read relative to it after it is gone.
ALTER TABLE places ADD COLUMN root TEXT;

-- First commit of a repo, by which a moved checkout is recognised; same_as points to the repo that continues this one.
ALTER TABLE repos ADD COLUMN root_commit TEXT;
ALTER TABLE repos ADD COLUMN same_as INTEGER REFERENCES repos (id);
-- All refs as they were when the commits were last read, and when a forge was last asked.
ALTER TABLE repos ADD COLUMN refs TEXT;
ALTER TABLE repos ADD COLUMN asked_ms INTEGER;
-- The earliest edit that commits were matched with: one that comes in later and is older means matching anew.
ALTER TABLE repos ADD COLUMN matched_from_ms INTEGER;

-- What one tool use wrote into one file. `lines` holds twelve bytes for every added line: a 64-bit hash of the line as written and a 32-bit hash of
-- what a formatter leaves of it; a line of twelve zero bytes separates hunks. The text itself is not kept.
CREATE TABLE edits (
  id         INTEGER PRIMARY KEY,
  -- As tool_calls.key.
  key        INTEGER NOT NULL,
  path_id    INTEGER NOT NULL REFERENCES paths (id),
  at_ms      INTEGER NOT NULL,
  kind       INTEGER NOT NULL,
  -- How good the source is: 1 the tool's input, 2 old and new text, 3 a patch.
  source     INTEGER NOT NULL,
  added      INTEGER NOT NULL,
  removed    INTEGER NOT NULL,
  lines      BLOB NOT NULL,
  UNIQUE (key, path_id)
) STRICT;
CREATE INDEX edits_by_path ON edits (path_id);

-- Copies of an edited file before and after, by the names of their blobs; only where `blobs.enabled` is set.
CREATE TABLE snapshots (
  -- As edits.key.
  key    INTEGER PRIMARY KEY,
  before TEXT,
  after  TEXT NOT NULL
) STRICT;

-- What agents did with git and forges, as their tools reported it, and which of their shell commands write files.
CREATE TABLE git_operations (
  id         INTEGER PRIMARY KEY,
  -- As tool_calls.key; 0 where no tool use is known.
  key        INTEGER NOT NULL,
  session_id INTEGER NOT NULL REFERENCES sessions (id),
  -- Repo of the folder that it was done in; that of the session where the log does not say.
  repo_id    INTEGER REFERENCES repos (id),
  at_ms      INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('commit', 'push', 'branch', 'pull-request', 'link', 'write')),
  -- Commit id (often shortened), '' where it is none.
  sha        TEXT NOT NULL,
  branch     TEXT NOT NULL,
  number     INTEGER NOT NULL,
  url        TEXT NOT NULL,
  action     TEXT NOT NULL,
  UNIQUE (key, kind, session_id, sha, branch, number, url, action)
) STRICT;
CREATE INDEX git_operations_by_session ON git_operations (session_id, at_ms);

-- Which branch was checked out in a work tree, and what was committed there, by git's own log of HEAD: clients tell the branch that a
-- session began on.
CREATE TABLE head_moves (
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  root    TEXT NOT NULL,
  -- Whole seconds, in milliseconds.
  at_ms   INTEGER NOT NULL,
  place   INTEGER NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('checkout', 'commit')),
  branch  TEXT NOT NULL,
  sha     TEXT NOT NULL,
  PRIMARY KEY (repo_id, root, at_ms, place)
) STRICT, WITHOUT ROWID;

-- Commits of known repos, from the first edit on.
CREATE TABLE commits (
  id           INTEGER PRIMARY KEY,
  repo_id      INTEGER NOT NULL REFERENCES repos (id),
  sha          TEXT NOT NULL,
  parents      TEXT NOT NULL,
  author_ms    INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL,
  subject      TEXT NOT NULL,
  -- Commit that this one reverts, '' for none.
  reverts      TEXT NOT NULL,
  -- Pull request that the subject or body names, 0 for none, and how: 'merge', 'squash' or 'trailer'.
  named_pr     INTEGER NOT NULL,
  named_how    TEXT NOT NULL,
  -- Branch that a merge subject names.
  named_branch TEXT NOT NULL,
  added        INTEGER NOT NULL,
  removed      INTEGER NOT NULL,
  -- 1 while a ref leads to it; 0 once it was amended, rebased or thrown away.
  live         INTEGER NOT NULL DEFAULT 1,
  -- Session whose tool call made it, where one says so.
  session_id   INTEGER REFERENCES sessions (id),
  -- Derived: the pull request that bears it.
  pr_id        INTEGER REFERENCES pull_requests (id),
  UNIQUE (repo_id, sha)
) STRICT;

-- Added lines of commits that an edit wrote. `grade` 1: as written, 2: but for its format, 3: by a shell command, 4: by the word of a git-ai note.
CREATE TABLE commit_lines (
  commit_id INTEGER NOT NULL REFERENCES commits (id),
  path_id   INTEGER NOT NULL REFERENCES paths (id),
  line      INTEGER NOT NULL,
  count     INTEGER NOT NULL,
  edit_id   INTEGER REFERENCES edits (id),
  -- Place of the first line in edits.lines.
  edit_line INTEGER NOT NULL,
  grade     INTEGER NOT NULL,
  -- Session, where it is not the edit that tells it.
  session_id INTEGER REFERENCES sessions (id),
  PRIMARY KEY (commit_id, path_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX commit_lines_by_edit ON commit_lines (edit_id);

-- Files that changed their names, so that edits under the old one are found.
CREATE TABLE renames (
  repo_id  INTEGER NOT NULL REFERENCES repos (id),
  old_path INTEGER NOT NULL REFERENCES paths (id),
  new_path INTEGER NOT NULL REFERENCES paths (id),
  PRIMARY KEY (repo_id, new_path, old_path)
) STRICT, WITHOUT ROWID;

CREATE TABLE pull_requests (
  id         INTEGER PRIMARY KEY,
  repo_id    INTEGER NOT NULL REFERENCES repos (id),
  number     INTEGER NOT NULL,
  url        TEXT NOT NULL DEFAULT '',
  title      TEXT NOT NULL DEFAULT '',
  state      TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'merged')),
  branch     TEXT NOT NULL DEFAULT '',
  head_sha   TEXT NOT NULL DEFAULT '',
  merge_sha  TEXT NOT NULL DEFAULT '',
  opened_ms  INTEGER,
  ended_ms   INTEGER,
  -- Derived: live commits without merges, their added lines, and those of them by agents (as written, but for their format, told otherwise).
  -- A squash holds what its originals held: where there is one, its lines count alone.
  commits    INTEGER NOT NULL DEFAULT 0,
  added      INTEGER NOT NULL DEFAULT 0,
  exact      INTEGER NOT NULL DEFAULT 0,
  formatted  INTEGER NOT NULL DEFAULT 0,
  told       INTEGER NOT NULL DEFAULT 0,
  UNIQUE (repo_id, number)
) STRICT;

-- Commits of pull requests, and how that is known.
CREATE TABLE pr_commits (
  pr_id     INTEGER NOT NULL REFERENCES pull_requests (id),
  commit_id INTEGER NOT NULL REFERENCES commits (id),
  method    TEXT NOT NULL,
  PRIMARY KEY (pr_id, commit_id)
) STRICT, WITHOUT ROWID;

-- Derived: which repo and which path in it a file belongs to.
CREATE TABLE file_places (
  path_id     INTEGER PRIMARY KEY REFERENCES paths (id),
  repo_id     INTEGER REFERENCES repos (id),
  repo_path   INTEGER REFERENCES paths (id)
) STRICT;
CREATE INDEX file_places_by_repo ON file_places (repo_id, repo_path);

-- Derived: who bears the calls of a session. The rows of a session add up to its calls, to the nano-dollar.
CREATE TABLE allocations (
  session_id     INTEGER NOT NULL REFERENCES sessions (id),
  -- Pull request, else branch, else neither.
  pr_id          INTEGER REFERENCES pull_requests (id),
  branch_id      INTEGER REFERENCES branches (id),
  commit_id      INTEGER REFERENCES commits (id),
  method         TEXT NOT NULL,
  grade          TEXT NOT NULL,
  category       INTEGER NOT NULL,
  at_ms          INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL
) STRICT;
CREATE INDEX allocations_by_session ON allocations (session_id);
CREATE INDEX allocations_by_pull ON allocations (pr_id, session_id) WHERE pr_id IS NOT NULL;
CREATE INDEX commits_by_pull ON commits (pr_id) WHERE pr_id IS NOT NULL;

-- Derived: allocations summed up by who bears them, without the hours.
CREATE TABLE allocation_sums (
  -- 0 for none.
  pr_id          INTEGER NOT NULL,
  branch_id      INTEGER NOT NULL,
  method         TEXT NOT NULL,
  grade          TEXT NOT NULL,
  category       INTEGER NOT NULL,
  input          INTEGER NOT NULL,
  output         INTEGER NOT NULL,
  cache_read     INTEGER NOT NULL,
  cache_write_5m INTEGER NOT NULL,
  cache_write_1h INTEGER NOT NULL,
  cost_nano      INTEGER NOT NULL,
  PRIMARY KEY (pr_id, branch_id, method, category)
) STRICT, WITHOUT ROWID;

-- Derived: what the allocation of a session was made from.
CREATE TABLE allocated (
  session_id INTEGER PRIMARY KEY REFERENCES sessions (id),
  calls      INTEGER NOT NULL,
  cost_nano  INTEGER NOT NULL
) STRICT;

-- Derived: how many of an edit's lines in a commit still stood on the trunk so many days later. Never changes once it is known.
CREATE TABLE survivals (
  commit_id INTEGER NOT NULL REFERENCES commits (id) ON DELETE CASCADE,
  edit_id   INTEGER NOT NULL REFERENCES edits (id),
  days      INTEGER NOT NULL,
  total     INTEGER NOT NULL,
  kept      INTEGER NOT NULL,
  PRIMARY KEY (commit_id, edit_id, days)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_pull_requests AS
SELECT
  o.name AS repo, p.number, p.title, p.branch, p.state, p.url, p.merge_sha,
  p.commits, p.added AS lines_added, p.exact + p.formatted AS ai_lines_added,
  a.sessions, a.cost_nano, a.cost_nano / 1e9 AS cost_usd
FROM pull_requests p
JOIN repos o ON o.id = p.repo_id
LEFT JOIN (
  SELECT pr_id, COUNT(DISTINCT session_id) AS sessions, SUM(cost_nano) AS cost_nano
  FROM allocations WHERE pr_id IS NOT NULL GROUP BY pr_id
) a ON a.pr_id = p.id;

-- What was read before this version knew of edits is read again where it still exists; reading twice changes nothing else.
UPDATE source_files SET mtime_ms = 0, head_hash = -1 WHERE path LIKE '%.jsonl';
