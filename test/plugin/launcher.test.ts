import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPlugin } from "../../scripts/build-plugin.ts";

/** The launcher as the client starts it: through a shell, from a folder with blanks and quotes in its name, with an environment of its own.
 *  `/bin/sh` is a different shell from system to system, so it is run by others as well. */

const SHELLS = ["sh", "bash"].filter((shell) => Bun.which(shell) !== null);
let root: string;
let plugin: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cc-ledger-launcher-"));
  buildPlugin(join(root, "a 'market' place"));
  plugin = join(root, "a 'market' place", "cc-ledger");
  mkdirSync(join(root, "home"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** An executable that says who it is, what it was asked, and whose hook it is. */
function program(folder: string, who: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "cc-ledger");
  writeFileSync(
    path,
    `#!/bin/sh\nprintf '%s' "${who}"\nprintf ' <%s>' "$@"\nprintf ' plugin=%s' "$CC_LEDGER_PLUGIN"\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

interface Ran {
  code: number;
  out: string;
  err: string;
}

function launch(
  args: readonly string[],
  more: { shell: string; env?: Record<string, string>; dir?: string; stdin?: string },
): Ran {
  // As in hooks.json: the variable within double quotes.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
  const launcher = '"${CLAUDE_PLUGIN_ROOT}/bin/cc-ledger"';
  const command = [...(more.shell === "sh" ? [] : [more.shell]), launcher, ...args].join(" ");
  const child = Bun.spawnSync(["sh", "-c", command], {
    cwd: root,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: join(root, "home"),
      CLAUDE_PLUGIN_ROOT: more.dir ?? plugin,
      ...more.env,
    },
    stdin: new TextEncoder().encode(more.stdin ?? "{}"),
    timeout: 10_000,
  });
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() };
}

describe.each(SHELLS)("the launcher under %s", (shell) => {
  test("prefers CC_LEDGER_BIN, then the PATH, then the usual places, then its own folder", () => {
    const own = join(plugin, "program");
    program(own, "own");
    expect(launch(["stats"], { shell }).out).toStartWith("own");
    program(join(root, "home", ".local", "bin"), "local");
    expect(launch(["stats"], { shell }).out).toStartWith("local");
    program(join(root, "on the path"), "path");
    const PATH = `/nowhere:${join(root, "on the path")}:/usr/bin:/bin`;
    expect(launch(["stats"], { shell, env: { PATH } }).out).toStartWith("path");
    const named = program(join(root, "named"), "named");
    expect(launch(["stats"], { shell, env: { PATH, CC_LEDGER_BIN: named } }).out).toStartWith("named");
    expect(launch(["stats"], { shell, env: { PATH, CC_LEDGER_BIN: join(root, "gone") } }).out).toStartWith("path");
  });

  test("hands every argument over as it is, and says that it is the plugin's", () => {
    const CC_LEDGER_BIN = program(join(root, "named"), "named");
    expect(launch(["hook", "claude-code", "'a b'", "'*'", "'$HOME'"], { shell, env: { CC_LEDGER_BIN } }).out).toBe(
      "named <hook> <claude-code> <a b> <*> <$HOME> plugin=1",
    );
  });

  test("is found through links: to the plugin's folder, and to itself", () => {
    const link = join(root, "link");
    symlinkSync(plugin, link);
    program(join(plugin, "program"), "own");
    expect(launch(["stats"], { shell, dir: link }).out).toStartWith("own");
    // A link to the launcher on the PATH is not the executable.
    mkdirSync(join(root, "bin"));
    symlinkSync(join(plugin, "bin", "cc-ledger"), join(root, "bin", "cc-ledger"));
    expect(launch(["stats"], { shell, env: { PATH: `${join(root, "bin")}:/usr/bin:/bin` } }).out).toStartWith("own");
  });

  test("does not start itself, nor the launcher of another copy, though both are on the PATH", () => {
    const copy = join(root, "copy");
    cpSync(plugin, copy, { recursive: true });
    const PATH = [join(plugin, "bin"), join(copy, "bin"), "/usr/bin", "/bin"].join(":");
    expect(launch(["stats"], { shell, env: { PATH } }).code).toBe(127);
    expect(launch(["stats"], { shell, dir: copy, env: { PATH } }).code).toBe(127);
  });

  test("runs nothing from the folder one stands in", () => {
    program(root, "planted");
    program(join(root, "bin"), "planted");
    expect(launch(["stats"], { shell, env: { PATH: ":.:bin:/usr/bin:/bin" } }).code).toBe(127);
  });

  test("without an executable hooks are silent, the check speaks, commands fail and say what to do", () => {
    expect(launch(["hook", "claude-code", "stop"], { shell })).toEqual({ code: 0, out: "", err: "" });
    const check = launch(["plugin-check"], { shell });
    expect(check).toMatchObject({ code: 0, err: "" });
    const { systemMessage } = JSON.parse(check.out) as { systemMessage: string };
    expect(systemMessage).toContain("cc-ledger is not installed");
    expect(systemMessage).toContain("CC_LEDGER_BIN");
    const stats = launch(["stats"], { shell });
    expect(stats).toMatchObject({ code: 127, out: "" });
    expect(stats.err).toBe(`${systemMessage}\n`);
    expect(launch([], { shell }).code).toBe(127);
    // With one, the check has nothing to say and starts nothing.
    const CC_LEDGER_BIN = program(join(root, "named"), "named");
    expect(launch(["plugin-check"], { shell, env: { CC_LEDGER_BIN } })).toEqual({ code: 0, out: "", err: "" });
  });

  test("without an executable the server still answers, in valid JSON, with one tool that says what to do", () => {
    const requests = [
      {
        method: "initialize",
        params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "a", version: "1" } },
        jsonrpc: "2.0",
        id: 0,
      },
      { method: "notifications/initialized", jsonrpc: "2.0" },
      { jsonrpc: "2.0", id: "two", method: "tools/list", params: {} },
      { method: "tools/call", params: { name: "how_to_install", arguments: {} }, jsonrpc: "2.0", id: 3 },
      { jsonrpc: "2.0", id: 4, method: "ping" },
      { jsonrpc: "2.0", id: 5, method: "resources/list" },
    ];
    const { code, out } = launch(["mcp"], {
      shell,
      stdin: `${requests.map((one) => JSON.stringify(one)).join("\n")}\n`,
    });
    expect(code).toBe(0);
    const answers = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: unknown; result?: Record<string, unknown>; error?: object });
    expect(answers.map(({ id }) => id)).toEqual([0, "two", 3, 4, 5]);
    expect(answers[0]?.result).toMatchObject({
      protocolVersion: "2025-11-25",
      capabilities: { tools: {} },
      serverInfo: { name: "cc-ledger" },
    });
    expect(answers[1]?.result).toMatchObject({ tools: [{ name: "how_to_install", inputSchema: { type: "object" } }] });
    expect(JSON.stringify(answers[2]?.result)).toContain("CC_LEDGER_BIN");
    expect(answers[3]?.result).toEqual({});
    expect(answers[4]?.error).toMatchObject({ code: -32601 });
  });
});
