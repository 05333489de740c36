import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cleaned, code, plain, table } from "../../src/mcp/markdown.ts";

/** Splits a table's line into cells the way GitHub's Markdown does: a bar ends a cell unless an odd number of backslashes stands before it. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  for (let at = 0; at < line.length; at++) {
    if (line[at] === "\\" && at + 1 < line.length) {
      cell += line.slice(at, at + 2);
      at++;
    } else if (line[at] === "|") {
      cells.push(cell);
      cell = "";
    } else cell += line[at];
  }
  return [...cells, cell].slice(1, -1);
}

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ..."| ` \\ \n \r \u2028 \u202e \u200b \u001b[31m <script>alert(1)</script> [x](javascript:1) ![i](http://evil/) ** # - > 1. \n\n| a | b |\n|---|---|\n ``` </td> &lt; \ud800 \udc00 \u0000".split(
          " ",
        ),
        " ",
        "\n",
        "word",
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join("")),
);

describe("text from a history", () => {
  test("stands on one line, in one code span, in one cell", () => {
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        const lines = table(["A", "B"], [[code(a), code(b)]]).split("\n");
        expect(lines).toHaveLength(3);
        const cells = cellsOf(lines[2] as string);
        expect(cells).toHaveLength(2);
        for (const cell of cells) {
          const inner = cell.trim();
          if (inner === "-") continue;
          expect(inner.startsWith("`") && inner.endsWith("`") && inner.length > 2).toBe(true);
          expect(inner.slice(1, -1)).not.toContain("`");
          expect(inner).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("keeps what can be kept", () => {
    expect(code("feature/checkout")).toBe("`feature/checkout`");
    expect(code("C:\\Users\\me")).toBe("`C:\\Users\\me`");
    expect(code("a|b")).toBe("`a\\|b`");
    expect(code("a\\|b")).toBe("`a\\\\\\|b`");
    expect(code("Größe 💶 日本語")).toBe("`Größe 💶 日本語`");
    expect(code("say `hi`\nnow")).toBe("`say 'hi' now`");
    expect(code("")).toBe("-");
    expect(code("\u200b\n")).toBe("-");
    expect(code(null)).toBe("-");
  });

  test("is cut, letters whole, however long it is", () => {
    expect(plain("x".repeat(1_000), 10)).toBe("xxxxxxx...");
    expect(plain("💶".repeat(50), 10)).toBe(`${"💶".repeat(7)}...`);
    expect(plain(`${"\n".repeat(500_000)}x`)).toBe("");
    expect(plain("short", 10)).toBe("short");
  });

  test("is cleaned in structured answers, where figures and shape stay", () => {
    expect(cleaned({ a: ["x\u001b[31m\ny", 5, null, true], b: { c: "\u202eok" } })).toEqual({
      a: ["x [31m y", 5, null, true],
      b: { c: "ok" },
    });
  });
});
