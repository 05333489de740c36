import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Pty } from "../terminal/pty.ts";
import { Home, PROGRAM, prompt, reply } from "./program.ts";

/** `watch` as a person meets it: in a terminal, with keys, while a session goes on; and without a terminal. */

let home: Home;
let log: string;
const terminals: Pty[] = [];

beforeEach(() => {
  home = new Home();
  log = join(home.claude, "projects", "-nowhere-repo", "session-1.jsonl");
  mkdirSync(dirname(log), { recursive: true });
  const now = Date.now();
  const title = `${JSON.stringify({ type: "ai-title", aiTitle: "Fix the cart", sessionId: "session-1" })}\n`;
  writeFileSync(
    log,
    title + prompt("session-1", "p1", "fix the bug", now - 90_000) + reply("session-1", "m1", now - 60_000),
  );
});

afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.end();
  home.remove();
});

function watch(more: { width?: number; height?: number; env?: Record<string, string>; argv?: string[] } = {}): Pty {
  const { width = 80, height = 24, env = {}, argv = [PROGRAM, "watch"] } = more;
  const terminal = new Pty(argv, { env: home.env(env), width, height });
  terminals.push(terminal);
  return terminal;
}

/** Waits for the end; answers the exit code, once it is sure that the terminal was given back. */
async function ended(terminal: Pty): Promise<number> {
  const code = await terminal.process.exited;
  await terminal.until((screen) => !screen.isAlternate && screen.cursorShown && screen.wraps);
  return code;
}

test("a session is shown, its next turn appears, keys work, q gives the terminal back", async () => {
  const terminal = watch();
  await terminal.shows("Fix the cart");
  await terminal.shows("$0.0037");
  expect(terminal.screen.isAlternate).toBe(true);
  expect(terminal.screen.cursorShown).toBe(false);
  // 10 x 4000 + 10100 x 20000 + 1000 x 200 + 50 x 5000 + 150 x 8000 nano-dollars come on top: $0.2037 + $0.0037.
  appendFileSync(log, reply("session-1", "m2", Date.now(), { output: 10_100 }));
  await terminal.shows("$0.2074");
  terminal.type("s");
  await terminal.shows("sort: burn");
  terminal.type("\r");
  await terminal.shows("Prompts");
  await terminal.shows("this prompt $0.2074 in 2 calls");
  terminal.type("\u001b");
  await terminal.shows("enter open");
  terminal.type("?");
  await terminal.shows("hold the picture");
  terminal.type("x");
  await terminal.shows("enter open");
  terminal.type("q");
  expect(await ended(terminal)).toBe(0);
  expect(terminal.screen.overruns).toBe(0);
  expect(terminal.screen.unknown).toEqual([]);
});

test("a new session and its sub-agent appear by themselves", async () => {
  const terminal = watch();
  await terminal.shows("Fix the cart");
  const now = Date.now();
  writeFileSync(
    join(dirname(log), "session-2.jsonl"),
    prompt("session-2", "p", "x", now) + reply("session-2", "n1", now, { tool: "spawn", name: "Agent" }),
  );
  await terminal.shows("session session-");
  const folder = join(dirname(log), "session-2", "subagents");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "agent-a1.meta.json"),
    JSON.stringify({ agentType: "Explore", description: "look around", toolUseId: "spawn" }),
  );
  writeFileSync(join(folder, "agent-a1.jsonl"), reply("session-2", "n2", now, { agentId: "a1" }));
  await terminal.shows("Explore: look around");
});

test("a asks, and writes leave into the book", async () => {
  const terminal = watch();
  await terminal.shows("Fix the cart");
  terminal.type("a");
  await terminal.shows("Let it go on beyond hard limits? Fix the cart");
  terminal.type("n");
  await terminal.shows("Nothing was changed.");
  const before = Date.now();
  terminal.type("a");
  await terminal.shows("Let it go on");
  terminal.type("h");
  await terminal.shows("for one hour.");
  const db = new Database(home.book, { readonly: true });
  const [pass] = db.query<{ session_id: string; until_ms: number }, []>("SELECT * FROM guard_passes").all();
  db.close();
  expect(pass?.session_id).toBe("session-1");
  expect((pass?.until_ms ?? 0) - before).toBeGreaterThanOrEqual(3_600_000);
  expect((pass?.until_ms ?? 0) - before).toBeLessThan(3_660_000);
});

