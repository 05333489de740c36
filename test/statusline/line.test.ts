import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readStatusline } from "../../src/agents/claude-code/statusline.ts";
import { limitUse } from "../../src/reports/limits.ts";
import type { SmallSum, StatuslineReport } from "../../src/reports/statusline.ts";
import { type LineFacts, type LineStyle, renderLine } from "../../src/statusline/line.ts";
import { DEFAULT_TEMPLATE, NAMES, parseTemplate, unknownNames } from "../../src/statusline/template.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const PLAIN: LineStyle = { width: null, color: false, unicode: true };
const usd = (dollars: number, unpricedCalls = 0, calls = 10): SmallSum => ({
  costNanoUsd: Math.round(dollars * 1e9),
  calls,
  unpricedCalls,
});

const REPORT: StatuslineReport = {
  session: usd(1.42),
  differs: false,
  prompt: usd(0.31),
  today: usd(12.4),
  day: { fromMs: NOW - 12 * HOUR, toMs: NOW + 12 * HOUR },
  historyRead: true,
  burn: { perHourNanoUsd: 8_200_000_000, unpricedCalls: 0 },
  budget: null,
  limits: [],
};

function facts(more: Partial<LineFacts> = {}, json: object = {}): LineFacts {
  const input = readStatusline(
    JSON.stringify({
      session_id: "s",
      cost: { total_cost_usd: 1.42 },
      context_window: { used_percentage: 8 },
      ...json,
    }),
  );
  const limits = [
    ...limitUse("five_hour", { usedPercent: 37.5, atMs: NOW, resetsAtMs: NOW + 2 * HOUR }, NOW),
    ...limitUse("seven_day", { usedPercent: 52, atMs: NOW, resetsAtMs: NOW + 74 * HOUR }, NOW),
  ];
  return { input, report: REPORT, behind: false, limits, branch: null, nowMs: NOW, ...more };
}

const line = (template: string, more: Partial<LineFacts> = {}, json: object = {}, style = PLAIN): string =>
  renderLine(template, facts(more, json), style);

describe("the default line", () => {
  test("shows what is known, in its order", () => {
    // 3 of 5 hours are over: 37.5 / 0.6 = 62.5; 94 of 168: 52 / 0.5595 = 92.9.
    expect(line(DEFAULT_TEMPLATE)).toBe(
      "$1.42 | prompt $0.31 | today $12.40 | $8.20/h | 5h 38% →63% 2h00m | 7d 52% →93% 3d2h | ctx 8%",
    );
  });

  test("parts that nobody knows disappear with their separators", () => {
    expect(line(DEFAULT_TEMPLATE, { report: null, limits: [] }, { context_window: null })).toBe("$1.42 (client)");
    expect(line(DEFAULT_TEMPLATE, { report: null, limits: [], input: readStatusline("") })).toBe("");
    expect(line(DEFAULT_TEMPLATE, { report: { ...REPORT, burn: null, prompt: null }, limits: [] })).toBe(
      "$1.42 | today $12.40 | ctx 8%",
    );
  });

  test("where the terminal is narrow, the most important parts that fit stay", () => {
    const at = (width: number): string => line(DEFAULT_TEMPLATE, {}, {}, { ...PLAIN, width });
    expect(at(80)).toBe("$1.42 | prompt $0.31 | today $12.40 | 5h 38% →63% 2h00m | 7d 52% →93% 3d2h");
    expect(at(60)).toBe("$1.42 | prompt $0.31 | today $12.40 | 5h 38% →63% 2h00m");
    expect(at(30)).toBe("$1.42 | 5h 38% →63% 2h00m");
    expect(at(20)).toBe("$1.42 | today $12.40");
    expect(at(19)).toBe("$1.42 | ctx 8%");
    expect(at(4)).toBe("$1.…");
  });

  test("colours say what is near its limit, and are left out when not wanted", () => {
    const tight = limitUse("five_hour", { usedPercent: 80, atMs: NOW, resetsAtMs: NOW + 2 * HOUR }, NOW);
    const colored = line("{session} | 5h {5h}", { limits: tight }, {}, { ...PLAIN, color: true });
    expect(colored).toBe("$1.42\u001b[2m | \u001b[0m\u001b[2m5h \u001b[0m\u001b[31m80% →133% 2h00m\u001b[0m");
    expect(line("{session} | 5h {5h}", { limits: tight })).toBe("$1.42 | 5h 80% →133% 2h00m");
  });

  test("signs that the locale has no characters for are spelled out", () => {
    const ascii = { ...PLAIN, unicode: false };
    const report = { ...REPORT, differs: true };
    expect(line("{session} | {5h}", { report }, { cost: { total_cost_usd: 1.9 } }, ascii)).toBe(
      "$1.42 != client $1.90 | 38% ->63% 2h00m",
    );
    expect(line("{today}", { behind: true }, {}, ascii)).toBe(">=$12.40");
  });
});

describe("the session's cost", () => {
  const session = (more: Partial<LineFacts>, cost: number | null = 1.42): string =>
    line("{session}", more, cost === null ? { cost: null } : { cost: { total_cost_usd: cost } });

  test("both counts agree: one figure", () => expect(session({})).toBe("$1.42"));
  test("the client counts otherwise: both, marked", () =>
    expect(session({ report: { ...REPORT, differs: true } }, 1.9)).toBe("$1.42 ≠ client $1.90"));
  test("the book is behind: at least so much, and the client's beside it", () =>
    expect(session({ report: { ...REPORT, differs: true }, behind: true }, 1.9)).toBe("≥$1.42 (client $1.90)"));
  test("only the client knows it", () =>
    expect(session({ report: { ...REPORT, session: null } })).toBe("$1.42 (client)"));
  test("nothing was spent yet", () => expect(session({ report: { ...REPORT, session: null } }, 0)).toBe("$0.00"));
  test("only the ledger knows it", () => expect(session({}, null)).toBe("$1.42"));
  test("a model without a price is no sum", () => {
    expect(session({ report: { ...REPORT, session: usd(0, 10) } })).toBe("unpriced (client $1.42)");
    expect(session({ report: { ...REPORT, session: usd(0, 10) } }, null)).toBe("unpriced");
    expect(session({ report: { ...REPORT, session: usd(1.2, 3) } })).toBe("$1.20+ (client $1.42)");
  });
  test("less than a cent is not nothing", () =>
    expect(session({ report: { ...REPORT, session: usd(0.0004) } })).toBe("<$0.01"));
});

