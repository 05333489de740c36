import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Ask, askProgram, clientVersion } from "../../../../src/agents/claude-code/install/clientVersion.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cc-ledger-version-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const answers =
  (said: Record<string, string>, asked: string[] = []): Ask =>
  (program) => {
    asked.push(program);
    return Promise.resolve(said[program] ?? "");
  };

function script(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

test("the client on the path is asked first, then those that installers put elsewhere", async () => {
  const asked: string[] = [];
  expect(await clientVersion({ HOME: "/h" }, answers({ claude: "2.1.330 (Claude Code)\n" }, asked))).toBe("2.1.330");
  expect(asked).toEqual(["claude"]);
  expect(await clientVersion({ HOME: "/h" }, answers({ "/h/.local/bin/claude": "1.0.90" }))).toBe("1.0.90");
  expect(await clientVersion({ HOME: "/h" }, answers({ "/h/.claude/local/claude": "2.0.1-beta" }))).toBe("2.0.1");
});

test("none, or one that says something else, is no version", async () => {
  expect(await clientVersion({ HOME: "/h" }, answers({}))).toBeNull();
  expect(await clientVersion({ HOME: "/h" }, answers({ claude: "error in 2.1.330" }))).toBeNull();
});

test("it is asked in an empty home that is gone afterwards, with nothing else of the environment", async () => {
  const log = join(home, "log");
  script(join(home, "bin/claude"), `{ env; pwd; echo x > "$HOME/left"; } > '${log}'; echo "2.0.9 (Claude Code)"`);
  const path = `${join(home, "bin")}:/usr/bin:/bin`;
  const env = { HOME: home, PATH: path, CLAUDE_CONFIG_DIR: join(home, "real"), ANTHROPIC_API_KEY: "secret" };
  expect(await clientVersion(env)).toBe("2.0.9");
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const seen = Object.fromEntries(lines.map((line) => line.split("=", 2)));
  expect(seen.PATH).toBe(path);
  expect(seen.HOME).not.toBe(home);
  expect(seen.CLAUDE_CONFIG_DIR).toBe(join(seen.HOME, ".claude"));
  expect(lines.join()).not.toContain("secret");
  expect(existsSync(seen.HOME)).toBe(false);
});

test("one that fails, is missing or hangs is passed over, and nothing is left running", async () => {
  script(join(home, "bin/claude"), "echo 2.0.9; exit 3");
  const env = { HOME: home, PATH: `${join(home, "bin")}:/usr/bin:/bin` };
  expect(await clientVersion(env)).toBeNull();
  const pid = join(home, "pid");
  script(join(home, "bin/claude"), `echo 2.0.9; sleep 600 & echo $! > '${pid}'; wait`);
  script(join(home, ".local/bin/claude"), "echo 2.0.8");
  const impatient: Ask = (program, asked, folder, limitMs) =>
    askProgram(program, asked, folder, program === "claude" ? 1_500 : limitMs);
  expect(await clientVersion(env, impatient)).toBe("2.0.8");
  const sleeper = Number(readFileSync(pid, "utf8"));
  const gone = (): boolean => /^(Z|$)/.test(Bun.spawnSync(["ps", "-o", "stat=", "-p", `${sleeper}`]).stdout.toString());
  for (let tries = 0; tries < 100 && !gone(); tries++) await Bun.sleep(20);
  expect(gone()).toBe(true);
});
