import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Env } from "../../../platform/paths.ts";

const TIME_LIMIT_MS = 4_000;

/** Version of the `claude` on the path, or null where there is none or it does not say. It is asked in an empty home, so that
 *  it touches nothing of the user's. */
export async function clientVersion(env: Env): Promise<string | null> {
  const home = mkdtempSync(join(tmpdir(), "cc-ledger-ask-"));
  try {
    const child = Bun.spawn(["claude", "--version"], {
      env: { PATH: env.PATH ?? "", HOME: home, CLAUDE_CONFIG_DIR: join(home, ".claude"), DISABLE_AUTOUPDATER: "1" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIME_LIMIT_MS);
    const text = await new Response(child.stdout).text();
    await child.exited;
    clearTimeout(timer);
    return /\b(\d+\.\d+\.\d+)\b/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
