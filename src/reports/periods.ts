import type { Database } from "bun:sqlite";
import { addDays, dayOf, startOfDay } from "../platform/time.ts";

/** Calendar periods in a person's zone. Weeks begin on Monday. `toMs` is exclusive. */
export interface Period {
  fromMs: number;
  toMs: number;
  /** First day of it, `YYYY-MM-DD`. */
  day: string;
}

export interface Calendar {
  timeZone: string;
  day: Period;
  week: Period;
  month: Period;
}

/** The day, week and month that hold a moment. */
export function calendarAt(nowMs: number, timeZone: string): Calendar {
  const today = dayOf(nowMs, timeZone);
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  const monday = addDays(today, -weekday);
  const first = `${today.slice(0, 7)}-01`;
  const next = `${addDays(first, 31).slice(0, 7)}-01`;
  const period = (from: string, to: string): Period => ({
    fromMs: startOfDay(from, timeZone),
    toMs: startOfDay(to, timeZone),
    day: from,
  });
  return {
    timeZone,
    day: period(today, addDays(today, 1)),
    week: period(monday, addDays(monday, 7)),
    month: period(first, next),
  };
}

const KEY = "glance.calendar";

interface Kept extends Calendar {
  /** What the zone was told by: the setting, or the environment. */
  toldBy: string;
}

/** The calendar that was kept in the book, null where it is of another day or zone. Loading the runtime's tables of zones takes a hook
 *  longer than all it has to do, so that it is done once a day. `toldBy` is what names the zone: the setting, or `TZ`. */
export function keptCalendar(db: Database, nowMs: number, toldBy: string): Calendar | null {
  const text = db.query<{ value: string }, [string]>("SELECT value FROM meta WHERE key = ?").get(KEY)?.value;
  if (text === undefined) return null;
  const kept = JSON.parse(text) as Kept;
  return kept.toldBy === toldBy && nowMs >= kept.day.fromMs && nowMs < kept.day.toMs ? kept : null;
}

/** Keeps a calendar for {@link keptCalendar}. */
export function keepCalendar(db: Database, calendar: Calendar, toldBy: string): void {
  db.query("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(KEY, JSON.stringify({ ...calendar, toldBy }));
}
