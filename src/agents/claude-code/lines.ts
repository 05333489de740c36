import { SERVER_ROWS } from "./servers.ts";

/** Cuts a transcript's bytes into lines and tells, by byte search alone, which of them can matter. */

/** What a line is, as far as its bytes tell. */
export const LINE = {
  /** Parse it whole. */
  parse: 0,
  /** A tool result without further interest: its id, time and error flag can be read from the bytes. */
  toolResult: 1,
  /** Known not to matter. */
  skip: 2,
  /** Not a JSON object. */
  broken: 3,
} as const;

const NEWLINE = 10;
const OPEN = 123;
const CLOSE = 125;

/** A byte string searched for in one pass over a buffer, however many lines ask about it. */
class Needle {
  readonly #bytes: Buffer;
  #next = -1;
  constructor(text: string) {
    this.#bytes = Buffer.from(text, "latin1");
  }
  reset(): void {
    this.#next = -1;
  }
  /** Position of the first occurrence at or after `from`, or `end` or more where there is none before `end`. */
  find(data: Buffer, from: number): number {
    if (this.#next < from) {
      const at = data.indexOf(this.#bytes, from);
      this.#next = at < 0 ? Number.POSITIVE_INFINITY : at;
    }
    return this.#next;
  }
}

const METADATA_PREFIX = '{"type":"';
const USER_PREFIX = '{"type":"user"';
/** Metadata rows that the ledger reads; all others of the kind are known and passed over, or unknown and counted. */
const READ_METADATA = new Set([
  "summary",
  "ai-title",
  "custom-title",
  "agent-name",
  "pr-link",
  "cost-state",
  "queue-operation",
  "user",
  "assistant",
  "system",
]);

/** Row types that hold nothing for a ledger. Anything else is counted as unknown. */
export const PASSED_OVER: ReadonlySet<string> = new Set([
  "agent-color",
  "agent-setting",
  "api-request",
  "api-request-blob",
  "api-request-shape",
  "artifact-autoreact-ledger",
  "artifact-comment-monitor",
  "atis-latch",
  "attachment",
  "attribution-snapshot",
  "bridge-session",
  "content-replacement",
  "continued-in",
  "dev-mods",
  "ended-by-model",
  "file-history-delta",
  "file-history-snapshot",
  "fork-context-ref",
  "frame-link",
  "history-suppression",
  "isolation-latch",
  "last-prompt",
  "launched",
  "memory-mode",
  "mode",
  "observer-ref",
  "permission-mode",
  "progress",
  "queue-operation",
  "relocated",
  "result",
  "started",
  "tag",
  "teleported-from",
  "tools-used",
  "worktree-state",
]);

const TOOL_USE_KEY = '"tool_use_id":"';
const CONTENT = '"content":[';
const AFTER_CONTENT = Buffer.from('],"stop_reason":', "latin1");
/** Shorter contents are not worth the cut. */
const MIN_CUT = 512;

/** Envelope rows name their type within these first bytes, unless an attachment comes before it. */
const HEAD_BYTES = 480;

/** Walks the lines of a buffer. The needles remember their place, so use one classifier for one buffer at a time.
 *  Every needle is a pass over all bytes: what the head of a line tells needs none. */
export class LineClassifier {
  readonly #usage = new Needle('"usage"');
  readonly #seam = new Needle('}{"');
  readonly #content = new Needle(CONTENT);
  readonly #toolUse = new Needle('"type":"tool_use"');
  #data: Buffer = Buffer.alloc(0);
  #head = "";

  /** Sets the buffer that the following calls refer to. */
  reset(data: Buffer): void {
    this.#data = data;
    for (const needle of [this.#usage, this.#seam, this.#content, this.#toolUse]) needle.reset();
  }

  /** End of the line that starts at `start` (position of its newline), or -1 where the buffer holds no newline. */
  endOf(start: number): number {
    return this.#data.indexOf(NEWLINE, start);
  }

  /** Kind of the line in `[start, end)`, outer white space already cut off. `onUnknown` hears types never seen before. */
  classify(start: number, end: number, onUnknown: (type: string) => void): number {
    const data = this.#data;
    if (data[start] !== OPEN || data[end - 1] !== CLOSE) return LINE.broken;
    if (this.#usage.find(data, start) < end || this.#seam.find(data, start) < end) return LINE.parse;
    const head = data.latin1Slice(start, Math.min(end, start + HEAD_BYTES));
    this.#head = head;
    if (head.startsWith(METADATA_PREFIX) && !head.startsWith(USER_PREFIX)) return metadataKind(head, onUnknown);
    if (head.includes('"attachment":{'))
      return SERVER_ROWS.some((start) => head.includes(start)) ? LINE.parse : LINE.skip;
    if (head.includes('"type":"progress"')) return LINE.skip;
    return head.includes('"type":"user"') && head.includes(TOOL_USE_KEY) ? LINE.toolResult : LINE.parse;
  }

  /** Id of the first tool use whose result the line holds that was classified last as {@link LINE.toolResult}. */
  firstToolUse(): string {
    const at = this.#head.indexOf(TOOL_USE_KEY);
    const from = at + TOOL_USE_KEY.length;
    const to = at < 0 ? -1 : this.#head.indexOf('"', from);
    return to < 0 ? "" : this.#head.slice(from, to);
  }

  /** The line's text; where a reply holds nothing but words they may be cut out, since only its envelope and usage matter.
   *  The cut is made at raw quotes, which cannot stand inside a JSON string; a text that does not parse must be tried whole. */
  textOf(start: number, end: number): string {
    const data = this.#data;
    const open = this.#content.find(data, start);
    if (open < end && this.#toolUse.find(data, start) >= end) {
      const close = data.lastIndexOf(AFTER_CONTENT, end);
      if (close - open > MIN_CUT && this.#content.find(data, open + 1) >= end) {
        return data.utf8Slice(start, open + CONTENT.length) + data.utf8Slice(close, end);
      }
    }
    return data.utf8Slice(start, end);
  }
}

function metadataKind(head: string, onUnknown: (type: string) => void): number {
  const type = head.slice(METADATA_PREFIX.length, head.indexOf('"', METADATA_PREFIX.length));
  if (READ_METADATA.has(type)) return LINE.parse;
  if (!PASSED_OVER.has(type)) onUnknown(type.slice(0, 60));
  return LINE.skip;
}

const TOOL_USE_ID = Buffer.from(TOOL_USE_KEY, "latin1");
const IS_ERROR = Buffer.from('"is_error":true', "latin1");
const TIMESTAMP = Buffer.from('"timestamp":"', "latin1");

/** What the bytes of a tool-result line tell: the ids of the tool uses, whether one failed, and the row's own time. */
export function toolResultOf(
  data: Buffer,
  start: number,
  end: number,
): { ids: string[]; failed: boolean; timestamp: string } {
  const line = data.subarray(start, end);
  const ids: string[] = [];
  let at = line.indexOf(TOOL_USE_ID);
  while (at >= 0) {
    const from = at + TOOL_USE_ID.length;
    const to = line.indexOf(34, from);
    if (to < 0 || to - from > 200) break;
    ids.push(line.toString("latin1", from, to));
    at = line.indexOf(TOOL_USE_ID, to);
  }
  const failed = line.includes(IS_ERROR);
  const stamp = line.lastIndexOf(TIMESTAMP);
  const from = stamp + TIMESTAMP.length;
  const timestamp = stamp < 0 ? "" : line.toString("latin1", from, Math.min(from + 40, line.indexOf(34, from)));
  return { ids, failed, timestamp };
}
