import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { claudeBinary, environmentOf } from "./claude.ts";
import type { Scratch } from "./scratch.ts";

/** The client as a person sees it: in a terminal. */
export interface InteractiveClaude {
  /** Types a prompt and sends it. */
  say(text: string): Promise<void>;
  /** Waits until something holds; throws with the screen where it does not. */
  until(holds: () => boolean, what: string): Promise<void>;
  /** All that was written to the terminal, without its control sequences. */
  screen(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

const WAIT_MS = 40_000;
const STEP_MS = 100;
/** A paste and the key after it are told apart by time. */
const TYPED_MS = 700;
const API_KEY = "sk-ant-not-a-key";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be removed
const CONTROL = /\u001b(?:\[[0-9;?>]*[a-zA-Z]|\][^\u0007]*\u0007|[()][A-Z0-9])/g;

/** Starts the client in a terminal, past the questions that it asks a new person. */
export async function interactiveClaude(
  scratch: Scratch,
  { columns }: { columns: number },
): Promise<InteractiveClaude> {
  mkdirSync(scratch.configDir, { recursive: true });
  const config = join(scratch.configDir, ".claude.json");
  const known = existsSync(config) ? (JSON.parse(readFileSync(config, "utf8")) as object) : {};
  const answered = {
    hasCompletedOnboarding: true,
    theme: "dark",
    customApiKeyResponses: { approved: [API_KEY.slice(-20)], rejected: [] },
    projects: { [scratch.work]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
  };
  writeFileSync(config, JSON.stringify({ ...known, ...answered }));
  let written = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([claudeBinary(), "--allowedTools", "Bash"], {
    cwd: scratch.work,
    env: environmentOf({
      scratch: scratch.root,
      mockUrl: scratch.mock.url,
      env: { TERM: "xterm-256color", LANG: "C.UTF-8" },
    }),
    terminal: {
      cols: columns,
      rows: 40,
      data: (_terminal, data) => {
        written += decoder.decode(data, { stream: true });
      },
    },
  });
  const screen = (): string => written.replace(CONTROL, " ").replace(/ +/g, " ");
  return {
    async say(text) {
      child.terminal?.write(text);
      await Bun.sleep(TYPED_MS);
      child.terminal?.write("\r");
    },
    async until(holds, what) {
      for (let waited = 0; !holds(); waited += STEP_MS) {
        if (waited > WAIT_MS || child.exitCode !== null)
          throw new Error(`${what} did not come; on the screen: ${screen().slice(-3_000)}`);
        await Bun.sleep(STEP_MS);
      }
    },
    screen,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      child.terminal?.close();
    },
  };
}
