import type { LiveSession } from "../reports/liveSessions.ts";

/** What keys do. Pure: a state and a key make the next state, and at most one thing to be done. */

export const SORTS = ["cost", "burn", "recent", "name"] as const;
export type Sort = (typeof SORTS)[number];

export interface ViewState {
  sort: Sort;
  /** Session that the keys are about, null while there is none. It stays the same one when the order changes. */
  selected: string | null;
  /** Session shown in full, null while the list is. */
  open: string | null;
  /** Lines that the open session is scrolled down. */
  scroll: number;
  /** Session that is to be allowed, while the person is asked. */
  asking: string | null;
  help: boolean;
  paused: boolean;
  /** What the last key did, until the next one. */
  message: string | null;
}

export type KeyName =
  | "up"
  | "down"
  | "pageUp"
  | "pageDown"
  | "home"
  | "end"
  | "enter"
  | "escape"
  | "ctrl-c"
  /** Any other character, as it was typed. */
  | { text: string };

export type Effect =
  | { kind: "open"; sessionId: string | null }
  | { kind: "allow"; sessionId: string; how: "hour" | "for good" | "take back" }
  | { kind: "pause"; paused: boolean }
  | { kind: "quit" };

export interface Step {
  state: ViewState;
  effect: Effect | null;
}

export const START: ViewState = {
  sort: "cost",
  selected: null,
  open: null,
  scroll: 0,
  asking: null,
  help: false,
  paused: false,
  message: null,
};

const PAGE = 10;

/** Sessions in the order that a person chose; those that have ended come last. */
export function sorted(sessions: readonly LiveSession[], sort: Sort): LiveSession[] {
  const by: Record<Sort, (a: LiveSession, b: LiveSession) => number> = {
    cost: (a, b) => b.costNanoUsd - a.costNanoUsd,
    burn: (a, b) => b.burnNanoUsdPerHour - a.burnNanoUsdPerHour,
    recent: (a, b) => b.lastAtMs - a.lastAtMs,
    name: (a, b) => nameOf(a).localeCompare(nameOf(b)),
  };
  return [...sessions].sort(
    (a, b) =>
      Number(a.state === "ended") - Number(b.state === "ended") ||
      by[sort](a, b) ||
      (a.sessionId < b.sessionId ? -1 : 1),
  );
}

function nameOf({ title, sessionId }: LiveSession): string {
  return title ?? sessionId;
}

/** The session that is selected in a list: the chosen one while it is there, else the first. */
export function selectedOf(state: ViewState, order: readonly string[]): string | null {
  return state.selected !== null && order.includes(state.selected) ? state.selected : (order[0] ?? null);
}

/** What a key makes of a state. `order` are the ids of the sessions as they are listed. */
export function step(state: ViewState, key: KeyName, order: readonly string[]): Step {
  const at = { ...state, message: null };
  if (key === "ctrl-c") return { state: at, effect: { kind: "quit" } };
  if (state.asking !== null) return answered(at, state.asking, key);
  if (state.help) return { state: { ...at, help: false }, effect: isText(key, "q") ? { kind: "quit" } : null };
  if (typeof key === "object") return typed(at, key.text, order);
  if (key === "escape") return closed(at);
  if (key === "enter") return opened(at, order);
  return { state: at.open === null ? moved(at, key, order) : scrolled(at, key), effect: null };
}

function isText(key: KeyName, text: string): boolean {
  return typeof key === "object" && key.text === text;
}

/** While the person is asked, every key but an answer means no. */
function answered(state: ViewState, sessionId: string, key: KeyName): Step {
  const calm = { ...state, asking: null };
  const how = isText(key, "y") ? "for good" : isText(key, "h") ? "hour" : isText(key, "r") ? "take back" : null;
  if (how === null) return { state: { ...calm, message: "Nothing was changed." }, effect: null };
  return { state: calm, effect: { kind: "allow", sessionId, how } };
}

function typed(state: ViewState, text: string, order: readonly string[]): Step {
  const only = (next: ViewState): Step => ({ state: next, effect: null });
  switch (text) {
    case "q":
      return { state, effect: { kind: "quit" } };
    case "s":
      return only({ ...state, sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length] as Sort });
    case "S":
      return only({
        ...state,
        sort: SORTS[(SORTS.indexOf(state.sort) + SORTS.length - 1) % SORTS.length] as Sort,
      });
    case "j":
      return step(state, "down", order);
    case "k":
      return step(state, "up", order);
    case "g":
      return step(state, "home", order);
    case "G":
      return step(state, "end", order);
    case "?":
      return only({ ...state, help: true });
    case "a":
      return only({ ...state, asking: state.open ?? selectedOf(state, order) });
    case "p":
    case " ": {
      const paused = !state.paused;
      return { state: { ...state, paused }, effect: { kind: "pause", paused } };
    }
    default:
      return only(state);
  }
}

function opened(state: ViewState, order: readonly string[]): Step {
  const sessionId = selectedOf(state, order);
  if (state.open !== null || sessionId === null) return { state, effect: null };
  return {
    state: { ...state, selected: sessionId, open: sessionId, scroll: 0 },
    effect: { kind: "open", sessionId },
  };
}

function closed(state: ViewState): Step {
  if (state.open === null) return { state, effect: null };
  return { state: { ...state, open: null, scroll: 0 }, effect: { kind: "open", sessionId: null } };
}

type Motion = "up" | "down" | "pageUp" | "pageDown" | "home" | "end";

function moved(state: ViewState, key: Motion, order: readonly string[]): ViewState {
  const selected = selectedOf(state, order);
  if (selected === null) return state;
  const steps: Record<Motion, number> = {
    up: -1,
    down: 1,
    pageUp: -PAGE,
    pageDown: PAGE,
    home: -order.length,
    end: order.length,
  };
  const to = Math.min(order.length - 1, Math.max(0, order.indexOf(selected) + steps[key]));
  return { ...state, selected: order[to] ?? selected };
}

/** The lowest line that can be scrolled to is known to who draws; it never shows less than the last line. */
const BOTTOM = 100_000;

function scrolled(state: ViewState, key: Motion): ViewState {
  const to: Record<Motion, number> = {
    up: state.scroll - 1,
    down: state.scroll + 1,
    pageUp: state.scroll - PAGE,
    pageDown: state.scroll + PAGE,
    home: 0,
    end: BOTTOM,
  };
  return { ...state, scroll: Math.max(0, to[key]) };
}
