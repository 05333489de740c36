import type { Env } from "../platform/paths.ts";
import { selfCommand, type World } from "./world.ts";

/** Entry point of the MCP server's bundle. Nothing is loaded before it is needed: a client waits for the answer to `initialize`. */

/** Serves until the client closes the pipe; `catch-up`, `query` and `advise` are the processes that the server starts. Answers the exit code. */
export async function runMcp(args: readonly string[], env: Env): Promise<number> {
  const world: World = { env, cwd: env.CLAUDE_PROJECT_DIR || process.cwd(), now: Date.now, self: selfCommand() };
  const [job] = args;
  if (job === "catch-up") return (await import("./catchUp.ts")).runCatchUp(world);
  if (job === "query") return (await import("./queryProcess.ts")).runQueryProcess();
  if (job === "advise") return (await import("./adviceProcess.ts")).runAdviceProcess(world);
  const { serve } = await import("./server.ts");
  if (process.stdin.isTTY)
    process.stderr.write(
      "cc-ledger: this is an MCP server, to be started by a client (docs/mcp.md); it reads JSON-RPC here. Ctrl-D ends it.\n",
    );
  await serve(world, { input: process.stdin, output: process.stdout });
  return 0;
}
