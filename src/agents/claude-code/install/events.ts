/** The hook events that cc-ledger listens to, and how each is wired. docs/hooks.md says why. */
export interface WiredEvent {
  /** Name in settings.json. */
  name: string;
  /** Tools it is narrowed to; undefined where every occurrence counts. */
  matcher?: string;
  /** Whether the client goes on without waiting. */
  async: boolean;
  /** Seconds after which the client gives up on it. */
  timeoutS: number;
  /** First client version that knows the event. Before 2.1.101 a client that meets a name it does not know drops the
   *  whole settings file, so no newer event may be written for an older client. */
  since: string;
}

/** Tools whose calls say something that is worth a process: edits, commands, worktrees, sub-agents. */
const TOOLS = "Bash|PowerShell|Edit|Write|MultiEdit|NotebookEdit|EnterWorktree|ExitWorktree|Agent|Task";

/** A background hook holds nobody up; this only bounds one that hangs. Seconds. */
const BACKGROUND_S = 10;

/** The client waits for SessionEnd when it exits. Without a timeout all SessionEnd hooks share 1.5 s, which a first look
 *  at a large transcript on a slow disk can pass; a longer one raises the budget of all of them, so it stays small. Seconds. */
const SESSION_END_S = 5;

const background = { async: true, timeoutS: BACKGROUND_S } as const;

/** What a background hook says is handed to the model as context; only one that is waited for speaks to the person. Warnings have two
 *  places to be said: between two calls of a turn, and at its end. The client waits some milliseconds, between calls that take seconds. */
const SPEAKING_S = 5;
const speaking = { async: false, timeoutS: SPEAKING_S } as const;

/** Versions: the client's changelog, and the published packages on both sides of each border (read on 2026-11-23):
 *  PostToolUseFailure is in 2.0.56 and not in 2.0.55, SubagentStart in 2.0.44 and not in 2.0.42, StopFailure in 2.1.78 and
 *  not in 2.1.77. `async` exists since 2.1.15; 1.0.85 and 2.0.77 were run with it and wait for the hook as if it were not there.
 *  SessionEnd is waited for: background hooks are killed at the end of a `-p` run, and it must leave nothing unread. */
const EVENTS: readonly WiredEvent[] = [
  { name: "SessionStart", ...background, since: "1.0.62" },
  { name: "UserPromptSubmit", ...background, since: "1.0.54" },
  { name: "PostToolUse", matcher: TOOLS, ...background, since: "1.0.41" },
  { name: "PostToolUseFailure", matcher: TOOLS, ...background, since: "2.0.56" },
  { name: "PostToolBatch", ...speaking, since: "2.1.240" },
  { name: "SubagentStart", ...background, since: "2.0.43" },
  { name: "SubagentStop", ...background, since: "1.0.41" },
  { name: "Stop", ...speaking, since: "1.0.41" },
  { name: "StopFailure", ...background, since: "2.1.78" },
  { name: "PreCompact", ...background, since: "1.0.48" },
  { name: "SessionEnd", async: false, timeoutS: SESSION_END_S, since: "1.0.85" },
];

/** Told before a tool is used and before a prompt is sent, and waited for: wired only while a hard limit exists, since every tool call waits. Seconds. */
const HOLDING_S = 5;
const HOLDING: readonly WiredEvent[] = [
  { name: "PreToolUse", async: false, timeoutS: HOLDING_S, since: "1.0.41" },
  { name: "UserPromptSubmit", async: false, timeoutS: HOLDING_S, since: "1.0.54" },
];

/** Version assumed where the client cannot be asked: it knows SessionEnd, and nothing that an older one would refuse. */
const CAUTIOUS = "1.0.85";

/** The events that a client of this version knows; null for an unknown version. Empty before 1.0.41, where hooks have no timeout. `holding`
 *  adds those that can hold up a tool call or a prompt. */
export function eventsFor(version: string | null, holding = false): WiredEvent[] {
  const known = version ?? CAUTIOUS;
  const wanted = holding
    ? [...EVENTS.filter(({ name }) => !HOLDING.some((one) => one.name === name)), ...HOLDING]
    : EVENTS;
  return wanted.filter((event) => compareVersions(known, event.since) >= 0);
}

/** Names of all wired events, in their order. */
export const WIRED_NAMES: readonly string[] = EVENTS.map((event) => event.name);

/** Events that a command of ours may name though this version does not wire them: an earlier or a later one may have.
 *  `HOOK_EVENTS` of the agent SDK 0.3.330, 2026-11-20. */
const OTHER_NAMES =
  "Setup InstructionsLoaded UserPromptExpansion MessageDisplay PreToolUse PermissionRequest PermissionDenied " +
  "Notification Elicitation ElicitationResult TaskCreated TaskCompleted TeammateIdle PostCompact PreModelSwitch PostModelSwitch " +
  "ConfigChange CwdChanged DirectoryAdded FileChanged WorktreeCreate WorktreeRemove";

const KEBAB_NAMES = new Set([...WIRED_NAMES, ...OTHER_NAMES.split(" ")].map(kebab));

/** Whether the word is an event of the client as our command line writes it. */
export function isEventWord(word: string): boolean {
  return KEBAB_NAMES.has(word);
}

/** `SessionStart` as the command line writes it: `session-start`. */
export function kebab(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. */
function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] || 0) - (right[at] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
