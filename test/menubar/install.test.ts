import { afterEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appFor, folderOf, formatFor } from "../../src/menubar/apps.ts";
import { applyPlan, look, planInstall, planUninstall } from "../../src/menubar/install.ts";
import { pluginText } from "../../src/menubar/plugin.ts";
import { UserError } from "../../src/platform/errors.ts";
import { readArgos } from "./grammar/argos.ts";
import { readSwiftbar } from "./grammar/swiftbar.ts";
import { readXbar } from "./grammar/xbar.ts";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "cc-ledger-menubar-"));
  folders.push(folder);
  return folder;
}

const HOME = { HOME: "/home/somebody" };
const text = (app: "swiftbar" | "xbar" | "argos" | "waybar", program = "/opt/cc-ledger", env = {}): string =>
  pluginText({ app, program, env, version: "1.2.3" });

describe("who is asked for, and where it looks", () => {
  test("the format is that of the program whose environment it is", () => {
    expect(formatFor({ SWIFTBAR: "1" }, "darwin")).toBe("swiftbar");
    expect(formatFor({ XBARDarkMode: "false" }, "darwin")).toBe("xbar");
    expect(formatFor({ ARGOS_VERSION: "2" }, "linux")).toBe("argos");
    expect(formatFor({ WAYBAR_OUTPUT_NAME: "eDP-1" }, "linux")).toBe("waybar");
    expect(formatFor({}, "darwin")).toBe("swiftbar");
    expect(formatFor({}, "linux")).toBe("argos");
  });

  test("the app to install for", () => {
    expect(appFor({}, "darwin")).toBe("swiftbar");
    expect(appFor({ XDG_CURRENT_DESKTOP: "ubuntu:GNOME" }, "linux")).toBe("argos");
    expect(appFor({ XDG_CURRENT_DESKTOP: "sway" }, "linux")).toBe("waybar");
  });

  test("folders below the home that is given, or where the app was told to look", () => {
    expect(folderOf("swiftbar", HOME, null)).toBe("/home/somebody/Library/Application Support/SwiftBar/Plugins");
    expect(folderOf("swiftbar", HOME, "~/bars")).toBe("/home/somebody/bars");
    expect(folderOf("swiftbar", HOME, "/Volumes/x/~bars")).toBe("/Volumes/x/~bars");
    expect(folderOf("xbar", HOME, null)).toBe("/home/somebody/Library/Application Support/xbar/plugins");
    expect(folderOf("argos", HOME, null)).toBe("/home/somebody/.config/argos");
    expect(folderOf("waybar", { ...HOME, XDG_CONFIG_HOME: "/etc/mine" }, null)).toBe("/etc/mine/waybar");
  });
});

