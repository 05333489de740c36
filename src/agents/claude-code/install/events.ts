/** Hook events that cc-ledger listens to, and how each is wired. */
export interface WiredEvent {
  /** Name in settings.json. */
  name: string;
  /** Tools it is narrowed to; undefined where every occurrence counts. */
  matcher?: string;
  /** Whether the client goes on without waiting. */
  async: boolean;
  /** Seconds after which the client gives up on it. */
  timeoutS: number;
  /** First client version that knows it. Older ones reject a settings file that names it. */
  since: string;
}

/** Tools whose calls say something that is worth a process: edits, commands, worktrees, sub-agents. */
const TOOLS = "Bash|PowerShell|Edit|Write|MultiEdit|NotebookEdit|EnterWorktree|ExitWorktree|Agent|Task";

/** `async` hooks exist since this version; before, every hook is waited for. */
const ASYNC_SINCE = "2.1.0";

/** All wired events. SessionEnd is waited for: asynchronous hooks die with a `-p` run, and it must leave nothing behind.
 *  Its default budget is 1.5 s; the timeout raises it for the day when a large history is still unread. */
const EVENTS: readonly WiredEvent[] = [
  { name: "SessionStart", async: true, timeoutS: 10, since: "1.0.62" },
  { name: "UserPromptSubmit", async: true, timeoutS: 10, since: "1.0.54" },
  { name: "PostToolUse", matcher: TOOLS, async: true, timeoutS: 10, since: "1.0.38" },
  { name: "PostToolUseFailure", matcher: TOOLS, async: true, timeoutS: 10, since: "2.1.0" },
  { name: "SubagentStart", async: true, timeoutS: 10, since: "2.0.43" },
  { name: "SubagentStop", async: true, timeoutS: 10, since: "1.0.41" },
  { name: "Stop", async: true, timeoutS: 10, since: "1.0.38" },
  { name: "StopFailure", async: true, timeoutS: 10, since: "2.1.78" },
  { name: "PreCompact", async: true, timeoutS: 10, since: "1.0.48" },
  { name: "SessionEnd", async: false, timeoutS: 8, since: "1.0.85" },
];

/** Version assumed where the installed client cannot be asked: new enough for hooks, old enough to know few of them. */
const CAUTIOUS = "1.0.85";

/** The events that a client of this version knows; null for an unknown version. */
export function eventsFor(version: string | null): WiredEvent[] {
  const known = version ?? CAUTIOUS;
  return EVENTS.filter((event) => compareVersions(known, event.since) >= 0).map((event) => ({
    ...event,
    async: event.async && compareVersions(known, ASYNC_SINCE) >= 0,
  }));
}

/** All event names, wired or not any more: what an entry of ours may be called. */
export const EVENT_NAMES: readonly string[] = EVENTS.map((event) => event.name);

/** `SessionStart` as the command line writes it: `session-start`. */
export function kebab(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] || 0) - (right[at] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
