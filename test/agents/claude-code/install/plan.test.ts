import { describe, expect, test } from "bun:test";
import { parse } from "jsonc-parser";
import { eventsFor, WIRED_NAMES } from "../../../../src/agents/claude-code/install/events.ts";
import { planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";
import { BINARY, EVENTS, hook, install, uninstall } from "./support.ts";

const STOP = EVENTS.filter(({ name }) => name === "Stop");
const installStop = (text: string | null): string => install(text, "/usr/bin/cc-ledger", STOP);

/** What is written for Stop, at a depth of four blanks within an indentation of two. */
const STOP_BLOCK = `{
        "hooks": [
          {
            "type": "command",
            "command": "/usr/bin/cc-ledger hook claude-code stop",
            "timeout": 5
          }
        ]
      }`;

describe("install", () => {
  test("makes a file that holds only the hooks", () => {
    expect(installStop(null)).toBe(`{\n  "hooks": {\n    "Stop": [\n      ${STOP_BLOCK}\n    ]\n  }\n}\n`);
    expect(installStop("")).toBe(installStop(null));
    expect(uninstall(installStop(null))).toBe("{}\n");
  });

  test("appends after what is there, in the order and layout of the file", () => {
    const before = '{\n  "z": 1,\n  "model": "opus", // mine\n  "a": { "b": [1, 2] }\n}\n';
    expect(installStop(before)).toBe(
      `{\n  "z": 1,\n  "model": "opus", // mine\n  "a": { "b": [1, 2] },\n  "hooks": {\n    "Stop": [\n      ${STOP_BLOCK}\n    ]\n  }\n}\n`,
    );
  });

  test.each([
    ["tabs", '{\n\t"a": 1\n}', "\t", "\n"],
    ["three blanks", '{\n   "a": 1\n}', "   ", "\n"],
    ["four blanks and CRLF", '{\r\n    "a": 1\r\n}\r\n', "    ", "\r\n"],
  ])("indents with %s where the file does", (_, before, indent, eol) => {
    const lines = installStop(before).split(eol);
    expect(lines.slice(1, 5)).toEqual([
      `${indent}"a": 1,`,
      `${indent}"hooks": {`,
      `${indent}${indent}"Stop": [`,
      `${indent}${indent}${indent}{`,
    ]);
    expect(lines.some((line) => line.includes("\n"))).toBe(false);
  });

  test("writes tool events with their tools, and the client waits for SessionEnd only", () => {
    const { hooks } = parse(install(null));
    const tools = "Bash|PowerShell|Edit|Write|MultiEdit|NotebookEdit|EnterWorktree|ExitWorktree|Agent|Task";
    const command = "'/opt/my tools/it'\\''s $HERE/cc-ledger' hook claude-code ";
    expect(hooks.PostToolUse).toEqual([
      { matcher: tools, hooks: [{ ...hook(`${command}post-tool-use`), timeout: 10, async: true }] },
    ]);
    expect(hooks.SessionEnd).toEqual([{ hooks: [{ ...hook(`${command}session-end`), timeout: 5 }] }]);
    expect(Object.keys(hooks)).toEqual([...WIRED_NAMES]);
  });

  test("adds a block of its own beside those of others, also for the same tools", () => {
    const before = `{\n  "hooks": {\n    "Stop": [\n      {\n        "hooks": [{ "type": "command", "command": "say done" }] // loud\n      }\n    ]\n  }\n}\n`;
    const mine = '{\n        "hooks": [{ "type": "command", "command": "say done" }] // loud\n      }';
    expect(installStop(before)).toBe(before.replace(mine, `${mine},\n      ${STOP_BLOCK}`));
  });

  test("another path changes our entries in place, whatever stands around them", () => {
    const before = `{
  "hooks": {
    "Stop": [
      { "hooks": [ {"type": "command", "command": "/old/cc-ledger hook claude-code stop", "timeout": 3}, {"type": "command", "command": "mine"} ] }
    ],
    "PreToolUse": []
  }
}`;
    expect(installStop(before)).toBe(
      before.replace(
        '{"type": "command", "command": "/old/cc-ledger hook claude-code stop", "timeout": 3}',
        '{"type":"command","command":"/usr/bin/cc-ledger hook claude-code stop","timeout":5}',
      ),
    );
    const { notes } = planInstall({ text: before, binaryPath: "/usr/bin/cc-ledger", events: STOP });
    expect(notes).toEqual(["The hooks no longer start /old/cc-ledger."]);
  });

  test("entries of ours that stand twice become one, and blocks that held only ours go", () => {
    const ours = (path: string): object => ({ hooks: [hook(`${path} hook claude-code stop`)] });
    const mixed = { hooks: [hook("mine"), hook("'/a b/cc-ledger' hook claude-code stop")] };
    const before = { hooks: { Stop: [ours("/x/cc-ledger"), { hooks: [] }, mixed, ours("/y/cc-ledger.exe")] } };
    expect(parse(installStop(JSON.stringify(before)))).toEqual({
      hooks: {
        Stop: [
          { hooks: [{ ...hook("/usr/bin/cc-ledger hook claude-code stop"), timeout: 5 }] },
          { hooks: [] },
          { hooks: [hook("mine")] },
        ],
      },
    });
  });

  test("an entry of ours for the wrong tools or event moves to where it belongs", () => {
    const post = EVENTS.filter(({ name }) => name === "PostToolUse");
    const before = {
      hooks: {
        PostToolUse: [{ matcher: "*", hooks: [hook("/x/cc-ledger hook claude-code post-tool-use")] }],
        Stop: [{ hooks: [hook("/x/cc-ledger hook claude-code session-end")] }],
      },
    };
    const after = parse(install(JSON.stringify(before), "/x/cc-ledger", post));
    expect(after.hooks.PostToolUse.map((block: { matcher: string }) => block.matcher)).toEqual([
      post[0]?.matcher ?? "",
    ]);
    expect(after.hooks.Stop).toBeUndefined();
  });

  test("events that are no longer wired, or that a namesake wired, are taken out", () => {
    const before = JSON.stringify({
      hooks: {
        PreToolUse: [{ matcher: "*", hooks: [hook("/x/cc-ledger hook claude-code pre-tool-use")] }],
        StopFailure: [{ hooks: [hook("/x/cc-ledger hook claude-code stop-failure"), hook("mine")] }],
        Stop: [{ matcher: "", hooks: [hook("/x/cc-ledger hook claude-code stop")] }],
      },
    });
    expect(parse(installStop(before)).hooks).toEqual({
      StopFailure: [{ hooks: [hook("mine")] }],
      Stop: [{ matcher: "", hooks: [{ ...hook("/usr/bin/cc-ledger hook claude-code stop"), timeout: 5 }] }],
    });
  });

  test("refuses an executable whose hooks uninstall would not know again", () => {
    for (const path of ["/usr/bin/bun", "/opt/cc-ledger-linux-x64", "/opt/cc-ledger/"])
      expect(() => install("{}", path)).toThrow("must be called cc-ledger");
    for (const path of ["C:\\Tools\\cc-ledger.exe", "/opt/\n/cc-ledger"])
      expect(uninstall(install("{}", path))).toBe("{}");
  });

  test("says so where the file keeps hooks from running", () => {
    const notes = (text: string): string[] => planInstall({ text, binaryPath: BINARY, events: EVENTS }).notes;
    expect(notes('{"disableAllHooks": true}')[0]).toContain("disableAllHooks");
    expect(notes('{\n  "a": 1, // note\n  "b": 2\n}')[0]).toContain("in line 2");
    expect(notes('{\n  "a": 1,\n}')[0]).toContain("trailing comma in line");
    expect(notes('{"a": 1}')).toEqual([]);
    expect(planInstall({ text: "{}", binaryPath: BINARY, events: [] })).toMatchObject({ changed: false, after: "{}" });
  });
});

describe("uninstall", () => {
  test("leaves a file without our hooks alone", () => {
    for (const text of ["", "\n", "{}", '{ "hooks": {} }\n', '{"hooks":{"Stop":[ ]}}', "\ufeff{ }"])
      expect(planUninstall({ text })).toEqual({ changed: false, before: text, after: text, notes: [] });
    expect(planUninstall({ text: null })).toEqual({ changed: false, before: "", after: "", notes: [] });
  });

  test.each([
    '{ "hooks": {} }',
    '{\n  "hooks": {\n  }\n}',
    '{"hooks":{"Stop":[ /* none */ ],"Other":[]}}',
    "{\n}\n",
    "{ // c\n}",
  ])("leaves what was there and empty: %j", (text) => {
    expect(install(text)).not.toBe(text);
    expect(uninstall(install(text))).toBe(text);
  });

  test("leaves what was added since", () => {
    const wired = installStop('{\n  "a": 1\n}\n');
    const added = wired.replace('"hooks": {\n', '"hooks": {\n    "PreToolUse": [ {"hooks": []} ], // later\n');
    expect(uninstall(added)).toBe('{\n  "a": 1,\n  "hooks": {\n    "PreToolUse": [ {"hooks": []} ] // later\n  }\n}\n');
  });

  test("takes entries of every version and path out", () => {
    const text = JSON.stringify({
      hooks: { Stop: [{ hooks: [hook('"$HOME/bin/cc-ledger" hook claude-code stop')] }], Setup: [] },
    });
    expect(uninstall(install(text, BINARY, eventsFor("1.0.85")))).toBe('{"hooks":{"Setup":[]}}');
  });
});

describe("no settings file", () => {
  test.each([
    ["{\n  oops\n}", "settings.json is broken at line 2, column 3: InvalidSymbol"],
    ['{"a": 1', "settings.json is broken at line 1, column 8: CloseBraceExpected"],
    ["[]", "settings.json, line 1, column 1: the file is a list, not an object"],
    ["null", "settings.json, line 1, column 1: the file is a value of type null, not an object"],
    ['{\n "hooks": []}', 'settings.json, line 2, column 11: "hooks" is a list, not an object'],
    ['{"hooks": null}', 'settings.json, line 1, column 11: "hooks" is a value of type null, not an object'],
    ['{"hooks": {"Mine": {}}}', 'settings.json, line 1, column 20: "hooks.Mine" is a value of type object, not a list'],
    ['{"hooks": {},\n "hooks": {}}', 'settings.json, line 2, column 2: "hooks" stands there twice'],
    ['{"hooks": {"Stop": [], "Stop": []}}', 'settings.json, line 1, column 24: "hooks.Stop" stands there twice'],
    ['{"hooks": {"Stop": [{"hooks": [], "hooks": []}]}}', '"hooks.Stop.0.hooks" stands there twice'],
    [`{"a": ${"[".repeat(200_000)}`, "settings.json is nested too deeply"],
  ])("is refused with the place: case %#", (text, message) => {
    expect(() => install(text)).toThrow(message);
    expect(() => uninstall(text)).toThrow(message);
  });

  test("odd blocks and entries are somebody else's", () => {
    const text = JSON.stringify({
      hooks: { Stop: [null, 3, { hooks: {} }, { hooks: [null, "cc-ledger", { command: 1 }] }] },
    });
    expect(uninstall(install(text))).toBe(text);
  });
});
