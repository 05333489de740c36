import { fs, identityOf } from "../platform/builtins.ts";
import type { Env } from "../platform/paths.ts";
import { folderOf } from "../platform/plainPaths.ts";

/** The person's own statusline command, run beside ours: with the same input, and never for longer than it may hold us up. */

/** What is remembered of the command from one run to the next. */
export interface WrapMemory {
  /** What it is about: another command starts with none. */
  command: string;
  /** Its last good output, and when that was; "" and 0 for none. */
  output: string;
  atMs: number;
  /** Process of a run that was not seen to end, 0 for none. */
  pid: number;
  startedMs: number;
  /** It did not answer in time when it was run last. */
  slow: boolean;
}

const NO_MEMORY: WrapMemory = { command: "", output: "", atMs: 0, pid: 0, startedMs: 0, slow: false };

/** How long the line waits for the command: for the first time, when there is an output to show instead, and when it was slow before. */
const FIRST_WAIT_MS = 2_000;
const WAIT_MS = 1_000;
const SLOW_WAIT_MS = 100;
/** A run that goes on behind the line is ended after this time. */
const LIMIT_MS = 10_000;
/** An output older than this is no longer shown in place of a new one. */
const STALE_MS = 600_000;
/** Output beyond this ends the command. Bytes. */
const MAX_OUTPUT = 64 << 10;
/** How often the output of a command is looked at, whose own children keep it open. */
const LOOK_MS = 25;

/** Variable that holds the command for the shell, and tells a statusline of ours that it is itself wrapped. */
export const COMMAND_VARIABLE = "CC_LEDGER_WRAPPED_COMMAND";

/** The mark that the shell sets at the end: a zero byte and the exit code. Without it the command did not end, or said too much. */
const SCRIPT = `{ (eval "$${COMMAND_VARIABLE}"); printf '\\000%s' "$?"; } | head -c ${MAX_OUTPUT}`;

/** A run that has begun. */
export interface WrapRun {
  /** What is to be remembered at once: a process that dies now leaves the command behind. */
  started: WrapMemory;
  /** Waits as long as is due; answers what to show, null for nothing, and what to remember. */
  finish(): Promise<{ output: string | null; memory: WrapMemory }>;
}

/** What is remembered of this command; nothing where it is another one. */
export function memoryOfCommand(memory: WrapMemory | null, command: string): WrapMemory {
  return memory?.command === command ? memory : { ...NO_MEMORY, command };
}

/** Starts the command, unless an earlier run of it still goes on. Its output goes to a file, so that a slow one can go on behind the line and
 *  serve the next. Throws what starting a process throws. */
export async function startWrapped(options: {
  command: string;
  stdin: string;
  env: Env;
  file: string;
  memory: WrapMemory;
  nowMs: number;
}): Promise<WrapRun> {
  const { command, stdin, env, file, nowMs } = options;
  const memory = await harvested(options.memory, file, nowMs);
  if (memory.pid !== 0) return { started: memory, finish: async () => ({ output: shown(memory, nowMs), memory }) };
  await makeFolder(file);
  const child = Bun.spawn(["sh", "-c", SCRIPT], {
    env: { ...env, [COMMAND_VARIABLE]: command } as Record<string, string>,
    stdin: new Blob([stdin]),
    stdout: Bun.file(file),
    stderr: "ignore",
    detached: true,
  });
  const started = { ...memory, pid: child.pid, startedMs: nowMs };
  // The client ends a run of ours when it starts the next one.
  process.once("SIGTERM", () => {
    watchOver(child.pid);
    process.exit(0);
  });
  const finish = async (): Promise<{ output: string | null; memory: WrapMemory }> => {
    const wait = memory.slow ? SLOW_WAIT_MS : shown(memory, nowMs) === null ? FIRST_WAIT_MS : WAIT_MS;
    const text = await outputOf(child, file, wait);
    if (text !== null) return ended(text, memory, nowMs);
    child.unref();
    watchOver(child.pid);
    const slow = { ...started, slow: true };
    return { output: shown(slow, nowMs), memory: slow };
  };
  return { started, finish };
}

/** What a run left behind that nobody waited for to the end. */
async function harvested(memory: WrapMemory, file: string, nowMs: number): Promise<WrapMemory> {
  if (memory.pid === 0) return memory;
  const { startedMs } = memory;
  const text = await Bun.file(file)
    .text()
    .catch(() => "");
  if (text.includes("\0")) return { ...ended(text, memory, startedMs).memory, slow: true };
  const age = nowMs - startedMs;
  if (isAlive(memory.pid)) {
    if (age >= 0 && age < LIMIT_MS) return memory;
    if (age < 6 * LIMIT_MS) killGroup(memory.pid);
  }
  return { ...memory, pid: 0, startedMs: 0, slow: true };
}

/** What a finished run says. One that failed shows its last good output; where there is none, nothing. */
function ended(text: string, memory: WrapMemory, atMs: number): { output: string | null; memory: WrapMemory } {
  const mark = text.lastIndexOf("\0");
  const good = text.slice(mark + 1) === "0";
  const idle = { ...memory, pid: 0, startedMs: 0, slow: false };
  if (!good) return { output: shown(idle, atMs), memory: idle };
  const output = text.slice(0, mark).replace(/(?:\r?\n)+$/, "");
  return { output: output === "" ? null : output, memory: { ...idle, output, atMs } };
}

/** The last good output, where it is not too old. */
export function shown({ output, atMs }: WrapMemory, nowMs: number): string | null {
  return output !== "" && Math.abs(nowMs - atMs) < STALE_MS ? output : null;
}

/** The output of a command with its mark, or null where it does not come in time. */
async function outputOf(child: Bun.Subprocess, file: string, waitMs: number): Promise<string | null> {
  const deadline = performance.now() + waitMs;
  const exited = child.exited.then(() => true);
  for (let first = true; ; first = false) {
    const left = deadline - performance.now();
    if (left <= 0) return null;
    const done = await Promise.race([
      exited,
      Bun.sleep(Math.min(left, first ? 2 * LOOK_MS : LOOK_MS)).then(() => false),
    ]);
    const text = await Bun.file(file).text();
    if (text.includes("\0")) return text;
    if (done) return "\0failed";
  }
}

/** The output holds what a person's statusline prints; it is nobody else's. */
async function makeFolder(file: string): Promise<void> {
  if ((await identityOf(folderOf(file))) === null) fs().mkdirSync(folderOf(file), { recursive: true, mode: 0o700 });
}

/** Leaves a run to a shell that ends it when its time is up: no process stays behind for good. */
function watchOver(pid: number): void {
  const rounds = LIMIT_MS / 1_000;
  const script = `i=0; while [ $i -lt ${rounds} ]; do sleep 1; kill -s 0 -- -${pid} 2>/dev/null || exit 0; i=$((i + 1)); done; kill -s KILL -- -${pid}`;
  Bun.spawn(["sh", "-c", script], { stdin: "ignore", stdout: "ignore", stderr: "ignore", detached: true }).unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
