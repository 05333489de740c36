import { UserError } from "../platform/errors.ts";
import type { Env } from "../platform/paths.ts";

/** Where and how git is run. */
export interface GitPlace {
  /** Work tree or git directory. */
  dir: string;
  env: Env;
}

export interface GitOptions {
  /** The process and its children are killed after this many milliseconds. */
  timeoutMs?: number;
  /** Handed to the process as its standard input. */
  input?: string;
  /** Folder to run in; where it is left out, that of this process. */
  cwd?: string;
}

const TIMEOUT_MS = 10_000;

/** Settings of the person that would change what is printed, wait for a terminal or start other programs. */
const STEADY = [
  "-c",
  "core.quotePath=false",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "log.showSignature=false",
  "-c",
  "gc.auto=0",
];

function environment(env: Env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in env) {
    const value = env[name];
    if (value !== undefined && !name.startsWith("GIT_")) kept[name] = value;
  }
  return {
    ...kept,
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_PAGER: "cat",
    LC_ALL: "C",
    GCM_INTERACTIVE: "never",
  };
}

/** A process that is killed with its children when its time is up. */
function start(
  argv: string[],
  place: GitPlace,
  options: GitOptions,
): { child: Bun.Subprocess<Blob | "ignore", "pipe", "pipe">; late: () => boolean; stop: () => void } {
  const child = Bun.spawn(argv, {
    env: environment(place.env),
    stdin: options.input === undefined ? "ignore" : new Blob([options.input]),
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let late = false;
  const kill = (): void => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
  };
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, options.timeoutMs ?? TIMEOUT_MS);
  return { child, late: () => late, stop: () => clearTimeout(timer) };
}

/** What a process printed; `code` is -1 where it was killed for taking too long, -2 where it could not be started. */
export interface GitAnswer {
  code: number;
  out: string;
  err: string;
}

/** Runs git and answers what it printed. Never throws. */
export function git(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  return runProgram(["git", ...STEADY, "-C", place.dir, ...args], place, options);
}

/** Runs a program with the same care as git: steady environment, time limit, children killed. Never throws. */
export async function runProgram(argv: string[], place: GitPlace, options: GitOptions = {}): Promise<GitAnswer> {
  try {
    const { child, late, stop } = start(argv, place, options);
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    stop();
    return { code: late() ? -1 : code, out, err };
  } catch (error) {
    return { code: -2, out: "", err: String(error) };
  }
}

/** Runs git and hands over its output line by line, as bytes decoded leniently. Throws a {@link UserError} when git fails or takes too long. */
export async function gitLines(
  place: GitPlace,
  args: readonly string[],
  onLine: (line: string) => void,
  options: GitOptions = {},
): Promise<void> {
  const { child, late, stop } = start(["git", ...STEADY, "-C", place.dir, ...args], place, options);
  const decoder = new TextDecoder();
  const errors = new Response(child.stderr).text();
  let rest = "";
  for await (const chunk of child.stdout) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      onLine(text.slice(from, at));
      from = at + 1;
    }
    rest = text.slice(from);
  }
  if (rest !== "") onLine(rest);
  const code = await child.exited;
  stop();
  if (late()) throw new UserError(`git took longer than ${(options.timeoutMs ?? TIMEOUT_MS) / 1000} s in ${place.dir}`);
  if (code !== 0) throw new UserError(`git failed in ${place.dir}: ${(await errors).trim().split("\n")[0] ?? code}`);
}
