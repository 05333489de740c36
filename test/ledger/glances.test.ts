import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGlances } from "../../src/ledger/glances.ts";
import { scratch } from "./ingest.ts";

let dir: string;
let remove: () => void;
let said: string[];

beforeEach(() => {
  ({ dir, remove } = scratch());
  said = [];
});
afterEach(() => remove());

const open = (name = "statusline.db"): ReturnType<typeof openGlances> =>
  openGlances(join(dir, name), (text) => said.push(text));
/** Above the highest process id that Linux hands out: nobody has it. */
const NOBODY = 5_000_000;

test("what is stored is read again, by session", () => {
  const one = open();
  expect(one.read("a")).toBeNull();
  one.store("a", "hello", 7);
  one.store("b", "world", 8);
  one.close();
  const two = open();
  expect(two.read("a")).toMatchObject({ atMs: 7, body: "hello" });
  expect(two.read("b")).toMatchObject({ atMs: 8, body: "world" });
  two.close();
  expect(said).toEqual([]);
});

test("one process at a time; another one takes over where the first is dead, late or done", () => {
  const one = open();
  const two = open();
  expect(one.claim("a", process.pid, 1_000)).toBe(true);
  expect(two.claim("a", process.pid, 1_100)).toBe(false);
  expect(two.claim("b", process.pid, 1_100)).toBe(true);
  expect(two.claim("a", process.pid, 6_001)).toBe(true);
  one.store("a", "x", 6_100);
  expect(two.claim("a", NOBODY, 6_200)).toBe(true);
  expect(one.claim("a", process.pid, 6_300)).toBe(true);
  // A claim from the future is one from before the clock was set back.
  expect(two.claim("a", process.pid, 100)).toBe(true);
  one.close();
  two.close();
});

test("a claim keeps what was stored before", () => {
  const one = open();
  one.store("a", "kept", 1);
  one.claim("a", process.pid, 2);
  expect(one.read("a")?.body).toBe("kept");
  one.close();
});

test("many sessions: those that were not looked at for longest are forgotten", () => {
  const one = open();
  for (let n = 0; n < 260; n++) {
    one.claim(`s${n}`, process.pid, n);
    one.store(`s${n}`, "x", n);
  }
  expect(one.read("s0")).toBeNull();
  expect(one.read("s259")).not.toBeNull();
  const kept = Array.from({ length: 260 }, (_, n) => one.read(`s${n}`)).filter((row) => row !== null);
  expect(kept.length).toBeGreaterThanOrEqual(199);
  expect(kept.length).toBeLessThanOrEqual(201);
  one.close();
});

test("a broken file is made anew, and is the person's alone", () => {
  writeFileSync(join(dir, "statusline.db"), "this is no database at all ".repeat(400));
  const one = open();
  one.store("a", "x", 1);
  expect(one.read("a")?.body).toBe("x");
  one.close();
  expect(statSync(join(dir, "statusline.db")).mode & 0o777).toBe(0o600);
});

test("a missing folder is made; where there can be none, nothing is remembered and every claim is granted", () => {
  const made = open("new/home/statusline.db");
  made.store("a", "x", 1);
  made.close();
  expect(existsSync(join(dir, "new", "home", "statusline.db"))).toBe(true);
  expect(said).toEqual([]);
  writeFileSync(join(dir, "file"), "");
  const none = open("file/statusline.db");
  expect(none.claim("a", 1, 1)).toBe(true);
  none.store("a", "x", 1);
  expect(none.read("a")).toBeNull();
  none.close();
  expect(said).toHaveLength(1);
});
