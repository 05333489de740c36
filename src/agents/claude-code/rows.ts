/** Narrow reads of untrusted JSON: every accessor answers with the type it names or with nothing. */

export type Row = Readonly<Record<string, unknown>>;

/** The value as an object, or null for anything else (arrays included). */
export function objectOf(value: unknown): Row | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Row) : null;
}

/** The value as an array; anything else is an empty one. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a string of at most `max` UTF-16 units, "" for anything else. Ingested text is capped at the door. */
export function textOf(value: unknown, max = 1024): string {
  if (typeof value !== "string") return "";
  return value.length > max ? value.slice(0, max) : value;
}

const LATEST_MS = Date.UTC(2100, 0, 1);

/** Milliseconds of an ISO timestamp or an epoch in milliseconds; -1 where it is neither or lies outside 1970-2100. */
export function msOf(value: unknown): number {
  const ms = typeof value === "string" ? parseIso(value) : typeof value === "number" ? Math.floor(value) : -1;
  return ms >= 0 && ms < LATEST_MS ? ms : -1;
}

/** Milliseconds of `YYYY-MM-DDTHH:MM:SS.mmmZ`, the one form clients write, read by its digits; anything else goes to the runtime. */
function parseIso(text: string): number {
  if (text.length !== 24 || text.charCodeAt(23) !== 90 || text.charCodeAt(10) !== 84 || text.charCodeAt(19) !== 46)
    return Date.parse(text);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const year = digits(text, 0, 4);
  const ms = digits(text, 20, 3);
  const plain =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 28 &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59;
  return plain && year >= 1970 && ms >= 0 ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : Date.parse(text);
}

/** A number of `count` decimal digits, or far below zero where one is no digit. */
function digits(text: string, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = text.charCodeAt(at) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : -1e9;
  }
  return value;
}
