import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { argos } from "../../src/menubar/argos.ts";
import { errorMenu, menuOf } from "../../src/menubar/glanceMenu.ts";
import type { Menu, MenuItem } from "../../src/menubar/menu.ts";
import { swiftbar } from "../../src/menubar/swiftbar.ts";
import { waybar } from "../../src/menubar/waybar.ts";
import { xbar } from "../../src/menubar/xbar.ts";
import { glance, OPTIONS, runaway, session } from "./glance.ts";
import { readArgos, shellWords } from "./grammar/argos.ts";
import { commandOf, GrammarError, type Line, type Plugin } from "./grammar/lines.ts";
import { readSwiftbar } from "./grammar/swiftbar.ts";
import { readWaybar } from "./grammar/waybar.ts";
import { readXbar } from "./grammar/xbar.ts";

/** Every format against its published grammar (test/menubar/grammar/), with texts of every kind. */

const LINE_FORMATS = [
  { name: "SwiftBar", render: swiftbar, read: readSwiftbar, program: "bash", words: (words: string[]) => words },
  { name: "xbar", render: xbar, read: readXbar, program: "shell", words: (words: string[]) => words },
  {
    name: "Argos",
    render: argos,
    read: readArgos,
    program: "bash",
    words: ([line]: string[]) => shellWords(line ?? ""),
  },
];

/** The menu's lines in order, with their depth. */
function flat(menu: Menu): ({ item: MenuItem; level: number } | "separator")[] {
  return [...menu.sections, menu.actions].flatMap((section, at) => [
    ...(at === 0 ? [] : ["separator" as const]),
    ...section.flatMap((item) => [
      { item, level: 0 },
      ...(item.items ?? []).map((inner) => ({ item: inner, level: 1 })),
    ]),
  ]);
}

/** What titles, names and messages may hold: words, and whatever any of the formats could take for its own. */
const HOSTILE = [
  "|",
  "---",
  "--",
  "-",
  "\n",
  "\r\n---\n",
  "\u2028",
  " | href=https://evil.example bash=/bin/sh",
  "<b>",
  "</span>",
  "&",
  "&amp",
  "'",
  '"',
  "`id`",
  "$(id)",
  ":warning:",
  ":sun.max:",
  "\\n",
  "\\",
  "\u001b[31m",
  "\u0000",
  "\u202e",
  "\ud800",
  "👩‍👩‍👧‍👦",
  "日本語",
  "~~~",
  "#",
  " ",
  "{}",
];
const hostile = fc
  .array(
    fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 6 }), fc.lorem({ maxCount: 2 })),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(""));

const hostileMenu = fc
  .record({
    texts: fc.array(hostile, { minLength: 12, maxLength: 12 }),
    url: fc.oneof(
      hostile,
      hostile.map((text) => `https://forge.example/${text}`),
      fc.webUrl(),
    ),
    id: fc.oneof(hostile, fc.uuid()),
    program: fc.oneof(
      hostile.map((text) => `/opt/${text}/cc-ledger`),
      fc.constant("/Users/me/My Tools/cc-ledger"),
    ),
    notice: fc.option(hostile),
  })
  .map(({ texts, url, id, program, notice }) => {
    const text = (n: number): string => texts[n] ?? "";
    const [pull] = glance().pullRequests;
    const [alert] = glance().alerts;
    if (pull === undefined || alert === undefined) throw new Error("nothing to change");
    return menuOf(
      glance({
        active: [
          { repo: text(0), burnNanoUsdPerHour: 1, sessions: [session(id, { title: text(1), branch: text(2) })] },
          { repo: text(3), burnNanoUsdPerHour: 0, sessions: [session(text(4), { title: null })] },
        ],
        pullRequests: [{ ...pull, url, title: text(5), repo: text(6) }],
        runaways: [runaway(id, text(7))],
        alerts: [{ ...alert, message: text(8), sessionId: text(9) }],
        unpriced: [{ model: text(10), calls: 2 }],
      }),
      { ...OPTIONS, program: [program], notice },
    );
  });

