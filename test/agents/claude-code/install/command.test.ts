import { expect, test } from "bun:test";
import fc from "fast-check";
import { hookCommand, ownBinary, shellQuoted } from "../../../../src/agents/claude-code/install/command.ts";

test("a plain path stands bare, any other within single quotes", () => {
  expect(hookCommand("/usr/local/bin/cc-ledger", "SessionStart")).toBe(
    "/usr/local/bin/cc-ledger hook claude-code session-start",
  );
  expect(hookCommand("/a b/$c/it's/cc-ledger", "Stop")).toBe("'/a b/$c/it'\\''s/cc-ledger' hook claude-code stop");
});

test("Windows paths get slashes, which Git Bash takes; a backslash elsewhere is a part of the name", () => {
  expect(hookCommand("C:\\Tools\\cc-ledger.exe", "Stop")).toBe("C:/Tools/cc-ledger.exe hook claude-code stop");
  expect(hookCommand("C:\\Jane Doe\\cc-ledger.exe", "Stop")).toBe("'C:/Jane Doe/cc-ledger.exe' hook claude-code stop");
  expect(hookCommand("\\\\host\\share\\cc-ledger.exe", "Stop")).toBe(
    "//host/share/cc-ledger.exe hook claude-code stop",
  );
  expect(hookCommand("/a\\b/cc-ledger", "Stop")).toBe("'/a\\b/cc-ledger' hook claude-code stop");
});

test.each([
  ["/x/cc-ledger hook claude-code stop", "/x/cc-ledger"],
  ["cc-ledger hook claude-code pre-tool-use", "cc-ledger"],
  ["'/x y/cc-ledger' hook claude-code session-end", "/x y/cc-ledger"],
  ['  "/x y/cc-ledger.exe"\thook  claude-code post-model-switch ', "/x y/cc-ledger.exe"],
  ["/x\\ y/cc-ledger hook claude-code stop", "/x y/cc-ledger"],
  ['"$HOME/bin/cc-ledger" hook claude-code stop', "$HOME/bin/cc-ledger"],
  [`\${HOME}/bin/cc-ledger hook claude-code stop`, `\${HOME}/bin/cc-ledger`],
  ['"C:\\Tools\\cc-ledger.exe" hook claude-code stop', "C:\\Tools\\cc-ledger.exe"],
])("ours: %s", (command, path) => {
  expect(ownBinary(command)).toBe(path);
});

test.each([
  "",
  "/home/me/cc-ledger/hook claude-code stop",
  "/home/me/cc-ledger/run.sh hook claude-code stop",
  "/work/cc-ledger-hook claude-code stop",
  "echo cc-ledger hook claude-code stop",
  "env X=1 /x/cc-ledger hook claude-code stop",
  "/x/cc-ledger hook claude-code stop; rm -rf /",
  "/x/cc-ledger hook claude-code stop && say done",
  "/x/cc-ledger hook claude-code stop\nsay done",
  "/x/cc-ledger hook claude-code stop extra",
  "/x/cc-ledger hook claude-code made-up-event",
  "/x/cc-ledger hook codex stop",
  "/x/cc-ledger stats claude-code stop",
  "/x/my-cc-ledger hook claude-code stop",
  "/x/CC-LEDGER hook claude-code stop",
  "$(which cc-ledger) hook claude-code stop",
  '"$(which cc-ledger)" hook claude-code stop',
  '"`which cc-ledger`" hook claude-code stop',
  "/x/cc-ledge? hook claude-code stop",
  "'/x/cc-ledger hook claude-code stop",
  '"/x/cc-ledger hook claude-code stop',
  "/x/cc-ledger hook claude-code stop\\",
])("somebody else's: %j", (command) => {
  expect(ownBinary(command)).toBeNull();
});

test("any path survives sh, and is recognised again", () => {
  const odd = fc.constantFrom(
    " ",
    "'",
    '"',
    "$",
    "`",
    "\\",
    "!",
    "*",
    "~",
    "#",
    ";",
    "&",
    "\n",
    "\u00e9",
    "{",
    "-",
    "=",
    "%",
  );
  const name = fc.oneof(fc.string({ unit: odd, maxLength: 8 }), fc.string({ unit: "binary", maxLength: 12 }));
  fc.assert(
    fc.property(name, (text) => {
      fc.pre(!text.includes("\0") && text.isWellFormed());
      const path = `/${text}/cc-ledger`;
      const { stdout } = Bun.spawnSync(["sh", "-c", `printf %s ${shellQuoted(path)}`], { env: {} });
      expect(stdout.toString()).toBe(path);
      expect(ownBinary(hookCommand(path, "Stop"))).toBe(path);
    }),
    { numRuns: 60 },
  );
});
