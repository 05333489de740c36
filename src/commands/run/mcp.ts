import { runMcp } from "../../mcp/serve.ts";
import type { Context } from "../context.ts";

/** Where `mcp` comes with anything that the entry point does not know, such as `--help`; else that has taken it. */
export async function run(this: Context): Promise<void> {
  this.process.exitCode = await runMcp([], this.env);
}
