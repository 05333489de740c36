import type { Database } from "bun:sqlite";
import { DayMap, dayText, startOfDay } from "../platform/time.ts";
import { cellsOfHours, clockCells, hourCells, isWholeBook, rowsOf, type Selection } from "./cells.ts";

const HOUR_MS = 3_600_000;
const TOKENS = "input + output + cache_read + cache_write_5m + cache_write_1h";

/** What was spent when, on a person's calendar: in nano-dollars or tokens. Days are exact; within an hour spending is taken as even. */
export class SpendHistory {
  /** Number of the first day with a call (days since 1970-01-01), null for none. */
  readonly firstDay: number | null;
  readonly #db: Database;
  readonly #timeZone: string;
  readonly #measure: string;
  readonly #selection: Selection;
  readonly #days: DayMap | null;
  readonly #daily = new Map<number, number>();
  readonly #starts = new Map<number, number>();
  readonly #hours: number[] = [];
  readonly #sums: number[] = [];
  /** `#before[n]` is what was spent in the hours before the n-th. */
  readonly #before: number[] = [0];

  /** Reads all of the selection, which must not be bounded in time. No moment after `latestMs` is asked about. */
  constructor(db: Database, timeZone: string, unit: "usd" | "tokens", selection: Selection, latestMs: number) {
    this.#db = db;
    this.#timeZone = timeZone;
    this.#measure = unit === "usd" ? "cost_nano" : TOKENS;
    this.#selection = selection;
    const cells = isWholeBook(selection) ? clockCells(selection) : hourCells(selection);
    const rows = rowsOf(db, `SELECT hour, sum(${this.#measure}) FROM (${cells}) GROUP BY hour ORDER BY hour`);
    let sum = 0;
    for (const [hour, amount] of rows) {
      this.#hours.push(hour as number);
      this.#sums.push(amount as number);
      sum += amount as number;
      this.#before.push(sum);
    }
    const [first] = this.#hours;
    const last = this.#hours.at(-1);
    this.#days =
      first === undefined || last === undefined
        ? null
        : new DayMap(first * HOUR_MS, Math.max(latestMs, (last + 1) * HOUR_MS), timeZone);
    this.firstDay = this.#days === null || first === undefined ? null : this.#days.dayNumberOf(first * HOUR_MS);
    this.#fillDays(this.#days);
  }

  #fillDays(days: DayMap | null): void {
    if (days === null) return;
    const cut: number[] = [];
    const add = (day: number, amount: number): void => {
      this.#daily.set(day, (this.#daily.get(day) ?? 0) + amount);
    };
    this.#hours.forEach((hour, at) => {
      const day = days.dayNumberOfHour(hour);
      if (day === null) cut.push(hour);
      else add(day, this.#sums[at] as number);
    });
    if (cut.length === 0) return;
    for (const [atMs, amount] of rowsOf(
      this.#db,
      `SELECT at_ms, ${this.#measure} FROM (${cellsOfHours(this.#selection, cut)})`,
    ))
      add(days.dayNumberOf(atMs as number), amount as number);
  }

  /** Spent in `[fromMs, toMs)`, exactly, from the book. */
  exactly(fromMs: number, toMs: number): number {
    const cells = hourCells({ ...this.#selection, fromMs, toMs });
    return rowsOf(this.#db, `SELECT coalesce(sum(${this.#measure}), 0) FROM (${cells})`)[0]?.[0] ?? 0;
  }

  /** Spent in `[fromMs, toMs)`; an hour that a bound cuts counts by its share. */
  about(fromMs: number, toMs: number): number {
    return Math.max(0, this.#until(toMs) - this.#until(fromMs));
  }

  #until(ms: number): number {
    const hour = Math.floor(ms / HOUR_MS);
    let low = 0;
    let high = this.#hours.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hours[middle] as number) < hour) low = middle + 1;
      else high = middle;
    }
    const inside = this.#hours[low] === hour ? (this.#sums[low] as number) * (ms / HOUR_MS - hour) : 0;
    return (this.#before[low] as number) + inside;
  }

  /** Spent on a day. */
  ofDay(day: number): number {
    return this.#daily.get(day) ?? 0;
  }

  /** Spent on the days `[from, to)`. */
  ofDays(from: number, to: number): number {
    let sum = 0;
    for (let day = from; day < to; day++) sum += this.ofDay(day);
    return sum;
  }

  /** Spent on a day after a share of it (0..1) had passed. */
  restOf(day: number, share: number): number {
    if (this.ofDay(day) === 0) return 0;
    const start = this.startOf(day);
    const end = this.startOf(day + 1);
    return this.about(start + share * (end - start), end);
  }

  /** Up to `most` days of history before a day, newest first; days without calls are among them. */
  daysBefore(day: number, most: number): number[] {
    const first = this.firstDay;
    if (first === null) return [];
    return Array.from({ length: Math.max(0, Math.min(most, day - first)) }, (_, n) => day - 1 - n);
  }

  /** Number of the day that holds a moment. */
  dayOf(ms: number): number {
    return this.#days?.dayNumberOf(ms) ?? new DayMap(ms, ms, this.#timeZone).dayNumberOf(ms);
  }

  /** First moment of a day. */
  startOf(day: number): number {
    let start = this.#starts.get(day);
    if (start === undefined) {
      start = startOfDay(dayText(day), this.#timeZone);
      this.#starts.set(day, start);
    }
    return start;
  }
}
