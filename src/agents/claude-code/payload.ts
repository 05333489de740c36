import { hash64, hashHigh, hashLow } from "../../platform/hash.ts";
import { folderOf, isRooted, under } from "../../platform/plainPaths.ts";
import type { HookPayload } from "../adapter.ts";
import { type FileEvents, noEvents } from "../events.ts";
import { EDIT_TOOLS, editOfInput, editOfResult, editsOfShell } from "./edits.ts";
import { gitOperationsOf, isGitCommand } from "./gitOperations.ts";
import { objectOf, type Row, textOf } from "./rows.ts";
import { runKindOf } from "./runs.ts";

/** Events at which all sub-agents count: the turn is over, or a limit may hold up what comes next. */
const WIDE_EVENTS = new Set([
  "stop",
  "session-end",
  "stop-failure",
  "pre-compact",
  "pre-tool-use",
  "user-prompt-submit",
]);
const ID = /^[\w.-]{1,200}$/;

/** Reads the JSON that Claude Code hands to a hook. Null where it is not an object with a session id: nothing can be filed. */
export function readPayload(
  event: string,
  text: string,
  nowMs: number,
  billing: string | undefined,
): HookPayload | null {
  const row = parse(text);
  if (row === null) return null;
  const sessionId = textOf(row.session_id, 200);
  if (!ID.test(sessionId)) return null;
  const events = noEvents();
  const transcript = textOf(row.transcript_path, 4096);
  const files = [transcript, agentTranscript(row, transcript, sessionId)].filter((path) => isLog(path));
  const cwd = textOf(row.cwd, 4096);
  events.sessions.push({
    sessionId,
    ...(cwd !== "" && { cwd }),
    ...(billing !== undefined && { billing }),
    ...(event === "session-end" && { endedAtMs: nowMs }),
  });
  addMoment(event, row, sessionId, nowMs, events);
  addToolResult(event, row, sessionId, nowMs, events);
  addRun(event, row, sessionId, nowMs, events);
  const wide = WIDE_EVENTS.has(event);
  const subagentsDir = wide && isLog(transcript) ? under(transcript.replace(/\.jsonl$/, ""), "subagents") : null;
  const snapshots = events.edits.map(({ keyHigh, keyLow, path }) => ({
    keyHigh,
    keyLow,
    path,
    before: textBefore(row),
  }));
  return {
    sessionId,
    promptKey: textOf(row.prompt_id, 200),
    toolUseId: event === "pre-tool-use" ? textOf(row.tool_use_id, 200) : "",
    events,
    files,
    snapshots,
    subagentsDir,
  };
}

/** What the edited file held before, where the tool says so. */
function textBefore(row: Row): string | null {
  const response = objectOf(row.tool_response);
  if (response?.type === "create") return "";
  const text = response?.originalFile ?? response?.original_file;
  return typeof text === "string" ? text : null;
}

function parse(text: string): Row | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function isLog(path: string): boolean {
  return path !== "" && isRooted(path) && path.endsWith(".jsonl") && !path.includes("\0");
}

/** The sub-agent's own file: named by SubagentStop, else beside the session's other sub-agents. */
function agentTranscript(row: Row, transcript: string, sessionId: string): string {
  const named = textOf(row.agent_transcript_path, 4096);
  if (named !== "") return named;
  const agentId = textOf(row.agent_id, 200);
  if (!ID.test(agentId) || !isLog(transcript)) return "";
  return under(folderOf(transcript), `${sessionId}/subagents/agent-${agentId}.jsonl`);
}

function addMoment(event: string, row: Row, sessionId: string, atMs: number, events: FileEvents): void {
  if (event === "session-start")
    events.notes.push({ sessionId, atMs, kind: "session-start", detail: textOf(row.source, 40) });
  if (event === "session-end")
    events.notes.push({ sessionId, atMs, kind: "session-end", detail: textOf(row.reason, 40) });
  if (event === "stop-failure")
    events.notes.push({ sessionId, atMs, kind: "turn-failed", detail: textOf(row.error, 60) });
}

function addToolResult(event: string, row: Row, sessionId: string, atMs: number, events: FileEvents): void {
  if (event !== "post-tool-use" && event !== "post-tool-use-failure") return;
  const id = textOf(row.tool_use_id, 200);
  if (id === "") return;
  const duration = row.duration_ms;
  hash64(id);
  events.toolResults.push({
    keyHigh: hashHigh,
    keyLow: hashLow,
    atMs,
    failed: event === "post-tool-use-failure",
    // The transcript words the error a little differently; only its wording is compared.
    errorKey: 0,
    bytes: 0,
    durationMs: typeof duration === "number" && duration >= 0 && duration < 1e10 ? Math.round(duration) : -1,
  });
  if (event === "post-tool-use") addOutcome(id, row, sessionId, atMs, events);
}

/** What the tool wrote or did with git, as its structured response says. */
function addOutcome(id: string, row: Row, sessionId: string, atMs: number, events: FileEvents): void {
  const tool = textOf(row.tool_name, 200);
  const input = objectOf(row.tool_input);
  const response = objectOf(row.tool_response);
  hash64(id);
  const from = { keyHigh: hashHigh, keyLow: hashLow, sessionId, atMs };
  if (EDIT_TOOLS.has(tool)) {
    const edit = editOfResult(response) ?? editOfInput(tool, input);
    if (edit !== null) events.edits.push({ ...from, ...edit });
  } else if (tool === "Bash") {
    events.edits.push(...editsOfShell(response).map((one) => ({ ...from, ...one })));
    if (!isGitCommand(input?.command)) return;
    const operations = gitOperationsOf(response, textOf(input?.command, 2000));
    events.gits.push(...operations.map((one) => ({ ...from, cwd: textOf(row.cwd, 4096), ...one })));
  }
}

function addRun(event: string, row: Row, sessionId: string, atMs: number, events: FileEvents): void {
  if (event !== "subagent-start" && event !== "subagent-stop") return;
  const runId = textOf(row.agent_id, 200);
  if (!ID.test(runId)) return;
  const agentType = textOf(row.agent_type, 120);
  const run = { sessionId, runId, kind: runKindOf(runId), ...(agentType !== "" && { agentType }) };
  events.runs.push({ ...run, atMs });
}
