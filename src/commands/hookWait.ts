import type { SourceFile } from "../agents/adapter.ts";
import { identityOf } from "../platform/builtins.ts";

/** Waiting for what the client has yet to write. A crowd of hooks may wait at once, on the cores that the client needs to write it: so a step is a look
 *  at one or two sizes, and steps grow longer. */

const FIRST_STEP_MS = 20;
const LONGEST_STEP_MS = 160;

/** Resolves once one of the files is not as it was when it was last read; false if none is by `untilMs`, as `performance.now()` counts. */
export async function hasGrown(
  paths: readonly string[],
  read: readonly SourceFile[],
  untilMs: number,
): Promise<boolean> {
  for (let stepMs = FIRST_STEP_MS; performance.now() < untilMs; stepMs = Math.min(LONGEST_STEP_MS, stepMs * 1.5)) {
    await Bun.sleep(stepMs);
    for (const path of paths) {
      const size = (await identityOf(path))?.size;
      if (size !== read.find((file) => file.path === path)?.size) return true;
    }
  }
  return false;
}