describe("other values", () => {
  test("today is a lower bound until the history was read", () =>
    expect(line("{today}", { report: { ...REPORT, historyRead: false } })).toBe("≥$12.40"));

  test("a limit of one's own: its share, coloured and kept when it is near", () => {
    const budget = {
      share: 0.826,
      label: "$20.00 a day",
      state: "warned",
      unpricedCalls: 0,
    } as StatuslineReport["budget"];
    const report = { ...REPORT, budget };
    expect(line("{budget}", { report })).toBe("82% of $20.00 a day");
    expect(line(DEFAULT_TEMPLATE, { report }, {}, { ...PLAIN, width: 30 })).toBe("$1.42 | 82% of $20.00 a day");
  });

  test("details of a window", () => {
    const limits = limitUse("five_hour", { usedPercent: 80, atMs: NOW, resetsAtMs: NOW + 2 * HOUR }, NOW);
    // 80 % in 3 hours: the other 20 % last 45 minutes.
    expect(line("{5h.used} {5h.pace} {5h.projected} {5h.full} {5h.reset}", { limits })).toBe("80% 1.3x 133% 45m 2h00m");
    const early = limitUse("five_hour", { usedPercent: 1, atMs: NOW, resetsAtMs: NOW + 5 * HOUR - 60_000 }, NOW);
    expect(line("{5h} | {5h.pace} | {5h.full}", { limits: early })).toBe("1% 4h59m");
  });

  test("a clock that was set back sees no sense in the reset, and says only what was used", () => {
    const before = NOW - 20 * HOUR;
    const limits = limitUse("five_hour", { usedPercent: 40, atMs: NOW, resetsAtMs: NOW + 2 * HOUR }, before);
    expect(line("{5h}", { limits, nowMs: before })).toBe("40%");
  });

  test("names, branch and pull request", () => {
    const json = {
      model: { display_name: "Opus 5.5" },
      fast_mode: true,
      workspace: { current_dir: "/w/shop/", repo: { owner: "acme", name: "shop" } },
      pr: { number: 311, url: "", review_state: "changes_requested" },
      cost: { total_lines_added: 3, total_lines_removed: 4 },
      context_window: { total_input_tokens: 81_200 },
    };
    expect(
      line("{model} | {repo} {branch} {pr} | {folder} | {lines} | {context.tokens}", { branch: "fix/cart" }, json),
    ).toBe("Opus 5.5 (fast) | acme/shop fix/cart #311 changes requested | shop | +3 -4 | 81.2K");
  });

  test("what was ingested cannot steer the terminal", () => {
    const json = { model: { display_name: "a\u001b[31m\u001b]0;x\u0007b\nc\u202e" }, session_name: "\u001b[2J" };
    expect(line("{model} | {title}", {}, json)).toBe("ab c");
  });
});

describe("templates", () => {
  test("a part goes when all its names are unknown, and loses the blanks of those that are", () => {
    expect(line("a {branch} b {model} c | x {branch} y", {}, { model: { display_name: "M" } })).toBe("a b M c");
    expect(line("only words | {session}")).toBe("only words | $1.42");
  });
  test("lines", () => expect(line("{session}\\n{branch}\n{today}")).toBe("$1.42\n$12.40"));
  test("a name that does not exist stays as it is written", () => {
    expect(line("{nope} {session}")).toBe("{nope} $1.42");
    expect(unknownNames("{nope} {session} {5h.used} {5h.what}")).toEqual(["nope", "5h.what"]);
  });
  test("separators are kept", () =>
    expect(line("{session} · {prompt} / {today} — {branch} - {burn}")).toBe("$1.42 · $0.31 / $12.40 - $8.20/h"));
  test("every name can be asked for", () => {
    for (const name of Object.keys(NAMES)) {
      expect(unknownNames(`{${name}}`)).toEqual([]);
      expect(parseTemplate(`{${name}}`)[0]?.[0]?.pieces).toEqual([{ name: name as keyof typeof NAMES }]);
    }
  });

  test("whatever the template, the input and the width: no error, no control character, and it fits", () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.keys(NAMES)).map((name) => `{${name}}`),
      fc.constantFrom(" | ", " · ", " ", "{", "}", "{x}", "\\n", "\n", "日本", "e\u0301", "👩‍👩‍👧", "\u001b[31m"),
      fc.string({ maxLength: 4 }),
    );
    const inputs = fc.record({
      model: fc.record({ display_name: fc.string({ unit: "grapheme", maxLength: 30 }) }),
      cost: fc.record({ total_cost_usd: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
      session_name: fc.string({ unit: "binary", maxLength: 30 }),
    });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        inputs,
        fc.integer({ min: 1, max: 120 }),
        (pieces, json, width) => {
          const shown = line(pieces.join(""), {}, json, { ...PLAIN, width });
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
          expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
          for (const one of shown.split("\n")) expect(Bun.stringWidth(one)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 500 },
    );
  });
});
