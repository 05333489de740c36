import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NAMES } from "../../src/statusline/template.ts";

test("every name of the template is documented, and no other", () => {
  const text = readFileSync(join(import.meta.dir, "..", "..", "docs", "statusline.md"), "utf8");
  const table = text.slice(text.indexOf("## What is shown"), text.indexOf("A template of your own"));
  const documented = [...table.matchAll(/\{([\w.]+)\}/g)].map(([, name]) => name ?? "");
  expect(documented.toSorted()).toEqual(Object.keys(NAMES).toSorted());
});
