import type { Database } from "bun:sqlite";
import { type Book, setBusyTimeout } from "../ledger/open.ts";
import type { Env } from "../platform/paths.ts";
import { dayOf } from "../platform/time.ts";
import type { Filters } from "../reports/filters.ts";
import type { ProjectName } from "../reports/projectNames.ts";
import type { Advice } from "./advice.ts";
import type { Cursor } from "./cursor.ts";
import { iso, usd } from "./figures.ts";
import { code } from "./markdown.ts";
import { type Period, periodOf } from "./periods.ts";
import { projectOf, type Standing } from "./projects.ts";
import type { Queries } from "./queries.ts";
import { nullable, number, type OptionalShape, object, optional, type Shape, text, whole } from "./schema.ts";

/** What every tool is made of. */

/** A part of an answer that fits: what the client's program reads, and what its model reads. */
export interface Page<O> {
  structured: O;
  markdown: string;
}

/** An answer of which as many rows are shown as fit. */
export interface Answer<O> {
  /** Rows that there are to show, from where the cursor stands. */
  rows: number;
  /** Rows beyond those, which were not even looked at. */
  beyond?: number;
  /** The answer with the first so many rows. `more` says how to go on, null where nothing is left. */
  page(count: number, more: More | null): Page<O>;
}

/** What is left of a list. */
export interface More {
  rows: number;
  cursor: string;
}

/** One tool: what it is called, what it takes and answers, and one call into the reports. */
export interface Tool<A, O> {
  name: string;
  title: string;
  /** For a model that has to choose. */
  description: string;
  input: Shape<A>;
  /** Its own fields; those of {@link ENVELOPE} are added. */
  output: Readonly<Record<string, Shape<unknown>>>;
  /** True for the one that writes. */
  writes?: boolean;
  run(args: A, call: Call): Answer<O> | Promise<Answer<O>>;
}

/** Lets the compiler compare what a tool answers with what it says it answers. */
export function tool<A, const F extends Readonly<Record<string, Shape<unknown>>>>(
  definition: Omit<Tool<A, StructuredOf<F>>, "output"> & { output: F },
): Tool<A, StructuredOf<F>> {
  return definition;
}

/** What a tool with such output fields answers. */
export type StructuredOf<F extends Readonly<Record<string, Shape<unknown>>>> =
  ReturnType<typeof object<F>> extends Shape<infer O> ? O : never;

/** Another writer holds up a call that reads no longer than this. Milliseconds. */
export const BUSY_MS = 20;

/** How many rows an answer may have where the call says so. */
export const MAX_ROWS = 200;

export const periodArgument = (usual: string): OptionalShape<string> =>
  optional(
    text(
      `When, as people say it: today, this week, last month, last 7 days, past 24 hours, since Monday, October, 2026-10, Q3, 2026-10-01..2026-10-15, all. Default: ${usual}.`,
      200,
    ),
  );

export const projectArgument = optional(
  text('Only this project: its name, a part of it, a path in it, or "here" for the folder of this session.', 1_000),
);

/** Arguments of a list. */
export const PAGING = {
  limit: optional(whole({ min: 1, max: MAX_ROWS }, "Rows at most. Without it the answer stays below 4 KB.")),
  cursor: optional(text("The cursor of an earlier answer, alone: goes on where that one was cut.", 2_000)),
} as const;

/** What is left of a list, in answers. */
export const LEFT = optional(
  object({
    rows: whole({}, "rows that are not shown"),
    costUsd: optional(number("what they cost together")),
    cursor: text("give this to the same tool for the next rows"),
  }),
);

export const PERIOD = object({
  label: text(),
  from: nullable(text("first moment, UTC; null: from the beginning")),
  until: nullable(text("moment after the last one, UTC; null: up to now")),
  timeZone: text("days are cut in this zone"),
});

export interface CallOptions {
  book: Book;
  nowMs: number;
  timeZone: string;
  standing: Standing;
  bookPath: string;
  queries: Queries;
  advice: Advice;
  env: Env;
  sessionId: string | null;
  limit: number;
  cursor: Cursor | null;
}

