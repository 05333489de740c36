import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { claudeCode } from "../../src/agents/claude-code/index.ts";
import { openBook } from "../../src/ledger/open.ts";
import { ledgerPaths } from "../../src/platform/paths.ts";
import { PriceBook } from "../../src/pricing/book.ts";
import { LiveSource } from "../../src/watch/source.ts";
import { prompt, REPLY_COST, reply } from "../e2e/program.ts";
import { scratch } from "../ledger/ingest.ts";

/** The view follows the book and the logs with as little work as possible, and whatever happens to the book, it goes on. */

let dir: string;
let remove: () => void;
let nowMs: number;
const sources: LiveSource[] = [];
let log: string;

beforeEach(() => {
  ({ dir, remove } = scratch());
  nowMs = Date.now();
  log = join(dir, "claude", "projects", "-nowhere-repo", "s1.jsonl");
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, prompt("s1", "p1", "fix the bug", nowMs - 60_000) + reply("s1", "m1", nowMs - 50_000));
});

afterEach(() => {
  for (const source of sources.splice(0)) source.stop();
  remove();
});

function book(): string {
  return join(dir, "ledger", "ledger.db");
}

function start(): LiveSource {
  const env = { HOME: dir, CLAUDE_CONFIG_DIR: join(dir, "claude"), CC_LEDGER_HOME: join(dir, "ledger") };
  const source = new LiveSource({
    adapters: [claudeCode],
    env,
    paths: ledgerPaths(env),
    prices: PriceBook.builtIn(),
    machine: { host: "test", os: "linux" },
    timeZone: "UTC",
    activeWithinMs: 1_800_000,
    now: () => nowMs,
  });
  sources.push(source);
  return source;
}

function cost(source: LiveSource): number {
  return source.shown().report.sessions.reduce((sum, session) => sum + session.costNanoUsd, 0);
}

describe("following", () => {
  test("the first look reads everything, the next ones only what grew", async () => {
    const source = start();
    await source.look();
    expect(cost(source)).toBe(REPLY_COST);
    let told = 0;
    source.subscribe(() => told++);
    await source.look();
    await source.look();
    expect(told).toBe(0);
    expect(source.work).toMatchObject({ looks: 3, reads: 1, asked: 1 });
    appendFileSync(log, reply("s1", "m2", nowMs - 40_000));
    await source.look();
    expect(cost(source)).toBe(2 * REPLY_COST);
    expect(told).toBe(1);
    expect(source.work).toMatchObject({ looks: 4, reads: 2, asked: 2 });
  });

  test("what another process files is seen without reading a log", async () => {
    const source = start();
    await source.look();
    const other = openBook(book(), { busyTimeoutMs: 1_000, allowReadOnly: false }).db;
    other.run("UPDATE sessions SET title = 'A new title'");
    other.close();
    await source.look();
    expect(source.shown().report.sessions[0]?.title).toBe("A new title");
    expect(source.work).toMatchObject({ reads: 1, asked: 2 });
  });

  test("it looks less often the longer nothing happens, and often again once something does", async () => {
    const source = start();
    expect(await source.look()).toBe(1_000);
    nowMs += 61_000;
    expect(await source.look()).toBe(2_000);
    nowMs += 600_000;
    expect(await source.look()).toBe(4_000);
    appendFileSync(log, reply("s1", "m2", nowMs));
    expect(await source.look()).toBe(1_000);
  });

  test("burn falls and sessions drop out by themselves", async () => {
    const source = start();
    await source.look();
    expect(source.shown().report.burnNanoUsdPerHour).toBe(6 * REPLY_COST);
    nowMs += 10 * 60_000;
    await source.look();
    expect(source.shown().report.burnNanoUsdPerHour).toBe(0);
    expect(source.shown().report.sessions).toHaveLength(1);
    nowMs += 30 * 60_000;
    await source.look();
    expect(source.shown().report.sessions).toHaveLength(0);
  });

  test("an open session is kept up to date, and gone when it is closed", async () => {
    const source = start();
    await source.look();
    source.open("s1");
    expect(source.shown().detail?.session.costNanoUsd).toBe(REPLY_COST);
    appendFileSync(log, reply("s1", "m2", nowMs - 40_000));
    await source.look();
    expect(source.shown().detail?.session.costNanoUsd).toBe(2 * REPLY_COST);
    source.open(null);
    expect(source.shown().detail).toBeNull();
  });
});

