/** Scores the built program's guard on simulated histories (the long series of seeds; `--quick`: 20 histories, to look at). Prints the Markdown
 *  part of docs/guard.md; with `--write` puts it there instead. Takes some minutes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SERIES, scoreHistories } from "../test/guard/score.ts";
import { measuredSection, withSection } from "../test/guard/table.ts";

const { normal, runaway } = process.argv.includes("--quick") ? SERIES.quick : SERIES.long;
const section = measuredSection(await scoreHistories(normal, runaway), normal.length + runaway.length);
if (process.argv.includes("--write")) {
  const path = join(import.meta.dir, "..", "docs", "guard.md");
  writeFileSync(path, withSection(readFileSync(path, "utf8"), section));
  console.log("docs/guard.md");
} else {
  console.log(section);
}
