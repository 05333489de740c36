import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Home, PROGRAM, prompt, type Ran, REPLY_COST, reply, zoneAtNoon } from "./program.ts";

/** The statusline as the client runs it: JSON in, a line out, exit code 0, whatever goes wrong. */

const homes: Home[] = [];
const mounts: string[] = [];

afterEach(() => {
  for (const mount of mounts.splice(0)) Bun.spawnSync(["umount", mount]);
  for (const home of homes.splice(0)) home.remove();
});

const PLAIN = { NO_COLOR: "1" };
const RESETS = Math.floor(Date.now() / 1000) + 7_200;

interface Scene {
  home: Home;
  path: string;
  /** The client's JSON; `cost` in dollars. */
  json: (cost?: number, more?: object) => string;
  show: (stdin: string, env?: Record<string, string>, args?: string[]) => Promise<string>;
}

/** A session with replies of the last minutes, 100 output tokens each. */
function scene(replies = 3): Scene {
  const home = new Home(zoneAtNoon());
  homes.push(home);
  const folder = join(home.claude, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "s1.jsonl");
  // Not before midnight: today is one of the figures.
  const start = Math.max(Date.now() - 60_000, new Date().setUTCHours(0, 0, 0, 0));
  let text = prompt("s1", "p1", "fix the bug", start);
  for (let n = 0; n < replies; n++) text += reply("s1", `msg_${n}`, start + 1_000 + n);
  writeFileSync(path, text);
  const json = (cost = (replies * REPLY_COST) / 1e9, more: object = {}): string =>
    JSON.stringify({
      session_id: "s1",
      transcript_path: path,
      cwd: "/nowhere/repo",
      cost: { total_cost_usd: cost },
      ...more,
    });
  const show = async (stdin: string, env: Record<string, string> = {}, args: string[] = []): Promise<string> => {
    const ran = await home.run(["statusline", ...args], stdin, { ...PLAIN, ...env });
    expectQuiet(ran);
    return ran.out.replace(/\n$/, "");
  };
  return { home, path, json, show };
}