describe("leave to go on", () => {
  test("is in the book and on the screen at once, and can be taken back", async () => {
    const source = start();
    await source.look();
    expect(source.allow("s1", nowMs + 5_000)).toContain("one hour");
    expect(source.shown().report.sessions[0]?.pass).toEqual({ fromMs: nowMs, untilMs: nowMs + 5_000 });
    const db = new Database(book(), { readonly: true });
    expect(db.query("SELECT * FROM guard_passes").all()).toEqual([
      { session_id: "s1", from_ms: nowMs, until_ms: nowMs + 5_000 },
    ]);
    db.close();
    expect(source.allow("s1", null)).toContain("for good");
    source.forbid("s1");
    expect(source.shown().report.sessions[0]?.pass).toBeNull();
  });
});

describe("trouble", () => {
  test("a book that another process holds: said, what is shown stays, nothing is lost", async () => {
    const source = start();
    await source.look();
    const other = new Database(book());
    other.run("BEGIN IMMEDIATE");
    appendFileSync(log, reply("s1", "m2", nowMs - 40_000));
    expect(await source.look()).toBe(4_000);
    expect(source.shown().trouble).toContain("another process holds the book");
    expect(cost(source)).toBe(REPLY_COST);
    expect(source.allow("s1", null)).toContain("Not possible");
    other.run("ROLLBACK");
    other.close();
    await source.look();
    expect(source.shown().trouble).toBeNull();
    expect(cost(source)).toBe(2 * REPLY_COST);
  });

  test("a book that is damaged: said; once it is moved aside a new one is built from the logs", async () => {
    const source = start();
    await source.look();
    rmSync(`${book()}-wal`, { force: true });
    rmSync(`${book()}-shm`, { force: true });
    writeFileSync(`${book()}.new`, "no database at all, but long enough to be taken for one".repeat(100));
    rmSync(book());
    writeFileSync(book(), readFileSync(`${book()}.new`));
    await source.look();
    expect(source.shown().trouble).toMatch(/damaged.*trying again/);
    expect(cost(source)).toBe(REPLY_COST);
    rmSync(book());
    await source.look();
    expect(source.shown().trouble).toBeNull();
    expect(cost(source)).toBe(REPLY_COST);
  });

  test("a book of a newer program is read, said to be possibly behind, and never written", async () => {
    start().stop();
    const db = openBook(book(), { busyTimeoutMs: 1_000, allowReadOnly: false }).db;
    db.run("PRAGMA user_version = 999");
    db.close();
    const source = start();
    await source.look();
    expect(source.shown().trouble).toContain("newer cc-ledger");
    expect(source.shown().trouble).toContain("may be behind");
    expect(source.work.reads).toBe(0);
    expect(source.allow("s1", null)).toContain("cannot be written");
  });

  test("a book that a newer program takes over meanwhile is not written any more", async () => {
    const source = start();
    await source.look();
    const db = openBook(book(), { busyTimeoutMs: 1_000, allowReadOnly: false }).db;
    db.run("PRAGMA user_version = 999");
    const callsIn = (): unknown => db.query("SELECT count(*) FROM calls").values();
    const before = callsIn();
    appendFileSync(log, reply("s1", "m2", nowMs - 40_000));
    await source.look();
    expect(source.shown().trouble).toContain("newer cc-ledger");
    await source.look();
    expect(source.shown().trouble).toContain("may be behind");
    expect(callsIn()).toEqual(before);
    db.close();
  });

  test("the whole folder is deleted: the book is built anew", async () => {
    const source = start();
    await source.look();
    rmSync(join(dir, "ledger"), { recursive: true });
    await source.look();
    expect(source.shown().trouble).toBeNull();
    expect(cost(source)).toBe(REPLY_COST);
  });
});
