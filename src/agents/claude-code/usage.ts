import { CALL_FLAG } from "../events.ts";
import { arrayOf, objectOf, type Row, textOf } from "./rows.ts";

/** Counts beyond this are nonsense: no request is a ten-thousandth of it. */
const MAX_COUNT = 1e10;

/** Usage of one call as a line reports it, after accounting rules 5 and 9. */
export interface Usage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  webSearches: number;
  flags: number;
}

/** Usage of an advisor that ran inside a call: another call, of its own model (rule 6). */
export interface AdvisorUsage extends Usage {
  /** Position among the advisor entries of the call. */
  index: number;
  model: string;
}

/** A count, 0 where it is absent; null where it is negative, fractional, too large or no number. */
function countOf(value: unknown): number | null {
  if (value === undefined || value === null) return 0;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;
}

/** Reads the five token classes of a usage object, or null when a count is nonsense.
 *  Cache writes: the total is the larger of the flat count and the sum of the classes; what has no class is taken as 5 m
 *  and flagged. With several `message` iterations the top-level classes cover only the first, so theirs are added up. */
function classesOf(usage: Row): Usage | null {
  const input = countOf(usage.input_tokens);
  const output = countOf(usage.output_tokens);
  const cacheRead = countOf(usage.cache_read_input_tokens);
  const flat = countOf(usage.cache_creation_input_tokens);
  const split = classedWrites(usage);
  if (input === null || output === null || cacheRead === null || flat === null || split === null) return null;
  const [write5m, write1h] = split;
  const unclassed = Math.max(0, flat - write5m - write1h);
  return {
    input,
    output,
    cacheRead,
    cacheWrite5m: write5m + unclassed,
    cacheWrite1h: write1h,
    webSearches: 0,
    flags: unclassed > 0 ? CALL_FLAG.unclassedWrites : 0,
  };
}

function classedWrites(usage: Row): readonly [number, number] | null {
  const messages = arrayOf(usage.iterations)
    .map(objectOf)
    .filter((entry): entry is Row => entry?.type === "message" && objectOf(entry.cache_creation) !== null);
  const holders = messages.length > 1 ? messages : [usage];
  let write5m = 0;
  let write1h = 0;
  for (const holder of holders) {
    const creation = objectOf(holder.cache_creation);
    const five = countOf(creation?.ephemeral_5m_input_tokens);
    const hour = countOf(creation?.ephemeral_1h_input_tokens);
    if (five === null || hour === null) return null;
    write5m += five;
    write1h += hour;
  }
  return [write5m, write1h];
}

/** Usage of the call that a line reports, or null when its counts are nonsense. */
export function usageOf(usage: Row): Usage | null {
  const result = classesOf(usage);
  if (result === null) return null;
  const searches = countOf(objectOf(usage.server_tool_use)?.web_search_requests);
  if (searches === null) return null;
  result.webSearches = searches;
  if (usage.speed === "fast") result.flags |= CALL_FLAG.fast;
  if (usage.inference_geo === "us") result.flags |= CALL_FLAG.usInference;
  if (usage.service_tier === "batch") result.flags |= CALL_FLAG.batch;
  if (usage.service_tier === "priority") result.flags |= CALL_FLAG.priority;
  return withZeroFlag(result);
}

/** The advisor calls inside a call. Entries with nonsense counts are left out and counted by the caller through `onAbsurd`. */
export function advisorsOf(usage: Row, fallbackModel: unknown, onAbsurd: () => void): AdvisorUsage[] {
  const found: AdvisorUsage[] = [];
  let index = 0;
  for (const value of arrayOf(usage.iterations)) {
    const entry = objectOf(value);
    if (entry?.type !== "advisor_message") continue;
    const classes = classesOf(entry);
    const at = index++;
    if (classes === null) {
      onAbsurd();
      continue;
    }
    const model = textOf(entry.model, 200) || textOf(fallbackModel, 200) || "unknown";
    if (usage.inference_geo === "us") classes.flags |= CALL_FLAG.usInference;
    found.push({ ...withZeroFlag(classes), flags: withZeroFlag(classes).flags | CALL_FLAG.advisor, index: at, model });
  }
  return found;
}

function withZeroFlag<U extends Usage>(usage: U): U {
  const total = usage.input + usage.output + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  if (total === 0) usage.flags |= CALL_FLAG.zeroUsage;
  return usage;
}
