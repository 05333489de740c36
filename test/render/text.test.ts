import { expect, test } from "bun:test";
import fc from "fast-check";
import { csv } from "../../src/render/csv.ts";
import { formatPercent, formatTokens, formatUsd, usdString } from "../../src/render/numbers.ts";
import { renderTable } from "../../src/render/table.ts";
import type { Terminal } from "../../src/render/terminal.ts";
import { printable, widthOf } from "../../src/render/width.ts";

const terminal = (width: number): Terminal => ({ width, color: false, unicode: true, isTTY: false });

test("no line of a table is wider than the terminal, whatever the cells hold", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 40, max: 200 }),
      fc.array(
        fc.tuple(
          fc.string({ unit: "grapheme", maxLength: 80 }),
          fc.string({ unit: "grapheme", maxLength: 20 }),
          fc.nat(1e9).map(String),
        ),
        { maxLength: 6 },
      ),
      (width, rows) => {
        const columns = [
          { title: "NAME", align: "left" as const, grow: 1, min: 8 },
          { title: "KIND", align: "left" as const, grow: 1, min: 6, priority: 1 },
          { title: "COUNT", align: "right" as const },
        ];
        for (const line of renderTable({ columns, rows, terminal: terminal(width) }).split("\n"))
          expect(widthOf(line)).toBeLessThanOrEqual(width);
      },
    ),
    { numRuns: 300 },
  );
});

test("ingested text cannot steer a terminal", () => {
  expect(printable("\u001b[31mred\u001b[0m \u001b]0;title\u0007x\r\ny\u202Eflip\u0000")).toBe("red x y flip");
  expect(printable("a".repeat(10_000)).length).toBeLessThanOrEqual(400);
});

test("money is shown exactly in data and readably to people", () => {
  expect(usdString(123_103_664_850)).toBe("123.10366485");
  expect(usdString(0)).toBe("0");
  expect(usdString(-5)).toBe("-0.000000005");
  expect(formatUsd(null)).toBe("unpriced");
  expect(formatUsd(1_234_567_890_000)).toBe("$1,234.57");
  expect(formatUsd(4_500_000)).toBe("$0.0045");
  expect(formatUsd(1)).toBe("<$0.0001");
  expect(formatUsd(0)).toBe("$0.00");
});

test("tokens and shares never round to something they are not", () => {
  expect(formatTokens(999)).toBe("999");
  expect(formatTokens(999_960)).toBe("1.0M");
  expect(formatTokens(1_234_567_890)).toBe("1.2B");
  expect(formatPercent(0.9999)).toBe(">99.9 %");
  expect(formatPercent(0.99)).toBe("99 %");
  expect(formatPercent(0.0001)).toBe("<0.1 %");
  expect(formatPercent(1)).toBe("100 %");
});

test("CSV quotes, and defuses formulas", () => {
  expect(
    csv(
      ["a", "b"],
      [
        ['say "hi", you', "=1+1"],
        ["line\nbreak", "-5.5"],
      ],
    ),
  ).toBe('a,b\r\n"say ""hi"", you",\'=1+1\r\n"line\nbreak",-5.5\r\n');
});
