import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { eventsFor } from "../../../../src/agents/claude-code/install/events.ts";
import { planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";
import { hookStatus } from "../../../../src/agents/claude-code/install/status.ts";
import { BINARY, EVENTS } from "./support.ts";

const PLAIN = "/usr/bin/cc-ledger";

function wire(text: string | null, binaryPath = PLAIN, statusline = true): string {
  return planInstall({ text, binaryPath, events: EVENTS, statusline }).after;
}

function unwire(text: string, only?: "statusline"): string {
  return planUninstall({ text, ...(only === undefined ? {} : { only }) }).after;
}

const commandOf = (text: string): string => JSON.parse(text).statusLine.command;

describe("install --statusline", () => {
  test("makes ours the statusline where there is none", () => {
    const after = wire('{\n  "model": "opus"\n}\n');
    expect(JSON.parse(after).statusLine).toEqual({ type: "command", command: "/usr/bin/cc-ledger statusline" });
    expect(Object.keys(JSON.parse(after))).toEqual(["model", "hooks", "statusLine"]);
    expect(unwire(after)).toBe('{\n  "model": "opus"\n}\n');
    expect(unwire(wire(null))).toBe("{}\n");
  });

  test("wraps the command that is there, and keeps whatever stands beside it", () => {
    const before =
      '{"statusLine": {"padding": 0, "type": "command", "command": "~/bin/line --x \'a b\'", "refreshInterval": 5}}';
    const after = wire(before);
    expect(JSON.parse(after).statusLine).toEqual({
      padding: 0,
      type: "command",
      command: `/usr/bin/cc-ledger statusline --wrap '~/bin/line --x '\\''a b'\\'''`,
      refreshInterval: 5,
    });
    expect(unwire(after)).toBe(before);
    expect(planInstall({ text: before, binaryPath: PLAIN, events: EVENTS, statusline: true }).notes.join()).toContain(
      "~/bin/line --x 'a b'",
    );
  });

  test("again it changes nothing, and a new path replaces the old one without wrapping it", () => {
    const before = '{"statusLine": {"type": "command", "command": "date"}}';
    const once = wire(before);
    expect(wire(once)).toBe(once);
    const moved = wire(once, BINARY);
    expect(commandOf(moved)).toBe(`'/opt/my tools/it'\\''s $HERE/cc-ledger' statusline --wrap 'date'`);
    expect(wire(moved, BINARY)).toBe(moved);
    expect(unwire(moved)).toBe(before);
  });

  test("without the flag one of ours follows the executable, and one of others stays", () => {
    const ours = wire("{}");
    expect(commandOf(wire(ours, BINARY, false))).toStartWith("'/opt/my tools");
    const other = '{"statusLine":{"type":"command","command":"date"}}';
    expect(commandOf(wire(other, PLAIN, false))).toBe("date");
    expect(JSON.parse(wire("{}", PLAIN, false)).statusLine).toBeUndefined();
  });

  test("a script that merely mentions us is somebody else's, and is wrapped", () => {
    for (const command of ["cc-ledger statusline | tee /tmp/x", "/x/my-cc-ledger statusline", "cc-ledger stats"]) {
      const before = JSON.stringify({ statusLine: { type: "command", command } });
      expect(commandOf(wire(before))).toStartWith("/usr/bin/cc-ledger statusline --wrap ");
      expect(unwire(wire(before))).toBe(before);
    }
  });

  test("uninstall --statusline leaves the hooks", () => {
    const before = '{"statusLine": {"type": "command", "command": "date"}}';
    const after = unwire(wire(before), "statusline");
    expect(commandOf(after)).toBe("date");
    expect(hookStatus(after).wired).toHaveLength(EVENTS.length);
    expect(unwire(after)).toBe(before);
  });

  test.each([
    ['{"statusLine": "date"}', "runs no command"],
    ['{"statusLine": {"type": "static", "text": "x"}}', "runs no command"],
    ['{"statusLine": {"type": "command", "command": 5}}', "runs no command"],
    ['{"statusLine": null}', "runs no command"],
    ['{"statusLine": {}, "statusLine": {}}', '"statusLine" stands there twice'],
    ['{"statusLine": {"type": "command", "command": "a", "command": "b"}}', '"statusLine.command" stands there twice'],
  ])("a statusline that cannot be wrapped is refused: %s", (text, message) => {
    expect(() => wire(text)).toThrow(message);
  });

  test("an odd statusline does not keep the hooks from being wired, or taken out", () => {
    for (const before of ['{"statusLine": {"type": "static", "text": "x"}}', '{"statusLine": 1, "statusLine": 2}'])
      expect(unwire(wire(before, PLAIN, false))).toBe(before);
  });

  test("status tells whose the statusline is", () => {
    expect(hookStatus(wire("{}")).statusline).toBe(PLAIN);
    expect(hookStatus('{"statusLine": {"type": "command", "command": "date"}}').statusline).toBeNull();
    expect(hookStatus('{"statusLine": 5}').statusline).toBeNull();
  });
});

describe("whatever the command and however it is written", () => {
  /** A JSON string of a command, with escapes where none are needed. */
  const literal = fc
    .tuple(
      fc.string({ unit: fc.constantFrom("a", "'", '"', "\\", "$", " ", "/", "\n", "é", "\u0000", "`", "😀", "u0027") }),
      fc.infiniteStream(fc.nat(3)),
    )
    .map(([command, choices]) => {
      const units = [...command].map((char) => {
        const choice = choices.next().value;
        const plain = JSON.stringify(char).slice(1, -1);
        if (choice === 0 && char.length === 1) return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
        return choice === 1 && char === "/" ? "\\/" : plain;
      });
      return { command, json: `"${units.join("")}"` };
    });

  test("the shell hands it to us as it was, and uninstall gives it back to the byte", () => {
    fc.assert(
      fc.property(literal, fc.constantFrom(PLAIN, BINARY), fc.boolean(), ({ command, json }, binary, pretty) => {
        const text = pretty
          ? `{\n    "statusLine": {\n        "type": "command",\n        "command": ${json}\n    },\n    "a": 1\n}\n`
          : `{"statusLine":{"command":${json},"type":"command","padding":0}}`;
        const wrapped = wire(text, binary);
        expect(shellWordsOf(commandOf(wrapped)).slice(1)).toEqual(["statusline", "--wrap", command]);
        expect(wire(wire(wrapped, BINARY), binary)).toBe(wrapped);
        expect(unwire(wrapped)).toBe(text);
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  test("also after the client wrote the file anew, and hooks came and went", () => {
    fc.assert(
      fc.property(literal, ({ command, json }) => {
        const text = `{"statusLine":{"type":"command","command":${json}}}`;
        const rewritten = JSON.stringify(JSON.parse(wire(text)), null, 2);
        const updated = planInstall({ text: rewritten, binaryPath: BINARY, events: eventsFor("2.0.50") }).after;
        expect(JSON.parse(unwire(updated))).toEqual({ statusLine: { type: "command", command } });
      }),
      { numRuns: 150 },
    );
  });
});

/** Words of a command as a shell of this machine reads them: the oracle for our own quoting. */
function shellWordsOf(command: string): string[] {
  const text = command.replaceAll("\0", "NUL");
  const ran = Bun.spawnSync(["sh", "-c", `for word in ${text}; do printf '%s\\000' "$word"; done`], {
    env: { PATH: process.env.PATH ?? "" },
  });
  return ran.stdout
    .toString()
    .split("\0")
    .slice(0, -1)
    .map((word) => word.replaceAll("NUL", "\0"));
}
