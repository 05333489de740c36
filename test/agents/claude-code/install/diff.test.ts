import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { renderDiff } from "../../../../src/agents/claude-code/install/diff.ts";
import { install } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "cc-ledger-diff-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What git makes of a text and a diff: the independent reader of our format. */
function patched(before: string, diff: string): string {
  const file = join(folder, "settings.json");
  writeFileSync(file, before);
  const { exitCode, stderr } = Bun.spawnSync(["git", "apply", "--unidiff-zero", "--whitespace=nowarn", "-"], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, GIT_CONFIG_NOSYSTEM: "1", GIT_CEILING_DIRECTORIES: tmpdir() },
    stdin: Buffer.from(`${diff}\n`),
  });
  if (exitCode !== 0) throw new Error(`${stderr.toString()}\n${diff}`);
  return readFileSync(file, "utf8");
}

test("the same text has no diff", () => {
  expect(renderDiff("a\n", "a\n")).toBe("");
});

test("a change stands between three lines of context", () => {
  expect(renderDiff("a\nb\nc\nd\ne\nf\ng\nh\ni\n", "a\nb\nc\nd\nE\nf\ng\nh\ni\n")).toBe(
    "--- a/settings.json\n+++ b/settings.json\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h",
  );
});

test("changes far apart stand in hunks of their own; a missing last line feed is said", () => {
  expect(renderDiff("1\n2\n3\n4\n5\n6\n7\n8\n9", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", "x")).toBe(
    "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -6,4 +7,4 @@\n 6\n 7\n 8\n-9\n\\ No newline at end of file\n+9",
  );
});

test("a file that comes or goes", () => {
  expect(renderDiff("", "a\n")).toBe("--- a/settings.json\n+++ b/settings.json\n@@ -0,0 +1,1 @@\n+a");
  expect(renderDiff("a\n", "")).toBe("--- a/settings.json\n+++ b/settings.json\n@@ -1,1 +0,0 @@\n-a");
});

test("git makes the second text of the first and the diff", () => {
  const line = fc.constantFrom("a", "b", "c", "", "{", "  }", "x\r");
  const text = fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 25 }), fc.boolean())
    .map(([lines, newline]) => lines.join("\n") + (newline ? "\n" : ""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after && before !== "" && after !== "");
      expect(patched(before, renderDiff(before, after))).toBe(after);
    }),
    { numRuns: 60 },
  );
  const settings = '{\n  "model": "opus",\n  "hooks": {\n    "Stop": []\n  }\n}';
  expect(patched(settings, renderDiff(settings, install(settings)))).toBe(install(settings));
});

test("texts that differ everywhere are shown as one replacement", () => {
  const lines = (sign: string): string => Array.from({ length: 2_500 }, (_, at) => `${sign}${at}\n`).join("");
  const shown = renderDiff(lines("a"), lines("b")).split("\n");
  expect(shown).toHaveLength(3 + 5_000);
  expect(shown.slice(2, 4)).toEqual(["@@ -1,2500 +1,2500 @@", "-a0"]);
});
