import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { claudeCode } from "../../src/agents/claude-code/index.ts";
import { LogWatch } from "../../src/ledger/logWatch.ts";
import { scratch } from "../ledger/ingest.ts";

/** Which logs grew is told by the files in use and their folders; all logs are listed seldom. */

let dir: string;
let remove: () => void;
let folder: string;
let nowMs = Date.now();

beforeEach(() => {
  ({ dir, remove } = scratch());
  folder = join(dir, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "hot.jsonl"), "{}\n");
  writeFileSync(join(folder, "old.jsonl"), "{}\n");
  const long = new Date(Date.now() - 86_400_000);
  utimesSync(join(folder, "old.jsonl"), long, long);
  nowMs = Date.now();
});
afterEach(() => remove());

function watch(): LogWatch {
  return new LogWatch(claudeCode, { HOME: dir, CLAUDE_CONFIG_DIR: dir }, nowMs);
}

function names(logs: LogWatch, atMs = nowMs): string[] {
  return logs.grown(atMs).map(({ path }) => path.slice(folder.length + 1));
}

test("what stands there at first is known", () => {
  expect(names(watch())).toEqual([]);
});

test("a log in use that grew is found without listing anything", () => {
  const logs = watch();
  appendFileSync(join(folder, "hot.jsonl"), "{}\n");
  expect(names(logs)).toEqual(["hot.jsonl"]);
  expect(names(logs)).toEqual([]);
  expect(logs.listings).toBe(1);
});

test("a new log is found by its folder's time", () => {
  const logs = watch();
  writeFileSync(join(folder, "new.jsonl"), "{}\n");
  expect(names(logs)).toEqual(["new.jsonl"]);
  expect(logs.listings).toBe(2);
  appendFileSync(join(folder, "new.jsonl"), "{}\n");
  expect(names(logs)).toEqual(["new.jsonl"]);
  expect(logs.listings).toBe(2);
});

test("so are the first log of a new project and those of sub-agents", () => {
  const logs = watch();
  mkdirSync(join(dir, "projects", "-other"));
  writeFileSync(join(dir, "projects", "-other", "first.jsonl"), "{}\n");
  expect(logs.grown(nowMs).map(({ path }) => path)).toEqual([join(dir, "projects", "-other", "first.jsonl")]);
  mkdirSync(join(folder, "hot", "subagents"), { recursive: true });
  expect(names(logs)).toEqual([]);
  writeFileSync(join(folder, "hot", "subagents", "agent-a1.jsonl"), "{}\n");
  expect(names(logs)).toEqual(["hot/subagents/agent-a1.jsonl"]);
});

test("one that was not touched for long is found when all are listed again", () => {
  const logs = watch();
  appendFileSync(join(folder, "old.jsonl"), "{}\n");
  expect(names(logs)).toEqual([]);
  expect(names(logs, nowMs + 20_000)).toEqual(["old.jsonl"]);
  appendFileSync(join(folder, "old.jsonl"), "{}\n");
  expect(names(logs, nowMs + 20_000)).toEqual(["old.jsonl"]);
  expect(logs.listings).toBe(2);
});

test("where there is no root at first, it is looked for every time", () => {
  rmSync(join(dir, "projects"), { recursive: true });
  const logs = watch();
  expect(names(logs)).toEqual([]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "first.jsonl"), "{}\n");
  expect(names(logs)).toEqual(["first.jsonl"]);
});

test("a log that goes away is no trouble, nor is the whole folder", () => {
  const logs = watch();
  rmSync(join(folder, "hot.jsonl"));
  expect(names(logs)).toEqual([]);
  rmSync(dir, { recursive: true });
  expect(names(logs)).toEqual([]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "back.jsonl"), "{}\n");
  expect(names(logs)).toEqual(["back.jsonl"]);
});
