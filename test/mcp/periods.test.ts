import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PERIOD_EXAMPLES, periodOf } from "../../src/mcp/periods.ts";
import { UserError } from "../../src/platform/errors.ts";

/** A Friday evening: 2026-11-27 18:30 in Berlin, 09:30 in Los Angeles, 23:00 in Kolkata. */
const NOW = Date.parse("2026-11-27T17:30:00Z");

/** Bounds as clocks show them to the second; the second is the moment after the last one. */
function said(text: string, timeZone = "Europe/Berlin", now = NOW): string {
  const { fromMs, toMs } = periodOf(text, now, timeZone);
  return `${wall(fromMs, timeZone)} ${wall(toMs, timeZone)}`;
}

/** Swedish writes dates as ISO does: a clock that is not the one under test. */
function wall(ms: number | null, timeZone: string): string {
  if (ms === null) return "-";
  const text = new Date(ms).toLocaleString("sv", { timeZone });
  return text.endsWith(" 00:00:00") ? text.slice(0, 10) : text.replace(" ", "T").replace(/:00$/, "");
}

/** What a phrase means on {@link NOW} in Berlin. */
const CASES: readonly [text: string, bounds: string][] = [
  ["today", "2026-11-27 2026-11-28"],
  ["Today?", "2026-11-27 2026-11-28"],
  ["yesterday", "2026-11-26 2026-11-27"],
  ["the day before yesterday", "2026-11-25 2026-11-26"],
  ["this morning", "2026-11-27 2026-11-27T12:00"],
  ["this week", "2026-11-23 2026-11-30"],
  ["week", "2026-11-23 2026-11-30"],
  ["in the current week", "2026-11-23 2026-11-30"],
  ["last week", "2026-11-16 2026-11-23"],
  ["last weekend", "2026-11-21 2026-11-23"],
  ["this month", "2026-11-01 2026-12-01"],
  ["last month", "2026-10-01 2026-11-01"],
  ["this quarter", "2026-10-01 2027-01-01"],
  ["last quarter", "2026-07-01 2026-10-01"],
  ["this year", "2026-01-01 2027-01-01"],
  ["last year", "2025-01-01 2026-01-01"],
  ["last 7 days", "2026-11-21 2026-11-28"],
  ["over the last seven days", "2026-11-21 2026-11-28"],
  ["past week", "2026-11-21 2026-11-28"],
  ["7d", "2026-11-21 2026-11-28"],
  ["2 weeks", "2026-11-14 2026-11-28"],
  ["last 3 months", "2026-08-27 2026-11-28"],
  ["past 24 hours", "2026-11-26T18:30 2026-11-27T18:30"],
  ["last hour", "2026-11-27T17:30 2026-11-27T18:30"],
  ["90 min", "2026-11-27T17:00 2026-11-27T18:30"],
  ["month to date", "2026-11-01 2026-11-27T18:30"],
  ["ytd", "2026-01-01 2027-01-01"],
  ["monday", "2026-11-23 2026-11-24"],
  ["friday", "2026-11-27 2026-11-28"],
  ["last friday", "2026-11-20 2026-11-21"],
  ["on Tuesday", "2026-11-24 2026-11-25"],
  ["since Monday", "2026-11-23 -"],
  ["since last Monday", "2026-11-23 -"],
  ["monday to wednesday", "2026-11-23 2026-11-26"],
  ["between saturday and tuesday", "2026-11-21 2026-11-25"],
  ["october", "2026-10-01 2026-11-01"],
  ["in Oct.", "2026-10-01 2026-11-01"],
  ["November", "2026-11-01 2026-12-01"],
  ["last november", "2025-11-01 2025-12-01"],
  ["december", "2025-12-01 2026-01-01"],
  ["october 2025", "2025-10-01 2025-11-01"],
  ["Oct, 2025", "2025-10-01 2025-11-01"],
  ["2026-10", "2026-10-01 2026-11-01"],
  ["10/2026", "2026-10-01 2026-11-01"],
  ["september to november", "2026-09-01 2026-12-01"],
  ["november to february", "2025-11-01 2026-03-01"],
  ["since october", "2026-10-01 -"],
  ["after october", "2026-11-01 -"],
  ["until october", "- 2026-11-01"],
  ["before october", "- 2026-10-01"],
  ["Q3", "2026-07-01 2026-10-01"],
  ["q4 2025", "2025-10-01 2026-01-01"],
  ["2025-Q1", "2025-01-01 2025-04-01"],
  ["third quarter", "2026-07-01 2026-10-01"],
  ["2025", "2025-01-01 2026-01-01"],
  ["2026-W45", "2026-11-02 2026-11-09"],
  ["week 45", "2026-11-02 2026-11-09"],
  ["2026-10-05", "2026-10-05 2026-10-06"],
  ["20261005", "2026-10-05 2026-10-06"],
  ["5.10.2026", "2026-10-05 2026-10-06"],
  ["October 5", "2026-10-05 2026-10-06"],
  ["5th of October 2025", "2025-10-05 2025-10-06"],
  ["24 dec", "2025-12-24 2025-12-25"],
  ["feb 29", "2024-02-29 2024-03-01"],
  ["2026-10-01..2026-10-15", "2026-10-01 2026-10-16"],
  ["2026-10-01 - 2026-10-15", "2026-10-01 2026-10-16"],
  ["from 1 Oct to 15 Oct", "2026-10-01 2026-10-16"],
  ["1 to 15 october", "2026-10-01 2026-10-16"],
  ["since 2026-11-01", "2026-11-01 -"],
  ["2026-10-05T14:00", "2026-10-05T14:00 -"],
  ["since 2026-10-05T14:00Z", "2026-10-05T16:00 -"],
  ["2026-10-05T14:00+05:30", "2026-10-05T10:30 -"],
  ["since 9am", "2026-11-27T09:00 -"],
  ["since noon", "2026-11-27T12:00 -"],
  ["since 20:00", "2026-11-26T20:00 -"],
  ["yesterday at 14:30 to today 10:00", "2026-11-26T14:30 2026-11-27T10:00"],
  ["3 days ago", "2026-11-24 2026-11-25"],
  ["a week ago", "2026-11-16 2026-11-23"],
  ["since two weeks ago", "2026-11-13 -"],
  ["all", "- -"],
  ["all time", "- -"],
  ["ever", "- -"],
];

