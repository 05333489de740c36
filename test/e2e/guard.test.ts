import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Home, PROGRAM, prompt, REPLY_COST, reply, zoneAtNoon } from "./program.ts";

const SESSION = "0f0f0f0f-1111-4222-8333-444444444444";
let home: Home;
let transcript: string;

beforeEach(() => {
  home = new Home(zoneAtNoon());
  const folder = join(home.claude, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  transcript = join(folder, `${SESSION}.jsonl`);
});
afterEach(() => home.remove());

/** A session of one prompt with so many calls, ten seconds apart, the last one now; each asks for another command. */
function write(calls: number, more: { sameCommand?: boolean } = {}): void {
  const from = Date.now() - calls * 10_000;
  let text = prompt(SESSION, "p1", "do it", from);
  for (let n = 0; n < calls; n++) {
    const command = more.sameCommand
      ? "true"
      : `make ${"abcdefghijklmnopqrstuvwxyz"[n % 26]}${"xyzuvw"[Math.floor(n / 26)]}`;
    text += reply(SESSION, `m${n}`, from + n * 10_000, { tool: `toolu_${n}`, input: { command } });
  }
  writeFileSync(transcript, text);
}

const payload = (more: object = {}): object => ({
  session_id: SESSION,
  transcript_path: transcript,
  cwd: "/nowhere/repo",
  prompt_id: "p1",
  ...more,
});
const ask = (id: number): object =>
  payload({ tool_name: "Bash", tool_input: { command: "true" }, tool_use_id: `toolu_${id}` });

interface Answer {
  continue?: boolean;
  systemMessage?: string;
  decision?: string;
  hookSpecificOutput?: { permissionDecision: string; permissionDecisionReason: string };
}
const parse = (out: string): Answer => JSON.parse(out) as Answer;

describe("a hard limit", () => {
  test("holds up the next tool call with the figure, the limit and how to go on; leave lets it pass", async () => {
    write(10);
    // Ten replies at 3.69 cents make 36.9 mills: above 3 cents.
    expect(10 * REPLY_COST).toBe(36_900_000);
    expect((await home.run(["budget", "set", "0.03", "--per", "session", "--hard"])).code).toBe(0);
    const denied = parse((await home.hook("pre-tool-use", ask(9))).out);
    expect(denied.continue).toBe(false);
    expect(denied.hookSpecificOutput?.permissionDecision).toBe("deny");
    const reason = denied.hookSpecificOutput?.permissionDecisionReason ?? "";
    expect(reason).toContain("$0.0369 spent in this session, 123 % of the limit");
    expect(reason).toContain("$0.0300 a session");
    expect(reason).toContain("cc-ledger guard allow");

    expect((await home.run(["guard", "allow", "--for", "1h"])).out).toContain(SESSION);
    expect((await home.hook("pre-tool-use", ask(9))).out).toBe("");
    // Leave ends: an hour is put into the past.
    const db = new Database(home.book);
    db.run("UPDATE guard_passes SET until_ms = 1");
    db.close();
    expect(parse((await home.hook("pre-tool-use", ask(9))).out).continue).toBe(false);
    expect((await home.run(["guard", "off"])).code).toBe(0);
    expect((await home.hook("pre-tool-use", ask(9))).out).toBe("");
    const { alerts } = JSON.parse((await home.run(["alerts", "--json"])).out) as { alerts: { level: string }[] };
    expect(alerts.filter(({ level }) => level === "denied")).toHaveLength(1);
  });

  test("does not hold up what is below it, and counts only its scope", async () => {
    write(10);
    for (const set of [
      ["0.04", "--per", "session"],
      ["0.01", "--per", "session", "--model", "haiku"],
      ["0.01", "--per", "day", "--branch", "elsewhere"],
      ["100000 tokens", "--per", "prompt"],
    ])
      expect((await home.run(["budget", "set", ...set, "--hard"])).code).toBe(0);
    // It waits for a call that was not written yet; what it had to say before that is said all the same.
    const near = "cc-ledger: $0.0369 spent in this session, 92 % of the limit (limit $0.0400 a session).";
    expect(parse((await home.hook("pre-tool-use", ask(9))).out)).toEqual({ systemMessage: near });
    expect((await home.hook("pre-tool-use", ask(9))).out).toBe("");
    // 10 x (10 + 100 + 1000 + 200) tokens.
    expect((await home.run(["budget", "set", "13100 tokens", "--per", "prompt", "--hard"])).code).toBe(0);
    expect(parse((await home.hook("pre-tool-use", ask(9))).out).continue).toBe(false);
  });

  test("waits for the call at hand, which the client writes a moment later", async () => {
    write(10);
    expect((await home.run(["budget", "set", "0.04", "--per", "session", "--hard"])).code).toBe(0);
    await home.hook("pre-tool-use", ask(9));
    const held = home.hook("pre-tool-use", ask(10));
    await Bun.sleep(400);
    appendFileSync(transcript, reply(SESSION, "m10", Date.now(), { tool: "toolu_10", input: { command: "make z" } }));
    expect(parse((await held).out).hookSpecificOutput?.permissionDecisionReason).toContain("$0.0406 spent");
  });

  test("is told to nobody where the client has gone away, and the hook does not mind", async () => {
    write(10);
    expect((await home.run(["budget", "set", "0.01", "--per", "session", "--hard"])).code).toBe(0);
    const file = join(home.dir, "payload.json");
    writeFileSync(file, JSON.stringify(ask(9)));
    const hook = `'${PROGRAM}' hook claude-code pre-tool-use < '${file}'`;
    for (const [command, said] of [
      [`set -o pipefail; ${hook} | cat`, "held up"],
      [`set -o pipefail; ${hook} | true`, ""],
      [`${hook} >&-`, ""],
      ...(existsSync("/dev/full") ? [[`${hook} > /dev/full`, ""]] : []),
    ] as [string, string][]) {
      const ran = Bun.spawnSync(["bash", "-c", command], { env: home.env() });
      expect([command, ran.exitCode, ran.stderr.toString()]).toEqual([command, 0, ""]);
      expect(ran.stdout.toString()).toContain(said);
    }
  });

  test("of a day counts from midnight in the person's zone, and holds up a prompt as well", async () => {
    write(10);
    await home.run(["config", "timezone", "Pacific/Auckland"]);
    await home.run(["budget", "set", "0.0001", "--per", "day", "--hard"]);
    const denied = parse((await home.hook("user-prompt-submit", payload({ prompt: "more", prompt_id: "p2" }))).out);
    expect(denied.decision).toBe("block");
    expect(denied.systemMessage).toContain("spent today");
    // A new prompt has cost nothing yet.
    await home.run(["budget", "rm", "1"]);
    await home.run(["budget", "set", "0.0001", "--per", "prompt", "--hard"]);
    expect((await home.hook("user-prompt-submit", payload({ prompt: "more", prompt_id: "p2" }))).out).toBe("");
    expect(parse((await home.hook("pre-tool-use", ask(9))).out).continue).toBe(false);
  });

  test("of one repo holds nobody up who works in another", async () => {
    write(3);
    const other = "0a0a0a0a-1111-4222-8333-444444444444";
    const path = join(home.claude, "projects", "-elsewhere-shop", `${other}.jsonl`);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, reply(other, "o1", Date.now(), { cwd: "/elsewhere/shop", tool: "toolu_o", branch: "topic" }));
    await home.run(["stats"]);
    await home.run(["budget", "set", "0.001", "--per", "day", "--repo", "shop", "--hard"]);
    await home.run(["budget", "set", "0.001", "--per", "day", "--branch", "topic", "--hard"]);
    expect((await home.hook("pre-tool-use", ask(2))).out).toBe("");
    const there = { ...ask(2), session_id: other, transcript_path: path, tool_use_id: "toolu_o", prompt_id: "" };
    expect(parse((await home.hook("pre-tool-use", there)).out).continue).toBe(false);
  });

  test("counts sub-agents from their own transcripts", async () => {
    write(2);
    const folder = join(home.claude, "projects", "-nowhere-repo", SESSION, "subagents");
    mkdirSync(folder, { recursive: true });
    let text = "";
    for (let n = 0; n < 20; n++)
      text += reply(SESSION, `s${n}`, Date.now() - 1000 + n, { agentId: "a1b2c3d", tool: `toolu_s${n}` });
    writeFileSync(join(folder, "agent-a1b2c3d.jsonl"), text);
    await home.run(["budget", "set", "0.05", "--per", "session", "--hard"]);
    const denied = parse((await home.hook("pre-tool-use", ask(1))).out);
    // 22 replies.
    expect(denied.systemMessage).toContain("$0.0812 spent in this session");
  });
});

