import { expect, test } from "bun:test";
import fc from "fast-check";
import { parse } from "jsonc-parser";
import { hookCommand, ownBinary, shellQuoted } from "../../../../src/agents/claude-code/install/command.ts";
import { renderDiff } from "../../../../src/agents/claude-code/install/diff.ts";
import { eventsFor } from "../../../../src/agents/claude-code/install/events.ts";
import { planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";
import { hookStatus } from "../../../../src/agents/claude-code/install/status.ts";

const BINARY = "/opt/my tools/it's here/cc-ledger";
const EVENTS = eventsFor("2.1.330");
const install = (text: string | null, binaryPath = BINARY): string =>
  planInstall({ text, binaryPath, events: EVENTS }).after;

const FILES: Record<string, string> = {
  empty: "{}\n",
  "no newline": "{}",
  "two spaces": '{\n  "model": "opus",\n  "permissions": { "allow": ["Bash(ls)"] }\n}\n',
  tabs: '{\n\t"z": 1,\n\t"a": [1, 2]\n}\n',
  "four spaces, comments and trailing commas":
    '{\n    // keep me\n    "model": "opus", /* and me */\n    "env": {\n        "A": "1",\n    },\n}\n',
  "foreign hooks":
    '{\n  "hooks": {\n    "Stop": [\n      { "hooks": [{ "type": "command", "command": "say done" }] }\n    ],\n    "PreToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "/home/x/cc-ledger-hook claude-code.sh" }] }]\n  },\n  "model": "opus"\n}\n',
  "empty hooks": '{\n  "hooks": {\n    "Stop": []\n  }\n}\n',
  crlf: '{\r\n  "model": "opus"\r\n}\r\n',
  bom: '\ufeff{\n  "model": "opus"\n}\n',
};

for (const [name, text] of Object.entries(FILES)) {
  test(`install keeps what is there, again is a no-op, uninstall restores: ${name}`, () => {
    const wired = install(text);
    expect(install(wired)).toBe(wired);
    const before = parse(text.replace("\ufeff", "")) as Record<string, unknown>;
    const after = parse(wired.replace("\ufeff", "")) as Record<string, unknown>;
    expect({ ...after, hooks: null }).toEqual({ ...before, hooks: null });
    expect(Object.keys(after).filter((key) => key in before)).toEqual(Object.keys(before));
    expect(hookStatus(wired).wired.sort()).toEqual(EVENTS.map((event) => event.name).sort());
    expect(hookStatus(wired).binaryPaths).toEqual([BINARY]);
    expect(hookStatus(wired).foreign).toBe(hookStatus(text).foreign);
    if (text.includes("\r\n")) expect(wired.replaceAll("\r\n", "")).not.toContain("\n");
    for (const comment of text.match(/\/\/ keep me|\/\* and me \*\//g) ?? []) expect(wired).toContain(comment);
    const restored = planUninstall({ text: wired }).after;
    if (name === "empty hooks") expect(parse(restored)).toEqual({});
    else expect(restored).toBe(text);
  });
}

test("a missing file becomes one that holds only the hooks", () => {
  const wired = parse(install(null)) as { hooks: Record<string, unknown[]> };
  expect(Object.keys(wired)).toEqual(["hooks"]);
  expect(wired.hooks.Stop).toEqual([
    {
      hooks: [
        {
          type: "command",
          command: "'/opt/my tools/it'\\''s here/cc-ledger' hook claude-code stop",
          timeout: 10,
          async: true,
        },
      ],
    },
  ]);
  expect(wired.hooks.SessionEnd).toEqual([
    {
      hooks: [
        {
          type: "command",
          command: "'/opt/my tools/it'\\''s here/cc-ledger' hook claude-code session-end",
          timeout: 8,
        },
      ],
    },
  ]);
});

test("another path replaces ours, duplicates collapse, events of old versions go", () => {
  const doubled = JSON.stringify({
    hooks: {
      Stop: [
        {
          hooks: [
            { type: "command", command: "/old/cc-ledger hook claude-code stop" },
            { type: "command", command: "mine" },
          ],
        },
        { hooks: [{ type: "command", command: "/older/cc-ledger hook claude-code stop", timeout: 3 }] },
      ],
      SubagentStart: [{ hooks: [{ type: "command", command: "/old/cc-ledger hook claude-code subagent-start" }] }],
    },
  });
  const status = hookStatus(
    planInstall({ text: doubled, binaryPath: "/new/cc-ledger", events: eventsFor("1.0.90") }).after,
  );
  expect(status.binaryPaths).toEqual(["/new/cc-ledger"]);
  expect(status.foreign).toBe(1);
  expect(status.wired).not.toContain("SubagentStart");
});

test("only events that the client knows are wired, and nothing async before async hooks", () => {
  expect(eventsFor("1.0.85").map((event) => event.name)).not.toContain("SubagentStart");
  expect(eventsFor("2.0.50").every((event) => !event.async)).toBe(true);
  expect(eventsFor(null)).toEqual(eventsFor("1.0.85"));
  expect(
    eventsFor("2.1.330")
      .filter((event) => !event.async)
      .map((event) => event.name),
  ).toEqual(["SessionEnd"]);
});

test("files that are no settings are refused with their place", () => {
  expect(() => install("{\n  oops\n}")).toThrow(/line 2/);
  expect(() => install("[]")).toThrow(/no object/);
  expect(() => install('{"hooks": []}')).toThrow(/no object/);
  expect(() => install('{"hooks": {"Stop": {}}}')).toThrow(/no list/);
});

test("ownership is what the shell would run, not what the text contains", () => {
  expect(ownBinary("/x/cc-ledger hook claude-code stop")).toBe("/x/cc-ledger");
  expect(ownBinary("'/x y/cc-ledger' hook claude-code session-end")).toBe("/x y/cc-ledger");
  for (const foreign of [
    "/home/me/cc-ledger/hook claude-code stop",
    "echo cc-ledger hook claude-code stop",
    "/x/cc-ledger hook claude-code stop; rm -rf /",
    "/x/cc-ledger hook claude-code stop extra",
    "/x/cc-ledger hook claude-code made-up-event",
    "/x/my-cc-ledger hook claude-code stop",
    "$(cc-ledger hook claude-code stop)",
  ]) {
    expect(ownBinary(foreign)).toBeNull();
  }
});

test("any path survives the shell", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/[\u0000/\\]/.test(text)),
      (name) => {
        const path = `/tmp/${name}/cc-ledger`;
        const { stdout } = Bun.spawnSync(["sh", "-c", `printf %s ${shellQuoted(path)}`]);
        expect(stdout.toString()).toBe(path);
        expect(ownBinary(hookCommand(path, "Stop"))).toBe(path);
      },
    ),
    { numRuns: 60 },
  );
});

test("install then uninstall is the identity on any settings without hooks", () => {
  const value = fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== "hooks" && key !== "__proto__"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(value, fc.constantFrom(2, 4, "\t"), (settings, indent) => {
      const text = `${JSON.stringify(settings, null, indent)}\n`;
      expect(planUninstall({ text: install(text) }).after).toBe(text);
    }),
    { numRuns: 200 },
  );
});

test("the diff shows what changes and little else", () => {
  expect(renderDiff("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n")).toBe(
    "...\n b\n c\n-d\n+X\n e\n f".replace("...\n", ""),
  );
  expect(renderDiff("", "a\n")).toBe("+a");
});
