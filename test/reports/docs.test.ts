import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDemoHistory } from "../../src/demo/history.ts";
import { LISTS } from "../../src/reports/skills.ts";
import { Past } from "../seedFaults/past.ts";

/** docs/json.md and docs/reports.md against the program: every kind has a row, every field that is printed is named in it. */

const ROOT = join(import.meta.dir, "..", "..");
const JSON_DOC = readFileSync(join(ROOT, "docs", "json.md"), "utf8");
const REPORTS_DOC = readFileSync(join(ROOT, "docs", "reports.md"), "utf8");
const PARTS = JSON_DOC.slice(JSON_DOC.indexOf("## Parts that recur"), JSON_DOC.indexOf("## By kind"));
/** What is the same in every kind. */
const COMMON = new Set([...words(PARTS), "schemaVersion", "kind", "generatedAt", "costUsd"]);

function words(text: string): string[] {
  return text.match(/[A-Za-z][A-Za-z0-9]*/g) ?? [];
}

const rowOf = (kind: string): string => new RegExp(`^\\| \`${kind}\` \\|.*$`, "m").exec(JSON_DOC)?.[0] ?? "";

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

let past: Past;
beforeAll(async () => {
  past = new Past();
  writeDemoHistory(past.claude, Date.now());
  await past.run(["budget", "set", "1", "--per", "month"]);
  const { projects } = await past.all<{ projects: { project: string }[] }>("projects");
  await past.run(["projects", "group", "everything", ...projects.map(({ project }) => project)]);
});
afterAll(() => past.remove());

test("every kind of JSON has a row", () => {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((one) =>
    one.endsWith(".ts"),
  );
  const kinds = files.flatMap((file) =>
    [...readFileSync(join(ROOT, "src", file), "utf8").matchAll(/envelope\(\s*"([a-z-]+)"/g)].map(
      ([, kind]) => kind as string,
    ),
  );
  expect(kinds.length).toBeGreaterThan(20);
  expect([...new Set(kinds)].filter((kind) => rowOf(kind) === "")).toEqual([]);
});

describe("every field that is printed is in the row of", () => {
  for (const [kind, ...args] of [
    ["agents", "agents", "--runs", "--top", "2", "--since", "all"],
    ["models", "models", "--since", "all"],
    ["projects", "projects", "--since", "all"],
    ["products", "projects", "groups"],
    ["skills", "skills", "--since", "all"],
    ["tools", "tools", "--since", "all"],
    ["forecast", "forecast"],
    ["budget", "budget"],
    ["alerts", "alerts"],
    ["guard", "guard"],
    ["guard-replay", "guard", "replay", "--since", "all"],
  ] as const)
    test(kind, async () => {
      const body = await past.json<{ kind: string; totals?: { calls: number } }>(...args);
      expect(body.kind).toBe(kind);
      if (kind === "products") expect(body).toMatchObject({ products: [{ name: "everything" }] });
      if (body.totals !== undefined) expect(body.totals.calls).toBeGreaterThan(0);
      const known = new Set([...words(rowOf(kind)), ...COMMON]);
      // What is usual for a person is an object of the guard's own.
      const { usual: _usual, ...printed } = body as Record<string, unknown>;
      expect([...new Set(keysOf(printed))].filter((key) => !known.has(key))).toEqual([]);
    });
});

test("every report and every list has its place in docs/reports.md", () => {
  for (const report of ["agents", "models", "projects", "skills", "tools", "forecast"]) {
    const [, section = ""] = REPORTS_DOC.split(`\n## ${report}\n`);
    expect([report, section.split("\n## ")[0]?.includes("*Cannot see*")]).toEqual([report, true]);
  }
  const names = {
    skills: "skills",
    commands: "slash commands",
    servers: "MCP servers",
    mcpTools: "MCP tools",
    plugins: "plugins",
  };
  for (const list of LISTS) expect(REPORTS_DOC).toMatch(new RegExp(`^\\|.*${names[list]}.*\\|`, "m"));
});
