import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { openBook } from "../src/ledger/open.ts";
import { rebuildRollups } from "../src/ledger/rollups.ts";

/** Writes a book of five million calls: 20,000 sessions of 250 calls over three years, eight repos, four models. */
export function writeFiveMillion(home: string, calls = 5_000_000): void {
  mkdirSync(home, { recursive: true });
  openBook(`${home}/ledger.db`, { busyTimeoutMs: 1_000, allowReadOnly: false }).db.close();
  const db = new Database(`${home}/ledger.db`);
  db.run("PRAGMA synchronous = OFF");
  db.run("PRAGMA cache_size = -262144");
  db.run("BEGIN");
  db.run("INSERT INTO agents (id, name) VALUES (1, 'claude-code')");
  for (let n = 1; n <= 4; n++) db.run(`INSERT INTO models (id, name) VALUES (${n}, 'claude-model-${n}')`);
  for (let n = 1; n <= 8; n++) {
    db.run(`INSERT INTO repos (id, identity, name) VALUES (${n}, '/work/repo-${n}', 'repo-${n}')`);
    db.run(`INSERT INTO branches (id, repo_id, name) VALUES (${n}, ${n}, 'main')`);
  }
  const sessions = calls / 250;
  const start = Date.UTC(2023, 10, 1);
  const span = 3 * 365 * 86_400_000;
  db.run(
    `WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ${sessions - 1})
     INSERT INTO sessions (id, agent_id, session_id, started_ms, last_ms) SELECT i + 1, 1, printf('session-%06d', i), ${start} + i * ${span / sessions}, NULL FROM n`,
  );
  db.run("INSERT INTO runs (id, session_id, run_id, kind) SELECT id, id, '', 'main' FROM sessions");
  db.run(
    `WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ${calls / 25 - 1})
     INSERT INTO prompts (id, session_id, prompt_key, at_ms, category, classifier_version)
     SELECT i + 1, i / 10 + 1, i, ${start} + (i / 10) * ${span / sessions} + (i % 10) * 900000, (i * 7) % 13, 1 FROM n`,
  );
  db.run("DROP INDEX calls_by_key");
  db.run(
    `WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ${calls - 1})
     INSERT INTO calls (id, key, request_key, session_id, run_id, prompt_id, branch_id, model_id, price_id, at_ms, owned_after_ms,
       final_after_ms, input, output, cache_read, cache_write_5m, cache_write_1h, web_searches, flags, cost_nano)
     SELECT i + 1, i * 2654435761, i, i / 250 + 1, i / 250 + 1, i / 25 + 1, (i / 250) % 8 + 1, (i / 100) % 4 + 1, NULL,
       ${start} + (i / 250) * ${span / sessions} + (i % 250) * 36000, 0, 0, i % 900, i % 1200, i % 90000, 0, i % 3000, 0, 2064,
       (i % 1000) * 1000000 FROM n`,
  );
  db.run("CREATE UNIQUE INDEX calls_by_key ON calls (key)");
  rebuildRollups(db, 12);
  db.run("COMMIT");
  db.close();
}
