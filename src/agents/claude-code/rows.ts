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
  const ms = typeof value === "string" ? Date.parse(value) : typeof value === "number" ? Math.floor(value) : -1;
  return ms >= 0 && ms < LATEST_MS ? ms : -1;
}
