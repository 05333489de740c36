import { UserError } from "../platform/errors.ts";
import { addDays, dayOf, startOfDay, timeZoneOf } from "../platform/time.ts";

/** What part of the book a report looks at. `toMs` is exclusive; null means without a bound. */
export interface Filters {
  fromMs: number | null;
  toMs: number | null;
  timeZone: string;
  repo: string | null;
  branch: string | null;
  model: string | null;
  agent: string | null;
  top: number;
  /** How the period was asked for, for headings. */
  period: string;
}

/** The flags that every report takes, as a person writes them. */
export interface FilterFlags {
  since?: string | undefined;
  until?: string | undefined;
  timezone?: string | undefined;
  repo?: string | undefined;
  branch?: string | undefined;
  model?: string | undefined;
  agent?: string | undefined;
  top?: number | undefined;
}

export const DEFAULT_SINCE = "30d";
export const DEFAULT_TOP = 20;
const MAX_TOP = 100_000;

/** Reads the filter flags. Bounds are inclusive as a person reads them: `--until 2026-11-20` holds all of that day, `--since 7d`
 *  holds today and the six days before, `24h` the last 24 hours to the minute. Throws a {@link UserError} for anything else. */
export function filtersOf(flags: FilterFlags, nowMs: number, defaultSince = DEFAULT_SINCE): Filters {
  const timeZone = timeZoneOf(flags.timezone);
  const since = flags.since ?? defaultSince;
  const fromMs = boundOf("--since", since, nowMs, timeZone, "from");
  const toMs = flags.until === undefined ? null : boundOf("--until", flags.until, nowMs, timeZone, "to");
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw new UserError(`--since ${since} lies after --until ${flags.until}`);
  }
  const top = flags.top ?? DEFAULT_TOP;
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    throw new UserError(`--top must be a whole number from 1 to ${MAX_TOP}, but is ${top}`);
  }
  return {
    fromMs,
    toMs,
    timeZone,
    repo: flags.repo ?? null,
    branch: flags.branch ?? null,
    model: flags.model ?? null,
    agent: flags.agent ?? null,
    top,
    period: flags.until === undefined ? since : `${since} to ${flags.until}`,
  };
}

function boundOf(flag: string, text: string, nowMs: number, timeZone: string, side: "from" | "to"): number | null {
  const value = text.trim().toLowerCase();
  if (value === "all") return null;
  const span = /^(\d{1,6})(h|d|w|m)$/.exec(value);
  if (span !== null) return spanBound(flag, Number(span[1]), span[2] as string, nowMs, timeZone);
  if (value === "today" || value === "yesterday") {
    const day = addDays(dayOf(nowMs, timeZone), value === "today" ? 0 : -1);
    return startOfDay(side === "from" ? day : addDays(day, 1), timeZone);
  }
  const compact = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(value);
  if (compact !== null) {
    const day = `${compact[1]}-${compact[2]}-${compact[3]}`;
    const parsed = Date.parse(`${day}T00:00:00Z`);
    if (Number.isFinite(parsed) && new Date(parsed).toISOString().slice(0, 10) === day) {
      return startOfDay(side === "from" ? day : addDays(day, 1), timeZone);
    }
  }
  const moment = /^\d{4}-\d{2}-\d{2}t/.test(value) ? Date.parse(momentText(text.trim(), timeZone)) : Number.NaN;
  if (Number.isFinite(moment)) return side === "from" ? moment : moment + 1;
  throw new UserError(
    `${flag} ${JSON.stringify(text)} is no period`,
    "Use all, today, yesterday, a span such as 24h, 7d, 4w or 6m, or a date such as 2026-11-20.",
  );
}

/** A moment without an offset is meant in the chosen zone. */
function momentText(text: string, timeZone: string): string {
  if (/(z|[+-]\d{2}:?\d{2})$/i.test(text)) return text;
  const day = text.slice(0, 10);
  const asUtc = Date.parse(`${text}Z`);
  return new Date(startOfDay(day, timeZone) + (asUtc - Date.parse(`${day}T00:00:00Z`))).toISOString();
}

function spanBound(flag: string, count: number, unit: string, nowMs: number, timeZone: string): number {
  if (count === 0) throw new UserError(`${flag} 0${unit} is an empty period`);
  if (unit === "h") return nowMs - count * 3_600_000;
  const today = dayOf(nowMs, timeZone);
  if (unit === "m") {
    const date = new Date(`${today}T00:00:00Z`);
    date.setUTCMonth(date.getUTCMonth() - count);
    return startOfDay(date.toISOString().slice(0, 10), timeZone);
  }
  const days = unit === "w" ? count * 7 : count;
  return startOfDay(addDays(today, 1 - days), timeZone);
}
