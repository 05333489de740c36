import { addDays, dayOf } from "../platform/time.ts";
import {
  type Clock,
  countOf,
  type Days,
  dayFrom,
  isoWeek,
  lastUnits,
  momentOn,
  monthOf,
  type Span,
  spanOf,
  type Unit,
  unitAt,
  weekdayOf,
  weekdayOfDay,
} from "./periodWords.ts";

/** Phrases of time, one after the other: what each of them means on the person's calendar. */

/** What a phrase means, before it is known whether it stands alone or bounds a range. */
export interface Meaning extends Span {
  /** A moment rather than a span: alone it means "since then". */
  isMoment?: boolean;
  /** It names no year (or week): in a range the start may be meant a year (a week) earlier. */
  earlier?: () => Meaning;
}

/** Meaning of one phrase; `asStart` where it says from when. */
export function meaningOf(phrase: string, clock: Clock, asStart: boolean): Meaning | null {
  const said = phrase
    .replace(/^(?:the|on|in|at) /, "")
    .replace(/,/g, " ")
    .replace(/(\d)(?:st|nd|rd|th)\b/g, "$1")
    .replace(/ of /g, " ")
    .replace(/ +/g, " ")
    .trim();
  return (
    ago(said, clock, asStart) ??
    rolling(said, clock) ??
    toDate(said, clock) ??
    calendarUnit(said, clock) ??
    weekday(said, clock) ??
    month(said, clock) ??
    numbered(said, clock) ??
    date(said, clock) ??
    moment(said, clock)
  );
}

function days(value: Days | null, clock: Clock): Meaning | null {
  return value === null ? null : spanOf(value, clock.timeZone);
}

/** `3 days ago`, `a week ago`: the day, week or month; as a start the very day. */
function ago(said: string, clock: Clock, asStart: boolean): Meaning | null {
  const found = /^(\w+) (minute|hour|day|week|month|quarter|year)s? ago$/.exec(said);
  const count = found === null ? null : countOf(found[1] as string);
  if (found === null || count === null) return null;
  const unit = found[2] as Unit | "hour" | "minute";
  if (unit === "hour" || unit === "minute") {
    const fromMs = clock.nowMs - count * (unit === "hour" ? 3_600_000 : 60_000);
    return { fromMs, toMs: fromMs + 1, isMoment: true };
  }
  if (!asStart || unit === "day") return days(unitAt(unit, clock.today, -count), clock);
  const { from } = unit === "week" ? { from: addDays(clock.today, -7 * count) } : lastUnits(unit, count, clock.today);
  return days({ from, to: addDays(from, 1) }, clock);
}

const SHORT: Readonly<Record<string, Unit | "hour" | "minute">> = {
  h: "hour",
  hr: "hour",
  hrs: "hour",
  d: "day",
  w: "week",
  m: "month",
  y: "year",
  min: "minute",
  mins: "minute",
};

/** `last 7 days`, `past week`, `24h`: up to now, today counted. */
function rolling(said: string, clock: Clock): Meaning | null {
  const long = /^(?:(?:last|past|previous) )?(\w+) (minute|hour|day|week|month|quarter|year)s$/.exec(said);
  const past =
    /^(?:past|last|previous) (?:(a|an|one|1) )?(minute|hour)$|^past (?:(a|one|1) )?(day|week|month|quarter|year)$/.exec(
      said,
    );
  const short = /^(?:(?:last|past) )?(\d{1,5}) ?(h|hrs?|d|w|m|y|mins?)$/.exec(said);
  const word = long?.[1] ?? short?.[1] ?? (past === null ? undefined : "1");
  const unit = long?.[2] ?? (short === null ? undefined : SHORT[short[2] as string]) ?? past?.[2] ?? past?.[4];
  const count = word === undefined ? null : countOf(word);
  if (count === null || count === 0 || count > 100_000 || unit === undefined) return null;
  if (unit === "hour" || unit === "minute") {
    const length = unit === "hour" ? 3_600_000 : 60_000;
    return { fromMs: clock.nowMs - count * length, toMs: clock.nowMs + 1 };
  }
  // A thousand years are everything.
  if (count * { day: 1, week: 7, month: 31, quarter: 92, year: 366 }[unit as Unit] > 366_000) return null;
  return days(lastUnits(unit as Unit, count, clock.today), clock);
}

/** `month to date`, `ytd`. */
function toDate(said: string, clock: Clock): Meaning | null {
  const units: Readonly<Record<string, Unit>> = { wtd: "week", mtd: "month", qtd: "quarter", ytd: "year" };
  const unit = units[said] ?? (/^(day|week|month|quarter|year) to date$/.exec(said)?.[1] as Unit | undefined);
  return unit === undefined ? null : days(unitAt(unit, clock.today), clock);
}

