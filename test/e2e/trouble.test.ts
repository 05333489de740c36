import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Home, PROGRAM, prompt, REPLY_COST, reply } from "./program.ts";

/** Whatever goes wrong: hooks exit 0 and print nothing, commands say what happened, nothing is lost. */

const START = Date.UTC(2026, 10, 20, 8);
const homes: Home[] = [];
const mounts: string[] = [];

afterEach(() => {
  for (const mount of mounts.splice(0)) Bun.spawnSync(["umount", mount]);
  for (const home of homes.splice(0)) home.remove();
});

function withHistory(calls = 3): { home: Home; path: string; payload: object } {
  const home = new Home();
  homes.push(home);
  const folder = join(home.claude, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "session-1.jsonl");
  let text = prompt("session-1", "p1", "fix the bug", START);
  for (let n = 0; n < calls; n++) text += reply("session-1", `msg_${n}`, START + 1000 + n);
  writeFileSync(path, text);
  return { home, path, payload: { session_id: "session-1", transcript_path: path, cwd: "/nowhere/repo" } };
}

/** Mounts a small file system at the ledger's home; null where this user may not. */
function mountSmall(home: Home, size: string): string | null {
  mkdirSync(home.ledger, { recursive: true, mode: 0o700 });
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", home.ledger]);
  if (mounted.exitCode !== 0) {
    console.log("passed over: this user may not mount a small file system");
    return null;
  }
  mounts.push(home.ledger);
  return home.ledger;
}

async function totals(home: Home): Promise<{ calls: number; costNanoUsd: number }> {
  const ran = await home.run(["stats", "--since", "all", "--json"]);
  expect(ran.err).toBe("");
  expect(ran.code).toBe(0);
  return (JSON.parse(ran.out) as { totals: { calls: number; costNanoUsd: number } }).totals;
}

test("a full disk: hooks go on, commands say so, everything is there once there is room", async () => {
  const { home, path, payload } = withHistory(5);
  if (mountSmall(home, "600k") === null) return;
  expect((await home.hook("stop", payload)).code).toBe(0);
  const filler = join(home.ledger, "filler");
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=1k"]);
  for (let n = 5; n < 2_000; n++) appendFileSync(path, reply("session-1", `msg_${n}`, START + 1000 + n));
  expect(await home.hook("stop", payload)).toEqual({ code: 0, out: "", err: "" });
  const failed = await home.run(["stats", "--since", "all"]);
  expect(failed.code).toBe(1);
  expect(failed.err).toMatch(/full|cannot/i);
  rmSync(filler);
  Bun.spawnSync(["mount", "-o", "remount,size=20m", home.ledger]);
  expect(await totals(home)).toMatchObject({ calls: 2_000, costNanoUsd: 2_000 * REPLY_COST });
});

