import { describe, expect, test } from "bun:test";
import { errorMenu, menuOf } from "../../src/menubar/glanceMenu.ts";
import { type Menu, type MenuItem, safeHref } from "../../src/menubar/menu.ts";
import { budget, glance, NOW, OPTIONS, runaway, session, USD } from "./glance.ts";

/** The menu as lines of text, what is deeper indented. */
function textOf(menu: Menu): string[] {
  const lines = (items: readonly MenuItem[]): string[] =>
    items.flatMap(({ text, items: inner }) => [text, ...lines(inner ?? []).map((one) => `  ${one}`)]);
  return [menu.title, ...menu.sections.flatMap((section) => ["---", ...lines(section)])];
}

test("a menu with something of everything, the urgent first", () => {
  expect(textOf(menuOf(glance(), OPTIONS))).toEqual([
    "⚠ 5h 42 % · $12.34",
    "---",
    "Budget 62 % spent: $20.00 a day, heading for $31.00",
    "Runaway: Rewrite everything, $45.20, 12 × the usual",
    "The same error for the sixth time",
    "---",
    "5-hour limit: 42 % used, 31 % of its time gone",
    "At this pace 135 % by the reset at 16:40 (in 2 h 10 min)",
    "7-day limit: 20 % used, 3 % of its time gone",
    "Resets on Mon at 10:30 (in 6 d 20 h)",
    "---",
    "Today $12.34",
    "24 hours $20.10",
    "30 days $402.11+",
    "---",
    "At work",
    "shop · 2 sessions · $1.20/h",
    "  Checkout page · $3.40 · checkout · 2 sub-agents · 3 min ago",
    "  session 5f2c-2 · $3.40 · checkout · 2 sub-agents · 3 min ago",
    "---",
    "Pull requests",
    "shop #12 · Checkout · $3.40 · open",
    "---",
    "Without a price: gateway-7 (3 calls)",
  ]);
});

describe("where a click leads", () => {
  const find = (menu: Menu, text: string): MenuItem =>
    [...menu.sections.flat(), ...menu.actions]
      .flatMap((item) => [item, ...(item.items ?? [])])
      .find((item) => item.text.includes(text)) as MenuItem;

  test("to commands, and to addresses of pull requests", () => {
    const menu = menuOf(glance(), OPTIONS);
    expect(find(menu, "Today").command).toEqual(["/opt/cc-ledger", "stats", "--since", "today"]);
    expect(find(menu, "24 hours").command).toEqual(["/opt/cc-ledger", "stats", "--since", "24h"]);
    expect(find(menu, "Checkout page").command).toEqual(["/opt/cc-ledger", "session", "5f2c-1"]);
    expect(find(menu, "Runaway").command).toEqual(["/opt/cc-ledger", "session", "5f2c-9"]);
    expect(find(menu, "Budget").command).toEqual(["/opt/cc-ledger", "budget", "list"]);
    expect(find(menu, "#12").href).toBe("https://forge.example/shop/pull/12");
    expect(find(menu, "dashboard")).toBeUndefined();
    expect(menu.actions.map((item) => item.text)).toEqual(["Statistics", "Refresh"]);
  });

  test("to the dashboard, where there is one", () => {
    const menu = menuOf(glance(), { ...OPTIONS, dashboardUrl: "http://127.0.0.1:7777/" });
    for (const text of ["Today", "24 hours", "30 days", "Open the dashboard"]) {
      expect(find(menu, text).href).toBe("http://127.0.0.1:7777/");
      expect(find(menu, text).command).toBeUndefined();
    }
  });

  test("nowhere, where an id or an address is not to be trusted", () => {
    const active = [{ repo: "shop", burnNanoUsdPerHour: 0, sessions: [session("--help; rm -rf /")] }];
    const [pull] = glance().pullRequests;
    const pullRequests = [{ ...(pull as NonNullable<typeof pull>), url: "javascript:alert(1)" }];
    const menu = menuOf(glance({ active, pullRequests }), OPTIONS);
    expect(find(menu, "Checkout page").command).toBeUndefined();
    expect(find(menu, "#12").href).toBeUndefined();
    expect(find(menu, "#12").command).toEqual(["/opt/cc-ledger", "pr-cost", "--all", "--pr", "12", "--explain"]);
  });
});

test("addresses: http and https with nothing in them that could end a parameter", () => {
  expect(safeHref("https://forge.example/a b|c'd\"e?q=<x>")).toBe("https://forge.example/a%20b%7Cc%27d%22e?q=%3Cx%3E");
  for (const bad of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//x",
    "",
    "https://",
    `https://x/${"y".repeat(3000)}`,
  ])
    expect(safeHref(bad)).toBeNull();
});

