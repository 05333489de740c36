import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CATEGORIES } from "../../src/categories/index.ts";
import { accuracy, groupsOf, labelledCases, measuredSection, withSection } from "./score.ts";

const cases = labelledCases();
const document = readFileSync(join(import.meta.dir, "..", "..", "docs", "categories.md"), "utf8");

describe("labelled prompts", () => {
  test("are many, of every category, a third of them held out, and no two alike", () => {
    expect(cases.length).toBeGreaterThanOrEqual(220);
    for (const category of CATEGORIES) {
      expect(cases.filter((each) => each.label === category).length).toBeGreaterThanOrEqual(14);
    }
    const heldOut = cases.filter((each) => each.heldOut === true).length;
    expect(heldOut / cases.length).toBeGreaterThan(0.3);
    const names = new Set(cases.map((each) => JSON.stringify([each.text, each.tools])));
    expect(names.size).toBe(cases.length);
  });

  test("docs/categories.md holds the accuracies and the confusion table that this build measures", () => {
    expect(withSection(document, measuredSection(cases))).toBe(document);
  });

  test("are classed at least as well as the document promises", () => {
    const promised = /at least (\d+) % of the tuned, (\d+) % of the held-out and (\d+) % of the late/.exec(document);
    const { tuned, heldOut, late } = groupsOf(cases);
    [tuned, heldOut, late].forEach((group, i) => {
      const { right, of } = accuracy(group);
      expect((100 * right) / of).toBeGreaterThanOrEqual(Number(promised?.[i + 1] ?? Number.NaN));
    });
  });
});