test("a read-only home: hooks go on, commands say so and exit 1, nothing is lost", async () => {
  const { home, path, payload } = withHistory(2);
  if (mountSmall(home, "20m") === null) return;
  expect((await home.hook("stop", payload)).code).toBe(0);
  expect(Bun.spawnSync(["mount", "-o", "remount,ro", home.ledger]).exitCode).toBe(0);
  appendFileSync(path, reply("session-1", "msg_later", START + 9_000));
  expect(await home.hook("stop", payload)).toEqual({ code: 0, out: "", err: "" });
  const ran = await home.run(["stats", "--since", "all", "--json"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("may be behind");
  expect((JSON.parse(ran.out) as { totals: { calls: number } }).totals.calls).toBe(2);
  Bun.spawnSync(["mount", "-o", "remount,rw", home.ledger]);
  expect((await totals(home)).calls).toBe(3);
});

test("a corrupt book: hooks spool, commands name the file, a new book takes everything", async () => {
  const { home, payload } = withHistory(3);
  mkdirSync(home.ledger, { recursive: true });
  writeFileSync(home.book, "this is no database, but long enough to be taken for one ".repeat(200));
  expect(await home.hook("session-start", { ...payload, source: "startup" })).toEqual({ code: 0, out: "", err: "" });
  const ran = await home.run(["stats"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(home.book);
  expect(readdirSync(join(home.ledger, "spool"))).toHaveLength(1);
  expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8")).toContain("spooled");
  renameSync(home.book, `${home.book}.aside`);
  expect(await totals(home)).toMatchObject({ calls: 3, costNanoUsd: 3 * REPLY_COST });
  expect(readdirSync(join(home.ledger, "spool"))).toHaveLength(0);
  const db = new Database(home.book, { readonly: true });
  expect(db.query("SELECT kind FROM events").values()).toEqual([["session-start"]]);
  db.close();
});

test("a page of the book destroyed: doctor or stats fail with a clear message", async () => {
  const { home } = withHistory(400);
  expect((await totals(home)).calls).toBe(400);
  const bytes = readFileSync(home.book);
  bytes.fill(0xab, 4096 * 3, 4096 * 12);
  writeFileSync(home.book, bytes);
  rmSync(`${home.book}-wal`, { force: true });
  rmSync(`${home.book}-shm`, { force: true });
  const ran = await home.run(["doctor"]);
  expect(ran.code).toBe(1);
  expect(ran.err + ran.out).toMatch(/damaged|FAIL|malformed/);
});

test("a locked book: a hook spools after a short wait, a command waits and then says so", async () => {
  const { home, payload } = withHistory(2);
  await totals(home);
  const db = new Database(home.book);
  db.run("BEGIN IMMEDIATE");
  expect(await home.hook("session-end", { ...payload, reason: "other" })).toEqual({ code: 0, out: "", err: "" });
  expect(readdirSync(join(home.ledger, "spool"))).toHaveLength(1);
  const waiting = home.run(["backfill"]);
  const ran = await waiting;
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("locked by another process");
  db.run("ROLLBACK");
  db.close();
  expect((await totals(home)).calls).toBe(2);
  expect(readdirSync(join(home.ledger, "spool"))).toHaveLength(0);
}, 30_000);

test("a book of a newer program is only read", async () => {
  const { home, path } = withHistory(2);
  await totals(home);
  const db = new Database(home.book);
  db.run("PRAGMA user_version = 99");
  db.close();
  appendFileSync(path, reply("session-1", "msg_later", START + 9_000));
  const ran = await home.run(["stats", "--since", "all", "--json"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("newer cc-ledger");
  expect((JSON.parse(ran.out) as { totals: { calls: number } }).totals.calls).toBe(2);
  expect((await home.run(["config", "timezone", "UTC"])).code).toBe(1);
});

test("a ledger.db of another tool is named and left untouched", async () => {
  const { home, payload } = withHistory(1);
  mkdirSync(home.ledger, { recursive: true });
  const db = new Database(home.book);
  db.run(
    "CREATE TABLE schema_meta (key TEXT PRIMARY KEY, value TEXT); CREATE TABLE turns (session_id TEXT); INSERT INTO schema_meta VALUES ('version', '4')",
  );
  db.close();
  const before = readFileSync(home.book);
  const ran = await home.run(["stats"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("schema_meta, turns");
  expect(ran.err).toContain("CC_LEDGER_HOME");
  expect((await home.hook("stop", payload)).code).toBe(0);
  expect(readFileSync(home.book)).toEqual(before);
});

test("hooks with empty or hostile stdin exit 0, print nothing, and leave a line in the log", async () => {
  const { home } = withHistory(1);
  const bad = [
    "",
    "null",
    "[]",
    "{",
    '{"session_id":5}',
    '{"session_id":"../../etc"}',
    "\u0000\u0000",
    '{"session_id":"s","transcript_path":"/etc/passwd"}',
    `{"session_id":"${"x".repeat(100_000)}"}`,
    '{"session_id":"s","transcript_path":"/nowhere/x.jsonl","duration_ms":1e300}',
  ];
  for (const stdin of bad) expect(await home.hook("post-tool-use", stdin)).toEqual({ code: 0, out: "", err: "" });
  expect(await home.run(["hook"])).toEqual({ code: 0, out: "", err: "" });
  expect(await home.run(["hook", "some-agent", "stop"], "{}")).toEqual({ code: 0, out: "", err: "" });
  expect(await home.run(["hook", "claude-code", "../../x"], "{}")).toEqual({ code: 0, out: "", err: "" });
  expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8").split("\n").length).toBeGreaterThan(5);
});

test("a bad price file: a clear error for commands, a log line for hooks, and no call lost", async () => {
  const { home, payload } = withHistory(2);
  mkdirSync(home.ledger, { recursive: true });
  writeFileSync(join(home.ledger, "pricing.toml"), '[[price]]\nmodel = "claude-opus-5-5"\ninput = "much"\n');
  expect(await home.hook("stop", payload)).toEqual({ code: 0, out: "", err: "" });
  expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8")).toContain("price file passed over");
  const ran = await home.run(["stats"]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain("pricing.toml");
  rmSync(join(home.ledger, "pricing.toml"));
  expect(await totals(home)).toMatchObject({ calls: 2, costNanoUsd: 2 * REPLY_COST });
});

test("nonsense on the command line and in the environment is a clear error", async () => {
  const { home } = withHistory(1);
  const cases: [string[], RegExp][] = [
    [["stats", "--since", "tomorrowish"], /no period/],
    [["stats", "--since", "2026-02-31"], /no period/],
    [["stats", "--since", "2026-11-20", "--until", "2026-11-01"], /lies after/],
    [["stats", "--timezone", "Mars/Olympus"], /time zone/],
    [["stats", "--top", "0"], /--top/],
    [["stats", "--repo", "no-such-repo"], /matches nothing/],
    [["session", "nope"], /no session/],
    [["config", "colour", "red"], /no setting/],
    [["config", "timezone", "Mars"], /time zone/],
    [["backfill", "everything"], /backfill knows/],
    [["completions", "tcsh"], /no completions/],
  ];
  for (const [args, message] of cases) {
    const ran = await home.run(args);
    expect(ran.err).toMatch(message);
    expect(ran.code).toBe(1);
    expect(ran.err).not.toContain("at <anonymous>");
  }
  expect((await home.run(["stats", "--no-such-flag"])).code).not.toBe(0);
  expect((await home.run(["stats"], "", { CC_LEDGER_HOME: "relative/folder" })).err).toContain("absolute");
  expect((await home.run(["stats"], "", { CC_LEDGER_PRICING: "/nowhere/prices.toml" })).err).toContain(
    "does not exist",
  );
});

test("a missing or unreadable history is no fault of the program", async () => {
  const home = new Home();
  homes.push(home);
  rmSync(home.claude, { recursive: true });
  const empty = await home.run(["stats"]);
  expect(empty.code).toBe(0);
  expect(empty.out).toContain("cc-ledger demo");
  expect((await home.run(["sessions"])).out).toContain("No sessions");
  expect(existsSync(home.book)).toBe(true);
  expect(statSync(home.book).mode & 0o777).toBe(0o600);
  expect(statSync(home.ledger).mode & 0o777).toBe(0o700);
});

test("a reader that goes away is no error", async () => {
  const { home } = withHistory(2_000);
  const piped = (args: string, reader: string): unknown[] => {
    const ran = Bun.spawnSync(["bash", "-c", `set -o pipefail; '${PROGRAM}' ${args} | ${reader}`], { env: home.env() });
    return [ran.exitCode, ran.stderr.toString()];
  };
  // A pipe holds 64 kB; this is several times that.
  expect((await home.run(["session", "session-1", "--calls", "--json"])).out.length).toBeGreaterThan(300_000);
  for (const args of [
    "session session-1 --calls --json",
    "stats --since all",
    "--help",
    "agents --help",
    "__complete s",
  ])
    for (const reader of ["head -c 10", "true"]) expect([args, ...piped(args, reader)]).toEqual([args, 0, ""]);
});

test.if(existsSync("/dev/full"))("output that cannot be written is an error, and not the book's", async () => {
  const { home } = withHistory();
  const ran = Bun.spawnSync(["sh", "-c", `'${PROGRAM}' stats --since all > /dev/full`], { env: home.env() });
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr.toString()).toStartWith("cc-ledger: cannot write the output: ENOSPC");
});
