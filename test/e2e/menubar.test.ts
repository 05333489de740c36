import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readArgos } from "../menubar/grammar/argos.ts";
import { commandOf, type Line, type Plugin } from "../menubar/grammar/lines.ts";
import { readSwiftbar } from "../menubar/grammar/swiftbar.ts";
import { readWaybar } from "../menubar/grammar/waybar.ts";
import { readXbar } from "../menubar/grammar/xbar.ts";
import { Home, PROGRAM, prompt, REPLY_COST, reply } from "./program.ts";

/** `menubar` of the built program: whatever the state of the book, what it prints is in the grammar of whoever asked, and exits 0. */

const MINUTE = 60_000;
const READERS = { swiftbar: readSwiftbar, xbar: readXbar, argos: readArgos } as const;
const FORMATS = [...Object.keys(READERS), "waybar"] as const;
const homes: Home[] = [];

afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});

function newHome(): Home {
  const home = new Home();
  homes.push(home);
  return home;
}

/** A session with three calls a few minutes ago, and another one hours ago. */
function withHistory(title = "Checkout page"): Home {
  const home = newHome();
  const folder = join(home.claude, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  const now = Date.now();
  const at = [now - 3 * MINUTE, now - 2 * MINUTE, now - MINUTE];
  writeFileSync(
    join(folder, "session-1.jsonl"),
    `${JSON.stringify({ type: "ai-title", aiTitle: title, sessionId: "session-1" })}\n${prompt("session-1", "p1", "go", now - 4 * MINUTE)}${at
      .map((ms, n) => reply("session-1", `m${n}`, ms))
      .join("")}`,
  );
  writeFileSync(join(folder, "session-2.jsonl"), reply("session-2", "old", now - 3 * 24 * 60 * MINUTE));
  return home;
}

/** What a person reads, and what they can click, in any of the formats. */
function read(format: string, out: string): { title: string; lines: string[]; plugin: Plugin | null } {
  if (format === "waybar") {
    const module = readWaybar(out);
    return { title: module.text, lines: module.lines, plugin: null };
  }
  const plugin = READERS[format as keyof typeof READERS](out);
  const lines = plugin.body.filter((line): line is Line => line !== "separator");
  return { title: plugin.header[0]?.text ?? "", lines: lines.map((line) => line.text), plugin };
}

describe("menus", () => {
  for (const format of FORMATS) {
    test(`${format}: what was spent and who is at work`, async () => {
      const home = withHistory();
      const ran = await home.run(["menubar", "--format", format]);
      expect([ran.code, ran.err]).toEqual([0, ""]);
      const { lines, plugin } = read(format, ran.out);
      const text = lines.join("\n");
      // Three replies at 0.00369 dollars each, and a fourth three days ago.
      expect(text).toContain("24 hours $0.0111");
      expect(text).toContain("30 days $0.0148");
      expect(text).toContain("repo · 1 session · $0.0664/h");
      expect(text).toContain("Checkout page · $0.0111 · main");
      if (plugin === null) return;
      const clicks = plugin.body.flatMap((line) =>
        line === "separator" ? [] : [commandOf(line, format === "xbar" ? "shell" : "bash")?.join(" ")],
      );
      expect(clicks.filter((click) => click?.includes(`${realpathSync(PROGRAM)} session session-1`))).toHaveLength(1);
      expect(clicks.find((click) => click?.includes("session session-1"))).toContain(`CC_LEDGER_HOME=${home.ledger}`);
    });

    test(`${format}: a history that is empty`, async () => {
      const ran = await newHome().run(["menubar", "--format", format]);
      expect([ran.code, ran.err]).toEqual([0, ""]);
      const { title, lines } = read(format, ran.out);
      expect(title).toBe("cc-ledger");
      expect(lines.join("\n")).toContain("No calls yet");
    });

    test(`${format}: a book that is damaged`, async () => {
      const home = withHistory();
      mkdirSync(home.ledger, { recursive: true });
      writeFileSync(home.book, "this is no database, but long enough to be taken for one ".repeat(200));
      const ran = await home.run(["menubar", "--format", format]);
      expect(ran.code).toBe(0);
      const { title, lines } = read(format, ran.out);
      expect(title).toBe("⚠ cc-ledger");
      expect(lines.join("")).toContain("is damaged or no database");
      expect(lines.join("")).toContain("Move it aside");
    });

    test(`${format}: a title that would be more than a title`, async () => {
      const title = "a | href=https://evil.example bash=/bin/sh\n---\n--<b>&'\"`$(id)`\\n :warning: --x";
      const home = withHistory(title);
      const ran = await home.run(["menubar", "--format", format]);
      expect(ran.code).toBe(0);
      const { plugin, lines } = read(format, ran.out);
      expect(lines.filter((line) => line.includes("evil.example"))).toHaveLength(1);
      if (plugin === null) return;
      expect(plugin.body.some((line) => line !== "separator" && line.params.has("href"))).toBe(false);
    });
  }

  test("a price file with a fault, a home that is no path: a menu that says what to do", async () => {
    const home = withHistory();
    mkdirSync(home.ledger, { recursive: true });
    writeFileSync(join(home.ledger, "pricing.toml"), '[[price]]\nmodel = "x"\ninput = "much"\n');
    const ran = await home.run(["menubar", "--format", "swiftbar"]);
    expect(ran.code).toBe(0);
    expect(read("swiftbar", ran.out).lines.join("")).toContain("pricing.toml");
    const relative = await home.run(["menubar", "--format", "argos"], "", { CC_LEDGER_HOME: "relative/folder" });
    expect(relative.code).toBe(0);
    expect(read("argos", relative.out).lines.join(" ")).toContain("must be an absolute path");
  });

  test("while another process writes, the figures as they stand, and a word about it", async () => {
    const home = withHistory();
    await home.run(["stats"]);
    const db = new Database(home.book);
    db.run("BEGIN IMMEDIATE");
    const folder = join(home.claude, "projects", "-nowhere-repo");
    writeFileSync(join(folder, "session-3.jsonl"), reply("session-3", "new", Date.now()));
    const ran = await home.run(["menubar", "--format", "xbar"]);
    db.run("ROLLBACK");
    db.close();
    expect(ran.code).toBe(0);
    const { lines } = read("xbar", ran.out);
    expect(lines[0]).toBe("Another process is writing; these figures may be behind");
    expect(lines).toContain("30 days $0.0148");
  }, 30_000);

  test("a book of a newer program is shown as it is, with a word about it", async () => {
    const home = withHistory();
    await home.run(["stats"]);
    const db = new Database(home.book);
    db.run("PRAGMA user_version = 99");
    db.close();
    const ran = await home.run(["menubar", "--format", "waybar"]);
    expect(ran.code).toBe(0);
    const { lines } = read("waybar", ran.out);
    expect(lines[0]).toContain("newer cc-ledger");
    expect(lines.join("\n")).toContain("30 days $0.0148");
  });

  test("the format is told by who asks; JSON keeps its contract and its exit codes", async () => {
    const home = withHistory();
    expect((await home.run(["menubar"], "", { WAYBAR_OUTPUT_NAME: "eDP-1" })).out).toStartWith("{");
    expect(read("xbar", (await home.run(["menubar"], "", { XBARDarkMode: "true" })).out).title).not.toBe("");
    const ran = await home.run(["menubar", "--format", "json"]);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    const json = JSON.parse(ran.out) as Record<string, unknown>;
    expect(json).toMatchObject({
      schemaVersion: 1,
      kind: "menubar",
      timeZone: "UTC",
      limits: { fiveHour: null, sevenDay: null },
      last24h: { calls: 3, costNanoUsd: 3 * REPLY_COST, unpricedCalls: 0 },
      last30d: { calls: 4, costNanoUsd: 4 * REPLY_COST },
      activeMinutes: 15,
      active: [{ repo: "repo", burnNanoUsdPerHour: 18 * REPLY_COST }],
      runaways: [],
      alerts: [],
      budgets: [],
      pullRequests: [],
      unpriced: [],
    });
    expect(json.days).toHaveLength(30);
    writeFileSync(home.book, "no database ".repeat(1000));
    const broken = await home.run(["menubar", "--format", "json"]);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain(home.book);
    expect(broken.out).toBe("");
  });

  test("an address of a dashboard is checked, and then linked to", async () => {
    const home = withHistory();
    const refused = await home.run(["config", "dashboard.url", "javascript:alert(1)"]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("http or https")]);
    expect((await home.run(["config", "dashboard.url", "http://127.0.0.1:7777/a b"])).code).toBe(0);
    const { plugin } = read("swiftbar", (await home.run(["menubar", "--format", "swiftbar"])).out);
    const linked = plugin?.body.filter(
      (line) => line !== "separator" && line.params.get("href") === "http://127.0.0.1:7777/a%20b",
    );
    expect(linked?.map((line) => (line as Line).text.replace(/ .*/, ""))).toEqual(["Today", "24", "30", "Open"]);
  });

  test("nonsense is refused", async () => {
    const home = newHome();
    for (const args of [
      ["menubar", "--format", "html"],
      ["menubar", "remove"],
      ["menubar", "--app", "dock"],
    ])
      expect((await home.run(args)).code).toBe(2);
    const minutes = await home.run(["menubar", "--active-minutes", "0", "--format", "json"]);
    expect([minutes.code, minutes.err]).toEqual([1, expect.stringContaining("--active-minutes")]);
  });
});