test("the title says what matters most in little room", () => {
  const quiet = { runaways: [], alerts: [], budgets: [], unpriced: [] };
  const none = { fiveHour: null, sevenDay: null };
  expect(menuOf(glance({ ...quiet, limits: none }), OPTIONS)).toMatchObject({
    title: "$12.34",
    tone: "plain",
    percentage: null,
  });
  expect(menuOf(glance(quiet), OPTIONS)).toMatchObject({ title: "5h 42 % · $12.34", tone: "warn", percentage: 42 });
  const { fiveHour } = glance().limits;
  if (fiveHour === null) throw new Error("no sample");
  const over = { fiveHour: { ...fiveHour, usedPercent: 104, state: "over" as const }, sevenDay: null };
  const menu = menuOf(glance({ ...quiet, limits: over }), OPTIONS);
  expect(menu).toMatchObject({ title: "⚠ 5h 104 % · $12.34", tone: "alert", percentage: 100 });
  expect(textOf(menu)).toContain("Resets at 16:40 (in 2 h 10 min)");
  const unpriced = { calls: 2, costNanoUsd: 0, unpricedCalls: 2 };
  expect(menuOf(glance({ ...quiet, limits: none, today: unpriced }), OPTIONS).title).toBe("unpriced");
});

test("an empty book has a next step; a quiet one says so", () => {
  const nothing = { calls: 0, costNanoUsd: 0, unpricedCalls: 0 };
  const bare = { runaways: [], alerts: [], budgets: [], unpriced: [], pullRequests: [], active: [] };
  const spend = { today: nothing, last24h: nothing, last30d: nothing, limits: { fiveHour: null, sevenDay: null } };
  expect(textOf(menuOf(glance({ ...bare, ...spend, firstHourMs: null }), OPTIONS))).toEqual([
    "cc-ledger",
    "---",
    "No calls yet: work with an agent, or see how it looks: cc-ledger demo",
  ]);
  expect(textOf(menuOf(glance({ ...bare, ...spend }), OPTIONS))).toEqual([
    "$0.00",
    "---",
    "Today $0.00",
    "24 hours $0.00",
    "30 days $0.00",
    "---",
    "No session at work",
  ]);
});

test("long lists are cut, and say so", () => {
  const sessions = Array.from({ length: 9 }, (_, n) => session(`s${n}`));
  const active = Array.from({ length: 8 }, (_, n) => ({ repo: `repo-${n}`, burnNanoUsdPerHour: 0, sessions }));
  const lines = textOf(menuOf(glance({ active }), OPTIONS));
  expect(lines.filter((one) => one.startsWith("repo-"))).toHaveLength(6);
  expect(lines).toContain("  and 3 sessions more");
  expect(lines).toContain("and 2 repos more");
  const many = glance({
    runaways: Array.from({ length: 30 }, (_, n) => runaway(`r${n}`, null)),
    budgets: Array.from({ length: 30 }, (_, n) => budget(`b${n}`, 1 + n / 10, "over")),
    unpriced: Array.from({ length: 9 }, (_, n) => ({ model: `m${n}`, calls: 1 })),
  });
  expect(textOf(menuOf(many, OPTIONS)).length).toBeLessThan(45);
});

test("something to say comes first", () => {
  const menu = menuOf(glance(), { ...OPTIONS, notice: "the book cannot be written" });
  expect(menu.sections[0]).toEqual([{ text: "the book cannot be written", tone: "warn" }]);
});

test("trouble is told in lines that fit, with what to do", () => {
  const long = `/home/somebody/with/a/long/name/${"x".repeat(150)}/ledger.db is damaged or no database: file is not a database`;
  const menu = errorMenu(long, "Move it aside (keep it) and run any cc-ledger command.", ["/opt/cc-ledger"]);
  expect(menu.title).toBe("⚠ cc-ledger");
  expect(
    menu.sections
      .flat()
      .map(({ text }) => text.length)
      .every((length) => length > 0 && length <= 70),
  ).toBe(true);
  expect(
    menu.sections
      .flat()
      .map(({ text }) => text)
      .join(" ")
      .replaceAll(" ", ""),
  ).toBe(`${long}Move it aside (keep it) and run any cc-ledger command.`.replaceAll(" ", ""));
  expect(menu.actions[0]?.command).toEqual(["/opt/cc-ledger", "doctor"]);
});

test("what a session cost so far is marked where a call has no price", () => {
  const sessions = [
    session("s1", { costNanoUsd: USD, unpricedCalls: 2, lastAtMs: NOW - 1, runningSubAgents: 1, branch: "" }),
  ];
  const lines = textOf(menuOf(glance({ active: [{ repo: "shop", burnNanoUsdPerHour: 0, sessions }] }), OPTIONS));
  expect(lines).toContain("shop · 1 session");
  expect(lines).toContain("  Checkout page · $1.00+ · 1 sub-agent · now");
});
