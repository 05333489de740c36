import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClaudeResult, type ClaudeRun, foldersOf, runClaude } from "./claude.ts";
import type { LedgerPlace } from "./ledger.ts";
import { type MockApi, startMock } from "./mockApi.ts";
import type { Step, ToolStep } from "./script.ts";

/** A fresh folder with a home, a config, a ledger and a work folder, and a mock of its own. */
export interface Scratch extends LedgerPlace {
  root: string;
  work: string;
  mock: MockApi;
  /** Runs the client here: a script, or a prompt as it is. */
  claude(prompt: readonly Step[] | string, more?: Partial<ClaudeRun>): Promise<ClaudeResult>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a scratch; `await using` takes it away again. */
export async function makeScratch(): Promise<Scratch> {
  const root = mkdtempSync(join(tmpdir(), "cc-ledger-real-"));
  const work = join(root, "work");
  const folders = foldersOf(root);
  for (const folder of [work, folders.configDir]) mkdirSync(folder, { recursive: true });
  const mock = await startMock();
  return {
    root,
    work,
    mock,
    ...folders,
    claude: (prompt, more = {}) =>
      runClaude({
        scratch: root,
        cwd: work,
        prompt: typeof prompt === "string" ? prompt : JSON.stringify(prompt),
        mockUrl: mock.url,
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      await mock.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** An `Agent` tool use whose sub-agent follows the script. Foreground unless said otherwise. */
export function agent(steps: readonly Step[], input: Record<string, unknown> = {}): Step & ToolStep {
  return {
    tool: "Agent",
    input: {
      description: "scripted",
      subagent_type: "general-purpose",
      run_in_background: false,
      prompt: JSON.stringify(steps),
      ...input,
    },
  };
}

/** A `Bash` tool use. */
export function bash(command: string): Step & ToolStep {
  return { tool: "Bash", input: { command, description: "scripted" } };
}