describe("a guard in trouble lets the agent go on", () => {
  test("with a corrupt book", async () => {
    write(3);
    await home.run(["budget", "set", "0.0001", "--per", "session", "--hard"]);
    writeFileSync(home.book, "this is no database, and never was");
    const ran = await home.hook("pre-tool-use", ask(2));
    expect(ran).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8")).toContain("pre-tool-use");
  });

  test("with a book that another process writes: it decides from what can be read, and spools", async () => {
    write(3);
    await home.run(["budget", "set", "0.0001", "--per", "session", "--hard"]);
    await home.run(["stats"]);
    const db = new Database(home.book);
    db.run("BEGIN IMMEDIATE");
    const ran = await home.hook("pre-tool-use", ask(2));
    db.run("ROLLBACK");
    db.close();
    expect(ran.code).toBe(0);
    expect(parse(ran.out).continue).toBe(false);
    expect(readdirSync(join(home.ledger, "spool"))).toHaveLength(1);
    expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8")).toContain("spooled");
  });

  test("with a book that is locked against reading", async () => {
    write(3);
    await home.run(["budget", "set", "0.0001", "--per", "session", "--hard"]);
    const db = new Database(home.book);
    db.run("PRAGMA locking_mode = EXCLUSIVE");
    db.run("BEGIN EXCLUSIVE");
    const ran = await home.hook("pre-tool-use", ask(2));
    db.run("ROLLBACK");
    db.close();
    expect(ran).toMatchObject({ code: 0, out: "" });
  });

  test("with guard data that make no sense", async () => {
    write(3);
    await home.run(["budget", "set", "0.0001", "--per", "session", "--hard"]);
    const db = new Database(home.book);
    db.run("INSERT INTO meta (key, value) VALUES ('guard.usual', '{'), ('glance.calendar', '[')");
    db.close();
    const ran = await home.hook("stop", payload());
    expect(ran).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8")).toContain("guard:");
    // The turn was filed all the same.
    const stats = JSON.parse((await home.run(["stats", "--json"])).out) as { totals: { calls: number } };
    expect(stats.totals.calls).toBe(3);
  });

  test("with a session that the book does not know, and without a transcript", async () => {
    await home.run(["budget", "set", "0.0001", "--per", "session", "--hard"]);
    const ran = await home.hook("pre-tool-use", { ...ask(1), transcript_path: "/nowhere/at-all.jsonl" });
    expect(ran).toMatchObject({ code: 0, out: "" });
  });
});

