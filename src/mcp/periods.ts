import { UserError } from "../platform/errors.ts";
import { dayOf } from "../platform/time.ts";
import { nearest } from "./nearest.ts";
import { type Clock, VOCABULARY } from "./periodWords.ts";
import { meaningOf } from "./phrases.ts";
import { shown } from "./schema.ts";

/** Periods as people say them: `this week`, `since Monday`, `october`, `2026-10-01..2026-10-15`. */

/** A period of a person's calendar. Bounds are epoch milliseconds, `toMs` is exclusive; null is without a bound. */
export interface Period {
  /** As it was asked for, in its plain form. */
  label: string;
  fromMs: number | null;
  toMs: number | null;
  timeZone: string;
}

export const PERIOD_EXAMPLES =
  "today, yesterday, this week, last month, last 7 days, past 24 hours, since Monday, October, 2026-10, Q3, 2026-10-01..2026-10-15, all";

const LONGEST = 100;

/** Reads a period in a person's zone. Throws a {@link UserError} with examples for anything that is none, and for one that has not begun. */
export function periodOf(text: string, nowMs: number, timeZone: string): Period {
  const said = normalised(text);
  const clock = { nowMs, timeZone, today: dayOf(nowMs, timeZone) };
  const bounds = said.length > LONGEST ? null : boundsOf(said, clock);
  if (bounds === null) throw unknownPeriod(text, said);
  const { fromMs, toMs } = bounds;
  if (fromMs !== null && fromMs > nowMs)
    throw new UserError(`the period ${shown(text)} has not begun yet`, `Today is ${clock.today} (${timeZone}).`);
  if (fromMs !== null && toMs !== null && fromMs >= toMs)
    throw new UserError(`the period ${shown(text)} ends before it begins`, `Write for example: ${PERIOD_EXAMPLES}.`);
  return { label: said, fromMs, toMs, timeZone };
}

function normalised(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s\u00a0]+/g, " ")
    .replace(/[?!.,;"]+$/g, "")
    .replace(/^["\s]+/, "")
    .trim()
    .replace(/^(?:(?:in|during|for|over|within|on|at|of) )?(?:the )?(?=\S)/, "")
    .trim();
}

function unknownPeriod(text: string, said: string): UserError {
  const guess = said
    .split(" ")
    .map((word) => (/^[a-z]{4,}$/.test(word) ? (nearest(word, VOCABULARY, 2)[0] ?? word) : word))
    .join(" ");
  const hint = guess === said ? "" : `Did you mean ${shown(guess)}? `;
  return new UserError(`${shown(text)} is no period`, `${hint}Write for example: ${PERIOD_EXAMPLES}.`);
}

type Bounds = Pick<Period, "fromMs" | "toMs">;

const TO = "(?:to|until|till|through|thru|up to|and)";

function boundsOf(said: string, clock: Clock): Bounds | null {
  if (/^(?:all|all ?time|ever|everything|total|always|entire history|whole history|all of it)$/.test(said))
    return { fromMs: null, toMs: null };
  const since = /^(?:since|from|starting|after) (.+)$/.exec(said);
  const range =
    new RegExp(`^(?:(?:from|between|since) )?(.+?)(?: ${TO} | ?(?:\\.\\.+|[\u2013\u2014]) ?| - )(.+)$`).exec(said) ??
    null;
  if (range !== null) return rangeOf(range[1] as string, range[2] as string, clock);
  if (since !== null) {
    const start = meaningOf(since[1] as string, clock, true);
    if (start === null) return null;
    return { fromMs: said.startsWith("after ") && start.isMoment !== true ? start.toMs : start.fromMs, toMs: null };
  }
  const until = /^(until|till|through|thru|up to|before) (.+)$/.exec(said);
  if (until !== null) {
    const end = meaningOf(until[2] as string, clock, false);
    return end === null ? null : { fromMs: null, toMs: until[1] === "before" ? end.fromMs : end.toMs };
  }
  const alone = meaningOf(said, clock, false);
  if (alone === null) return null;
  return { fromMs: alone.fromMs, toMs: alone.isMoment === true ? null : alone.toMs };
}

function rangeOf(first: string, second: string, clock: Clock): Bounds | null {
  let start = meaningOf(withUnitOf(first, second), clock, true);
  const end = /^(?:now|date)$/.test(second)
    ? { fromMs: clock.nowMs, toMs: clock.nowMs + 1 }
    : meaningOf(second, clock, false);
  if (start === null || end === null) return null;
  if (start.fromMs >= end.toMs && start.earlier !== undefined) start = start.earlier();
  return { fromMs: start.fromMs, toMs: end.toMs };
}

/** `1 to 15 october`: the first day lacks what the second has. */
function withUnitOf(first: string, second: string): string {
  if (!/^\d{1,2}(?:st|nd|rd|th)?$/.test(first)) return first;
  const rest = /^\d{1,2}(?:st|nd|rd|th)?(?: of)? (.+)$/.exec(second)?.[1];
  return rest === undefined ? first : `${first} ${rest}`;
}
