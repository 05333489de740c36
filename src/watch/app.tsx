import { Box, type Key, render, useApp, useInput } from "ink";
import { type ReactNode, useRef, useState, useSyncExternalStore } from "react";
import { steady, titleOf } from "../render/liveText.ts";
import type { Terminal } from "../render/terminal.ts";
import { Detail, Pane } from "./detail.tsx";
import { FOOTER_LINES, Footer } from "./footer.tsx";
import { Header, headerLines } from "./header.tsx";
import { Help } from "./help.tsx";
import { Lines, type Screen } from "./lines.tsx";
import { Sessions } from "./sessions.tsx";
import type { Feed, Shown } from "./source.ts";
import { type Effect, type KeyName, START, selectedOf, sorted, step, type ViewState } from "./state.ts";

/** From this width on the selected session is shown beside the list. */
const WITH_PANE = 190;
const PANE = 54;
const HOUR_MS = 3_600_000;
/** Narrower or lower than this nothing is laid out. */
const MIN_WIDTH = 40;
const MIN_HEIGHT = 8;

/** The whole screen. */
export function View({ shown, state, screen }: { shown: Shown; state: ViewState; screen: Screen }): ReactNode {
  const { report, detail, trouble } = shown;
  const { width, height } = screen;
  if (width < MIN_WIDTH || height < MIN_HEIGHT)
    return <Lines lines={["The window is too small."]} width={Math.max(1, width)} />;
  const sessions = sorted(report.sessions, state.sort);
  const selected = selectedOf(
    state,
    sessions.map(({ sessionId }) => sessionId),
  );
  const room = height - headerLines(report, screen).length - FOOTER_LINES;
  const clock = { nowMs: report.nowMs, timeZone: report.timeZone };
  const body = { ...screen, height: room };
  const chosen = sessions.find(({ sessionId }) => sessionId === selected);
  const hasPane = width >= WITH_PANE && chosen !== undefined;
  const list = hasPane ? { ...body, width: width - PANE - 3 } : body;
  const asked = sessions.find(({ sessionId }) => sessionId === state.asking) ?? detail?.session;
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Header report={report} screen={screen} />
      <Box height={room} width={width} overflow="hidden" gap={3}>
        {state.help ? (
          <Help screen={body} />
        ) : state.open !== null && detail !== null ? (
          <Detail detail={detail} scroll={state.scroll} clock={clock} screen={body} />
        ) : (
          <>
            <Sessions
              sessions={sessions}
              selected={selected}
              nowMs={report.nowMs}
              activeWithinMs={report.activeWithinMs}
              hasPane={hasPane}
              screen={list}
            />
            {hasPane && <Pane session={chosen} clock={clock} screen={{ ...body, width: PANE }} />}
          </>
        )}
      </Box>
      <Footer
        state={state}
        trouble={trouble}
        asked={asked === undefined ? steady(state.asking ?? "", 60) : titleOf(asked)}
        screen={screen}
      />
    </Box>
  );
}

function App({ feed, now, screen }: { feed: Feed; now: () => number; screen: Screen }): ReactNode {
  const { exit } = useApp();
  const shown = useSyncExternalStore(
    (changed) => feed.subscribe(changed),
    () => feed.shown(),
  );
  const [state, setState] = useState(START);
  // Keys may come faster than React draws: each is answered from the state that the one before it made.
  const latest = useRef(START);
  const carryOut = (effect: Effect): void => {
    if (effect.kind === "quit") exit();
    else if (effect.kind === "open") feed.open(effect.sessionId);
    else if (effect.kind === "pause") feed.pause(effect.paused);
    else {
      const { sessionId, how } = effect;
      const message =
        how === "take back" ? feed.forbid(sessionId) : feed.allow(sessionId, how === "hour" ? now() + HOUR_MS : null);
      latest.current = { ...latest.current, message };
    }
  };
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      const order = sorted(feed.shown().report.sessions, latest.current.sort).map(({ sessionId }) => sessionId);
      const next = step(latest.current, name, order);
      latest.current = next.state;
      if (next.effect !== null) carryOut(next.effect);
    }
    setState(latest.current);
  });
  return <View shown={shown} state={state} screen={screen} />;
}

/** The keys in a piece of input: several characters come in one piece where they were typed or pasted quickly. */
function keyNames(input: string, key: Key): KeyName[] {
  if (key.ctrl) return input === "c" ? ["ctrl-c"] : [];
  if (key.upArrow) return ["up"];
  if (key.downArrow) return ["down"];
  if (key.pageUp) return ["pageUp"];
  if (key.pageDown) return ["pageDown"];
  if (key.home) return ["home"];
  if (key.end) return ["end"];
  if (key.return) return ["enter"];
  if (key.escape) return ["escape"];
  return [...input].map((text) => (text === "\r" ? "enter" : { text }));
}

/** A line that is too long after all must not push the others down: the terminal cuts it off instead. */
const WRAP_OFF = "\u001b[?7l";
const WRAP_ON = "\u001b[?7h";

/** Takes over the terminal until the person quits. It is given back whatever happens: also where the view itself fails, which throws. */
export async function startView(options: { feed: Feed; terminal: Terminal; now: () => number }): Promise<void> {
  const { feed, terminal, now } = options;
  const { stdout } = process;
  const app = (): ReactNode => (
    <App feed={feed} now={now} screen={{ width: stdout.columns || 80, height: stdout.rows || 24, terminal }} />
  );
  const view = render(app(), {
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  stdout.write(WRAP_OFF);
  // Before Ink's own listener, which would draw the old lines in the new window first.
  const resized = (): void => view.rerender(app());
  stdout.prependListener("resize", resized);
  const restore = (): void => {
    view.unmount();
    stdout.write(WRAP_ON);
  };
  const failed = (error: unknown): void => {
    restore();
    process.stderr.write(`cc-ledger: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  };
  const ended = (): void => {
    restore();
    process.exit(0);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  process.on("uncaughtException", failed);
  process.on("unhandledRejection", failed);
  for (const signal of signals) process.on(signal, ended);
  try {
    await view.waitUntilExit();
  } finally {
    stdout.off("resize", resized);
    stdout.write(WRAP_ON);
    process.off("uncaughtException", failed);
    process.off("unhandledRejection", failed);
    for (const signal of signals) process.off(signal, ended);
  }
}
