import { formatDuration, formatTokens, formatUsd } from "../platform/numbers.ts";
import type { FanOut } from "./rules/fanOut.ts";
import type { Circle } from "./rules/repetition.ts";
import type { Thrash } from "./rules/thrash.ts";

/** The sentences of the guard. Each says what was found, with the figure. */

const SAYER = "cc-ledger: ";

/** A sentence without the name of who says it, for places that are ours anyway. */
export function bareSentence(message: string): string {
  return message.startsWith(SAYER) ? message.slice(SAYER.length) : message;
}

export function spendingText(what: "prompt" | "session", cost: number, median: number | null): string {
  return `${SAYER}this ${what} has cost ${formatUsd(cost)}, ${timesText(cost, median)} of yours.`;
}

export function burnText(cost: number, median: number | null): string {
  return `${SAYER}${formatUsd(cost)} in the last ten minutes, ${timesText(cost, median)} of the dearest ten minutes of your sessions.`;
}

export function unattendedText(workedMs: number, cost: number): string {
  return `${SAYER}${formatDuration(workedMs)} of calls since anybody said something; this prompt has cost ${formatUsd(cost)}.`;
}

export function fanOutText({ what, count }: FanOut): string {
  if (what === "running") return `${SAYER}${count} sub-agents are at work at once.`;
  if (what === "started") return `${SAYER}this prompt has started ${count} sub-agents.`;
  return `${SAYER}sub-agents are nested ${count} levels deep.`;
}

export function circleText(circle: Circle): string {
  const tool = nameText(circle.tool);
  if (circle.what === "error") return `${SAYER}the same error ${circle.count} times, the last from ${tool}.`;
  const { count, kinds } = circle;
  const round = kinds === 1 ? "were one and the same" : `went round among ${kinds}`;
  const near = kinds === 1 ? "differ in nothing but numbers" : `went round among ${kinds} that differ only in numbers`;
  return `${SAYER}the last ${count} tool calls ${circle.what === "same" ? round : near}, mostly ${tool}, and nothing was written.`;
}

export function thrashText(found: Thrash): string {
  if (found.what === "compactions") return `${SAYER}the context was compacted ${found.count} times within sixty calls.`;
  return `${SAYER}most of the context was cached anew in ${found.count} of ten calls (${formatTokens(found.tokens)} tokens written) though the cache was warm.`;
}

function timesText(cost: number, median: number | null): string {
  return median === null || median <= 0 ? "far above the median" : `${Math.floor(cost / median)} times the median`;
}

/** A tool's name as it may be shown: names come from logs. */
function nameText(tool: string): string {
  return /^[\w:.-]{1,80}$/.test(tool) ? tool : "tool";
}
