import { describe, expect, test } from "bun:test";
import { renderToString } from "ink";
import type { AlertRow } from "../../src/ledger/alerts.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { widthOf } from "../../src/render/width.ts";
import type { LiveDetail } from "../../src/reports/liveDetail.ts";
import type { LiveRun, LiveTool } from "../../src/reports/liveWork.ts";
import { View } from "../../src/watch/app.tsx";
import type { Shown } from "../../src/watch/source.ts";
import { START, type ViewState } from "../../src/watch/state.ts";
import { liveReportOf, liveSession, NOW } from "./made.ts";

const PLAIN: Terminal = { width: 80, color: false, unicode: true, isTTY: true };

/** The screen as lines. */
function draw(
  shown: Partial<Shown>,
  width: number,
  height: number,
  state: Partial<ViewState> = {},
  terminal = PLAIN,
): string[] {
  const all: Shown = { report: liveReportOf([]), detail: null, trouble: null, ...shown };
  const view = <View shown={all} state={{ ...START, ...state }} screen={{ width, height, terminal }} />;
  return renderToString(view, { columns: width }).split("\n");
}

const run = (more: Partial<LiveRun>): LiveRun => ({
  runId: "a1",
  agentType: "Explore",
  description: "look around",
  startedAtMs: NOW - 60_000,
  lastAtMs: NOW - 61_000,
  calls: 3,
  costNanoUsd: 320_000_000,
  unpricedCalls: 0,
  ...more,
});

const tool = (more: Partial<LiveTool>): LiveTool => ({
  name: "Edit",
  path: "/work/shop/src/cart.ts",
  count: 1,
  failed: false,
  atMs: NOW - 5_000,
  durationMs: 10,
  agentType: null,
  ...more,
});

const alert = (message: string): AlertRow => ({
  id: 1,
  rule: "loop",
  level: "high",
  atMs: NOW - 60_000,
  sessionId: "session-1",
  message,
  costNanoUsd: 1,
  shownAtMs: null,
});

const ONE = liveSession({
  runs: [run({}), run({ runId: "a2", agentType: null, description: null })],
  tools: [tool({}), tool({ name: "Bash", path: null, count: 3, failed: true })],
  alerts: [alert("cc-ledger: the same command failed 8 times.")],
});

const DETAIL: LiveDetail = {
  session: ONE,
  cwd: "/work/shop",
  clientVersion: "2.1.330",
  prompts: [2, 1].map((number) => ({
    ...ONE,
    number,
    atMs: NOW - number * 600_000,
    category: "bugfix",
    calls: 4,
    costNanoUsd: number * 1_000_000_000,
  })),
  runs: [
    {
      ...ONE,
      runId: "main",
      kind: "main",
      agentType: null,
      description: null,
      startedAtMs: null,
      depth: 0,
      atWork: false,
    },
    {
      ...ONE,
      runId: "a1",
      kind: "user",
      agentType: "Explore",
      description: "look",
      startedAtMs: NOW,
      depth: 1,
      atWork: true,
    },
    {
      ...ONE,
      runId: "a2",
      kind: "user",
      agentType: "Plan",
      description: "below",
      startedAtMs: NOW,
      depth: 2,
      atWork: false,
    },
    {
      ...ONE,
      runId: "a3",
      kind: "overhead",
      agentType: "compact",
      description: null,
      startedAtMs: NOW,
      depth: 1,
      atWork: false,
    },
  ],
  tools: ONE.tools,
  alerts: ONE.alerts,
  timeline: [{ fromMs: 0, toMs: 1, costNanoUsd: 5, calls: 1 }],
};

describe("at 80 columns", () => {
  const lines = draw({ report: liveReportOf([ONE]) }, 80, 24);

  test("a session takes two lines, with what the guard said and who is at work below", () => {
    expect(lines[0]).toMatch(/^cc-ledger {2}today \$41\.20 {2}burn \$12\.30\/h {2}1 active .* 12:00$/);
    expect(lines[2]).toBe("    SESSION                           COST     PROMPT        BURN  CONTEXT   AGE");
    expect(lines[3]).toBe("▸●  Fix rounding in the cart        $12.35      $1.50     $8.10/h   142.0K   now");
    expect(lines[4]).toMatch(/^ {4}shop main · opus-5-5 · Edit cart\.ts · asked 12m +[▁-█]+$/);
    expect(lines[5]).toBe("    ! the same command failed 8 times.  1m");
    expect(lines[6]).toBe("    ├  Explore: look around                                        $0.3200    1m");
    expect(lines[7]).toBe("    └  sub-agent                                                   $0.3200    1m");
  });

  test("the keys are at the bottom", () => {
    expect(lines).toHaveLength(24);
    expect(lines[23]).toBe("s sort: cost  ↑↓ select  enter open  a allow  p pause  ? help  q quit");
  });
});

