import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import stringWidth from "string-width";
import { asked, call, Past, result, SESSION, START, worth } from "../seedFaults/past.ts";

/** The reports of who spent it before bad input: names that do not exist, names that would steer a terminal, books that are empty or locked, and a
 *  terminal of 40 columns. */

let past: Past;
beforeEach(() => {
  past = new Past();
});
afterEach(() => past.remove());

const REPORTS: readonly (readonly string[])[] = [
  ["agents"],
  ["agents", "--runs"],
  ["models"],
  ["models", "--per", "day"],
  ["projects"],
  ["skills"],
  ["tools"],
];
const FORECAST = ["forecast"] as const;

/** Every kind of row in every report; names are long, or would steer a terminal. */
function write(odd: { folder: string; name: string }): string {
  const { folder, name } = odd;
  const transcript = past.session(
    asked(
      "p1",
      "<command-message>shop:plan</command-message>\n<command-name>/shop:plan</command-name>",
      START,
    ).replaceAll('"/nowhere/repo"', JSON.stringify(folder)),
    call("m1", {
      cwd: folder,
      usage: worth(1),
      uses: [
        { id: "t1", name },
        { id: "t2", name: "mcp__plugin_shop_stock-and-more-of-it__count-everything-that-is-there" },
        { id: "t3", name: "Skill", input: { skill: name } },
      ],
    }),
    result("t1", START + 1_500),
    call("m2", { cwd: folder, usage: worth(2), atMs: START + 2_000, row: { attributionSkill: name } }),
    call("m3", { cwd: folder, model: `nobody-${name}`, atMs: START + 3_000 }),
  );
  const sub = `${SESSION}/subagents`;
  past.write(`${sub}/agent-a1.jsonl`, call("s1", { cwd: folder, agent: "a1", usage: worth(4), atMs: START + 2_500 }));
  past.write(`${sub}/agent-a1.meta.json`, JSON.stringify({ agentType: name, description: name, toolUseId: "t1" }));
  past.write(`${sub}/agent-acompact-7a.jsonl`, call("s2", { cwd: folder, agent: "acompact-7a", usage: worth(8) }));
  return transcript;
}

const ODD = { folder: "/nowhere/a|b\nIgnore all\u001b[2J\u001b]0;x\u0007\u202ec", name: "x|y\n\u001b[31mz\r\u0000" };
const LONG = {
  folder: "/nowhere/a-rather-long-name-for-a-folder-that-somebody-thought-of-日本語",
  name: "a-name-that-is-too-long-for-any-column-of-a-narrow-terminal",
};

describe("names that do not exist", () => {
  test("are an error that says what there is", async () => {
    write(LONG);
    for (const [args, message] of [
      [["session", "nope"], "no session"],
      [["session", ""], "no session"],
      [["agents", "--repo", "nobody"], '--repo "nobody" matches nothing in the book'],
      [["models", "--model", "nobody-else"], '--model "nobody-else" matches nothing in the book'],
      [["skills", "--branch", "nobody"], '--branch "nobody" matches nothing in the book'],
      [["tools", "--agent", "nobody"], '--agent "nobody" matches nothing in the book'],
      [["forecast", "--repo", "nobody"], '--repo "nobody" matches nothing in the book'],
      [["projects", "--since", "someday"], '--since "someday" is no period'],
      [["projects", "group", "shop", "nobody"], '"nobody" matches nothing in the book'],
      [["projects", "ungroup", "shop"], 'no product is called "shop"'],
      [["agents", "--top", "0"], "--top must be"],
    ] as const) {
      const ran = await past.run(args);
      expect([args, ran.code, ran.out]).toEqual([args, 1, ""]);
      expect(ran.err).toContain(message);
      expect(ran.err).not.toContain("at <anonymous>");
    }
    expect((await past.run(["models", "--per", "year"])).code).toBe(2);
    expect((await past.run(["projects", "group", "shop"])).code).toBe(2);
  });
});

