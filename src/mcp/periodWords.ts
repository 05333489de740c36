import { addDays, offsetAt, startOfDay } from "../platform/time.ts";

/** Single words of time: what span of days or of hours one of them means. Everything is told from `now` in a person's zone; days are
 *  `YYYY-MM-DD`. Weeks begin on Monday. */

/** A span of whole days; `to` is exclusive. */
export interface Days {
  from: string;
  to: string;
}

/** A span of time; `toMs` is exclusive. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export interface Clock {
  nowMs: number;
  timeZone: string;
  today: string;
}

export type Unit = "day" | "week" | "month" | "quarter" | "year";

const MONTHS = [
  ["january", "jan"],
  ["february", "feb"],
  ["march", "mar"],
  ["april", "apr"],
  ["may"],
  ["june", "jun"],
  ["july", "jul"],
  ["august", "aug"],
  ["september", "sep", "sept"],
  ["october", "oct"],
  ["november", "nov"],
  ["december", "dec"],
] as const;

const WEEKDAYS = [
  ["monday", "mon"],
  ["tuesday", "tue", "tues"],
  ["wednesday", "wed"],
  ["thursday", "thu", "thur", "thurs"],
  ["friday", "fri"],
  ["saturday", "sat"],
  ["sunday", "sun"],
] as const;

const NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

/** All words that a period may be made of, to guess what was meant. */
export const VOCABULARY: readonly string[] = [
  ...MONTHS.map(([name]) => name),
  ...WEEKDAYS.map(([name]) => name),
  ..."today yesterday all since last this past week weeks month months year years quarter day days hours until weekend".split(
    " ",
  ),
];

/** 1..12, or null for no month. */
export function monthOf(word: string): number | null {
  const at = MONTHS.findIndex((names) => (names as readonly string[]).includes(word.replace(/\.$/, "")));
  return at < 0 ? null : at + 1;
}

/** 0 for Monday, or null for no weekday. */
export function weekdayOf(word: string): number | null {
  const at = WEEKDAYS.findIndex((names) => (names as readonly string[]).includes(word));
  return at < 0 ? null : at;
}

/** `7`, `seven` or `a`; null for anything else. */
export function countOf(word: string): number | null {
  if (/^\d{1,6}$/.test(word)) return Number(word);
  if (word === "a" || word === "an") return 1;
  const at = NUMBERS.indexOf(word);
  return at < 0 ? null : at;
}

/** Weekday of a day, 0 for Monday. */
export function weekdayOfDay(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** `YYYY-MM-DD`, or null where the calendar has no such day. */
export function dayFrom(year: number, month: number, day: number): string | null {
  const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");
  const said = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const parsed = Date.parse(`${said}T00:00:00Z`);
  return Number.isFinite(parsed) && new Date(parsed).toISOString().slice(0, 10) === said ? said : null;
}

/** First day of the month that lies `count` months after that of a day. */
export function monthAfter(day: string, count: number): string {
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + count;
  return `${String(Math.floor(months / 12)).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}-01`;
}

/** The unit of the calendar that holds a day, moved by so many of them. */
export function unitAt(unit: Unit, day: string, moved = 0): Days {
  if (unit === "day") {
    const from = addDays(day, moved);
    return { from, to: addDays(from, 1) };
  }
  if (unit === "week") {
    const from = addDays(day, moved * 7 - weekdayOfDay(day));
    return { from, to: addDays(from, 7) };
  }
  const months = unit === "month" ? 1 : unit === "quarter" ? 3 : 12;
  const into = unit === "month" ? 0 : (Number(day.slice(5, 7)) - 1) % months;
  const from = monthAfter(day, moved * months - into);
  return { from, to: monthAfter(from, months) };
}

/** The last so many units up to and with today: `last 7 days` holds today and the six before. */
export function lastUnits(unit: Unit, count: number, today: string): Days {
  const to = addDays(today, 1);
  if (unit === "day") return { from: addDays(to, -count), to };
  if (unit === "week") return { from: addDays(to, -7 * count), to };
  const months = count * (unit === "month" ? 1 : unit === "quarter" ? 3 : 12);
  const first = monthAfter(today, -months);
  // The same day of that month, or its last where it has none.
  const last = addDays(monthAfter(first, 1), -1);
  const same = `${first.slice(0, 8)}${today.slice(8)}`;
  return { from: same > last ? last : same, to };
}

/** ISO week of a year, or null where the year has none of that number. */
export function isoWeek(year: number, week: number): Days | null {
  const fourth = dayFrom(year, 1, 4);
  if (fourth === null || week < 1 || week > 53) return null;
  const from = addDays(fourth, (week - 1) * 7 - weekdayOfDay(fourth));
  // The week belongs to the year of its Thursday.
  return addDays(from, 3).slice(0, 4) === String(year) ? { from, to: addDays(from, 7) } : null;
}

/** Days as moments. */
export function spanOf(days: Days, timeZone: string): Span {
  return { fromMs: startOfDay(days.from, timeZone), toMs: startOfDay(days.to, timeZone) };
}

/** A moment of the person's clock on a day. Where the clock skips it, the moment that the clock would have shown it at. */
export function momentOn(day: string, hour: number, minute: number, timeZone: string): number {
  const wall = Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * 60_000;
  const ms = wall - offsetAt(wall, timeZone);
  return wall - offsetAt(ms, timeZone);
}
