import { Box, Text } from "ink";
import type { ReactNode } from "react";
import { paint, type Style, type Terminal } from "../render/terminal.ts";
import { pad, truncate, widthOf } from "../render/width.ts";

/** Lines of cells. Every line is laid out here to the column, so that nothing wraps, and nothing moves when figures change. */

/** Where the view is drawn. */
export interface Screen {
  width: number;
  height: number;
  terminal: Terminal;
}

/** A piece of a line: a text, as it is or in a style. */
export type Span = string | { text: string; style: Style };

/** A cell has a fixed width; the text is cut or filled up to it. */
export interface Cell {
  span: Span;
  width: number;
  align?: "left" | "right";
}

function textOf(span: Span): string {
  return typeof span === "string" ? span : span.text;
}

function ellipsisOf(terminal: Terminal): string {
  return terminal.unicode ? "…" : "~";
}

/** Cells side by side, `gap` columns apart. With `style` the line has that style from end to end, and the cells none of their own. */
export function cellLine(cells: readonly Cell[], terminal: Terminal, gap = 2, style?: Style): string {
  const blanks = " ".repeat(gap);
  const texts = cells.map(({ span, width, align = "left" }) => {
    const text = pad(truncate(textOf(span), width, ellipsisOf(terminal)), width, align);
    return style !== undefined || typeof span === "string" ? text : paint(text, span.style, terminal);
  });
  const line = texts.join(blanks);
  return style === undefined ? line : paint(line, style, terminal);
}

/** Pieces one after another, cut off at `width`. */
export function spanLine(spans: readonly Span[], width: number, terminal: Terminal): string {
  let room = width;
  let line = "";
  for (const span of spans) {
    const text = truncate(textOf(span), room, ellipsisOf(terminal));
    if (text === "") continue;
    line += typeof span === "string" ? text : paint(text, span.style, terminal);
    room -= widthOf(text);
  }
  return line;
}

/** Lines that were laid out before, one below the other. */
export function Lines({ lines, width }: { lines: readonly string[]; width: number }): ReactNode {
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
        <Text key={at} wrap="truncate">
          {line === "" ? " " : line}
        </Text>
      ))}
    </Box>
  );
}
