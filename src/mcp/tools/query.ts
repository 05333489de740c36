import { USUAL_ROWS } from "../answer.ts";
import { code, paragraphs, plain, table } from "../markdown.ts";
import { QUERY_MS } from "../queries.ts";
import { flag, list, number, object, optional, scalar, text, whole } from "../schema.ts";
import { tool } from "../tool.ts";

const MAX_ROWS = 500;
const CELL = 300;
const MARKDOWN_CELL = 48;

export const query = tool({
  name: "query",
  title: "SQL on the ledger",
  description: `Runs one SELECT over the ledger's documented views and tables (resource ledger://schema), for questions no other tool answers. Read-only, SQLite's dialect, at most ${QUERY_MS / 1_000} seconds and ${MAX_ROWS} rows. Views: v_calls, v_sessions, v_prompts, v_tool_calls, v_pull_requests, v_budgets, v_alerts, v_call_labels, v_run_servers, v_repo_groups. Columns end in _usd (dollars), _nano (nano-dollars), _ms (epoch), _utc.`,
  input: object({
    sql: text("One SELECT, WITH, VALUES or EXPLAIN QUERY PLAN statement.", 20_000),
    limit: optional(whole({ min: 1, max: MAX_ROWS }, `Rows at most. Default: ${USUAL_ROWS}, and 4 KB.`)),
  }),
  output: {
    columns: list(text()),
    rows: list(list(scalar())),
    hasMore: flag("there are more rows: add LIMIT and OFFSET, or aggregate"),
    ms: number("how long it took"),
  },
  async run({ sql, limit }, call) {
    const startedAt = performance.now();
    const found = await call.queries.run({ book: call.bookPath, sql, maxRows: limit ?? USUAL_ROWS });
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    const columns = found.columns.map((name) => plain(name, 64));
    return {
      rows: found.rows.length,
      page(count) {
        const shown = found.rows.slice(0, count);
        const hasMore = found.hasMore || count < found.rows.length;
        const cell = (value: string | number | null): string =>
          value === null ? "null" : typeof value === "number" ? String(value) : code(value, MARKDOWN_CELL);
        return {
          structured: {
            columns,
            rows: shown.map((row) => row.map((value) => (typeof value === "string" ? plain(value, CELL) : value))),
            hasMore,
            ms,
          },
          markdown: paragraphs(
            found.rows.length === 0
              ? "No rows."
              : table(
                  columns.map((name) => code(name)),
                  shown.map((row) => row.map(cell)),
                ),
            hasMore ? "There are more rows: add LIMIT and OFFSET, aggregate, or give `limit`." : null,
          ),
        };
      },
    };
  },
});
