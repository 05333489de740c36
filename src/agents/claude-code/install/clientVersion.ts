import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Env, homeOf } from "../../../platform/paths.ts";

/** One program gets this long to say its version: ten times what it takes on a cold disk, for a null costs three events. Milliseconds. */
const TIME_LIMIT_MS = 4_000;
/** Output beyond this is not read. Characters. */
const MAX_OUTPUT = 4_096;

/** Runs `program --version` in a folder with exactly this environment and answers what it printed; "" where it cannot be started, fails
 *  or takes longer than the limit. Never throws, and leaves no process behind. */
export type Ask = (program: string, env: Record<string, string>, folder: string, limitMs: number) => Promise<string>;

/** Version of the installed Claude Code, or null where there is none or it does not say: the `claude` on the path, else where its installers
 *  put one that is not. It is asked in an empty home, so that it reads and writes nothing of the user's. */
export async function clientVersion(env: Env, ask: Ask = askProgram): Promise<string | null> {
  const home = homeOf(env);
  const folder = emptyHome();
  if (folder === null) return null;
  try {
    const system = env.SystemRoot === undefined ? {} : { SystemRoot: env.SystemRoot };
    const scratch = { PATH: env.PATH ?? "", ...system, HOME: folder, USERPROFILE: folder };
    const asked = { ...scratch, CLAUDE_CONFIG_DIR: join(folder, ".claude"), DISABLE_AUTOUPDATER: "1" };
    for (const program of ["claude", join(home, ".local/bin/claude"), join(home, ".claude/local/claude")]) {
      const version = /^\s*(\d+\.\d+\.\d+)/.exec(await ask(program, asked, folder, TIME_LIMIT_MS))?.[1];
      if (version !== undefined) return version;
    }
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A fresh folder, or null where none can be made: then nobody is asked, and the cautious set of events is wired. */
function emptyHome(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), "cc-ledger-ask-"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}

/** The real {@link Ask}. The program leads a process group of its own, which is killed as a whole: a wrapper's child would keep the pipe open. */
export const askProgram: Ask = (program, env, folder, limitMs) =>
  new Promise((resolve) => {
    const ownGroup = process.platform !== "win32";
    const child = spawn(program, ["--version"], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "ignore"],
      detached: ownGroup,
      windowsHide: true,
    });
    let output = "";
    const end = (text: string): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => {
      if (child.pid !== undefined) killAll(child.pid, ownGroup);
      end("");
    }, limitMs);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(0, MAX_OUTPUT);
    });
    child.on("error", () => end(""));
    child.on("close", (code) => end(code === 0 ? output : ""));
  });

/** Kills a process or its whole group. One that is gone by now (which macOS reports as EPERM) is as good. */
function killAll(pid: number, group: boolean): void {
  try {
    process.kill(group ? -pid : pid, "SIGKILL");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