describe("a period", () => {
  for (const [text, bounds] of CASES)
    test(`${JSON.stringify(text)} is ${bounds}`, () => {
      expect(said(text)).toBe(bounds);
    });

  test("has all the examples that errors give", () => {
    for (const example of PERIOD_EXAMPLES.split(", ")) expect(() => said(example)).not.toThrow();
  });

  test("is cut in the person's zone", () => {
    expect(said("today", "America/Los_Angeles")).toBe("2026-11-27 2026-11-28");
    expect(periodOf("today", NOW, "America/Los_Angeles").fromMs).toBe(Date.parse("2026-11-27T08:00:00Z"));
    expect(periodOf("today", NOW, "Asia/Kolkata").fromMs).toBe(Date.parse("2026-11-26T18:30:00Z"));
    // On the other side of the date line it is Saturday already.
    expect(said("today", "Pacific/Kiritimati")).toBe("2026-11-28 2026-11-29");
    expect(said("last weekend", "Pacific/Kiritimati")).toBe("2026-11-21 2026-11-23");
  });

  test("counts days of 23 and 25 hours as days", () => {
    const spring = Date.parse("2026-03-29T20:00:00Z");
    const short = periodOf("today", spring, "Europe/Berlin");
    expect(((short.toMs ?? 0) - (short.fromMs ?? 0)) / 3_600_000).toBe(23);
    const autumn = Date.parse("2026-10-25T20:00:00Z");
    const long = periodOf("today", autumn, "Europe/Berlin");
    expect(((long.toMs ?? 0) - (long.fromMs ?? 0)) / 3_600_000).toBe(25);
    expect(said("last 7 days", "Europe/Berlin", autumn)).toBe("2026-10-19 2026-10-26");
    // 24 hours are 24 hours, whatever the clock does.
    expect(periodOf("past 24 hours", autumn, "Europe/Berlin").fromMs).toBe(autumn - 86_400_000);
    expect(said("since 9am", "Europe/Berlin", autumn)).toBe("2026-10-25T09:00 -");
  });

  test("goes over the turn of the year", () => {
    const newYear = Date.parse("2026-01-01T12:00:00Z");
    expect(said("yesterday", "UTC", newYear)).toBe("2025-12-31 2026-01-01");
    expect(said("last month", "UTC", newYear)).toBe("2025-12-01 2026-01-01");
    expect(said("this week", "UTC", newYear)).toBe("2025-12-29 2026-01-05");
    expect(said("last quarter", "UTC", newYear)).toBe("2025-10-01 2026-01-01");
    expect(said("december", "UTC", newYear)).toBe("2025-12-01 2026-01-01");
    expect(said("january", "UTC", newYear)).toBe("2026-01-01 2026-02-01");
    expect(said("q4", "UTC", newYear)).toBe("2025-10-01 2026-01-01");
    // The last week of 2026 is its 53rd; 2025 has none of that number.
    expect(said("2026-W53", "UTC", Date.parse("2027-02-01T00:00:00Z"))).toBe("2026-12-28 2027-01-04");
    expect(() => said("2025-W53")).toThrow(UserError);
  });

  test("of months ends where the month does", () => {
    const last = Date.parse("2026-03-31T12:00:00Z");
    expect(said("last month", "UTC", last)).toBe("2026-02-01 2026-03-01");
    expect(said("last 1 months", "UTC", last)).toBe("2026-02-28 2026-04-01");
    expect(said("february 2024", "UTC", last)).toBe("2024-02-01 2024-03-01");
  });
});

