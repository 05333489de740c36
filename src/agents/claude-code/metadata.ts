import type { NoteEvent, SessionEvent } from "../events.ts";
import { arrayOf, msOf, objectOf, type Row, textOf } from "./rows.ts";

const MAX_TITLE = 200;
const MAX_REPORTED_USD = 1e6;

/** What a metadata row says of its session, a note to keep, or null for a row that says nothing. */
export function sessionFactOf(row: Row, sessionId: string, lastMs: number): SessionEvent | NoteEvent | null {
  switch (row.type) {
    case "custom-title":
      return titled(sessionId, row.customTitle, 3);
    case "agent-name":
      return titled(sessionId, row.agentName, 2);
    case "ai-title":
      return titled(sessionId, row.aiTitle, 1);
    case "summary":
      return titled(sessionId, row.summary, 0);
    case "pr-link":
      return pullRequestLink(row, sessionId, lastMs);
    case "cost-state":
      return reported(row, sessionId);
    default:
      return null;
  }
}

function titled(sessionId: string, value: unknown, titleRank: number): SessionEvent {
  const title = textOf(value, MAX_TITLE).trim();
  return title === "" ? { sessionId } : { sessionId, title, titleRank };
}

/** The client's own running total of the session, sub-agents and helper calls included. */
function reported(row: Row, sessionId: string): SessionEvent {
  const usd = row.totalCostUSD;
  if (typeof usd !== "number" || !(usd >= 0) || usd > MAX_REPORTED_USD) return { sessionId };
  return { sessionId, reportedNanoUsd: Math.round(usd * 1e9) };
}

function pullRequestLink(row: Row, sessionId: string, lastMs: number): NoteEvent {
  const stamped = msOf(row.timestamp);
  const detail = JSON.stringify({
    number: typeof row.prNumber === "number" ? row.prNumber : null,
    url: textOf(row.prUrl, 500),
    repository: textOf(row.prRepository, 200),
  });
  return { sessionId, atMs: Math.max(0, stamped >= 0 ? stamped : lastMs), kind: "pr-link", detail };
}

/** Compactions are kept as events; the other system rows say nothing that the ledger needs. */
export function readSystemRow(row: Row, sessionId: string, atMs: number): NoteEvent | null {
  if (row.subtype !== "compact_boundary") return null;
  const metadata = objectOf(row.compactMetadata);
  const tokens = typeof metadata?.preTokens === "number" ? ` ${metadata.preTokens}` : "";
  return { sessionId, atMs, kind: "compaction", detail: `${textOf(metadata?.trigger, 20)}${tokens}` };
}

/** Of a reply that the client made itself: a reached limit, with the moment of its reset where that is told, or an error of the API. */
export function clientNoteOf(row: Row, sessionId: string, atMs: number): NoteEvent | null {
  const content = arrayOf(objectOf(row.message)?.content).map(objectOf);
  const text = content.map((block) => textOf(block?.text, 300)).join(" ");
  if (/limit reached/i.test(text) || row.error === "rate_limit")
    return { sessionId, atMs, kind: "limit-reached", detail: /\|(\d{9,13})/.exec(text)?.[1] ?? "" };
  return row.isApiErrorMessage === true ? { sessionId, atMs, kind: "api-error", detail: textOf(row.error, 60) } : null;
}
