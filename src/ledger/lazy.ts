import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

/** A statement that is prepared when it is first needed, and then at hand: a hook pays for few, a first read for none twice. */
export function lazy<Row = unknown, Params extends SQLQueryBindings[] = SQLQueryBindings[]>(
  db: Database,
  sql: string,
): () => Statement<Row, Params> {
  let statement: Statement<Row, Params> | undefined;
  return () => {
    statement ??= db.query(sql) as unknown as Statement<Row, Params>;
    return statement;
  };
}