describe("at 200 columns", () => {
  const lines = draw(
    { report: liveReportOf([ONE, liveSession({ sessionId: "2", title: "Other", costNanoUsd: 1 })]) },
    200,
    24,
  );

  test("a session takes one line, and the selected one is shown beside the list", () => {
    expect(lines[2]).toMatch(
      /^ {4}SESSION +REPO, BRANCH +COST +PROMPT +BURN +15 MINUTES +LAST TOOL +AGE {3}Fix rounding in the cart$/,
    );
    expect(lines[3]).toMatch(
      /^▸● {2}Fix rounding in the cart +shop main +\$12\.35 +\$1\.50 +\$8\.10\/h +[▁-█]{15} +Edit cart\.ts +now {3}shop main {2}opus-5-5$/,
    );
    expect(lines.join("\n")).toContain("context 142.0K");
    expect(lines.join("\n")).toContain("Bash ×3 failed");
  });
});

describe("limits and budgets", () => {
  const budget = {
    id: 1,
    per: "day",
    unit: "usd",
    amount: 50_000_000_000,
    repoId: 0,
    repo: null,
    branch: "",
    prNumber: 0,
    model: "",
    hard: true,
    warn: [80],
    createdMs: 0,
  } as const;
  const report = liveReportOf([], {
    limits: {
      fiveHour: {
        usedPercent: 62,
        elapsedShare: 0.5,
        projectedPercent: 124,
        resetsAtMs: NOW + 9_000_000,
        sampledAtMs: NOW,
        state: "fast",
      },
      sevenDay: {
        usedPercent: 100.4,
        elapsedShare: 0.5,
        projectedPercent: 200,
        resetsAtMs: NOW + 200_000_000,
        sampledAtMs: NOW,
        state: "over",
      },
    },
    budgets: [
      {
        budget: { ...budget, warn: [80] },
        label: "",
        spent: 41_200_000_000,
        share: 0.824,
        unpricedCalls: 0,
        fromMs: 0,
        toMs: 0,
        subject: "",
        sessionId: null,
        forecast: null,
        forecastMethod: null,
        forecastError: null,
        state: "warned",
      },
    ],
  });

  test("bars, percentages, when the window begins anew", () => {
    const lines = draw({ report }, 80, 24);
    expect(lines[1]).toBe("5 hours ███████▌░░░░  62 % 14:30 →124 %  7 days ██████████ 100 % until Sun 19:33");
    expect(lines[2]).toBe("day $50 █████████▉░░  82 % $41.20");
  });

  test("in words where there is room", () => {
    const wide = draw({ report }, 200, 24)[1] ?? "";
    expect(wide).toContain("until 14:30, then 124 %");
    expect(wide).toContain("$41.20 spent, hard");
  });
});

describe("one session", () => {
  test("prompts, runs as a tree, tools", () => {
    const text = draw({ report: liveReportOf([ONE]), detail: DETAIL }, 80, 40, { open: "session-1" }).join("\n");
    expect(text).toMatch(/ 2 {2}11:40 +bugfix +4 +1\.2M +\$2\.00 {2}█{12}\n/);
    expect(text).toMatch(/ 1 {2}11:50 +bugfix +4 +1\.2M +\$1\.00 {2}█{6}\n/);
    expect(text).toMatch(/\nmain thread .*\n├ Explore: look .* at work\n│ └ Plan: below .*\n└ overhead, compact /);
    expect(text).toContain("Bash ×3 failed");
    expect(text).toContain("esc back");
  });

  test("it is scrolled to its last line and no further", () => {
    const at = (scroll: number): string[] =>
      draw({ report: liveReportOf([ONE]), detail: DETAIL }, 80, 24, { open: "session-1", scroll });
    expect(at(0).join("\n")).toContain("Prompts");
    expect(at(1_000).join("\n")).toContain("Bash ×3 failed");
    expect(at(1_000)).toEqual(at(999));
    expect(at(1_000).join("\n")).not.toContain("Prompts");
  });
});

