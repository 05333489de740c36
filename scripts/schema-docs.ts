/** Writes docs/schema.md from the migrations: the tables are the interface for people who use `sqlite3`. `--check` only compares. */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { Glob } from "bun";

const root = join(import.meta.dir, "..");
const folder = join(root, "src", "ledger", "schema");
const target = join(root, "docs", "schema.md");

const files = [...new Glob("*.sql").scanSync(folder)].sort();
const db = new Database(":memory:");
const notes = new Map<string, string>();
for (const file of files) {
  const sql = await Bun.file(join(folder, file)).text();
  db.run(sql);
  for (const [, comment = "", name = ""] of sql.matchAll(/((?:^-- .*\n)+)CREATE (?:TABLE|VIEW) (\w+)/gm)) {
    notes.set(name, comment.replace(/^-- /gm, "").replaceAll("\n", " ").trim());
  }
}
const tables = db
  .query<{ name: string; type: string }, []>(
    "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type, name",
  )
  .all();
const parts = [
  "# Schema",
  "",
  `Made by \`scripts/schema-docs.ts\` from ${files.map((file) => `\`${file}\``).join(", ")}. Open the book with \`sqlite3 -readonly ~/.cc-ledger/ledger.db\`.`,
  "Views carry names and dollars; tables carry ids, epoch milliseconds and nano-dollars. Columns are only ever added.",
];
for (const type of ["view", "table"]) {
  parts.push("", type === "view" ? "## Views" : "## Tables");
  for (const table of tables.filter((one) => one.type === type)) {
    const columns = db
      .query<{ name: string; type: string; notnull: number }, []>(`PRAGMA table_info(${table.name})`)
      .all();
    const list = columns
      .map((column) => `\`${column.name}\`${type === "table" && column.notnull === 0 ? "?" : ""}`)
      .join(", ");
    parts.push("", `**${table.name}** ${notes.get(table.name) ?? ""}`.trimEnd(), "", list);
  }
}
const text = `${parts.join("\n")}\n`;
if (process.argv.includes("--check")) {
  const same = (await Bun.file(target).text()) === text;
  console.log(
    same ? "docs/schema.md matches the migrations" : "docs/schema.md is out of date: run scripts/schema-docs.ts",
  );
  process.exit(same ? 0 : 1);
}
await Bun.write(target, text);