describe("warnings", () => {
  test("are said once per level, the highest that was reached, where somebody reads them", async () => {
    write(10);
    await home.run(["budget", "set", "0.04", "--per", "session"]);
    // 92 %: the 80 is due, the 50 is past.
    expect((await home.hook("post-tool-use", payload({ tool_name: "Bash", tool_use_id: "toolu_9" }))).out).toBe("");
    const said = parse((await home.hook("stop", payload())).out);
    expect(said.systemMessage).toBe(
      "cc-ledger: $0.0369 spent in this session, 92 % of the limit (limit $0.0400 a session).",
    );
    expect((await home.hook("stop", payload())).out).toBe("");
    writeFileSync(transcript, readFileSync(transcript, "utf8") + reply(SESSION, "m10", Date.now()));
    expect(parse((await home.hook("post-tool-batch", payload())).out).systemMessage).toContain("101 % of the limit");
    expect((await home.hook("post-tool-batch", payload())).out).toBe("");
  });

  test("a loop is told while it goes on, and a replay says the same", async () => {
    write(40, { sameCommand: true });
    const said = parse((await home.hook("post-tool-batch", payload())).out);
    expect(said.systemMessage).toContain("were one and the same");
    const replay = JSON.parse((await home.run(["guard", "replay", "--json"])).out) as {
      sessions: number;
      alerts: { sessionId: string; rule: string; costNanoUsdAtAlert: number; sessionCostNanoUsd: number }[];
    };
    expect(replay.sessions).toBe(1);
    // The twentieth same call in a row.
    expect(replay.alerts).toHaveLength(1);
    expect(replay.alerts[0]).toMatchObject({
      sessionId: SESSION,
      rule: "repetition",
      costNanoUsdAtAlert: 20 * REPLY_COST,
      sessionCostNanoUsd: 40 * REPLY_COST,
    });
    expect((await home.run(["guard", "explain", SESSION.slice(0, 6)])).out).toContain(
      "the last 20 tool calls were one and the same",
    );
  });

  test("a history of three sessions makes no claims of what is usual", async () => {
    write(3);
    const { out } = await home.run(["guard"]);
    expect(out).toContain("1 of the 20 samples that a comparison needs");
  });
});

