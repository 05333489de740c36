import { isRooted, under } from "../../platform/plainPaths.ts";
import { noEvents } from "../events.ts";
import {
  type ContextUse,
  LIMIT_PERIODS,
  type LimitSample,
  type PullLink,
  type StatuslineFacts,
  type StatuslineInput,
} from "../statusline.ts";
import { linkOf } from "./gitOperations.ts";
import { parseObject } from "./parse.ts";
import { objectOf, type Row, textOf } from "./rows.ts";

const ID = /^[\w.-]{1,200}$/;
const MAX_USD = 1e6;
const MAX_COUNT = 1e12;
const MAX_PERCENT = 10_000;
const LATEST_S = Date.UTC(2100, 0, 1) / 1000;

/** Reads the JSON that Claude Code hands to a statusline (README, "Statusline"). Every field may be missing or of another type: what
 *  cannot be used is null, and text that is no object at all says nothing. Never throws. */
export function readStatusline(text: string): StatuslineInput {
  const row = parseObject(text) ?? {};
  const sessionId = textOf(row.session_id, 201);
  const transcript = textOf(row.transcript_path, 4096);
  const workspace = objectOf(row.workspace);
  const worktree = objectOf(row.worktree);
  const model = objectOf(row.model);
  const cost = objectOf(row.cost);
  const usd = amountOf(cost?.total_cost_usd, MAX_USD);
  return {
    sessionId: ID.test(sessionId) ? sessionId : null,
    transcript: isLog(transcript) ? transcript : null,
    promptKey: wordOf(row.prompt_id, 200),
    cwd: wordOf(workspace?.current_dir, 4096) ?? wordOf(row.cwd, 4096),
    model: wordOf(model?.display_name, 120) ?? wordOf(model?.id, 120) ?? wordOf(row.model, 120),
    agentName: wordOf(objectOf(row.agent)?.name, 120),
    title: wordOf(row.session_name, 200),
    version: wordOf(row.version, 60),
    repo: repoOf(objectOf(workspace?.repo)),
    worktree: wordOf(workspace?.git_worktree, 200) ?? wordOf(worktree?.name, 200),
    branch: wordOf(worktree?.branch, 255),
    costNanoUsd: usd === null ? null : Math.round(usd * 1e9),
    linesAdded: countOf(cost?.total_lines_added),
    linesRemoved: countOf(cost?.total_lines_removed),
    durationMs: countOf(cost?.total_duration_ms),
    context: contextOf(objectOf(row.context_window)),
    limits: limitsOf(objectOf(row.rate_limits)),
    pull: pullOf(objectOf(row.pr)),
    effort: wordOf(objectOf(row.effort)?.level, 40),
    fast: row.fast_mode === true,
  };
}

/** What the input says that the book keeps: the client's own count, and the pull request that it shows. Null without a session. */
export function factsOf(input: StatuslineInput, nowMs: number): StatuslineFacts | null {
  const { sessionId, promptKey, transcript, cwd, costNanoUsd, pull } = input;
  if (sessionId === null) return null;
  const events = noEvents();
  events.sessions.push({
    sessionId,
    ...(cwd !== null && { cwd }),
    ...(costNanoUsd !== null && costNanoUsd > 0 && { reportedNanoUsd: costNanoUsd }),
  });
  const link = pull === null ? null : linkOf({ prNumber: pull.number, prUrl: pull.url });
  if (link !== null) events.gits.push({ keyHigh: 0, keyLow: 0, sessionId, atMs: nowMs, cwd: cwd ?? "", ...link });
  const subagentsDir = transcript === null ? null : under(transcript.replace(/\.jsonl$/, ""), "subagents");
  return {
    sessionId,
    promptKey: promptKey ?? "",
    toolUseId: "",
    events,
    files: transcript === null ? [] : [transcript],
    snapshots: [],
    subagentsDir,
  };
}

function isLog(path: string): boolean {
  return isRooted(path) && path.endsWith(".jsonl") && !path.includes("\0");
}

function wordOf(value: unknown, max: number): string | null {
  const text = textOf(value, max).trim();
  return text === "" ? null : text;
}

/** A number from 0 to `most`, null for anything else. */
function amountOf(value: unknown, most: number): number | null {
  return typeof value === "number" && value >= 0 && value <= most ? value : null;
}

function countOf(value: unknown): number | null {
  const amount = amountOf(value, MAX_COUNT);
  return amount === null ? null : Math.round(amount);
}

function repoOf(repo: Row | null): string | null {
  const owner = wordOf(repo?.owner, 120);
  const name = wordOf(repo?.name, 120);
  return name === null ? null : owner === null ? name : `${owner}/${name}`;
}

/** The client's percentage, else the one that its two counts make; null before the first reply and right after a compaction. */
function contextOf(window: Row | null): ContextUse | null {
  if (window === null) return null;
  const tokens = countOf(window.total_input_tokens);
  const size = countOf(window.context_window_size) || null;
  const told = amountOf(window.used_percentage, MAX_PERCENT);
  const used = told ?? (tokens === null || size === null || tokens === 0 ? null : (tokens / size) * 100);
  return used === null && tokens === null ? null : { tokens, size, used };
}

/** `resets_at` is in epoch seconds; a sample without it cannot be placed in time, and says nothing. */
function limitsOf(limits: Row | null): LimitSample[] {
  const samples: LimitSample[] = [];
  for (const period of LIMIT_PERIODS) {
    const window = objectOf(limits?.[period]);
    const used = amountOf(window?.used_percentage, MAX_PERCENT);
    const resetsS = amountOf(window?.resets_at, LATEST_S);
    if (used !== null && resetsS !== null && resetsS > 0)
      samples.push({ period, used, resetsMs: Math.round(resetsS * 1000) });
  }
  return samples;
}

function pullOf(pr: Row | null): PullLink | null {
  const number = countOf(pr?.number);
  if (number === null || number === 0 || number >= 1e9) return null;
  return { number, url: textOf(pr?.url, 500), review: textOf(pr?.review_state, 40) };
}
