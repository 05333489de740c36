import { UserError } from "../platform/errors.ts";

/** Reads just enough of a statement's text to tell what it is: strings, names and comments are passed over. */

/** Words and marks of a statement; of strings and quoted names what they hold. */
export interface SqlToken {
  kind: "word" | "quoted" | "mark";
  text: string;
  /** Place in the text. */
  at: number;
}

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|[\p{L}\p{N}_$]+|[\s\S]/guy;

export function tokensOf(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const [text] = match;
    const at = match.index;
    if (/^(?:\s|--|\/\*)/.test(text)) continue;
    if (/^['"`[]/.test(text)) tokens.push({ kind: "quoted", text: text.slice(1, -1), at });
    else tokens.push({ kind: /^[\p{L}\p{N}_$]/u.test(text) ? "word" : "mark", text, at });
  }
  return tokens;
}

const READING = new Set(["SELECT", "WITH", "VALUES", "EXPLAIN"]);
const LONGEST = 20_000;

/** The one reading statement that a text holds, without its semicolon. Throws a {@link UserError} for anything else. */
export function readingStatement(sql: string): { sql: string; isExplain: boolean } {
  if (sql.length > LONGEST) throw new UserError(`the statement is too long: at most ${LONGEST} characters`);
  if (sql.includes("\u0000")) throw new UserError("the statement holds a zero character");
  const tokens = tokensOf(sql);
  const [first] = tokens;
  if (first === undefined)
    throw new UserError("the statement is empty", "For example: SELECT * FROM v_sessions LIMIT 5.");
  const word = first.text.toUpperCase();
  if (first.kind !== "word" || !READING.has(word))
    throw new UserError(
      `only statements that read are run, and this one begins with ${JSON.stringify(first.text.slice(0, 20))}`,
      "Begin with SELECT, WITH, VALUES or EXPLAIN QUERY PLAN.",
    );
  const end = tokens.findIndex((token) => token.kind === "mark" && token.text === ";");
  if (end >= 0 && tokens.slice(end).some(({ text, kind }) => kind !== "mark" || text !== ";"))
    throw new UserError("only one statement is run at a time", "Leave out everything after the first semicolon.");
  if (word === "EXPLAIN" && tokens[1]?.text.toUpperCase() !== "QUERY")
    throw new UserError("only EXPLAIN QUERY PLAN is run", "Write EXPLAIN QUERY PLAN SELECT ...");
  return { sql: end < 0 ? sql : sql.slice(0, (tokens[end] as SqlToken).at), isExplain: word === "EXPLAIN" };
}
