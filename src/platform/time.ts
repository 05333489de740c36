import { fs } from "./builtins.ts";
import { UserError } from "./errors.ts";

/** Calendar arithmetic in a named time zone. Days are cut where the person's clock cuts them. */

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** This machine's zone. The runtime's own tables cost ten milliseconds to load, so the usual places are asked first. */
function systemZone(): string {
  const { TZ } = process.env;
  if (TZ === "UTC" || TZ === "Etc/UTC") return "UTC";
  if (TZ === undefined || TZ === "") {
    const link = fs().lstatSync("/etc/localtime", { throwIfNoEntry: false })?.isSymbolicLink()
      ? fs().readlinkSync("/etc/localtime")
      : "";
    const name = /zoneinfo\/(.+)$/.exec(link)?.[1];
    if (name === "UTC" || name === "Etc/UTC") return "UTC";
    if (name !== undefined) return name;
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Checks a time zone name; the system's zone for undefined. */
export function timeZoneOf(name: string | undefined): string {
  if (name === undefined) return systemZone();
  if (name === "UTC") return name;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new UserError(`unknown time zone ${JSON.stringify(name)}`, "Use an IANA name such as Europe/Berlin, or UTC.");
  }
}

/** What a clock in the zone shows at `ms`, as if it were UTC: the offset is the difference. Milliseconds. */
export function offsetAt(ms: number, timeZone: string): number {
  if (timeZone === "UTC") return 0;
  const fields: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(ms)) fields[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/** Day of a moment in the zone, `YYYY-MM-DD`. */
export function dayOf(ms: number, timeZone: string): string {
  return new Date(ms + offsetAt(ms, timeZone)).toISOString().slice(0, 10);
}

/** First moment of a day in the zone. Where the clock skips midnight, the first moment after it. */
export function startOfDay(day: string, timeZone: string): number {
  const wall = Date.parse(`${day}T00:00:00Z`);
  let ms = wall - offsetAt(wall, timeZone);
  ms = wall - offsetAt(ms, timeZone);
  if (dayOf(ms, timeZone) < day) ms += offsetAt(ms + DAY_MS / 2, timeZone) - offsetAt(ms, timeZone);
  while (dayOf(ms - 1, timeZone) >= day) ms -= 1_800_000;
  while (dayOf(ms, timeZone) < day) ms += 1_800_000;
  return ms;
}

/** The day `count` days after another one. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

const HOUR_MS = 3_600_000;
const SAMPLE_MS = 10 * DAY_MS;

/** Maps moments of a span to days of a zone quickly: the zone's clock changes in the span are found once, by bisection. */
export class DayMap {
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];

  constructor(fromMs: number, toMs: number, timeZone: string) {
    let at = fromMs;
    let offset = offsetAt(at, timeZone);
    this.#starts.push(Number.NEGATIVE_INFINITY);
    this.#offsets.push(offset);
    while (at < toMs) {
      const next = Math.min(at + SAMPLE_MS, toMs);
      const nextOffset = offsetAt(next, timeZone);
      if (nextOffset !== offset) {
        let low = at;
        let high = next;
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if (offsetAt(middle, timeZone) === offset) low = middle;
          else high = middle;
        }
        this.#starts.push(high);
        this.#offsets.push(nextOffset);
        offset = nextOffset;
      }
      at = next;
    }
  }

  /** Place of the entry that answered last: the next moment is mostly near. */
  #at = 0;

  /** Number of the day (since 1970-01-01 on the zone's calendar) that holds a moment. */
  dayNumberOf(ms: number): number {
    let at = this.#at;
    while ((this.#starts[at] as number) > ms) at--;
    while (at + 1 < this.#starts.length && (this.#starts[at + 1] as number) <= ms) at++;
    this.#at = at;
    return Math.floor((ms + (this.#offsets[at] as number)) / DAY_MS);
  }

  /** Day of a whole UTC hour, or null where midnight falls inside it. */
  dayNumberOfHour(hour: number): number | null {
    const day = this.dayNumberOf(hour * HOUR_MS);
    return day === this.dayNumberOf(hour * HOUR_MS + HOUR_MS - 1) ? day : null;
  }
}

/** `YYYY-MM-DD` of a day number. */
export function dayText(dayNumber: number): string {
  return new Date(dayNumber * DAY_MS).toISOString().slice(0, 10);
}