/** A title with an item under it that cannot be told apart from one that the program made. */
function checkLines(menu: Menu, plugin: Plugin, format: (typeof LINE_FORMATS)[number]): void {
  const expected = flat(menu);
  expect(plugin.header).toHaveLength(1);
  expect(plugin.body.map((line) => (line === "separator" ? line : line.level))).toEqual(
    expected.map((line) => (line === "separator" ? line : line.level)),
  );
  plugin.body.forEach((line, at) => {
    const wanted = expected[at];
    if (line === "separator" || wanted === undefined || wanted === "separator") return;
    expect(line.params.get("href")).toBe(wanted.item.href);
    expect(line.params.get("refresh")).toBe(wanted.item.refresh === true ? "true" : undefined);
    const command = commandOf(line, format.program);
    if (command !== null) expect(format.words(command)).toEqual([...(wanted.item.command ?? [])]);
    else if (format.name === "Argos" && wanted.item.href === undefined && wanted.item.command !== undefined)
      expect(wanted.item.command.every(isOneLine)).toBe(false);
  });
}

/** What a line can hold: Argos has quotes for everything else, so there every such command is written. */
function isOneLine(word: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that it cannot
  return word.toWellFormed() === word && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(word);
}

for (const format of LINE_FORMATS) {
  describe(format.name, () => {
    test("a menu keeps to the grammar, line by line and click by click", () => {
      const menu = menuOf(glance(), OPTIONS);
      const plugin = format.read(format.render(menu));
      checkLines(menu, plugin, format);
      const texts = plugin.body.filter((line): line is Line => line !== "separator").map((line) => line.text);
      expect(texts).toContain("Today $12.34");
      expect(texts).toContain("Checkout page · $3.40 · checkout · 2 sub-agents · 3 min ago");
      const charts = plugin.body.filter(
        (line) => line !== "separator" && (line.params.has("image") || line.params.has("templateImage")),
      );
      expect(charts.map((line) => (line as Line).text)).toEqual(["24 hours $20.10", "30 days $402.11+"]);
      const commands = plugin.body.flatMap((line) => (line === "separator" ? [] : [commandOf(line, format.program)]));
      expect(commands.filter((command) => command !== null).length).toBeGreaterThan(8);
    });

    test("titles, names, ids, addresses and paths of any kind change nothing but texts", () => {
      fc.assert(
        fc.property(hostileMenu, (menu) => checkLines(menu, format.read(format.render(menu)), format)),
        { numRuns: 300 },
      );
    });

    test("trouble of any kind is a menu as well", () => {
      fc.assert(
        fc.property(hostile, fc.option(hostile, { nil: undefined }), (message, hint) => {
          const menu = errorMenu(message, hint, ["/opt/cc-ledger"]);
          checkLines(menu, format.read(format.render(menu)), format);
        }),
        { numRuns: 200 },
      );
    });

    test("a path with blanks starts the program; one that cannot be written safely starts nothing", () => {
      const at = (program: string): (string[] | null)[] => {
        const plugin = format.read(format.render(menuOf(glance(), { ...OPTIONS, program: [program] })));
        return plugin.body.flatMap((line) => (line === "separator" ? [] : [commandOf(line, format.program)]));
      };
      const spaced = at("/Users/me/My Tools/cc-ledger").filter((command) => command !== null);
      expect(spaced.map((command) => format.words(command)[0])).toContain("/Users/me/My Tools/cc-ledger");
      const quoted = at(`/Users/o'neil "x" $(id)/cc-ledger`).filter((command) => command !== null);
      if (format.name === "Argos")
        expect(quoted.map((command) => format.words(command)[0])).toContain(`/Users/o'neil "x" $(id)/cc-ledger`);
      else expect(quoted).toEqual([]);
    });
  });
}

