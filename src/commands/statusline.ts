import { readStatusline } from "../agents/claude-code/statusline.ts";
import type { StatuslineInput } from "../agents/statusline.ts";
import { type Glances, glancesPath, openGlances } from "../ledger/glances.ts";
import { messageOf } from "../platform/errors.ts";
import { keyOf } from "../platform/hash.ts";
import { logLine } from "../platform/log.ts";
import { type Env, type LedgerPaths, ledgerPaths } from "../platform/paths.ts";
import { under } from "../platform/plainPaths.ts";
import { readHead } from "../platform/repo.ts";
import { type LimitUse, limitUse } from "../reports/limits.ts";
import type { StatuslineReport } from "../reports/statusline.ts";
import { type LineStyle, renderLine } from "../statusline/line.ts";
import { type Memory, memoryOf, memoryText, stillTrue } from "../statusline/memory.ts";
import { DEFAULT_TEMPLATE } from "../statusline/template.ts";
import { COMMAND_VARIABLE, memoryOfCommand, shown, startWrapped, type WrapRun } from "../statusline/wrap.ts";
import { type LogMark, type Look, lookAt } from "./statuslineLook.ts";

/** A client that does not close the input is waited for no longer than this. Milliseconds. */
const STDIN_MS = 1_000;
/** Figures as young as this are shown again where nothing else changed. Milliseconds. */
const FRESH_MS = 2_000;
/** Where another process is at the same session, its figures are waited for this long. Milliseconds. */
const NEIGHBOUR_MS = 60;
const NEIGHBOUR_STEP_MS = 10;
/** Columns that the client keeps for its own margins. */
const MARGIN = 4;

interface Run {
  input: StatuslineInput;
  stdin: string;
  command: string | null;
  env: Env;
  paths: LedgerPaths;
  nowMs: number;
  /** The session's log, null where there is none. */
  logMark: LogMark | null;
  log: (text: string) => void;
}

/** `statusline [--wrap COMMAND]`: reads the client's JSON and answers the line to show. Never fails and never answers an error: with the book in
 *  trouble it is the last figures, else what the input says by itself; the log tells what went wrong. */
export async function runStatusline(
  args: readonly string[],
  env: Env,
  readStdin: () => Promise<string>,
): Promise<string> {
  const nowMs = Date.now();
  const stdin = await Promise.race([readStdin().catch(() => ""), Bun.sleep(STDIN_MS).then(() => "")]);
  const input = readStatusline(stdin);
  let paths: LedgerPaths;
  try {
    paths = ledgerPaths(env);
  } catch {
    // Without a place for the ledger there is nothing to ask and nowhere to log.
    return lineOf(input, null, env, nowMs);
  }
  const log = (text: string): void => {
    logLine(paths.log, nowMs, `statusline: ${text}`);
  };
  const command = wrappedIn(args, env);
  const logMark = markOf(input.transcript);
  const glances = openGlances(glancesPath(paths.home), log);
  let remembered: Memory | null = null;
  try {
    const session = input.sessionId ?? "";
    remembered = memoryOf(glances.read(session)?.body);
    return await show({ input, stdin, command, env, paths, nowMs, logMark, log }, glances, remembered);
  } catch (error) {
    log(messageOf(error));
    return remembered?.text ?? lineOf(input, null, env, nowMs);
  } finally {
    glances.close();
  }
}

async function show(run: Run, glances: Glances, remembered: Memory | null): Promise<string> {
  const { input, command, env, nowMs, log } = run;
  const session = input.sessionId ?? "";
  const key = keyOfRun(run);
  const isFresh = (memory: Memory): boolean =>
    memory.key === key && nowMs - memory.atMs >= 0 && nowMs - memory.atMs < FRESH_MS;
  if (remembered !== null && isFresh(remembered)) return textOf(run, remembered, remembered.behind);
  if (!glances.claim(session, process.pid, nowMs)) {
    // Another process is at it. What it finds is worth a moment; after that the figures of before have to do.
    for (let waited = 0; waited < NEIGHBOUR_MS; waited += NEIGHBOUR_STEP_MS) {
      await Bun.sleep(NEIGHBOUR_STEP_MS);
      const found = memoryOf(glances.read(session)?.body);
      if (found !== null && isFresh(found)) return textOf(run, found, found.behind);
    }
    return remembered === null ? lineOf(input, null, env, nowMs) : textOf(run, remembered, true);
  }
  const wrapped = command === null ? null : await wrap(run, command, remembered);
  if (wrapped !== null && remembered !== null)
    glances.store(session, memoryText({ ...remembered, wrap: wrapped.started }), nowMs);
  let look: Look;
  try {
    look = await lookAt({
      ...run,
      reportedMs: remembered?.reportedMs ?? 0,
      heard: remembered?.heard ?? null,
    });
  } catch (error) {
    log(messageOf(error));
    look = {
      report: null,
      behind: true,
      reportedMs: remembered?.reportedMs ?? 0,
      template: remembered?.template ?? DEFAULT_TEMPLATE,
    };
  }
  const { template } = look;
  const ended = wrapped === null ? null : await wrapped.finish();
  const memory: Memory = {
    atMs: nowMs,
    key,
    reportedMs: look.reportedMs,
    // Figures of before are better than none, and said to be behind.
    report: look.report ?? (remembered === null ? null : stillTrue(remembered, input, nowMs)),
    foundMs: look.report === null ? (remembered?.foundMs ?? nowMs) : nowMs,
    behind: look.behind,
    template,
    branch: template.includes("{branch}") ? (input.branch ?? (input.cwd === null ? null : readHead(input.cwd))) : null,
    promptKey: input.promptKey,
    heard: input.limits.length > 0 ? input.limits : (remembered?.heard ?? []),
    wrap: ended?.memory ?? remembered?.wrap ?? null,
    text: "",
  };
  const line = lineOf(input, memory, env, nowMs);
  memory.text = [ended?.output ?? null, line].filter((text) => text !== null && text !== "").join("\n");
  glances.store(session, memoryText(memory), nowMs);
  return memory.text;
}