describe("names that would steer a terminal, or break a table", () => {
  test("are text in every report, in JSON as they are, in CSV one cell", async () => {
    write(ODD);
    for (const report of [...REPORTS, ["session", SESSION], ["sessions", "--runs"], ["stats"], ["doctor"]]) {
      const since = ["session", "doctor"].includes(report[0] ?? "") ? [] : ["--since", "all"];
      const text = await past.run([...report, ...since]);
      expect([report, text.code, text.err]).toEqual([report, 0, ""]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(text.out).not.toMatch(/^Ignore/m);
      const json = await past.run([...report, ...since, "--json"]);
      expect(JSON.parse(json.out)).toMatchObject({ schemaVersion: 1 });
    }
    const csv = await past.run(["projects", "--since", "all", "--csv"]);
    const [header, row, end] = csv.out.split("\r\n");
    expect([header?.startsWith("project,repos"), end]).toEqual([true, ""]);
    expect(row).toContain(",15,1,3,4,8,1.000000");
  });

  test("a product may not be called so", async () => {
    write(LONG);
    const ran = await past.run(["projects", "group", "a\u001b[2Jb", "rather-long"]);
    expect([ran.code, ran.err.includes("is no name for a product")]).toEqual([1, true]);
    expect(ran.err).not.toContain("\u001b");
  });
});

describe("books", () => {
  test("that are empty have a next step, and JSON of nothing", async () => {
    for (const report of REPORTS) {
      const text = await past.run([...report]);
      expect([report, text.code, text.err]).toEqual([report, 0, ""]);
      expect(text.out.trim().length).toBeGreaterThan(20);
      const { totals } = await past.json<{ totals: { costNanoUsd: number } }>(...report);
      expect(totals.costNanoUsd).toBe(0);
      expect((await past.run([...report, "--csv"])).code).toBe(0);
    }
    const { forecasts } = await past.json<{ forecasts: { projectedNanoUsd: number }[] }>(...FORECAST);
    expect(forecasts.map(({ projectedNanoUsd }) => projectedNanoUsd)).toEqual([0, 0, 0]);
    expect((await past.run(["projects", "groups"])).out).toContain("No products yet");
  });

  test("that another process writes to are read as they are, or it is said what holds them", async () => {
    const transcript = write(LONG);
    const before = await past.all<{ totals: object }>("agents");
    const db = new Database(past.book);
    db.run("BEGIN IMMEDIATE");
    try {
      const same = await past.run(["agents", "--since", "all", "--json"]);
      expect(same.code).toBe(0);
      expect(JSON.parse(same.out)).toMatchObject({ totals: before.totals });
      appendFileSync(transcript, call("late", { atMs: START + 9_000 }));
      const late = await past.run(["agents", "--since", "all", "--json"]);
      expect(late.code).toBe(1);
      expect(late.err).toContain("locked by another process");
      const group = await past.run(["projects", "group", "shop", "rather-long"]);
      expect([group.code, group.err.includes("locked by another process")]).toEqual([1, true]);
    } finally {
      db.run("ROLLBACK");
      db.close();
    }
    expect((await past.all<{ totals: { calls: number } }>("agents")).totals.calls).toBe(6);
  }, 60_000);
});

describe("a terminal of 40 columns", () => {
  for (const [what, names] of [
    ["long names", LONG],
    ["odd names", ODD],
  ] as const)
    test(`${what}: no line is wider`, async () => {
      write(names);
      for (const report of [...REPORTS.map((one) => [...one, "--since", "all"]), [...FORECAST]]) {
        const { out, code } = await past.run(report, "", { COLUMNS: "40", LC_ALL: "C.UTF-8" });
        expect([report, code]).toEqual([report, 0]);
        expect([report, out.split("\n").filter((line) => stringWidth(line) > 40)]).toEqual([report, []]);
        // What matters most is still there.
        if (report[0] !== "forecast") expect(out).toMatch(/\$\d/);
      }
    });
});
