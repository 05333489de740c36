import { expect, test } from "bun:test";
import { falsePerThousand, foundOf, SERIES, scoreHistories } from "./score.ts";

/** What the guard owes: with its own figures, on histories that were made without looking at its rules, it finds what ran away early and leaves
 *  everybody else alone. `npm run test:long` does it with 400 histories. */

const long = process.env.CC_LEDGER_LONG === "1";
const { normal, runaway } = long ? SERIES.long : SERIES.quick;
/** In 20 histories one session more or less makes more than a false alarm in 1,000 and ten found in 100: the long series judges. */
const owed = long ? { falsePerThousand: 1, found: 0.95 } : { falsePerThousand: 2, found: 0.9 };

test(`${normal.length} histories without and ${runaway.length} with a runaway: found early, and nobody else is alarmed`, async () => {
  const score = await scoreHistories(normal, runaway);
  const { found, median } = foundOf(score.verdicts);
  const missed = score.verdicts
    .filter(({ rule }) => rule === null)
    .map(({ seed, kind, variant }) => `${seed}: ${kind}, ${variant}`);
  if (missed.length > 0) console.log(`missed:\n${missed.join("\n")}`);
  for (const { seed, persona, rule, message, early } of score.falseAlarms)
    console.log(`false alarm in seed ${seed} (${persona}${early ? ", before it ran away" : ""}): ${rule}: ${message}`);
  expect(falsePerThousand(score)).toBeLessThanOrEqual(owed.falsePerThousand);
  expect(found).toBeGreaterThanOrEqual(owed.found * runaway.length);
  expect(median).toBeLessThanOrEqual(0.2);
}, 3_600_000);
