-- Which MCP servers stood in a run's prompts, and how much they put there. Names and sizes only: no text of theirs.

-- MCP servers that a client told its model of, by run. What is told again counts once, at its largest.
CREATE TABLE run_servers (
  run_id            INTEGER NOT NULL REFERENCES runs (id),
  -- The server as its tools' names have it.
  label_id          INTEGER NOT NULL REFERENCES labels (id),
  -- Tools that were listed by name, and the bytes of those lines.
  tools             INTEGER NOT NULL,
  tool_bytes        INTEGER NOT NULL,
  -- Bytes of the server's own instructions.
  instruction_bytes INTEGER NOT NULL,
  -- When it was first told, null where only its removal was seen.
  first_ms          INTEGER,
  -- When it, or a tool of it, was first taken away again.
  removed_ms        INTEGER,
  PRIMARY KEY (run_id, label_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_run_servers AS
SELECT s.session_id, r.run_id, n.name AS mcp_server, v.tools, v.tool_bytes, v.instruction_bytes, v.first_ms, v.removed_ms
FROM run_servers v
JOIN runs r ON r.id = v.run_id
JOIN sessions s ON s.id = r.session_id
JOIN labels n ON n.id = v.label_id;

-- Servers of what was read before are read again where the transcript still exists.
UPDATE source_files SET mtime_ms = 0, head_hash = -1 WHERE path LIKE '%.jsonl';
