import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Home, PROGRAM, prompt, reply } from "../e2e/program.ts";
import { conserved, dumpBook } from "../ledger/dump.ts";

/** Hook processes in numbers, and processes killed at any moment: afterwards the book is what a clean rebuild makes. */

const START = Date.UTC(2026, 10, 20, 8);

async function rebuilt(home: Home): Promise<string[]> {
  const other = new Home();
  try {
    const child = Bun.spawn([PROGRAM, "backfill"], {
      env: { ...home.env(), CC_LEDGER_HOME: other.ledger },
      stdout: "ignore",
      stderr: "inherit",
    });
    expect(await child.exited).toBe(0);
    return comparable(dumpBook(other.book));
  } finally {
    other.remove();
  }
}

/** A hook knows of tool results and session ends that transcripts may lack: those are left out of the comparison. */
function comparable(dump: readonly string[]): string[] {
  const cut = dump.indexOf("# tool calls");
  const rest = dump.indexOf("# rollup hours");
  return [...dump.slice(0, cut), ...dump.slice(rest, dump.indexOf("# events"))];
}

function checkBook(home: Home): void {
  const db = new Database(home.book, { readwrite: true });
  expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  db.close();
  expect(conserved(home.book)).toBe(true);
}

/** Calls in a book; -1 where there is none, or one that nobody has finished making. */
function callsIn(home: Home): number {
  if (!existsSync(home.book)) return -1;
  // Not only to read: where a process was killed while it made the file, whoever opens it next has to take that back.
  const db = new Database(home.book, { readwrite: true });
  try {
    const { user_version } = db.query("PRAGMA user_version").get() as { user_version: number };
    return user_version === 0 ? -1 : (db.query("SELECT count(*) AS n FROM calls").get() as { n: number }).n;
  } finally {
    db.close();
  }
}

/** Alerts that a hook put before the person. */
function alertsShown(home: Home): number {
  const db = new Database(home.book, { readonly: true });
  const { shown } = db.query("SELECT count(*) AS shown FROM alerts WHERE shown_ms IS NOT NULL").get() as {
    shown: number;
  };
  db.close();
  return shown;
}

test("64 concurrent hook processes with 50 events each lose nothing and count nothing twice", async () => {
  const home = new Home();
  try {
    const folder = join(home.claude, "projects", "-nowhere-repo");
    mkdirSync(folder, { recursive: true });
    const writers = 64;
    const events = 50;
    const failures: object[] = [];
    // Whoever runs one command for ever is told so: those are runaways to the guard.
    const said: string[] = [];
    await Promise.all(
      Array.from({ length: writers }, async (_, n) => {
        const sessionId = `session-${n % 16}`;
        const path = join(folder, `${sessionId}.jsonl`);
        for (let k = 0; k < events; k++) {
          const atMs = START + k * 1_000 + n;
          if (k % 10 === 0) appendFileSync(path, prompt(sessionId, `p-${n}-${k}`, "fix the bug", atMs));
          appendFileSync(
            path,
            reply(sessionId, `msg_${n}_${k}`, atMs + 1, { output: 1 }) +
              reply(sessionId, `msg_${n}_${k}`, atMs + 2, { tool: `toolu_${n}_${k}` }),
          );
          const payload = {
            session_id: sessionId,
            transcript_path: path,
            cwd: "/nowhere/repo",
            tool_name: "Bash",
            tool_use_id: `toolu_${n}_${k}`,
            duration_ms: 5,
          };
          const ran = await home.hook(k % 7 === 0 ? "stop" : "post-tool-use", payload);
          if (ran.code !== 0 || ran.err !== "") failures.push(ran);
          if (ran.out !== "")
            said.push(...(JSON.parse(ran.out) as { systemMessage: string }).systemMessage.split("\n"));
        }
      }),
    );
    expect(failures).toEqual([]);
    const stats = await home.run(["stats", "--since", "all", "--json"]);
    const { totals } = JSON.parse(stats.out) as { totals: { calls: number } };
    expect(totals.calls).toBe(writers * events);
    const spool = join(home.ledger, "spool");
    expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
    checkBook(home);
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThanOrEqual(alertsShown(home));
    expect(comparable(dumpBook(home.book))).toEqual(await rebuilt(home));
  } finally {
    home.remove();
  }
}, 900_000);

test("200 processes killed at random moments leave a whole book", async () => {
  const home = new Home();
  try {
    const folder = join(home.claude, "projects", "-nowhere-repo");
    mkdirSync(folder, { recursive: true });
    let seed = 12345;
    const random = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    // The span follows the machine: about as many are killed before they have written as after.
    let spanMs = 20;
    let cut = 0;
    let done = 0;
    for (let n = 0; n < 200; n++) {
      const before = callsIn(home);
      const sessionId = `session-${n % 8}`;
      const path = join(folder, `${sessionId}.jsonl`);
      let text = prompt(sessionId, `p-${n}`, "explain this", START + n * 1000);
      for (let k = 0; k < 40; k++) text += reply(sessionId, `msg_${n}_${k}`, START + n * 1000 + k);
      appendFileSync(path, text);
      const payload = JSON.stringify({ session_id: sessionId, transcript_path: path, cwd: "/nowhere/repo" });
      const child =
        n % 3 === 0 ? home.spawn(["stats", "--since", "all"]) : home.spawn(["hook", "claude-code", "stop"], payload);
      await Bun.sleep(random() * spanMs);
      child.kill("SIGKILL");
      await child.exited;
      const after = callsIn(home);
      if (after > before) done++;
      else cut++;
      spanMs *= after > before ? 0.9 : 1.1;
      if (after >= 0 && n % 20 === 19) checkBook(home);
    }
    expect(Math.min(cut, done)).toBeGreaterThan(20);
    const stats = await home.run(["stats", "--since", "all", "--json"]);
    expect(stats.code).toBe(0);
    expect((JSON.parse(stats.out) as { totals: { calls: number } }).totals.calls).toBe(200 * 40);
    checkBook(home);
    expect(comparable(dumpBook(home.book))).toEqual(await rebuilt(home));
  } finally {
    home.remove();
  }
}, 300_000);
