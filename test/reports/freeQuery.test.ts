import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/platform/errors.ts";
import { runQuery } from "../../src/reports/freeQuery.ts";
import { readingStatement } from "../../src/reports/sqlText.ts";
import { prompt, REPLY_COST, reply } from "../e2e/program.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

const { dir, remove } = scratch();
let db: Database;

beforeAll(async () => {
  const folder = join(dir, "claude", "projects", "p");
  mkdirSync(folder, { recursive: true });
  const at = Date.UTC(2026, 10, 20);
  writeFileSync(
    join(folder, "s.jsonl"),
    prompt("s", "p1", "go", at) + reply("s", "m1", at + 1_000) + reply("s", "m2", at + 2_000),
  );
  await ingest(join(dir, "claude"), dir);
  const writable = new Database(join(dir, "ledger.db"));
  writable.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('config.webhook', 'a secret')");
  writable.close();
  db = new Database(join(dir, "ledger.db"), { readonly: true, safeIntegers: true });
});
afterAll(() => {
  db.close();
  remove();
});

const rowsOf = (sql: string, most = 10): unknown => runQuery(db, sql, most).rows;

describe("a query", () => {
  test("reads views and documented tables", () => {
    expect(rowsOf("SELECT count(*), sum(cost_nano) FROM v_calls")).toEqual([[2, 2 * REPLY_COST]]);
    expect(rowsOf("SELECT session_id FROM sessions;")).toEqual([["s"]]);
    expect(rowsOf("WITH c AS (SELECT cost_nano AS n FROM calls) SELECT max(n) FROM c -- the dearest\n;")).toEqual([
      [REPLY_COST],
    ]);
    expect(rowsOf("VALUES (1, 'a'), (2, 'b')")).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    expect(rowsOf("SELECT value FROM json_each('[1,2]') ORDER BY 1 DESC")).toEqual([[2], [1]]);
  });

  test("may read every view", () => {
    const views = rowsOf("SELECT name FROM sqlite_schema WHERE type = 'view'", 100) as [string][];
    expect(views.length).toBeGreaterThan(6);
    for (const [name] of views) expect(() => runQuery(db, `SELECT * FROM ${name}`, 1)).not.toThrow();
  });

  test("may read every table but that of settings", () => {
    const tables = rowsOf("SELECT name FROM sqlite_schema WHERE type = 'table'", 200) as [string][];
    const closed = tables.filter(([name]) => {
      try {
        return runQuery(db, `SELECT * FROM ${name}`, 1) === null;
      } catch {
        return true;
      }
    });
    expect(closed).toEqual([["meta"]]);
  });

  test("says that there is more", () => {
    expect(runQuery(db, "SELECT 1 AS n FROM v_calls", 1)).toEqual({ columns: ["n"], rows: [[1]], hasMore: true });
    expect(runQuery(db, "SELECT 1 AS n FROM v_calls", 2).hasMore).toBe(false);
  });

  test("keeps large whole numbers, cuts long text, and shows no bytes", () => {
    expect(rowsOf("SELECT 9223372036854775807, 2.5, NULL, x'00ff'")).toEqual([
      ["9223372036854775807", 2.5, null, "(2 bytes)"],
    ]);
    const [[text]] = rowsOf("SELECT printf('%.*c', 100000, 'x')") as [[string]];
    expect(text.length).toBeLessThan(2_100);
    expect(text).toEndWith("(100000 characters)");
  });

  const REFUSED: readonly [sql: string, said: string][] = [
    ["", "empty"],
    ["-- nothing", "empty"],
    ["DELETE FROM calls", "begins with"],
    ["PRAGMA query_only = 0", "begins with"],
    ["ATTACH 'x.db' AS x", "begins with"],
    ["/* SELECT */ DROP TABLE calls", "begins with"],
    ["CREATE TEMP TABLE t (x)", "begins with"],
    ["BEGIN; SELECT 1", "begins with"],
    ["SELECT 1; DELETE FROM calls", "only one statement"],
    ["SELECT 1;; ; SELECT 2", "only one statement"],
    ["SELECT ';' ; --;\n PRAGMA user_version = 9", "only one statement"],
    ["WITH x AS (SELECT 1) DELETE FROM calls", "would write"],
    ["WITH x AS (SELECT 1) INSERT INTO calls DEFAULT VALUES", "would write"],
    ["WITH x AS (SELECT 1) UPDATE calls SET input = 0 RETURNING *", "would write"],
    ["SELECT * FROM meta", "meta is not open"],
    ["SELECT (SELECT value FROM main.meta LIMIT 1)", "meta is not open"],
    ["SELECT * FROM 'meta'", "meta is not open"],
    ["SELECT 1 WHERE EXISTS (SELECT 1 FROM [meta])", "meta is not open"],
    ["WITH calls AS (SELECT * FROM meta) SELECT * FROM calls", "meta is not open"],
    ["EXPLAIN QUERY PLAN SELECT * FROM meta", "meta is not open"],
    ["EXPLAIN SELECT * FROM calls", "only EXPLAIN QUERY PLAN"],
    ["SELECT * FROM dbstat", "dbstat may not be used"],
    ['SELECT * FROM "DBSTAT"', "may not be used"],
    ["SELECT load_extension('/tmp/x.so')", "load_extension may not be used"],
    ["SELECT missing FROM calls", "no such column"],
    ["SELECT 1) UNION SELECT * FROM (SELECT 2", "syntax error"],
    ["SELECT", "incomplete input"],
    ["SELECT 'unfinished", "unrecognized token"],
    ["SELECT 1 \u0000 FROM calls", "zero character"],
    [`SELECT ${"1 + ".repeat(10_000)}1`, "too long"],
  ];
  for (const [sql, said] of REFUSED)
    test(`${JSON.stringify(sql.slice(0, 60))} is refused: ${said}`, () => {
      expect(() => rowsOf(sql)).toThrow(UserError);
      expect(() => rowsOf(sql)).toThrow(said);
      expect(rowsOf("SELECT count(*) FROM calls")).toEqual([[2]]);
    });

  test("is told from its strings, names and comments", () => {
    expect(readingStatement(`SELECT ';' AS ";", [;], \`;\` -- ;\n FROM t /* ; */`).isExplain).toBe(false);
    expect(readingStatement("select 1 ; \n -- done\n ;").sql).toBe("select 1 ");
    expect(readingStatement("explain query plan select 1").isExplain).toBe(true);
  });
});
