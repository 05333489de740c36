import type { ReactNode } from "react";
import { Lines, type Screen, type Span, spanLine } from "./lines.tsx";
import type { ViewState } from "./state.ts";

/** What is to be said, and which keys there are: two lines. */
export function Footer(props: { state: ViewState; trouble: string | null; asked: string; screen: Screen }): ReactNode {
  return <Lines lines={footerLines(props)} width={props.screen.width} />;
}

/** Lines that {@link Footer} takes. */
export const FOOTER_LINES = 2;

/** The footer's lines. `asked` names the session that the person is asked about. */
export function footerLines(props: {
  state: ViewState;
  trouble: string | null;
  asked: string;
  screen: Screen;
}): string[] {
  const { state, trouble, asked, screen } = props;
  const { width, terminal } = screen;
  return [spanLine(said(state, trouble, asked), width, terminal), spanLine(keys(state, width), width, terminal)];
}

function said(state: ViewState, trouble: string | null, asked: string): Span[] {
  if (state.asking !== null)
    return [
      { text: "Let it go on beyond hard limits? ", style: "bold" },
      { text: asked, style: "yellow" },
    ];
  if (trouble !== null) return [{ text: `! ${trouble}`, style: "red" }];
  if (state.message !== null) return [state.message];
  return state.paused ? [{ text: "Paused: nothing is read until p is pressed again.", style: "yellow" }] : [];
}

/** A key, what it does, and how soon it is left out where there is little room. */
type KeyText = [key: string, does: string, leave?: number];

const ANSWERS: readonly KeyText[] = [
  ["h", "for one hour"],
  ["y", "for good"],
  ["r", "take leave back", 1],
  ["any other", "no"],
];

function keys(state: ViewState, width: number): Span[] {
  const pause: KeyText = ["p", state.paused ? "go on" : "pause", 2];
  const end: readonly KeyText[] = [["a", "allow", 1], pause, ["?", "help"], ["q", "quit"]];
  const all: readonly KeyText[] =
    state.asking !== null
      ? ANSWERS
      : state.open !== null
        ? [["esc", "back"], ["↑↓", "scroll", 3], ...end]
        : [["s", `sort: ${state.sort}`], ["↑↓", "select", 3], ["enter", "open"], ...end];
  let list = all;
  for (let least = 3; least > 0 && lengthOf(list) > width; least--)
    list = list.filter(([, , leave = 0]) => leave !== least);
  return list.flatMap(([key, does]): Span[] => [
    { text: key, style: "bold" },
    { text: ` ${does}  `, style: "dim" },
  ]);
}

const GAP = 2;

function lengthOf(list: readonly KeyText[]): number {
  return list.reduce((sum, [key, does]) => sum + key.length + 1 + does.length + GAP, -GAP);
}
