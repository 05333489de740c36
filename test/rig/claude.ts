import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Longest that one run of the client may take, milliseconds. */
const TIME_LIMIT_MS = 60_000;

/** The client's own count for one model. */
interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  webSearchRequests: number;
  costUSD: number;
  costBasis?: string;
  canonicalModel?: string;
}

/** The result object that `claude -p --output-format json` prints, as far as tests use it. */
export interface ClaudeResult {
  session_id: string;
  total_cost_usd: number;
  modelUsage: Record<string, ModelUsage>;
  is_error: boolean;
  subtype: string;
  result?: string;
  num_turns: number;
}

/** How to run the client once. */
export interface ClaudeRun {
  /** Folder that holds everything of this test: `home/`, `home/.claude/`, `ledger/`. */
  scratch: string;
  cwd: string;
  prompt: string;
  mockUrl: string;
  args?: readonly string[];
  /** Added to the replaced environment. */
  env?: Record<string, string>;
  /** Written to the scratch `settings.json` before the run. */
  settings?: object;
  timeLimitMs?: number;
}

/** Folders of a scratch: all of the client's and the ledger's state lies in it. */
export function foldersOf(scratch: string): { home: string; configDir: string; ledgerHome: string } {
  const home = join(scratch, "home");
  return { home, configDir: join(home, ".claude"), ledgerHome: join(scratch, "ledger") };
}

/** The installed client. Throws with the remedy where it is missing. */
export function claudeBinary(): string {
  const path = resolve(import.meta.dir, "../../node_modules/.bin/claude");
  if (!existsSync(path))
    throw new Error(
      `The real client is missing: ${path}. Run npm install (@anthropic-ai/claude-code is a dev dependency).`,
    );
  return path;
}

/** The whole environment of a run: nothing of the caller's but PATH. */
export function environmentOf(run: Pick<ClaudeRun, "scratch" | "mockUrl" | "env">): Record<string, string> {
  const { home, configDir, ledgerHome } = foldersOf(run.scratch);
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: home,
    CLAUDE_CONFIG_DIR: configDir,
    CC_LEDGER_HOME: ledgerHome,
    ANTHROPIC_BASE_URL: run.mockUrl,
    ANTHROPIC_API_KEY: "sk-ant-not-a-key",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    IS_SANDBOX: "1",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.invalid",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.invalid",
    ...run.env,
  };
}

/** Starts the real client, alone in a scratch home, against the mock. The caller sees to its end. */
function startClaude(run: ClaudeRun): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const { configDir } = foldersOf(run.scratch);
  mkdirSync(configDir, { recursive: true });
  if (run.settings !== undefined) writeFileSync(join(configDir, "settings.json"), JSON.stringify(run.settings));
  const command = [claudeBinary(), "-p", run.prompt, "--output-format", "json"];
  command.push("--permission-mode", "bypassPermissions", ...(run.args ?? []));
  return Bun.spawn(command, {
    cwd: run.cwd,
    env: environmentOf(run),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: run.timeLimitMs ?? TIME_LIMIT_MS,
    killSignal: "SIGKILL",
  });
}

/** Runs the real client once to its end. Throws when it passes its time limit or prints no result; an error that the
 *  client itself reports is in `is_error`. */
export async function runClaude(run: ClaudeRun): Promise<ClaudeResult> {
  const child = startClaude(run);
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  const line = out.trim().split("\n").at(-1) ?? "";
  if (child.signalCode !== null || !line.startsWith("{")) {
    const how = `exit ${child.exitCode}, signal ${child.signalCode}, limit ${run.timeLimitMs ?? TIME_LIMIT_MS} ms`;
    throw new Error(`The client gave no result (${how}): ${(err || out).slice(0, 2_000)}`);
  }
  return JSON.parse(line) as ClaudeResult;
}

/** Runs a command of the client that asks no model, such as `plugin validate`, and answers what it printed and its exit code. */
export async function claudeCommand(
  args: readonly string[],
  run: Pick<ClaudeRun, "scratch" | "cwd" | "mockUrl">,
): Promise<{ code: number; text: string }> {
  const child = Bun.spawn([claudeBinary(), ...args], {
    cwd: run.cwd,
    env: environmentOf(run),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: TIME_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, text: out + err };
}

/** Runs the client until `until` holds, then kills it the hard way: no hook and no last row follows. */
export async function killClaude(run: ClaudeRun, until: () => boolean): Promise<void> {
  const child = startClaude(run);
  while (!until() && child.exitCode === null) await Bun.sleep(20);
  child.kill("SIGKILL");
  await child.exited;
}
