/** Measures the classifier on the labelled prompts. Prints the accuracies and the confusion table; with `--write` puts
 *  them into docs/categories.md instead. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labelledCases, measuredSection, withSection } from "../test/categories/score.ts";

const section = measuredSection(labelledCases());
if (process.argv.includes("--write")) {
  const path = join(import.meta.dir, "..", "docs", "categories.md");
  writeFileSync(path, withSection(readFileSync(path, "utf8"), section));
  console.log("docs/categories.md");
} else {
  console.log(section);
}
