import { expect, test } from "bun:test";
import { eventsFor, WIRED_NAMES } from "../../../../src/agents/claude-code/install/events.ts";
import { hookStatus } from "../../../../src/agents/claude-code/install/status.ts";
import { BINARY, hook, install } from "./support.ts";

test("no file and an empty one have no hooks", () => {
  const none = {
    wired: [],
    missing: [...WIRED_NAMES],
    binaryPaths: [],
    foreign: 0,
    disableAllHooks: false,
    statusline: null,
    problem: null,
  };
  expect(hookStatus("")).toEqual(none);
  expect(hookStatus("\ufeff{}\n")).toEqual(none);
});

test("ours and those of others are told apart", () => {
  const text = JSON.stringify({
    disableAllHooks: true,
    hooks: {
      Stop: [{ hooks: [hook("say done"), hook("/other/cc-ledger hook claude-code stop")] }],
      Setup: [{ hooks: [{}] }],
    },
  });
  const status = hookStatus(text);
  expect(status).toMatchObject({
    wired: ["Stop"],
    binaryPaths: ["/other/cc-ledger"],
    foreign: 2,
    disableAllHooks: true,
  });
  expect(hookStatus(install(text))).toMatchObject({ missing: [], binaryPaths: [BINARY], foreign: 2 });
});

test("what an older client was wired for is not all there is", () => {
  expect(hookStatus(install("{}", BINARY, eventsFor("2.0.50"))).missing).toEqual([
    "PostToolUseFailure",
    "PostToolBatch",
    "StopFailure",
  ]);
});

test("a file that the client refuses has a problem", () => {
  expect(hookStatus(install('{\n  "a": 1 // note\n}'))).toMatchObject({
    missing: [],
    problem: expect.stringContaining("line 2"),
  });
  expect(hookStatus("{")).toMatchObject({ wired: [], problem: expect.stringContaining("broken at line 1") });
  expect(hookStatus("[]").problem).toContain("not an object");
});
