import { expect, test } from "bun:test";
import { eventsFor, isEventWord, kebab } from "../../../../src/agents/claude-code/install/events.ts";

const names = (version: string | null): string[] => eventsFor(version).map(({ name }) => name);

test.each([
  ["1.0.40", []],
  ["1.0.41", ["PostToolUse", "SubagentStop", "Stop"]],
  ["1.0.84", ["SessionStart", "UserPromptSubmit", "PostToolUse", "SubagentStop", "Stop", "PreCompact"]],
  ["1.0.85", ["SessionStart", "UserPromptSubmit", "PostToolUse", "SubagentStop", "Stop", "PreCompact", "SessionEnd"]],
])("client %s gets only what it knows", (version, expected) => {
  expect(names(version)).toEqual(expected);
});

test("each border lies where the changelog or the packages put it", () => {
  for (const [event, before, since] of [
    ["SubagentStart", "2.0.42", "2.0.43"],
    ["PostToolUseFailure", "2.0.55", "2.0.56"],
    ["StopFailure", "2.1.77", "2.1.78"],
    ["SessionEnd", "1.0.84", "1.0.85"],
    ["PostToolBatch", "2.1.239", "2.1.240"],
  ] as const) {
    expect(names(before)).not.toContain(event);
    expect(names(since)).toContain(event);
  }
  expect(names("2.1.330")).toHaveLength(11);
  expect(names("3.0.0")).toHaveLength(11);
});

test("an unknown client gets what every client since SessionEnd knows", () => {
  expect(names(null)).toEqual(names("1.0.85"));
});

test("the client waits for the end and for what may speak to the person, and for that not long", () => {
  const waited = ["PostToolBatch", "Stop", "SessionEnd"];
  for (const { name, async: background, timeoutS } of eventsFor("2.1.330")) {
    expect(background).toBe(!waited.includes(name));
    expect(timeoutS).toBe(waited.includes(name) ? 5 : 10);
  }
});

test("only while something can be held up is the client made to ask before each tool and prompt", () => {
  expect(names("2.1.330")).not.toContain("PreToolUse");
  const holding = eventsFor("2.1.330", true).filter(({ name }) => name === "PreToolUse" || name === "UserPromptSubmit");
  expect(holding.map(({ name, async: background }) => [name, background])).toEqual([
    ["PreToolUse", false],
    ["UserPromptSubmit", false],
  ]);
  expect(eventsFor("1.0.40", true)).toEqual([]);
});

test("the command line writes events in kebab case, and knows those of every version", () => {
  expect(kebab("PostToolUseFailure")).toBe("post-tool-use-failure");
  expect(["session-end", "pre-tool-use", "worktree-create"].every(isEventWord)).toBe(true);
  expect(["SessionEnd", "stop-it", ""].some(isEventWord)).toBe(false);
});