describe("what is no period", () => {
  const WRONG = [
    "",
    "soon",
    "tomorrow",
    "next week",
    "0 days",
    "last -3 days",
    "2026-13",
    "2026-02-30",
    "05/10/2026",
    "25:00",
    "13pm",
    "to",
    "since",
    "..",
    "last 999999 years",
    "99999999999 days",
    "x".repeat(5_000),
    "today; drop table calls",
    "monday tuesday",
  ];
  for (const text of WRONG)
    test(`${JSON.stringify(text.slice(0, 40))} is an error with examples`, () => {
      expect(() => said(text)).toThrow(UserError);
      try {
        said(text);
      } catch (error) {
        expect((error as UserError).hint).toContain("last 7 days");
        expect((error as UserError).message.length).toBeLessThan(200);
      }
    });

  test("guesses what was meant", () => {
    const hintOf = (text: string): string => {
      try {
        said(text);
      } catch (error) {
        return (error as UserError).hint ?? "";
      }
      return "";
    };
    expect(hintOf("yesteday")).toContain('"yesterday"');
    expect(hintOf("since Mnoday")).toContain('"since monday"');
    expect(hintOf("ocotber 2025")).toContain('"october 2025"');
  });

  test("may not lie ahead or end before it begins", () => {
    expect(() => said("this sunday")).toThrow("has not begun yet");
    expect(() => said("2027")).toThrow("has not begun yet");
    expect(() => said("2026-10-15..2026-10-01")).toThrow("ends before it begins");
  });

  test("never is anything but a period or a clear error", () => {
    const word = fc.constantFrom(
      ..."last past this since until to and 7 0 31 2026 october mon week days ago q3 .. - 2026-10-05 9am today h d".split(
        " ",
      ),
    );
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe");
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        zone,
        fc.integer({ min: 0, max: 4e12 }),
        (words, timeZone, now) => {
          try {
            const { fromMs, toMs } = periodOf(words.join(" "), now, timeZone);
            if (fromMs !== null) expect(Number.isInteger(fromMs) && fromMs <= now).toBe(true);
            if (fromMs !== null && toMs !== null) expect(fromMs).toBeLessThan(toMs);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