/** The line with the figures that are remembered, below the last output of the wrapped command. */
function textOf({ input, command, env, nowMs }: Run, memory: Memory, behind: boolean): string {
  const above = command === null ? null : shown(memoryOfCommand(memory.wrap, command), nowMs);
  const still = { ...memory, report: stillTrue(memory, input, nowMs), behind };
  return [above, lineOf(input, still, env, nowMs)].filter((text) => text !== null && text !== "").join("\n");
}

function lineOf(input: StatuslineInput, memory: Memory | null, env: Env, nowMs: number): string {
  const report = memory?.report ?? null;
  return renderLine(
    memory?.template ?? DEFAULT_TEMPLATE,
    {
      input,
      report,
      behind: memory?.behind ?? true,
      limits: limitsOf(input, report, nowMs),
      branch: memory?.branch ?? null,
      nowMs,
    },
    styleOf(env),
  );
}

/** Size and time of a log, without waiting: the runtime asks the file system at once. */
function markOf(path: string | null): LogMark | null {
  if (path === null) return null;
  const { size, lastModified } = Bun.file(path);
  return size === 0 ? null : { size, modifiedMs: lastModified };
}

/** The windows as the book has them, with the present pace; without a book as the input has them. */
function limitsOf(input: StatuslineInput, report: StatuslineReport | null, nowMs: number): LimitUse[] {
  const known = report?.limits ?? [];
  if (known.length > 0)
    return known.flatMap((one) =>
      limitUse(one.period, { usedPercent: one.usedPercent, atMs: one.sampledAtMs, resetsAtMs: one.resetsAtMs }, nowMs),
    );
  return input.limits.flatMap(({ period, used, resetsMs }) =>
    limitUse(period, { usedPercent: used, atMs: nowMs, resetsAtMs: resetsMs }, nowMs),
  );
}

/** What figures depend on. How long the session has lasted changes all the time and says nothing. */
function keyOfRun({ input, logMark, command }: Run): string {
  const { durationMs: _always, ...shownInput } = input;
  return Bun.hash(JSON.stringify([shownInput, logMark, command])).toString(36);
}

/** The line goes into a pipe, and the client shows colours: they are left out only where they are not wanted. */
function styleOf(env: Env): LineStyle {
  const columns = Number(env.COLUMNS);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    width: Number.isInteger(columns) && columns > 0 ? Math.max(1, columns - MARGIN) : null,
    color: !env.NO_COLOR && env.FORCE_COLOR !== "0" && env.TERM !== "dumb",
    unicode: locale === "" || /utf-?8/i.test(locale),
  };
}

/** The wrapped command. A statusline inside of a wrapped command wraps nothing more. */
function wrappedIn(args: readonly string[], env: Env): string | null {
  const [flag = "", value = ""] = args;
  const command = flag === "--wrap" ? value : flag.startsWith("--wrap=") ? flag.slice("--wrap=".length) : "";
  return command.trim() === "" || env[COMMAND_VARIABLE] !== undefined ? null : command;
}

async function wrap(run: Run, command: string, remembered: Memory | null): Promise<WrapRun | null> {
  const { stdin, env, paths, nowMs, input, log } = run;
  const name = keyOf(`${input.sessionId ?? ""} ${command}`).toString(36);
  try {
    return await startWrapped({
      command,
      stdin,
      env,
      file: under(paths.home, `statusline/${name}.out`),
      memory: memoryOfCommand(remembered?.wrap ?? null, command),
      nowMs,
    });
  } catch (error) {
    log(`wrapped command: ${messageOf(error)}`);
    return null;
  }
}