describe("Waybar", () => {
  test("a menu keeps to the manual: one object, markup, lines of a tooltip", () => {
    const module = readWaybar(waybar(menuOf(glance(), OPTIONS)));
    expect(module).toMatchObject({ text: "⚠ 5h 42 % · $12.34", class: "critical", alt: "critical", percentage: 42 });
    expect(module.lines.slice(0, 6)).toEqual([
      "Budget 62 % spent: $20.00 a day, heading for $31.00",
      "Runaway: Rewrite everything, $45.20, 12 × the usual",
      "The same error for the sixth time",
      "",
      "5-hour limit: 42 % used, 31 % of its time gone",
      "At this pace 135 % by the reset at 16:40 (in 2 h 10 min)",
    ]);
    expect(module.lines.find((line) => line.startsWith("24 hours"))).toMatch(/^24 hours \$20\.10 {2}[ ▁▂▃▄▅▆▇█]{25}$/);
    expect(module.lines).toContain("   Checkout page · $3.40 · checkout · 2 sub-agents · 3 min ago");
    expect(module.lines).not.toContain("Refresh");
  });

  test("texts of any kind change nothing but texts", () => {
    fc.assert(
      fc.property(hostileMenu, (menu) => {
        const { lines, text } = readWaybar(waybar(menu));
        expect(text).toBe(menu.title);
        const items = menu.sections.map((section) => section.flatMap((item) => [item, ...(item.items ?? [])]).length);
        expect(lines).toHaveLength(items.reduce((sum, count) => sum + count, 0) + items.length - 1);
      }),
      { numRuns: 300 },
    );
  });

  test("trouble shows, and has a class of its own colour", () => {
    const module = readWaybar(
      waybar(errorMenu("the book is <damaged>", "Move it aside & keep it", ["/opt/cc-ledger"])),
    );
    expect(module).toMatchObject({ text: "⚠ cc-ledger", class: "critical" });
    expect(module.lines).toEqual(["the book is <damaged>", "Move it aside & keep it"]);
  });
});

describe("the grammars refuse what they should", () => {
  const good = swiftbar(menuOf(glance(), OPTIONS));
  const cases: [string, () => unknown][] = [
    ["an unknown parameter", () => readXbar(good.replace("emojize=false", "sfimage=star"))],
    ["two of the same", () => readSwiftbar(good.replace("emojize=false", "emojize=false emojize=false"))],
    ["a line cut in two", () => readSwiftbar(good.replace("Today", "To\rday"))],
    ["a level that is skipped", () => readSwiftbar("title\n---\nitem\n----deeper\n")],
    ["a menu of a separator", () => readXbar("title\n---\n--item\n")],
    ["a symbol in a text", () => readSwiftbar("title\n---\n:sun.max: is out | color=red\n")],
    [
      "an argument with blanks in xbar's terminal",
      () => readXbar('t\n---\nx | shell="/bin/a b" param1="c d" terminal=true emojize=false ansi=false\n'),
    ],
    ["an address that is none", () => readXbar("title\n---\nx | href=javascript:alert(1)\n")],
    ["a picture that is none", () => readSwiftbar("title\n---\nx | image=AAAA\n")],
    ["markup in Argos", () => readArgos("title\n---\nx <b>y</b>\n")],
    ["a quote that nothing closes", () => readArgos("title\n---\nx | bash='a\n")],
    ["a bare ampersand in Waybar", () => readWaybar('{"text":"a & b","alt":"","tooltip":"","class":"ok"}\n')],
    ["two lines for Waybar", () => readWaybar('{"text":"a","alt":"",\n"tooltip":"","class":"ok"}\n')],
  ];
  for (const [name, read] of cases) test(name, () => expect(read).toThrow(Error));
  test("and nothing else", () => {
    expect(() => readSwiftbar(good)).not.toThrow();
    expect(new GrammarError("x")).toBeInstanceOf(Error);
  });
});
