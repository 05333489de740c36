import { describe, expect, test } from "bun:test";
import type { LiveSession } from "../../src/reports/liveSessions.ts";
import { type KeyName, START, selectedOf, sorted, step, type ViewState } from "../../src/watch/state.ts";
import { liveSession } from "./made.ts";

const ORDER = ["a", "b", "c"];

/** Presses keys one after another; single characters are typed, longer words are names of keys. */
function press(state: ViewState, ...keys: string[]): { state: ViewState; effects: unknown[] } {
  const effects: unknown[] = [];
  let at = state;
  for (const key of keys) {
    const next = step(at, key.length === 1 ? { text: key } : (key as KeyName), ORDER);
    at = next.state;
    if (next.effect !== null) effects.push(next.effect);
  }
  return { state: at, effects };
}

describe("selecting", () => {
  test("the first one is selected until a key says otherwise", () => {
    expect(selectedOf(START, ORDER)).toBe("a");
    expect(selectedOf(START, [])).toBeNull();
    expect(press(START, "down").state.selected).toBe("b");
    expect(press(START, "j", "j").state.selected).toBe("c");
    expect(press(START, "G").state.selected).toBe("c");
    expect(press(START, "G", "g").state.selected).toBe("a");
    expect(press(START, "pageDown", "k").state.selected).toBe("b");
  });

  test("it stops at either end", () => {
    expect(press(START, "up").state.selected).toBe("a");
    expect(press(START, "down", "down", "down", "down").state.selected).toBe("c");
  });

  test("it stays with its session when the order changes, and goes to the first where the session is gone", () => {
    const { state } = press(START, "down");
    expect(selectedOf(state, ["c", "a", "b"])).toBe("b");
    expect(selectedOf(state, ["c", "a"])).toBe("c");
  });

  test("without sessions every key is harmless", () => {
    for (const key of ["up", "down", "enter", "home", "end"] as const) {
      expect(step(START, key, [])).toEqual({ state: START, effect: null });
    }
    expect(step(START, { text: "a" }, []).state.asking).toBeNull();
  });
});

describe("opening", () => {
  test("enter opens, esc goes back", () => {
    const opened = press(START, "down", "enter");
    expect(opened.state).toMatchObject({ open: "b", selected: "b", scroll: 0 });
    expect(opened.effects).toEqual([{ kind: "open", sessionId: "b" }]);
    const closed = press(opened.state, "down", "down", "escape");
    expect(closed.state).toMatchObject({ open: null, selected: "b", scroll: 0 });
    expect(closed.effects).toEqual([{ kind: "open", sessionId: null }]);
  });

  test("an open session is scrolled, not below its start", () => {
    const { state } = press(START, "enter");
    expect(press(state, "down", "down").state.scroll).toBe(2);
    expect(press(state, "pageDown", "up").state.scroll).toBe(9);
    expect(press(state, "down", "pageUp").state.scroll).toBe(0);
    expect(press(state, "down").state.selected).toBe("a");
  });

  test("esc in the list and enter in an open session do nothing", () => {
    expect(press(START, "escape")).toEqual({ state: START, effects: [] });
    const { state } = press(START, "enter");
    expect(press(state, "enter").effects).toEqual([]);
  });
});

describe("allowing", () => {
  test("it asks first", () => {
    const asked = press(START, "down", "a");
    expect(asked.state.asking).toBe("b");
    expect(asked.effects).toEqual([]);
    expect(press(asked.state, "y").effects).toEqual([{ kind: "allow", sessionId: "b", how: "for good" }]);
    expect(press(asked.state, "h").effects).toEqual([{ kind: "allow", sessionId: "b", how: "hour" }]);
    expect(press(asked.state, "r").effects).toEqual([{ kind: "allow", sessionId: "b", how: "take back" }]);
    expect(press(asked.state, "y").state.asking).toBeNull();
  });

  test("any other key means no; q does not quit there", () => {
    const { state } = press(START, "a");
    for (const key of ["n", "q", "enter", "escape", "x"]) {
      const next = press(state, key);
      expect(next.effects).toEqual([]);
      expect(next.state).toMatchObject({ asking: null, message: "Nothing was changed." });
    }
    expect(press(state, "ctrl-c").effects).toEqual([{ kind: "quit" }]);
  });

  test("in an open session it is about that one", () => {
    const { state } = press(START, "down", "enter", "a");
    expect(state.asking).toBe("b");
  });
});

test("s goes through the orders and round, S back", () => {
  expect(press(START, "s").state.sort).toBe("burn");
  expect(press(START, "s", "s").state.sort).toBe("recent");
  expect(press(START, "s", "s", "s").state.sort).toBe("name");
  expect(press(START, "s", "s", "s", "s").state.sort).toBe("cost");
  expect(press(START, "S").state.sort).toBe("name");
});

test("p holds the picture and lets it go on", () => {
  expect(press(START, "p", "p").effects).toEqual([
    { kind: "pause", paused: true },
    { kind: "pause", paused: false },
  ]);
});

test("help is closed by any key, which does nothing else; q quits", () => {
  const { state } = press(START, "?");
  expect(state.help).toBe(true);
  expect(press(state, "down").state).toMatchObject({ help: false, selected: null });
  expect(press(state, "q").effects).toEqual([{ kind: "quit" }]);
  expect(press(START, "q").effects).toEqual([{ kind: "quit" }]);
});

test("what was said goes with the next key", () => {
  expect(press({ ...START, message: "done" }, "x").state.message).toBeNull();
});

describe("sorted", () => {
  const sessions: LiveSession[] = [
    liveSession({ sessionId: "1", title: "beta", costNanoUsd: 5, burnNanoUsdPerHour: 1, lastAtMs: 30 }),
    liveSession({ sessionId: "2", title: "Alpha", costNanoUsd: 9, burnNanoUsdPerHour: 0, lastAtMs: 10 }),
    liveSession({ sessionId: "3", title: null, costNanoUsd: 5, burnNanoUsdPerHour: 7, lastAtMs: 20 }),
    liveSession({
      sessionId: "4",
      title: "over",
      costNanoUsd: 99,
      burnNanoUsdPerHour: 99,
      lastAtMs: 99,
      state: "ended",
    }),
  ];
  const order = (sort: ViewState["sort"]): string =>
    sorted(sessions, sort)
      .map(({ sessionId }) => sessionId)
      .join("");

  test("by each order; those that have ended last; ties by id", () => {
    expect(order("cost")).toBe("2134");
    expect(order("burn")).toBe("3124");
    expect(order("recent")).toBe("1324");
    expect(order("name")).toBe("3214");
  });
});