test("nothing going on: a next step", () => {
  const text = draw({}, 80, 24).join("\n");
  expect(text).toContain("No session was active in the last 30 minutes.");
  expect(text).toContain("cc-ledger sessions");
});

test("trouble with the book stands above the keys, with what there was before", () => {
  const lines = draw({ report: liveReportOf([ONE]), trouble: "the disk is full; trying again" }, 80, 24);
  expect(lines[22]).toBe("! the disk is full; trying again");
  expect(lines[3]).toContain("Fix rounding");
});

test("asked before a session is allowed, by its name", () => {
  const lines = draw({ report: liveReportOf([ONE]) }, 80, 24, { asking: "session-1" });
  expect(lines[22]).toBe("Let it go on beyond hard limits? Fix rounding in the cart");
  expect(lines[23]).toBe("h for one hour  y for good  r take leave back  any other no");
});

describe("whatever the titles hold, no line is wider than the screen, and the columns stay where they are", () => {
  const HOSTILE = [
    "\u001b[2J\u001b[31mred\u001b]0;title\u0007",
    "日本語の長い題名がここにあります、とても長いので切られます",
    "a\nb\r\nc\td",
    "👩‍👩‍👧‍👦 family 🇩🇪 ❤️ 👍🏽 x",
    "\u202ereversed\u202c",
    "z\u0301\u0302\u0303\u0304 zalgo",
    "x".repeat(5_000),
    "\ud800 lone",
    "",
  ];
  const sessions = HOSTILE.map((title, n) =>
    liveSession({
      sessionId: `s${n}`,
      title,
      repo: title,
      branch: title,
      models: [title],
      tools: [tool({ path: title, name: title })],
      runs: [run({ description: title, agentType: title })],
      alerts: [alert(title)],
      costNanoUsd: 9_000_000_000 - n,
    }),
  );
  for (const width of [40, 60, 72, 80, 100, 120, 150, 190, 200, 300])
    test(`${width} columns`, () => {
      for (const unicode of [true, false]) {
        const terminal = { ...PLAIN, unicode };
        const lines = draw({ report: liveReportOf(sessions) }, width, 60, {}, terminal);
        expect(lines).toHaveLength(60);
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(width);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
        }
        const opened = { ...DETAIL, session: sessions[0] as (typeof sessions)[0], cwd: HOSTILE[6] as string };
        for (const line of draw(
          { report: liveReportOf(sessions), detail: opened },
          width,
          60,
          { open: "s0" },
          terminal,
        ))
          expect(widthOf(line)).toBeLessThanOrEqual(width);
        for (const line of draw({ report: liveReportOf(sessions) }, width, 30, { help: true }, terminal))
          expect(widthOf(line)).toBeLessThanOrEqual(width);
      }
    });

  test("figures stand below each other", () => {
    const rows = draw({ report: liveReportOf(sessions) }, 80, 60).filter((line) => line.includes("142.0K"));
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) expect(widthOf(row.slice(0, row.indexOf("$9.00") + 5))).toBe(42);
  });
});

test("the selected session is on the screen, however many there are and however low the window", () => {
  const many = Array.from({ length: 50 }, (_, n) =>
    liveSession({ sessionId: `s${n}`, title: `Session number ${n}`, runs: [run({}), run({ runId: "b" })] }),
  );
  for (const height of [10, 14, 24, 50])
    for (const selected of ["s0", "s1", "s25", "s49"]) {
      const lines = draw({ report: liveReportOf(many) }, 80, height, { selected });
      expect(lines).toHaveLength(height);
      expect(lines.filter((line) => line.startsWith("▸"))).toEqual([
        expect.stringContaining(`Session number ${selected.slice(1)} `),
      ]);
    }
});

test("a window that is too small says so", () => {
  expect(draw({}, 30, 10)[0]).toBe("The window is too small.");
  expect(draw({}, 80, 5)[0]).toBe("The window is too small.");
});

test("colours only where the terminal shows them", () => {
  const shown = { report: liveReportOf([ONE]) };
  expect(draw(shown, 80, 24).join("")).not.toContain("\u001b");
  expect(draw(shown, 80, 24, {}, { ...PLAIN, color: true }).join("")).toContain("\u001b[");
});
