import type { Env } from "../platform/paths.ts";

/** What the server is handed of the world outside, so that a test can take it away. */
export interface World {
  env: Env;
  cwd: string;
  now: () => number;
  /** How this program is started: the executable, and in a checkout its entry point. */
  self: readonly string[];
}

/** The command line that starts this very program again. */
export function selfCommand(): string[] {
  // In an executable the entry point lies in the file system of the executable itself.
  const isExecutable = /^(?:\/\$bunfs|[A-Za-z]:[\\/]~BUN)/.test(Bun.main);
  return isExecutable ? [process.execPath] : [process.execPath, Bun.main];
}
