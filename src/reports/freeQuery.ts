import type { Database } from "bun:sqlite";
import { UserError } from "../platform/errors.ts";
import { readingStatement, tokensOf } from "./sqlText.ts";

/** Questions that no report answers, in SQL. They may read what docs/schema.md documents and nothing else: no other file, no table that a
 *  program keeps for itself, and they write nothing. How long they may take is for the caller to see to: SQLite here cannot be interrupted. */

export type SqlValue = string | number | null;

export interface QueryAnswer {
  columns: string[];
  rows: SqlValue[][];
  /** There are more rows than were asked for. */
  hasMore: boolean;
}

/** Documented tables. One that is not listed here, of a later version, say, cannot be read: `meta` holds settings, and may hold secrets. */
const TABLES = new Set(
  `agents alerts allocated allocation_sums allocations branches budgets call_labels calls commit_lines commits edits events file_places
   git_operations guard_passes head_moves inherited_calls label_sets labels limits models paths places pr_commits price_rows prompt_commands
   prompts pull_requests renames repo_group_members repo_groups repos rollup_clock rollup_hours rollup_sessions rollup_sub_agent_totals
   rollup_sub_agents rollup_totals run_servers run_types runs sessions skill_uses snapshots source_files spawns survivals tool_calls tools
   sqlite_schema sqlite_master sqlite_stat1`.split(/\s+/),
);

/** Virtual tables that look beyond the documented ones. */
const FORBIDDEN =
  /^(?:dbstat|sqlite_dbpage|sqlite_stmt|bytecode|tables_used|fts\w*|load_extension|readfile|writefile|edit)$/i;

/** Longest text in a cell, characters. */
const LONGEST_CELL = 2_000;

/** Runs one reading statement on a connection that was opened for reading with `safeIntegers`. Throws a {@link UserError} that says what is
 *  wrong with the statement. */
export function runQuery(db: Database, text: string, maxRows: number): QueryAnswer {
  const { sql, isExplain } = readingStatement(text);
  const forbidden = tokensOf(sql).find((token) => token.kind !== "mark" && FORBIDDEN.test(token.text));
  if (forbidden !== undefined) throw new UserError(`${forbidden.text} may not be used here`);
  try {
    db.run("PRAGMA query_only = 1");
    refuseOthers(db, isExplain ? sql.replace(/^[\s\S]*?\bplan\b/i, "") : sql);
    // What comes before a bracket that closes too early is not checked by itself: the statement has to stand alone, and did.
    const statement = db.prepare(isExplain ? sql : `SELECT * FROM (\n${sql}\n) LIMIT ${maxRows + 1}`);
    try {
      const rows = statement.values() as unknown[][];
      return {
        columns: statement.columnNames,
        rows: rows.slice(0, maxRows).map((row) => row.map(cellOf)),
        hasMore: rows.length > maxRows,
      };
    } finally {
      statement.finalize();
    }
  } catch (error) {
    throw explained(error);
  }
}

interface Opcode {
  opcode: string;
  p2: number;
  p3: number;
}

/** SQLite's own program of the statement says what it opens. Views and what stands deep inside are resolved there already. */
function refuseOthers(db: Database, sql: string): void {
  const explained = db.prepare<Record<keyof Opcode, bigint | string>, []>(`EXPLAIN ${sql}`);
  const program = explained.all();
  explained.finalize();
  const roots = new Map(
    db
      .query<{ root: bigint; name: string }, []>(
        "SELECT rootpage AS root, tbl_name AS name FROM sqlite_schema WHERE rootpage > 0",
      )
      .all()
      .map(({ root, name }) => [Number(root), name]),
  );
  roots.set(1, "sqlite_schema");
  for (const { opcode, p2, p3 } of program) {
    if (opcode === "OpenWrite" || (opcode === "Transaction" && Number(p2) !== 0))
      throw new UserError("the statement would write, and here the ledger is only read");
    if (opcode !== "OpenRead" && opcode !== "ReopenIdx") continue;
    const name = Number(p3) === 0 ? roots.get(Number(p2)) : undefined;
    if (name === undefined || !TABLES.has(name))
      throw new UserError(
        `${name ?? "a table of this statement"} is not open to queries`,
        "Views and tables: the resource ledger://schema, or SELECT name FROM sqlite_schema.",
      );
  }
}

function cellOf(value: unknown): SqlValue {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === "string")
    return value.length <= LONGEST_CELL ? value : `${value.slice(0, LONGEST_CELL)}... (${value.length} characters)`;
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** SQLite's complaints about a statement are the person's to mend; those about the book are not. */
function explained(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof UserError || !(error instanceof Error)) return error;
  if (/^SQLITE_(?:ERROR|RANGE|MISMATCH|TOOBIG|NOMEM|READONLY|AUTH)/.test(code) || code === "")
    return new UserError(`SQLite says: ${error.message}`, "Views and columns: the resource ledger://schema.");
  return error;
}
