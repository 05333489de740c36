import { describe, expect, test } from "bun:test";
import { TerminalScreen } from "./screen.ts";

/** The screen that end-to-end tests look at, against what terminals are documented to do. */

const ESC = "\u001b";

function after(width: number, height: number, ...pieces: string[]): TerminalScreen {
  const screen = new TerminalScreen(width, height);
  for (const piece of pieces) screen.write(piece);
  return screen;
}

describe("screen", () => {
  test("text, new lines, places", () => {
    expect(after(6, 3, "ab\r\ncd").lines()).toEqual(["ab", "cd", ""]);
    expect(after(6, 3, `${ESC}[2;3Hx${ESC}[1;1Hy${ESC}[5Gz`).lines()).toEqual(["y   z", "  x", ""]);
    expect(after(6, 3, `a\r\nb\r\nc${ESC}[2AX${ESC}[EY`).lines()).toEqual(["aX", "Y", "c"]);
  });

  test("the last line scrolls", () => {
    expect(after(3, 2, "a\r\nb\r\nc").lines()).toEqual(["b", "c"]);
  });

  test("lines wrap only where wrapping is on, and both are counted", () => {
    const on = after(3, 2, "abcd");
    expect(on.lines()).toEqual(["abc", "d"]);
    expect(on.overruns).toBe(1);
    const off = after(3, 2, `${ESC}[?7labcd`);
    expect(off.lines()).toEqual(["abd", ""]);
    expect(off.overruns).toBe(1);
    expect(after(3, 2, "abc").overruns).toBe(0);
  });

  test("wide characters take two cells, marks none", () => {
    const screen = after(6, 1, "日e\u0301x");
    expect(screen.cells[0]?.map(({ text }) => text)).toEqual(["日", "", "e\u0301", "x", " ", " "]);
  });

  test("erasing", () => {
    expect(after(4, 2, `abcd\r\nefgh${ESC}[1;2H${ESC}[K`).lines()).toEqual(["a", "efgh"]);
    expect(after(4, 2, `abcd\r\nefgh${ESC}[1;2H${ESC}[J`).lines()).toEqual(["a", ""]);
  });

  test("looks", () => {
    const [red, bold, plain] = after(3, 1, `${ESC}[31ma${ESC}[0;1mb${ESC}[22mc`).cells[0] ?? [];
    expect(red).toMatchObject({ color: 1, bold: false });
    expect(bold).toMatchObject({ color: null, bold: true });
    expect(plain).toMatchObject({ color: null, bold: false });
  });

  test("the alternate screen leaves the main one as it was", () => {
    const screen = after(4, 1, "main", `${ESC}[?1049h${ESC}[?25l`, "alt");
    expect(screen.isAlternate).toBe(true);
    expect(screen.cursorShown).toBe(false);
    expect(screen.text()).not.toContain("main");
    screen.write(`${ESC}[?25h${ESC}[?1049l`);
    expect(screen.lines()).toEqual(["main"]);
    expect(screen.cursorShown).toBe(true);
  });

  test("a sequence may come in pieces; one that is not known is noted", () => {
    expect(after(4, 1, `${ESC}[3`, "1ma").cells[0]?.[0]).toMatchObject({ text: "a", color: 1 });
    expect(after(4, 1, `${ESC}[5S`).unknown).toEqual(["5S"]);
  });
});