/** `today`, `this week`, `last month`, `week`, `this morning`, `last weekend`. */
function calendarUnit(said: string, clock: Clock): Meaning | null {
  const { today, timeZone } = clock;
  if (said === "today" || said === "now") return days(unitAt("day", today), clock);
  if (said === "yesterday") return days(unitAt("day", today, -1), clock);
  if (said === "day before yesterday") return days(unitAt("day", today, -2), clock);
  const part = /^(?:this )?(morning|afternoon|evening|tonight)$/.exec(said)?.[1];
  if (part !== undefined) {
    const [from, to] = part === "morning" ? [0, 12] : part === "afternoon" ? [12, 18] : [18, 24];
    return { fromMs: momentOn(today, from as number, 0, timeZone), toMs: momentOn(today, to as number, 0, timeZone) };
  }
  const found = /^(?:(this|current|last|previous|past) )?(day|week|month|quarter|year|weekend)$/.exec(said);
  if (found === null) return null;
  const back = found[1] === undefined || found[1] === "this" || found[1] === "current" ? 0 : -1;
  if (found[2] !== "weekend") return days(unitAt(found[2] as Unit, today, back), clock);
  const saturday = addDays(unitAt("week", today, back).from, 5);
  return days({ from: saturday, to: addDays(saturday, 2) }, clock);
}

/** The latest such day, today included; `last friday` lies before today. */
function weekday(said: string, clock: Clock): Meaning | null {
  const found = /^(?:(this|last|past|previous) )?([a-z]+)$/.exec(said);
  const wanted = found === null ? null : weekdayOf(found[2] as string);
  if (found === null || wanted === null) return null;
  const { today } = clock;
  const isLast = found[1] !== undefined && found[1] !== "this";
  const back = (weekdayOfDay(today) - wanted + 7) % 7;
  const day = addDays(today, found[1] === "this" ? wanted - weekdayOfDay(today) : -(back === 0 && isLast ? 7 : back));
  const at = (from: string): Meaning => spanOf({ from, to: addDays(from, 1) }, clock.timeZone);
  return { ...at(day), ...(found[1] === undefined && { earlier: () => at(addDays(day, -7)) }) };
}

/** `october`, `oct 2025`, `last october`: without a year the latest that has begun. */
function month(said: string, clock: Clock): Meaning | null {
  const found = /^(?:(this|last|past|previous) )?(?:(\d{4}) )?([a-z]+)\.?(?: (\d{4}))?$/.exec(said);
  const wanted = found === null ? null : monthOf(found[3] as string);
  if (found === null || wanted === null) return null;
  const year = found[2] ?? found[4];
  const at = (whichYear: number): Meaning | null => {
    const first = dayFrom(whichYear, wanted, 1);
    return first === null ? null : days(unitAt("month", first), clock);
  };
  if (year !== undefined) return at(Number(year));
  const thisYear = Number(clock.today.slice(0, 4));
  const now = Number(clock.today.slice(5, 7));
  if (found[1] === "this") return at(thisYear);
  const isPast = wanted < now || (wanted === now && found[1] === undefined);
  const chosen = isPast ? thisYear : thisYear - 1;
  const meaning = at(chosen);
  return meaning === null ? null : { ...meaning, earlier: () => at(chosen - 1) ?? meaning };
}

const QUARTERS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4 };

/** `2026`, `2026-10`, `10/2026`, `Q3`, `Q3 2025`, `2026-W45`, `week 45`. */
function numbered(said: string, clock: Clock): Meaning | null {
  const thisYear = Number(clock.today.slice(0, 4));
  if (/^[12]\d{3}$/.test(said)) return days({ from: `${said}-01-01`, to: `${Number(said) + 1}-01-01` }, clock);
  const yearMonth = /^(\d{4})[-/](\d{1,2})$/.exec(said) ?? null;
  const monthYear = /^(\d{1,2})\/(\d{4})$/.exec(said);
  if (yearMonth !== null || monthYear !== null) {
    const [year, wanted] = yearMonth !== null ? [yearMonth[1], yearMonth[2]] : [monthYear?.[2], monthYear?.[1]];
    const first = dayFrom(Number(year), Number(wanted), 1);
    return first === null ? null : days(unitAt("month", first), clock);
  }
  const quarter =
    /^(?:(\d{4})[ -]?)?q([1-4])(?:[ -]?(\d{4}))?$/.exec(said) ??
    /^(?:(\d{4}) )?(first|second|third|fourth|[1-4]) quarter(?: (\d{4}))?$/.exec(said);
  if (quarter !== null) {
    const wanted = QUARTERS[quarter[2] as string] ?? Number(quarter[2]);
    const year = quarter[1] ?? quarter[3];
    const at = (whichYear: number): Meaning => {
      const from = dayFrom(whichYear, wanted * 3 - 2, 1) as string;
      return spanOf(unitAt("quarter", from), clock.timeZone);
    };
    if (year !== undefined) return at(Number(year));
    const hasBegun = wanted * 3 - 2 <= Number(clock.today.slice(5, 7));
    const chosen = hasBegun ? thisYear : thisYear - 1;
    return { ...at(chosen), earlier: () => at(chosen - 1) };
  }
  const week = /^(?:(\d{4})[ -]?)?w(\d{1,2})$/.exec(said) ?? /^()(?:calendar )?week (\d{1,2})$/.exec(said);
  if (week !== null) return days(isoWeek(week[1] ? Number(week[1]) : thisYear, Number(week[2])), clock);
  return null;
}

