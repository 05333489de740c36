import type { Database } from "bun:sqlite";
import type { Env } from "../platform/paths.ts";
import { timeZoneOf } from "../platform/time.ts";
import { type Calendar, calendarAt, keptCalendar } from "../reports/periods.ts";

/** The calendar of a moment for processes that must be quick. The zone's tables are loaded once a day; in between the book remembers where the
 *  day ends. `setting` is the zone in the config; `keep` is handed a calendar that was worked out anew, and what it was told by. */
export function calendarOf(
  db: Database,
  setting: string | null,
  env: Env,
  nowMs: number,
  keep: (calendar: Calendar, toldBy: string) => void,
): Calendar {
  const by = toldBy(setting, env);
  const kept = keptCalendar(db, nowMs, by);
  if (kept !== null) return kept;
  const calendar = calendarAt(nowMs, timeZoneOf(setting ?? undefined));
  keep(calendar, by);
  return calendar;
}

/** What names the zone, without asking the runtime for it. */
export function toldBy(setting: string | null, env: Env): string {
  return setting ?? `TZ=${env.TZ ?? ""}`;
}
