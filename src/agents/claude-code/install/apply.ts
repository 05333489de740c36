import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, UserError } from "../../../platform/errors.ts";
import type { Plan } from "./plan.ts";

/** Name of the copy that is kept of the file as it was before the first change. */
export const BACKUP_SUFFIX = ".cc-ledger-backup";

/** Carries a plan out: behind a symbolic link, with a backup, all at once. Refuses where the file changed since it was planned.
 *  Throws a {@link UserError} where the file or its folder cannot be written. */
export function applyPlan(plan: Plan, path: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const current = existsSync(target) ? readFileSync(target, "utf8") : "";
  if (current !== plan.before)
    throw new UserError(`${path} changed in the meantime; nothing was written`, "Run the command again.");
  const temporary = `${target}.cc-ledger-${process.pid}`;
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const info = existsSync(target) ? statSync(target) : null;
    if (info !== null) copyFileSync(target, target + BACKUP_SUFFIX);
    const mode = info === null ? 0o600 : info.mode & 0o777;
    const fd = openSync(temporary, "w", mode);
    writeSync(fd, plan.after);
    fsyncSync(fd);
    closeSync(fd);
    chmodSync(temporary, mode);
    if (info !== null && process.getuid?.() === 0) chownSync(temporary, info.uid, info.gid);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(`cannot write ${target}: ${messageOf(error)}`, "Nothing was changed.");
  }
}