/** `2026-10-05`, `20261005`, `5.10.2026`, `october 5`, `5 oct 2025`. Without a year the latest that is not to come. */
function date(said: string, clock: Clock): Meaning | null {
  const day = dayIn(said, clock);
  if (day === null) return null;
  const at = (from: string): Meaning => spanOf({ from, to: addDays(from, 1) }, clock.timeZone);
  if (day.hasYear) return at(day.day);
  const before = dayFrom(Number(day.day.slice(0, 4)) - 1, Number(day.day.slice(5, 7)), Number(day.day.slice(8)));
  return { ...at(day.day), ...(before !== null && { earlier: () => at(before) }) };
}

function dayIn(said: string, clock: Clock): { day: string; hasYear: boolean } | null {
  const sorted =
    /^(?<y>\d{4})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})$/.exec(said) ??
    /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/.exec(said) ??
    /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$/.exec(said);
  const spoken =
    /^(?<n>[a-z]+)\.? (?<d>\d{1,2})(?: (?<y>\d{4}))?$/.exec(said) ??
    /^(?<d>\d{1,2}) (?<n>[a-z]+)\.?(?: (?<y>\d{4}))?$/.exec(said);
  const found = (sorted ?? spoken)?.groups;
  if (found === undefined) return null;
  const wanted = found.m === undefined ? monthOf(found.n as string) : Number(found.m);
  if (wanted === null) return null;
  const thisYear = Number(clock.today.slice(0, 4));
  for (const year of found.y === undefined ? [thisYear, thisYear - 1, thisYear - 2, thisYear - 3] : [Number(found.y)]) {
    const day = dayFrom(year, wanted, Number(found.d));
    if (day !== null && (found.y !== undefined || day <= clock.today)) return { day, hasYear: found.y !== undefined };
  }
  return null;
}

/** `2026-10-05T14:00`, `9am`, `noon`, `yesterday at 14:30`: a moment of the person's clock, or one with an offset of its own. */
function moment(said: string, clock: Clock): Meaning | null {
  const iso = /^(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?) ?(z|[+-]\d{2}:?\d{2})$/.exec(said);
  if (iso !== null) {
    const fromMs = Date.parse(`${iso[1]}T${iso[2]}${(iso[3] as string).toUpperCase()}`);
    return Number.isFinite(fromMs) ? { fromMs, toMs: fromMs + 1, isMoment: true } : null;
  }
  const found =
    /^(?:(?<on>.+?)[t ](?:at )?)?(?:(?<h>\d{1,2}):(?<m>\d{2})(?::\d{2})? ?(?<half>am|pm)?|(?<h2>\d{1,2}) ?(?<half2>am|pm)|(?<word>noon|midnight))$/.exec(
      said,
    )?.groups;
  if (found === undefined) return null;
  const half = found.half ?? found.half2;
  const said12 = found.word === "noon" ? 12 : found.word === "midnight" ? 0 : Number(found.h ?? found.h2);
  if (half !== undefined && (said12 < 1 || said12 > 12)) return null;
  const hour = half === undefined ? said12 : (said12 % 12) + (half === "pm" ? 12 : 0);
  const minute = Number(found.m ?? 0);
  if (hour > 23 || minute > 59) return null;
  const day = found.on === undefined ? null : wholeDay(found.on, clock);
  if (found.on !== undefined && day === null) return null;
  let fromMs = momentOn(day ?? clock.today, hour, minute, clock.timeZone);
  if (day === null && fromMs > clock.nowMs) fromMs = momentOn(addDays(clock.today, -1), hour, minute, clock.timeZone);
  return { fromMs, toMs: fromMs + 1, isMoment: true };
}

/** The one day that a phrase means, null for anything longer. */
function wholeDay(phrase: string, clock: Clock): string | null {
  const meaning = calendarUnit(phrase, clock) ?? weekday(phrase, clock) ?? date(phrase, clock);
  if (meaning === null) return null;
  const day = dayOf(meaning.fromMs, clock.timeZone);
  return dayOf(meaning.toMs - 1, clock.timeZone) === day ? day : null;
}
