import { bareSentence } from "../guard/texts.ts";
import { dayOf, offsetAt } from "../platform/time.ts";
import type { LiveSession } from "../reports/liveSessions.ts";
import type { LiveRun, LiveTool } from "../reports/liveWork.ts";
import type { Pace } from "../reports/pace.ts";
import { formatUsd } from "./numbers.ts";
import { printable, wrap } from "./width.ts";

/** Words about what is going on, short enough for a table. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago something was: now, 12m, 5h, 3d. */
export function ageText(nowMs: number, atMs: number): string {
  const age = nowMs - atMs;
  if (age < MINUTE_MS) return "now";
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)}m`;
  return age < 2 * DAY_MS ? `${Math.floor(age / HOUR_MS)}h` : `${Math.floor(age / DAY_MS)}d`;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

/** A moment on the clock of a zone: 16:20, with the weekday where it is not today. */
export function clockText(atMs: number, nowMs: number, timeZone: string): string {
  const wall = new Date(atMs + offsetAt(atMs, timeZone));
  const time = wall.toISOString().slice(11, 16);
  return dayOf(atMs, timeZone) === dayOf(nowMs, timeZone) ? time : `${WEEKDAYS[wall.getUTCDay()]} ${time}`;
}

// Joiners, variation selectors, tags and skin tones: terminals disagree about how wide what they join is.
const JOINERS = /\u200c|\u200d|[\ufe00-\ufe0f]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0000}-\u{e01ef}]/gu;
/** Flags are pairs of these; they become the letters they stand for. */
const REGIONAL = /[\u{1f1e6}-\u{1f1ff}]/gu;
const FIRST_REGIONAL = 0x1f1e6;

/** Ingested text for a screen that is drawn cell by cell: printable, and as wide in every terminal as it is counted here. */
export function steady(text: string, max?: number): string {
  return printable(text, max)
    .normalize("NFC")
    .replace(JOINERS, "")
    .replace(REGIONAL, (one) => String.fromCharCode(65 + (one.codePointAt(0) ?? 0) - FIRST_REGIONAL));
}

/** A model without what all of its maker's names share: opus-5-5, haiku-4-5. */
export function shortModel(model: string): string {
  return steady(model)
    .replace(/^.*\bclaude-/, "")
    .replace(/[-@]\d{8}\b.*$/, "");
}

/** Title of a session, or the start of its id. */
export function titleOf({ title, sessionId }: Pick<LiveSession, "title" | "sessionId">): string {
  const text = title === null ? "" : steady(title);
  return text === "" ? `session ${steady(sessionId).slice(0, 8)}` : text;
}

/** Repo and branch. */
export function placeOf({ repo, branch }: Pick<LiveSession, "repo" | "branch">): string {
  return branch === "" ? steady(repo) : `${steady(repo)} ${steady(branch)}`;
}

/** A tool and what it was used on: Edit cart.ts; Bash ×3; Bash failed; Bash ... while it runs. */
export function toolText(tool: LiveTool, unicode: boolean): string {
  const path = tool.path === null ? "" : ` ${lastPart(steady(tool.path))}`;
  const count = tool.count === 1 ? "" : ` ${unicode ? "×" : "x"}${tool.count}`;
  const outcome = tool.failed === true ? " failed" : tool.failed === null ? " ..." : "";
  return `${toolName(tool.name)}${path}${count}${outcome}`;
}

/** Tools of an MCP server are named mcp__server__tool. */
function toolName(name: string): string {
  return steady(name)
    .replace(/^mcp__/, "")
    .replaceAll("__", " ");
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}

/** What a sub-agent is and does. */
export function runText(run: Pick<LiveRun, "agentType" | "description" | "runId">): string {
  const type = steady(run.agentType ?? "sub-agent");
  return run.description === null ? type : `${type}: ${steady(run.description)}`;
}

/** Dollars an hour. */
export function rateText(nano: number): string {
  return nano === 0 ? "-" : `${formatUsd(nano)}/h`;
}

/** How a plan's window stands, without the bar: when it begins anew, and how much will be used by then. */
export function paceText(pace: Pace, nowMs: number, timeZone: string): string {
  const at = clockText(pace.resetsAtMs, nowMs, timeZone);
  if (pace.projectedPercent === null || pace.state === "over") return `until ${at}`;
  return `until ${at}, then ${Math.round(Math.min(999, pace.projectedPercent))} %`;
}

/** Removes what comes before the sentence of an alert. */
export function alertText(message: string): string {
  return steady(bareSentence(message), 600);
}

/** Breaks a text into lines of at most `width` columns, at blanks where there are any. */
export function wrapped(text: string, width: number, maxLines: number): string[] {
  const lines = wrap(text, width);
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines - 1), lines.slice(maxLines - 1).join(" ")];
}