describe("what is written", () => {
  /** Runs a plugin as a menu bar does: without the environment of a person's shell. */
  function run(folder: string, script: string): { code: number; out: string } {
    const path = join(folder, "plugin.sh");
    writeFileSync(path, script, { mode: 0o755 });
    const ran = Bun.spawnSync([path], { env: { PATH: "/usr/bin:/bin" } });
    return { code: ran.exitCode, out: ran.stdout.toString() };
  }

  test("a script that starts the program for its format, with the folders that were meant", () => {
    const folder = scratch();
    const program = join(folder, `my "tools" & 'things' $(id)`);
    writeFileSync(program, '#!/bin/sh\nprintf "%s|" "$@" "$CC_LEDGER_HOME" "$CLAUDE_CONFIG_DIR"\n', { mode: 0o755 });
    const env = { CC_LEDGER_HOME: "/data/it's here", CLAUDE_CONFIG_DIR: "/data/$(id)", PATH: "/nowhere" };
    expect(run(folder, text("argos", program, env))).toEqual({
      code: 0,
      out: "menubar|--format|argos|/data/it's here|/data/$(id)|",
    });
  });

  test("metadata as xbar and SwiftBar read it", () => {
    for (const app of ["swiftbar", "xbar"] as const) {
      const script = text(app);
      expect(script.startsWith("#!/bin/sh\n")).toBe(true);
      for (const [tag, value] of [
        ["title", "cc-ledger"],
        ["version", "v1.2.3"],
        ["dependencies", "cc-ledger"],
      ])
        expect(script).toContain(`\n# <xbar.${tag}>${value}</xbar.${tag}>\n`);
    }
  });

  test("where the program is gone, the plugin says so, in its grammar", () => {
    const readers = { swiftbar: readSwiftbar, xbar: readXbar, argos: readArgos } as const;
    for (const app of ["swiftbar", "xbar", "argos"] as const) {
      const { code, out } = run(scratch(), text(app, "/nowhere/cc-ledger"));
      expect(code).toBe(0);
      const plugin = readers[app](out);
      expect(plugin.body.at(-1)).toMatchObject({ text: `Run: cc-ledger menubar install --app ${app}` });
    }
  });

  test("a module for Waybar: JSON after one comment, commands that a shell reads as they were meant", () => {
    const folder = scratch();
    const program = join(folder, "it's mine");
    writeFileSync(program, '#!/bin/sh\nprintf "%s|" "$@" "$CC_LEDGER_HOME"\n', { mode: 0o755 });
    const file = text("waybar", program, { CC_LEDGER_HOME: "/data/a b" });
    const [comment = "", ...rest] = file.split("\n");
    expect(comment.startsWith("// ")).toBe(true);
    const module = (JSON.parse(rest.join("\n")) as Record<string, Record<string, string>>)["custom/cc-ledger"] ?? {};
    expect(Object.keys(module)).toEqual(["exec", "return-type", "interval", "on-click"]);
    expect(module).toMatchObject({ "return-type": "json", interval: 60 });
    expect(Bun.spawnSync(["/bin/sh", "-c", module.exec ?? ""]).stdout.toString()).toBe(
      "menubar|--format|waybar|/data/a b|",
    );
    const terminal = join(folder, "terminal");
    writeFileSync(terminal, '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 });
    const clicked = Bun.spawnSync(["/bin/sh", "-c", module["on-click"] ?? ""], {
      env: { TERMINAL: terminal, SHELL: "true", PATH: "/usr/bin:/bin" },
    });
    expect(clicked.stdout.toString()).toBe("stats|/data/a b|");
  });
});

describe("plan, then apply", () => {
  test("a new plugin can be executed; the same again changes nothing; uninstall leaves nothing", () => {
    const folder = join(scratch(), "deep", "plugins");
    const plan = planInstall("xbar", folder, look(folder), text("xbar"), []);
    expect(plan.changes).toEqual([{ path: join(folder, "cc-ledger.1m.sh"), before: null, after: text("xbar") }]);
    expect(existsSync(folder)).toBe(false);
    applyPlan(plan);
    const path = join(folder, "cc-ledger.1m.sh");
    expect(readFileSync(path, "utf8")).toBe(text("xbar"));
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(planInstall("xbar", folder, look(folder), text("xbar"), []).changes).toEqual([]);
    applyPlan(planUninstall("xbar", folder, look(folder), []));
    expect(look(folder)).toEqual([]);
    expect(planUninstall("xbar", folder, look(folder), []).changes).toEqual([]);
  });

  test("a plugin that runs less often, or was switched off, is renewed under its name", () => {
    for (const name of ["cc-ledger.10m.sh", "cc-ledger.1m.sh.off", "cc-ledger.1r.5m+.sh"]) {
      const folder = scratch();
      writeFileSync(join(folder, name), text("argos", "/old/place/cc-ledger"), { mode: 0o755 });
      const plan = planInstall("argos", folder, look(folder), text("argos"), []);
      expect(plan.changes.map(({ path }) => path)).toEqual([join(folder, name)]);
      applyPlan(plan);
      expect(readFileSync(join(folder, name), "utf8")).toBe(text("argos"));
    }
  });

  test("a file that is not ours is never touched", () => {
    const folder = scratch();
    writeFileSync(join(folder, "cc-ledger.1m.sh"), "#!/bin/sh\necho mine\n");
    expect(() => planInstall("swiftbar", folder, look(folder), text("swiftbar"), [])).toThrow(UserError);
    expect(planUninstall("swiftbar", folder, look(folder), []).changes).toEqual([]);
    const other = scratch();
    mkdirSync(join(other, "cc-ledger.1m.sh"));
    expect(() => planInstall("swiftbar", other, look(other), text("swiftbar"), [])).toThrow(/not one of/);
    const dangling = scratch();
    symlinkSync("/nowhere/x", join(dangling, "cc-ledger.1m.sh"));
    expect(() => planInstall("swiftbar", dangling, look(dangling), text("swiftbar"), [])).toThrow(/not one of/);
  });

  test("two apps in one folder do not take each other's plugin", () => {
    const folder = scratch();
    writeFileSync(join(folder, "cc-ledger.5m.sh"), text("xbar"));
    const plan = planInstall("swiftbar", folder, look(folder), text("swiftbar"), []);
    expect(plan.changes.map(({ path }) => path)).toEqual([join(folder, "cc-ledger.1m.sh")]);
    expect(planUninstall("swiftbar", folder, look(folder), []).changes).toEqual([]);
  });

  test("what changed between plan and deed is left alone; a link stays a link", () => {
    const folder = scratch();
    const path = join(folder, "cc-ledger.1m.sh");
    const plan = planInstall("swiftbar", folder, look(folder), text("swiftbar"), []);
    writeFileSync(path, "somebody was faster");
    expect(() => applyPlan(plan)).toThrow(/changed in the meantime/);
    expect(readFileSync(path, "utf8")).toBe("somebody was faster");

    const linked = scratch();
    const real = join(scratch(), "dotfiles.sh");
    writeFileSync(real, text("swiftbar", "/old/cc-ledger"), { mode: 0o755 });
    symlinkSync(real, join(linked, "cc-ledger.1m.sh"));
    applyPlan(planInstall("swiftbar", linked, look(linked), text("swiftbar"), []));
    expect(readFileSync(real, "utf8")).toBe(text("swiftbar"));
    applyPlan(planUninstall("swiftbar", linked, look(linked), []));
    expect(existsSync(real)).toBe(true);
    expect(look(linked)).toEqual([]);
  });

  test("a folder that cannot be written is a clear error, and leaves nothing behind", () => {
    const folder = scratch();
    writeFileSync(join(folder, "plugins"), "a file where a folder should be");
    const plan = planInstall("xbar", join(folder, "plugins"), [], text("xbar"), []);
    expect(() => applyPlan(plan)).toThrow(UserError);
  });
});
