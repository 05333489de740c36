/** The real client, in a terminal of its own, runs the statusline that was installed around another one. */
import { Database } from "bun:sqlite";
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { factsOf } from "../rig/book.ts";
import { interactiveClaude } from "../rig/interactive.ts";
import { ledger, ledgerBinary } from "../rig/ledger.ts";
import { bash, makeScratch } from "../rig/scratch.ts";

setDefaultTimeout(90_000);

beforeAll(() => {
  ledgerBinary();
});

/** What the statusline printed last, by its own memory; "" before the first time. */
function lastText(home: string): string {
  const path = join(home, "statusline.db");
  if (!existsSync(path)) return "";
  const db = new Database(path, { readonly: true });
  // The file is there a moment before its table is.
  const isMade = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'glances'").get() !== null;
  const row = isMade
    ? db
        .query<{ text: string | null }, []>("SELECT json_extract(body, '$.text') AS text FROM glances WHERE body <> ''")
        .get()
    : null;
  db.close();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
  return (row?.text ?? "").replace(/\u001b\[\d+m/g, "");
}

test("the client shows both lines, and its own count agrees with the ledger's to the cent", async () => {
  await using scratch = await makeScratch();
  const seen = join(scratch.root, "seen.json");
  const own = `cat > '${seen}'; echo "it's mine"`;
  mkdirSync(scratch.configDir, { recursive: true });
  const settings = join(scratch.configDir, "settings.json");
  writeFileSync(settings, JSON.stringify({ statusLine: { type: "command", command: own, padding: 1 } }));
  await ledger(["install", "--statusline"], scratch);
  await using client = await interactiveClaude(scratch, { columns: 100 });
  await client.until(() => lastText(scratch.ledgerHome) !== "", "a first line");
  await client.say(JSON.stringify([bash("echo hi"), bash("echo more"), { say: "done" }]));
  await client.until(() => scratch.mock.billed.filter(({ unscripted }) => !unscripted).length === 3, "three replies");
  const cost = (): number => {
    const told = existsSync(seen) ? readFileSync(seen, "utf8") : "";
    return told === "" ? 0 : Math.round(JSON.parse(told).cost.total_cost_usd * 1e9);
  };
  const filed = (): number => factsOf(scratch.ledgerHome).calls.reduce((sum, call) => sum + Number(call.cost_nano), 0);
  await client.until(
    () => cost() > 0 && filed() === cost() && lastText(scratch.ledgerHome).includes("prompt"),
    "the last line",
  );
  const dollars = `$${(filed() / 1e9).toFixed(2)}`;
  await client.until(
    () => lastText(scratch.ledgerHome).startsWith(`it's mine\n${dollars} | prompt ${dollars} | today ≥${dollars} | `),
    dollars,
  );
  expect(client.screen()).toContain("it's mine");
  expect(client.screen()).toContain("| today");
  await ledger(["uninstall"], scratch);
  expect(JSON.parse(readFileSync(settings, "utf8")).statusLine.command).toBe(own);
});
