import { fs } from "./builtins.ts";
import { messageOf } from "./errors.ts";
import { folderOf } from "./plainPaths.ts";

const MAX_LOG_BYTES = 1 << 20;

/** Appends one line to the log; a hook reports its troubles here and nowhere else. The log is kept below two megabytes.
 *  Never throws: where even the log cannot be written (full disk, read-only home) there is nowhere left to say so. */
export function logLine(path: string, nowMs: number, text: string): boolean {
  const line = `${new Date(nowMs).toISOString()} ${text.replace(/[\r\n]+/g, " | ").slice(0, 2000)}\n`;
  try {
    fs().mkdirSync(folderOf(path), { recursive: true, mode: 0o700 });
    rotate(path);
    fs().appendFileSync(path, line, { mode: 0o600 });
    return true;
  } catch (error) {
    if (process.env.CC_LEDGER_DEBUG) process.stderr.write(`cc-ledger: cannot log: ${messageOf(error)}\n`);
    return false;
  }
}

function rotate(path: string): void {
  const size = fs().statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) fs().renameSync(path, `${path}.1`);
}