function expectQuiet(ran: Ran): void {
  expect(ran.code).toBe(0);
  expect(ran.err).toBe("");
  expect(ran.out).not.toMatch(/error|exception|ENOENT|SQLITE|undefined|NaN|\[object/i);
}

/** A book that has read the history: today is known whole. */
async function caughtUp(one: Scene): Promise<Scene> {
  expect((await one.home.run(["stats", "--since", "all"])).code).toBe(0);
  return one;
}

const log = ({ home }: Scene): string => {
  const path = join(home.ledger, "cc-ledger.log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

/** Dollars of so many replies as the line shows them. */
const shown = (replies: number): string => `$${((replies * REPLY_COST) / 1e9).toFixed(2)}`;

describe("figures", () => {
  test("the session, its prompt and today, from nothing but the client's JSON and its transcript", async () => {
    const one = scene(10);
    expect(await one.show(one.json())).toBe(`${shown(10)} | prompt ${shown(10)} | today ≥${shown(10)} | $0.22/h`);
    await caughtUp(one);
    appendFileSync(
      one.path,
      prompt("s1", "p2", "and now tests", Date.now() - 20) + reply("s1", "late", Date.now() - 10),
    );
    expect(await one.show(one.json((11 * REPLY_COST) / 1e9))).toBe(
      `${shown(11)} | prompt <$0.01 | today ${shown(11)} | $0.24/h`,
    );
  });

  test("what the statusline filed is what a command says, and a clean rebuild", async () => {
    const one = scene(7);
    await one.show(one.json());
    const said = JSON.parse((await one.home.run(["session", "s1", "--json"])).out);
    expect(said.session).toMatchObject({ calls: 7, costNanoUsd: 7 * REPLY_COST });
    one.home.ledger = join(one.home.dir, "rebuilt");
    const rebuilt = JSON.parse((await one.home.run(["session", "s1", "--json"])).out);
    expect(rebuilt.session).toMatchObject({ calls: 7, costNanoUsd: 7 * REPLY_COST });
  });

  test("where the client counts otherwise, both are shown and the difference is marked; its count is kept", async () => {
    const one = await caughtUp(scene(20));
    expect(await one.show(one.json(0.5))).toStartWith("$0.07 ≠ client $0.50 | ");
    expect(await one.show(one.json(0.2))).toStartWith("$0.07 ≠ client $0.20 | ");
    const db = new Database(one.home.book, { readonly: true });
    expect(db.query("SELECT reported_cost_nano FROM sessions").values()).toEqual([[500_000_000]]);
    db.close();
  });

  test("sub-agents that no hook told of are read before a difference is claimed", async () => {
    const one = await caughtUp(scene(10));
    const folder = join(one.path.replace(/\.jsonl$/, ""), "subagents");
    mkdirSync(folder, { recursive: true });
    let text = "";
    for (let n = 0; n < 90; n++) text += reply("s1", `sub_${n}`, Date.now() - 5_000 + n, { agentId: "a1" });
    writeFileSync(join(folder, "agent-a1.jsonl"), text);
    expect(await one.show(one.json((100 * REPLY_COST) / 1e9))).toStartWith(`${shown(100)} | prompt`);
  });

  test("a model without a price is said to have none", async () => {
    const one = scene(0);
    appendFileSync(one.path, reply("s1", "odd", Date.now()).replace("claude-opus-5-5", "some-model-9"));
    expect(await one.show(one.json(0.3))).toStartWith("unpriced (client $0.30) | prompt unpriced | today unpriced");
  });

  test("use of the plan's windows is kept once, with the pull request; an echo of an idle session changes nothing", async () => {
    const one = await caughtUp(scene(3));
    const limits = (used: number): object => ({
      rate_limits: {
        five_hour: { used_percentage: used, resets_at: RESETS },
        seven_day: { used_percentage: 52, resets_at: RESETS + 200_000 },
      },
      pr: { number: 311, url: "https://github.com/acme/shop/pull/311", review_state: "pending" },
    });
    expect(await one.show(one.json(0.01, limits(30)))).toContain("5h 30% →50% 1h59m | 7d 52% →");
    await one.show(one.json(0.02, limits(30)));
    const other = one.json(0.02, limits(12)).replaceAll('"s1"', '"idle"').replaceAll("s1.jsonl", "idle.jsonl");
    expect(await one.show(other)).toContain("5h 30%");
    const db = new Database(one.home.book, { readonly: true });
    expect(db.query("SELECT period, used FROM limits ORDER BY period").values()).toEqual([
      ["five_hour", 30],
      ["seven_day", 52],
    ]);
    expect(db.query("SELECT kind, number, url FROM git_operations WHERE session_id = 1").values()).toEqual([
      ["link", 311, "https://github.com/acme/shop/pull/311"],
    ]);
    db.close();
    const blocks = JSON.parse((await one.home.run(["blocks", "--active", "--json"])).out);
    expect(blocks.blocks[0]).toMatchObject({ source: "official", active: true, usedPercent: 30, calls: 3 });
  });

  test("a template of one's own; a name that does not exist is refused with those that do", async () => {
    const one = await caughtUp(scene(3));
    expect((await one.home.run(["config", "statusline.template", "{model} · {session}\\n{folder}"])).code).toBe(0);
    expect(await one.show(one.json(undefined, { model: { display_name: "Opus 5.5" } }))).toBe(
      `Opus 5.5 · ${shown(3)}\nrepo`,
    );
    const refused = await one.home.run(["config", "statusline.template", "{sesion}"]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("no {sesion}");
    expect(refused.err).toContain("{session}");
  });

  test("colours, NO_COLOR, narrow terminals and plain locales", async () => {
    const one = await caughtUp(scene(10));
    const limits = { rate_limits: { five_hour: { used_percentage: 90, resets_at: RESETS } } };
    const colored = await one.home.run(["statusline"], one.json(undefined, limits));
    expect(colored.out).toContain("\u001b[31m90% →150% 1h59m\u001b[0m");
    expect(await one.show(one.json(undefined, limits), { COLUMNS: "34" })).toBe(`${shown(10)} | 5h 90% →150% 1h59m`);
    expect(await one.show(one.json(undefined, limits), { LC_ALL: "C" })).toContain("90% ->150%");
    for (const COLUMNS of ["0", "-5", "x", "1", "99999"]) await one.show(one.json(), { COLUMNS });
  });
});

describe("bad input", () => {
  test("whatever the client sends, there is a line without an error", async () => {
    const one = await caughtUp(scene(10));
    for (const stdin of [
      "",
      "null",
      "[]",
      "{",
      "\u0000\u0001",
      '{"session_id":5}',
      '{"session_id":"../../x"}',
      "x".repeat(2_000_000),
    ])
      expect(await one.show(stdin)).toBe(`today ${shown(10)}`);
    expect(await one.show('{"cost":{"total_cost_usd":1.42},"session_id":[]}')).toBe(
      `$1.42 (client) | today ${shown(10)}`,
    );
    expect(await one.show(one.json(undefined, { transcript_path: "/nowhere/s1.jsonl" }))).toStartWith(
      `${shown(10)} | `,
    );
    expect(await one.show(one.json(undefined, { transcript_path: "/etc/passwd", rate_limits: "much" }))).toStartWith(
      shown(10),
    );
  });

  test("an input that never ends is not waited for", async () => {
    const one = await caughtUp(scene(10));
    const child = Bun.spawn([PROGRAM, "statusline"], {
      env: one.home.env(PLAIN),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(child.stdout).text()).toBe(`today ${shown(10)}\n`);
    expect(await child.exited).toBe(0);
  });

  test("without a place for the ledger the input speaks for itself", async () => {
    const one = scene(3);
    expect(await one.show(one.json(1.42), { CC_LEDGER_HOME: "relative/folder" })).toBe("$1.42 (client)");
  });
});

describe("a book in trouble", () => {
  test("held by another process: the figures are lower bounds, and whole again afterwards", async () => {
    const one = await caughtUp(scene(10));
    appendFileSync(one.path, reply("s1", "late", Date.now()));
    const db = new Database(one.home.book);
    db.run("BEGIN IMMEDIATE");
    expect(await one.show(one.json(0.3))).toStartWith(
      `≥${shown(10)} (client $0.30) | prompt ≥${shown(10)} | today ≥${shown(10)}`,
    );
    db.run("ROLLBACK");
    db.close();
    expect(log(one)).toContain("statusline: not filed: database is locked");
    expect(await one.show(one.json((11 * REPLY_COST) / 1e9))).toStartWith(
      `${shown(11)} | prompt ${shown(11)} | today ${shown(11)}`,
    );
  });

  test("locked even against reading: the last figures are lower bounds", async () => {
    const one = await caughtUp(scene(10));
    await one.show(one.json());
    const db = new Database(one.home.book);
    db.run("PRAGMA locking_mode = EXCLUSIVE");
    db.run("BEGIN EXCLUSIVE");
    expect(await one.show(one.json(0.3))).toStartWith(`≥${shown(10)} | prompt ≥${shown(10)} | today ≥${shown(10)}`);
    db.run("ROLLBACK");
    db.close();
    expect(log(one)).toContain("statusline: ");
  });

  test("broken: the last figures, said to be behind; without them what the client says", async () => {
    const one = await caughtUp(scene(10));
    await one.show(one.json());
    writeFileSync(one.home.book, "this is no database, but long enough to be taken for one ".repeat(200));
    expect(await one.show(one.json(0.09))).toStartWith(`≥${shown(10)} | prompt ≥${shown(10)} | today ≥${shown(10)}`);
    const other = one.json(0.09).replaceAll('"s1"', '"new"');
    expect(await one.show(other)).toBe("$0.09 (client)");
    expect(log(one)).toContain("damaged or no database");
  });

  test("of another tool, or of a newer program: left alone", async () => {
    const one = scene(3);
    mkdirSync(one.home.ledger, { recursive: true });
    const db = new Database(one.home.book);
    db.run("CREATE TABLE turns (session_id TEXT)");
    db.close();
    const before = readFileSync(one.home.book);
    expect(await one.show(one.json(1.42))).toBe("$1.42 (client)");
    expect(readFileSync(one.home.book)).toEqual(before);
  });

  test("on a read-only file system: the figures that can be read", async () => {
    const one = scene(10);
    mkdirSync(one.home.ledger, { recursive: true, mode: 0o700 });
    const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=20m,mode=700", "tmpfs", one.home.ledger]);
    if (mounted.exitCode !== 0) {
      console.log("passed over: this user may not mount a small file system");
      return;
    }
    mounts.push(one.home.ledger);
    await caughtUp(one);
    expect(Bun.spawnSync(["mount", "-o", "remount,ro", one.home.ledger]).exitCode).toBe(0);
    appendFileSync(one.path, reply("s1", "late", Date.now()));
    expect(await one.show(one.json(0.3))).toStartWith(
      `≥${shown(10)} (client $0.30) | prompt ≥${shown(10)} | today ≥${shown(10)}`,
    );
  });
});

describe("many at once", () => {
  test("twenty starts: every one shows a line, and hardly any runs the wrapped command", async () => {
    const one = await caughtUp(scene(10));
    const ran = join(one.home.dir, "ran");
    const command = `echo x >> '${ran}'; sleep 0.3; echo mine`;
    appendFileSync(one.path, reply("s1", "late", Date.now()));
    const lines = await Promise.all(
      Array.from({ length: 20 }, () => one.show(one.json((11 * REPLY_COST) / 1e9), {}, ["--wrap", command])),
    );
    for (const line of lines) expect(line).toContain("$");
    expect(lines.some((line) => line.startsWith("mine\n"))).toBe(true);
    // Once; on a machine so slow that the starts spread over the two seconds that figures are good for, once more.
    expect(readFileSync(ran, "utf8").split("x\n").length - 1).toBeLessThanOrEqual(3);
    expect(await one.show(one.json((11 * REPLY_COST) / 1e9))).toContain(shown(11));
  });

  test("sessions side by side do not hinder each other", async () => {
    const one = await caughtUp(scene(10));
    const lines = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        one.show(
          one
            .json(1 + n)
            .replaceAll('"s1"', `"other-${n}"`)
            .replace(/"transcript_path":"[^"]*",/, ""),
        ),
      ),
    );
    for (const [n, line] of lines.entries()) expect(line).toStartWith(`$${n + 1}.00 (client) | today ${shown(10)}`);
  });
});

describe("a statusline of one's own", () => {
  const last = (text: string): string => text.split("\n").at(-1) ?? "";

  test("is shown above ours as it is, with the same input and environment", async () => {
    const one = await caughtUp(scene(10));
    const command = `cat | tr -d '\\n' | head -c 17; echo; printf '\\033[32m%s\\033[0m  "$x"\\n\\n' "$COLUMNS"`;
    const shownLines = await one.show(one.json(), { COLUMNS: "77" }, ["--wrap", command]);
    expect(shownLines).toStartWith(`{"session_id":"s1\n\u001b[32m77\u001b[0m  "$x"\n${shown(10)} | `);
    expect(await one.show(one.json(0.05), {}, [`--wrap=echo one`])).toStartWith(`one\n${shown(10)}`);
  });

  test("that fails, says nothing, or does not exist leaves ours alone", async () => {
    const one = await caughtUp(scene(10));
    for (const [n, command] of [
      "exit 3",
      "echo partly; false",
      "true",
      "no-such-program-here",
      "echo 'unclosed",
      "kill -9 $$",
    ].entries()) {
      const line = await one.show(one.json(0.03 + n / 1_000), {}, ["--wrap", command]);
      expect(line).toStartWith(shown(10));
      expect(line).not.toContain("\n");
    }
  });

  test("that fails after it went well keeps its last good output", async () => {
    const one = await caughtUp(scene(10));
    const flag = join(one.home.dir, "flag");
    const wrap = ["--wrap", `echo good; test ! -e '${flag}'`];
    expect(await one.show(one.json(0.031), {}, wrap)).toStartWith("good\n$");
    writeFileSync(flag, "");
    expect(await one.show(one.json(0.032), {}, wrap)).toStartWith("good\n$");
    expect(await one.show(one.json(0.033), {}, ["--wrap", "exit 1"])).toStartWith("$");
  });

  test("that takes long does not hold the line up, and what it says comes with the next one", async () => {
    const one = await caughtUp(scene(10));
    const wrap = ["--wrap", "sleep 2.6; echo slow"];
    expect(await one.show(one.json(0.031), {}, wrap)).toStartWith(shown(10));
    expect(await one.show(one.json(0.032), {}, wrap)).toStartWith(shown(10));
    await Bun.sleep(1_500);
    expect(await one.show(one.json(0.033), {}, wrap)).toStartWith(`slow\n${shown(10)}`);
  }, 20_000);

  test("that hangs is ended, with all that it started; only one of it ever runs", async () => {
    const one = await caughtUp(scene(10));
    const mark = `31${process.pid}`;
    const wrap = ["--wrap", `sleep ${mark} & sleep ${mark}`];
    const running = (): number =>
      Number(Bun.spawnSync(["sh", "-c", `ps -eo args | grep -c '^sleep ${mark}$'`]).stdout.toString());
    for (let n = 0; n < 4; n++) expect(await one.show(one.json(0.03 + n / 1_000), {}, wrap)).toStartWith(shown(10));
    expect(running()).toBe(2);
    for (let waited = 0; running() > 0 && waited < 14; waited++) await Bun.sleep(1_000);
    expect(running()).toBe(0);
  }, 30_000);

  test("that never stops talking is stopped", async () => {
    const one = await caughtUp(scene(10));
    expect(last(await one.show(one.json(0.031), {}, ["--wrap", "yes"]))).toStartWith(shown(10));
    const folder = join(one.home.ledger, "statusline");
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).length).toBeLessThanOrEqual(65_536);
  });

  test("that is ours again wraps nothing more", async () => {
    const one = await caughtUp(scene(10));
    const own = `'${PROGRAM}' statusline --wrap 'echo inner'`;
    const line = await one.show(one.json(0.031), {}, ["--wrap", own]);
    expect(line).not.toContain("inner");
    expect(last(line)).toStartWith(shown(10));
  });
});

describe("install --statusline", () => {
  test("wraps what is there; the command in the settings runs both; uninstall gives it back to the byte", async () => {
    const one = await caughtUp(scene(10));
    const settings = join(one.home.claude, "settings.json");
    const before = `{\n  "statusLine": { "type": "command", "command": "printf '%s\\\\n' \\"it's mine\\"", "padding": 0 }\n}\n`;
    writeFileSync(settings, before);
    const dry = await one.home.run(["install", "--statusline", "--dry-run"]);
    expect(dry.out).toContain("+  ");
    expect(dry.out).toContain("--wrap");
    expect(readFileSync(settings, "utf8")).toBe(before);
    const ran = await one.home.run(["install", "--statusline"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    const { command, padding } = JSON.parse(readFileSync(settings, "utf8")).statusLine;
    expect(padding).toBe(0);
    const child = Bun.spawn(["sh", "-c", command], {
      env: one.home.env(PLAIN),
      stdin: new Blob([one.json()]),
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(child.stdout).text()).toStartWith(`it's mine\n${shown(10)} | `);
    expect((await one.home.run(["install", "--statusline"])).out).toContain("needs no change");
    const checks = JSON.parse((await one.home.run(["doctor", "--json"])).out).checks as {
      name: string;
      status: string;
    }[];
    expect(checks.find(({ name }) => name === "statusline")).toMatchObject({ status: "ok" });
    expect((await one.home.run(["uninstall"])).code).toBe(0);
    expect(readFileSync(settings, "utf8")).toBe(before);
  });
});
