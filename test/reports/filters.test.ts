import { expect, test } from "bun:test";
import { filtersOf } from "../../src/reports/filters.ts";

const NOW = Date.parse("2026-11-23T15:30:00Z");
const bounds = (since: string, until?: string, timezone = "Europe/Berlin"): (string | null)[] => {
  const { fromMs, toMs } = filtersOf({ since, until, timezone }, NOW);
  return [fromMs, toMs].map((ms) => (ms === null ? null : new Date(ms).toISOString()));
};

test("periods are cut in the person's zone, bounds are inclusive as a person reads them", () => {
  expect(bounds("all")).toEqual([null, null]);
  expect(bounds("7d")).toEqual(["2026-11-16T23:00:00.000Z", null]);
  expect(bounds("1d")).toEqual(["2026-11-22T23:00:00.000Z", null]);
  expect(bounds("24h")).toEqual(["2026-11-22T15:30:00.000Z", null]);
  expect(bounds("today")).toEqual(["2026-11-22T23:00:00.000Z", null]);
  expect(bounds("2026-11-01", "2026-11-20")).toEqual(["2026-10-31T23:00:00.000Z", "2026-11-20T23:00:00.000Z"]);
  expect(bounds("20261101", "20261101", "UTC")).toEqual(["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"]);
  expect(bounds("yesterday", "yesterday", "UTC")).toEqual(["2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
  expect(bounds("1m", undefined, "UTC")).toEqual(["2026-10-23T00:00:00.000Z", null]);
});

test("days of summer time have 23 and 25 hours", () => {
  expect(bounds("2026-03-29", "2026-03-29")).toEqual(["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
  expect(bounds("2026-10-25", "2026-10-25")).toEqual(["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
});

test("zones with half hours, and days that a zone skipped", () => {
  expect(bounds("2026-11-20", "2026-11-20", "Asia/Kolkata")).toEqual([
    "2026-11-19T18:30:00.000Z",
    "2026-11-20T18:30:00.000Z",
  ]);
  expect(bounds("2018-11-04", "2018-11-04", "America/Sao_Paulo")[0]).toBe("2018-11-04T03:00:00.000Z");
});

test("nonsense is refused with what would be right", () => {
  for (const since of ["", "soon", "0d", "-3d", "2026-13-01", "2026-02-30", "99"]) {
    expect(() => filtersOf({ since, timezone: "UTC" }, NOW)).toThrow();
  }
  expect(() => filtersOf({ since: "2026-11-20", until: "2026-11-19", timezone: "UTC" }, NOW)).toThrow(/after/);
  expect(() => filtersOf({ timezone: "Nowhere/Town" }, NOW)).toThrow(/time zone/);
});
