import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isWiredBySettings } from "../../../../src/agents/claude-code/install/wired.ts";

let dir: string;
let binary: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cc-ledger-wired-"));
  binary = join(dir, "cc-ledger");
  writeFileSync(binary, "");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const hooksOf = (command: string): object => ({ hooks: { Stop: [{ hooks: [{ type: "command", command }] }] } });
const ask = (event: string, settings: object | string): Promise<boolean> => {
  writeFileSync(join(dir, "settings.json"), typeof settings === "string" ? settings : JSON.stringify(settings));
  return isWiredBySettings({ CLAUDE_CONFIG_DIR: dir }, event);
};

test("an event is wired where the settings start an executable of ours that exists", async () => {
  expect(await isWiredBySettings({ CLAUDE_CONFIG_DIR: dir }, "stop")).toBe(false);
  expect(await ask("stop", hooksOf(`${binary} hook claude-code stop`))).toBe(true);
  expect(await ask("stop", hooksOf(`'${binary}' hook claude-code stop`))).toBe(true);
  expect(await ask("stop", hooksOf("$HOME/bin/cc-ledger hook claude-code stop"))).toBe(true);
});

test("another event, another program, an executable that is gone, or settings that the client would not load do not wire it", async () => {
  expect(await ask("session-end", hooksOf(`${binary} hook claude-code stop`))).toBe(false);
  expect(await ask("stop", hooksOf(`${binary} hook claude-code subagent-stop`))).toBe(false);
  expect(await ask("stop", hooksOf(`echo ${binary} hook claude-code stop`))).toBe(false);
  expect(await ask("stop", hooksOf(`${binary}-gone/cc-ledger hook claude-code stop`))).toBe(false);
  expect(await ask("stop", `// note\n${JSON.stringify(hooksOf(`${binary} hook claude-code stop`))}`)).toBe(false);
  expect(await ask("stop", { permissions: { allow: [`${binary} hook claude-code stop`] } })).toBe(false);
  expect(await ask("stop", { hooks: { Stop: "cc-ledger hook claude-code stop" } })).toBe(false);
  expect(await ask("stop", "")).toBe(false);
});
