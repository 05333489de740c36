import type { ReactNode } from "react";
import { cellLine, Lines, type Screen, type Span, spanLine } from "./lines.tsx";

const ROWS: readonly (readonly [string, string] | null)[] = [
  ["up, down, j, k", "select a session; in an open one: scroll"],
  ["page up, page down, g, G", "the same in larger steps, to the first, to the last"],
  ["enter, esc", "open the selected session, and back"],
  ["s, S", "next and previous order: cost, burn, recent, name; sessions that have ended come last"],
  ["a", "let the selected session go on beyond hard limits; asks first"],
  ["p, space", "hold the picture, and go on"],
  ["q, Ctrl-C", "quit"],
  null,
  ["●  ○  ·", "working; waiting for you; ended"],
  ["COST, PROMPT, TODAY", "of the session, of its latest prompt, since midnight; sub-agents included"],
  ["BURN", "what an hour costs at the rate of the last ten minutes"],
  ["CONTEXT", "tokens that the main thread's last call sent"],
  ["+", "calls of models without a price come on top"],
  ["until 16:20, then 81 %", "when a plan's window begins anew, and how much is used by then if it goes on like this"],
];

const NAMES = 25;

/** What the keys do and what the columns say. */
export function Help({ screen }: { screen: Screen }): ReactNode {
  const { width, terminal } = screen;
  const lines = ROWS.map((row) => {
    if (row === null) return "";
    const name: Span = { text: terminal.unicode ? row[0] : row[0].replace("●  ○  ·", "*  o  ."), style: "bold" };
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