describe("what makes no sense is said so", () => {
  const cases: [string[], string][] = [
    [["budget", "set", "0", "--per", "day"], "makes no sense"],
    [["budget", "set", "1e400", "--per", "day"], "is no amount"],
    [["budget", "set", "lots", "--per", "day"], "is no amount"],
    [["budget", "set", "5", "--per", "day", "--repo", "nowhere"], "matches nothing in the book"],
    [["budget", "set", "5", "--per", "day", "--model", "gpt-99"], "matches no model"],
    [["budget", "set", "5", "--per", "day", "--warn", "50,x"], "no list of percentages"],
    [["budget", "set", "5", "--per", "day", "--pr", "12"], "--pr needs a repo"],
    [["budget", "rm", "77"], "no limit number 77"],
    [["guard", "allow", "--for", "soon"], "is no span of time"],
    [["guard", "allow", "ffff"], "no session begins with"],
    [["guard", "explain", "ffff"], "no session begins with"],
    [["config", "guard.repetition.calls", "1"], "a number from 4 to 1000"],
    [["config", "guard.loop", "shout"], "one of warn, deny, off"],
  ];
  for (const [args, text] of cases)
    test(args.join(" "), async () => {
      write(1);
      const ran = await home.runIn(home.dir, args);
      expect(ran.code).toBe(1);
      expect(ran.err).toContain(text);
    });

  test("a limit that another one makes useless is noted, and one of the same scope is replaced", async () => {
    await home.run(["budget", "set", "10", "--per", "day"]);
    expect((await home.run(["budget", "set", "50", "--per", "session"])).out).toContain(
      "$10.00 a day is reached before $50.00 a session can be",
    );
    expect((await home.run(["budget", "set", "20", "--per", "day"])).out).toContain("changed to");
    const { budgets } = JSON.parse((await home.run(["budget", "--json"])).out) as { budgets: { amountUsd: number }[] };
    expect(budgets.map(({ amountUsd }) => amountUsd)).toEqual([20, 50]);
  });
});

test("a clock that jumps back neither fails nor says anything twice", async () => {
  write(10);
  await home.run(["budget", "set", "0.03", "--per", "day"]);
  expect(parse((await home.hook("stop", payload())).out).systemMessage).toContain("spent today");
  const db = new Database(home.book);
  // As if the calendar had been kept by a clock that ran ahead.
  db.run("UPDATE meta SET value = replace(value, '\"fromMs\":1', '\"fromMs\":9') WHERE key = 'glance.calendar'");
  db.close();
  expect((await home.hook("stop", payload())).out).toBe("");
  expect(existsSync(join(home.ledger, "spool"))).toBe(false);
});