describe("install", () => {
  test("writes where each app looks, says what is left to do, twice is once, and goes again", async () => {
    const home = newHome();
    const paths = {
      swiftbar: "Library/Application Support/SwiftBar/Plugins/cc-ledger.1m.sh",
      xbar: "Library/Application Support/xbar/plugins/cc-ledger.1m.sh",
      argos: ".config/argos/cc-ledger.1m+.sh",
      waybar: ".config/waybar/cc-ledger.json",
    };
    for (const [app, place] of Object.entries(paths)) {
      const path = join(home.dir, place);
      const dry = await home.run(["menubar", "install", "--app", app, "--dry-run"]);
      expect([dry.code, dry.err]).toEqual([0, ""]);
      expect(dry.out).toContain(path);
      expect(dry.out).toContain("Nothing was written.");
      expect(existsSync(path)).toBe(false);
      const ran = await home.run(["menubar", "install", "--app", app]);
      expect([ran.code, ran.err]).toEqual([0, ""]);
      expect(ran.out).toContain(`Wrote ${path}\n`);
      if (app === "waybar") expect(ran.out).toContain('"custom/cc-ledger"');
      else expect(statSync(path).mode & 0o111).toBe(0o111);
      const before = readFileSync(path, "utf8");
      expect((await home.run(["menubar", "install", "--app", app])).out).toContain("is as it should be");
      expect(readFileSync(path, "utf8")).toBe(before);
      expect((await home.run(["menubar", "uninstall", "--app", app])).out).toContain(`Removed ${path}\n`);
      expect(existsSync(path)).toBe(false);
      expect((await home.run(["menubar", "uninstall", "--app", app])).code).toBe(0);
    }
  });

  test("the plugin that was written prints the menu of that home, in an empty environment", async () => {
    const home = withHistory();
    await home.run(["menubar", "install", "--app", "argos"]);
    const ran = Bun.spawnSync([join(home.dir, ".config/argos/cc-ledger.1m+.sh")], {
      env: { PATH: "/usr/bin:/bin", HOME: home.dir },
    });
    expect(ran.exitCode).toBe(0);
    expect(read("argos", ran.stdout.toString()).lines).toContain("30 days $0.0148");
  });

  test("a file of somebody else, a folder that is none, an executable that is none", async () => {
    const home = newHome();
    const folder = join(home.dir, "plugins");
    mkdirSync(folder);
    writeFileSync(join(folder, "cc-ledger.1m.sh"), "#!/bin/sh\necho mine\n");
    const cases: [string[], RegExp][] = [
      [["--dir", folder], /not one of cc-ledger's plugins/],
      [["--dir", join(home.dir, "a", "b")], /Is --dir right/],
      [["--dir", join(folder, "cc-ledger.1m.sh")], /is no folder/],
      [["--binary", "/nowhere/cc-ledger"], /does not exist/],
      [["--binary", join(folder, "cc-ledger.1m.sh")], /cannot be executed/],
    ];
    for (const [args, message] of cases) {
      const ran = await home.run(["menubar", "install", "--app", "swiftbar", ...args]);
      expect(ran.code).toBe(1);
      expect(ran.err).toMatch(message);
    }
    expect(readFileSync(join(folder, "cc-ledger.1m.sh"), "utf8")).toBe("#!/bin/sh\necho mine\n");
  });
});
