import type { ReactNode } from "react";
import { cellLine, Lines, type Screen, type Span, spanLine } from "./lines.tsx";

const ROWS: readonly (readonly [string, string] | null)[] = [
  ["up, down, j, k", "select a session; scroll an open one"],
  ["page up, page down, g, G", "the same in large steps; to either end"],
  ["enter, esc", "open the selected session, and back"],
  ["s, S", "order by cost, burn, latest, name; ended ones last"],
  ["a", "let it go on beyond hard limits (asks first)"],
  ["p, space", "hold the picture, and go on"],
  ["q, Ctrl-C", "quit"],
  null,
  ["●  ○  ·", "at work; waiting for you; ended"],
  ["COST, PROMPT, TODAY", "all of it, its latest prompt, since midnight"],
  ["BURN", "an hour at the rate of the last ten minutes"],
  ["CONTEXT", "tokens that the main thread last sent"],
  ["+", "calls of models without a price are not in it"],
  ["17:19 →91 %", "when the window begins anew, and its use by then"],
];

const NAMES = 25;

/** What the keys do and what the columns say. */
export function Help({ screen }: { screen: Screen }): ReactNode {
  const { width, terminal } = screen;
  const lines = ROWS.map((row) => {
    if (row === null) return "";
    const name: Span = {
      text: terminal.unicode ? row[0] : row[0].replace("●  ○  ·", "*  o  .").replace("→", ">"),
      style: "bold",
    };
    return cellLine(
      [
        { span: name, width: NAMES },
        { span: row[1], width: Math.max(10, width - NAMES - 2) },
      ],
      terminal,
    );
  });
  const last = spanLine([{ text: "Any key closes this. More: docs/watch.md", style: "dim" }], width, terminal);
  return <Lines lines={["", ...lines, "", last].slice(0, screen.height)} width={width} />;
}