/** A call as a tool sees it: the book, the time, and the arguments that tools share. */
export class Call {
  /** Bounds that were looked at, for the cursor. */
  bounds: Cursor["bounds"];

  readonly db: Database;
  readonly book: Book;
  readonly nowMs: number;
  readonly timeZone: string;
  readonly standing: Standing;
  readonly bookPath: string;
  readonly queries: Queries;
  readonly advice: Advice;
  readonly env: Env;
  /** Session that started the server, where the client says. */
  readonly sessionId: string | null;
  /** Rows that earlier answers have shown. */
  readonly offset: number;
  /** Rows that may be shown. */
  readonly limit: number;

  constructor(given: CallOptions) {
    this.db = given.book.db;
    this.book = given.book;
    this.nowMs = given.nowMs;
    this.timeZone = given.timeZone;
    this.standing = given.standing;
    this.bookPath = given.bookPath;
    this.queries = given.queries;
    this.advice = given.advice;
    this.env = given.env;
    this.sessionId = given.sessionId;
    this.offset = given.cursor?.offset ?? 0;
    this.limit = given.limit;
    this.bounds = given.cursor?.bounds ?? null;
  }

  /** The period that was asked for, `usual` where none was. A cursor keeps the one it began with. */
  period(said: string | undefined, usual: string): Period {
    if (this.bounds !== null) return { ...this.bounds, timeZone: this.timeZone };
    const period = periodOf(said ?? usual, this.nowMs, this.timeZone);
    this.bounds = { fromMs: period.fromMs, toMs: period.toMs, label: period.label };
    return period;
  }

  project(said: string | undefined): ProjectName | null {
    return said === undefined ? null : projectOf(this.db, said, this.standing);
  }

  /** Writes, waiting for another writer longer than calls that read do. */
  patiently<T>(busyMs: number, write: () => T): T {
    setBusyTimeout(this.db, busyMs);
    try {
      return write();
    } finally {
      setBusyTimeout(this.db, BUSY_MS);
    }
  }

  /** Filters of a report. `top` leaves room for the rows that were shown before. */
  filters(period: Period, project: ProjectName | null, more: Partial<Filters> = {}): Filters {
    return {
      fromMs: period.fromMs,
      toMs: period.toMs,
      timeZone: this.timeZone,
      repo: project?.filter ?? null,
      branch: null,
      model: null,
      agent: null,
      top: this.offset + this.limit,
      period: period.label,
      ...more,
    };
  }
}

/** Where an answer is about a period. */
export function periodFields(period: Period): {
  label: string;
  from: string | null;
  until: string | null;
  timeZone: string;
} {
  return { label: period.label, from: iso(period.fromMs), until: iso(period.toMs), timeZone: period.timeZone };
}

/** `this week (2026-11-23 to 2026-11-27)`: bounds as a person reads them, up to now at most. */
export function periodText(period: Period, nowMs: number): string {
  const { label, fromMs, toMs, timeZone } = period;
  if (fromMs === null && toMs === null) return "all time";
  const last = dayOf(Math.min(toMs === null ? nowMs : toMs - 1, nowMs), timeZone);
  if (fromMs === null) return `${label} (up to ${last})`;
  const first = dayOf(fromMs, timeZone);
  if (first === label) return label;
  return `${label} (${first === last ? first : `${first} to ${last}`})`;
}

/** Heading of an answer. */
export function heading(what: string, where: ProjectName | null, when: string): string {
  return `**${what}**${where === null ? "" : ` in ${code(where.name)}`}, ${when}`;
}

/** `left` of an answer, and the line that says so. */
export function leftFields(
  more: More | null,
  costNanoUsd?: number,
): { left?: { rows: number; costUsd?: number; cursor: string } } {
  if (more === null) return {};
  const { rows, cursor } = more;
  return { left: { rows, ...(costNanoUsd !== undefined && { costUsd: usd(costNanoUsd) }), cursor } };
}

export function leftLine(more: More | null, what: string): string | null {
  return more === null ? null : `${more.rows} more ${what} not shown; ask again with \`cursor\`.`;
}