test("keys that come faster than they are drawn are all answered", async () => {
  const terminal = watch();
  await terminal.shows("Fix the cart");
  terminal.type("sss\r\u001b[B?");
  await terminal.shows("hold the picture");
  terminal.type("x");
  await terminal.shows("esc back");
  terminal.type("q");
  expect(await ended(terminal)).toBe(0);
});

test("Ctrl-C and signals give the terminal back as well", async () => {
  for (const end of ["\u0003", "SIGTERM", "SIGHUP"] as const) {
    const terminal = watch();
    await terminal.shows("Fix the cart");
    if (end === "\u0003") terminal.type(end);
    else terminal.process.kill(end);
    expect(await ended(terminal)).toBe(0);
  }
});

test("so does a fault of the program, which is told afterwards", async () => {
  for (const [how, message] of [
    ["draw", "null"],
    ["timer", "the timer failed"],
  ] as const) {
    const script = join(import.meta.dir, "..", "watch", "crashing.ts");
    const terminal = watch({ argv: [process.execPath, "--no-env-file", script, how] });
    await terminal.shows("Fix rounding in the cart");
    expect(await ended(terminal)).toBe(1);
    await terminal.shows(message);
  }
});

test("the window may be any size at any time", async () => {
  const terminal = watch({ width: 200, height: 40 });
  await terminal.shows("LAST TOOL");
  for (const [width, height] of [
    [60, 20],
    [300, 60],
    [80, 10],
    [120, 24],
  ] as const) {
    terminal.resize(width, height);
    await terminal.until(
      (screen) => screen.lines()[height - 1]?.includes("quit") === true && screen.lines()[0]?.length === width,
    );
    expect(terminal.screen.text()).toContain("Fix the cart");
  }
  expect(terminal.screen.overruns).toBe(0);
});

test("NO_COLOR is respected, and CI does not keep it from being a live view", async () => {
  const terminal = watch({ env: { NO_COLOR: "1", CI: "true", DEV: "true" } });
  await terminal.shows("Fix the cart");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour is what must not be there
  expect(terminal.output).not.toMatch(/\u001b\[[0-9;]*m/);
  expect(terminal.screen.isAlternate).toBe(true);
});

test("without a terminal, or where one is asked for no more, it prints once and ends", async () => {
  const plain = await home.run(["watch"]);
  expect(plain).toMatchObject({ code: 0, err: "" });
  expect(plain.out).toContain("1 session active in the last 30 minutes");
  expect(plain.out).toMatch(/Fix the cart +repo main +opus-5-5 +\$0\.0037/);
  expect(plain.out).not.toContain("\u001b");
  const json = await home.run(["watch", "--json"]);
  const body = JSON.parse(json.out) as { kind: string; sessions: { sessionId: string; costNanoUsd: number }[] };
  expect(body.kind).toBe("watch");
  expect(body.sessions).toMatchObject([{ sessionId: "session-1", costNanoUsd: 3_690_000, state: "waiting" }]);
  const once = watch({ argv: [PROGRAM, "watch", "--once"] });
  expect(await once.process.exited).toBe(0);
  expect(once.screen.isAlternate).toBe(false);
  expect(once.screen.text()).toContain("Fix the cart");
});

test("an empty home, a span that is none", async () => {
  const empty = new Home();
  const ran = await empty.run(["watch", "--once"]);
  empty.remove();
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toContain("No session was active lately.");
  const wrong = await home.run(["watch", "--active", "soon"]);
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain('--active "soon"');
});
