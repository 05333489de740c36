/** A view whose feed fails after a while, to be run in a pseudo-terminal: `how` is `draw` or `timer`. */
import { startView } from "../../src/watch/app.tsx";
import type { Feed, Shown } from "../../src/watch/source.ts";
import { liveReportOf, liveSession } from "./made.ts";

const how = process.argv[2];
let shown: Shown = { report: liveReportOf([liveSession({})]), detail: null, trouble: null };
let told = (): void => undefined;
const feed: Feed = {
  shown: () => shown,
  subscribe: (changed) => {
    told = changed;
    return () => undefined;
  },
  open: () => undefined,
  pause: () => undefined,
  allow: () => "",
  forbid: () => "",
};

setTimeout(() => {
  if (how === "timer") throw new Error("the timer failed");
  shown = { ...shown, report: null as unknown as Shown["report"] };
  told();
}, 300);

await startView({ feed, terminal: { width: 80, color: true, unicode: true, isTTY: true }, now: Date.now });
