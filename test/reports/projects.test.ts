import type { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { groupRepos, groupsOf, ungroupRepos } from "../../src/ledger/groups.ts";
import { projectsReport } from "../../src/reports/projects.ts";
import { asked, call, SESSION, START, worth } from "../seedFaults/past.ts";
import { Books, filters, usd } from "./books.ts";

const books = new Books();
afterAll(() => books.remove());

const OTHER = "5eed0000-0000-4000-8000-000000000002";
/** One session in web and api, with a sub-agent and overhead; another in api and docs. */
const book = (): Promise<Database> =>
  books.of({
    [`${SESSION}.jsonl`]: [
      asked("p1", "explain how the cart works", START),
      call("m1", { usage: worth(1), cwd: "/nowhere/web", atMs: START + 1_000, uses: [{ id: "t1", name: "Read" }] }),
      asked("p2", "fix the crash in the cart", START + 2_000),
      call("m2", { usage: worth(2), cwd: "/nowhere/web", atMs: START + 3_000 }),
      call("m3", { usage: worth(4), cwd: "/nowhere/api", atMs: START + 4_000, branch: "topic" }),
    ],
    [`${SESSION}/subagents/agent-a1.jsonl`]: [
      call("s1", {
        agent: "a1",
        usage: worth(8),
        cwd: "/nowhere/web",
        atMs: START + 3_500,
        model: "claude-sonnet-5-5",
      }),
    ],
    [`${SESSION}/subagents/agent-acompact-7a.jsonl`]: [
      call("s2", { agent: "acompact-7a", usage: worth(0.5), cwd: "/nowhere/web", atMs: START + 3_600 }),
    ],
    [`${OTHER}.jsonl`]: [
      asked("q1", "go on", START, OTHER),
      call("n1", { session: OTHER, usage: worth(16), cwd: "/nowhere/api", atMs: START + 9_000 }),
      call("n2", { session: OTHER, usage: worth(0.25), cwd: "/nowhere/docs", atMs: START + 9_500 }),
    ],
  });
const rows = (db: Database, flags = {}): [string, number, number][] =>
  projectsReport(db, filters(flags)).projects.map((row) => [row.project, usd(row), row.sessions]);

describe("projects", () => {
  test("what each cost, who spent it, on what, with which models, and when last", async () => {
    const { totals, projects } = projectsReport(await book(), filters());
    // Sonnet 5.5 gives twice the output for a dollar: eight dollars' worth of Opus are four.
    expect([usd(totals), totals.sessions]).toEqual([27.75, 2]);
    expect(projects.map((row) => [row.project, usd(row), row.share, row.sessions, row.isProduct])).toEqual([
      ["api", 20, 20 / 27.75, 2, false],
      ["web", 7.5, 7.5 / 27.75, 1, false],
      ["docs", 0.25, 0.25 / 27.75, 1, false],
    ]);
    expect(projects[1]).toMatchObject({
      repos: [{ name: "web", folder: "/nowhere/web", workTrees: 1 }],
      models: ["claude-sonnet-5-5", "claude-opus-5-5"],
      topCategory: "debugging",
      lastActiveAtMs: START + 3_600,
    });
    expect(projects[1]?.kinds.map((kind) => [kind.kind, usd(kind)])).toEqual([
      ["main", 3],
      ["user", 4],
      ["overhead", 0.5],
    ]);
    expect(projects[0]?.lastActiveAtMs).toBe(START + 9_000);
  });

  test("repos joined into a product are one project, and one --repo, in every report", async () => {
    const db = await book();
    expect(groupRepos(db, "shop", ["web", "api"], "/").repos.map(({ name }) => name)).toEqual(["api", "web"]);
    expect(rows(db)).toEqual([
      ["shop", 27.5, 2],
      ["docs", 0.25, 1],
    ]);
    const [product] = projectsReport(db, filters()).projects;
    expect([product?.isProduct, product?.repos.map(({ folder }) => folder)]).toEqual([
      true,
      ["/nowhere/api", "/nowhere/web"],
    ]);
    expect(rows(db, { repo: "shop" })).toEqual([["shop", 27.5, 2]]);
    expect(rows(db, { repo: "web" })).toEqual([["shop", 7.5, 1]]);
    // More may join later, and joining twice is no harm.
    expect(groupRepos(db, "shop", ["docs", "web"], "/").repos).toHaveLength(3);
    expect(rows(db)).toEqual([["shop", 27.75, 2]]);
  });

  test("a product is taken apart again, piece by piece or at once", async () => {
    const db = await book();
    groupRepos(db, "shop", ["web", "api", "docs"], "/");
    expect(ungroupRepos(db, "shop", ["docs"], "/")?.repos.map(({ name }) => name)).toEqual(["api", "web"]);
    expect(rows(db).map(([name]) => name)).toEqual(["shop", "docs"]);
    expect(ungroupRepos(db, "Shop", [], "/")).toBeNull();
    expect(groupsOf(db)).toEqual([]);
    expect(rows(db).map(([name]) => name)).toEqual(["api", "web", "docs"]);
  });

  test("what cannot be: nothing is changed, and it is said why", async () => {
    const db = await book();
    groupRepos(db, "shop", ["web"], "/");
    const before = groupsOf(db);
    for (const [act, message] of [
      [() => groupRepos(db, "bank", ["api", "web"], "/"), "web is in shop already"],
      [() => groupRepos(db, "shop", ["api", "nobody"], "/"), '"nobody" matches nothing in the book'],
      [() => groupRepos(db, "api", ["docs"], "/"), "a repo is called api"],
      [() => groupRepos(db, " ", ["api"], "/"), "is no name for a product"],
      [() => groupRepos(db, "a\nb", ["api"], "/"), "is no name for a product"],
      [() => ungroupRepos(db, "bank", [], "/"), 'no product is called "bank"'],
      [() => ungroupRepos(db, "shop", ["docs"], "/"), '"docs" is not in shop'],
    ] as const) {
      expect(act).toThrow(message);
      expect(groupsOf(db)).toEqual(before);
    }
  });

  test("cut at --top, and of a period", async () => {
    const db = await book();
    const { projects, projectsLeft } = projectsReport(db, filters({ top: 1 }));
    expect([projects.map(usd), projectsLeft.rows, usd(projectsLeft)]).toEqual([[20], 2, 7.75]);
    expect(rows(db, { since: new Date(START + 9_000).toISOString() })).toEqual([
      ["api", 16, 1],
      ["docs", 0.25, 1],
    ]);
    const until = projectsReport(db, filters({ until: new Date(START + 3_500).toISOString() })).projects;
    expect(until.map((row) => [row.project, usd(row), row.lastActiveAtMs])).toEqual([["web", 7, START + 3_500]]);
  });
});
