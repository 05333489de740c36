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
  ] as const) {
    expect(names(before)).not.toContain(event);
    expect(names(since)).toContain(event);
  }
  expect(names("2.1.330")).toHaveLength(10);
  expect(names("3.0.0")).toHaveLength(10);
});

test("an unknown client gets what every client since SessionEnd knows", () => {
  expect(names(null)).toEqual(names("1.0.85"));
});

test("the client waits for SessionEnd alone, and for that not long", () => {
  for (const { name, async: background, timeoutS } of eventsFor("2.1.330")) {
    expect(background).toBe(name !== "SessionEnd");
    expect(timeoutS).toBe(name === "SessionEnd" ? 5 : 10);
  }
});

test("the command line writes events in kebab case, and knows those of every version", () => {
  expect(kebab("PostToolUseFailure")).toBe("post-tool-use-failure");
  expect(["session-end", "pre-tool-use", "worktree-create"].every(isEventWord)).toBe(true);
  expect(["SessionEnd", "stop-it", ""].some(isEventWord)).toBe(false);
});
