import nodeFs from "node:fs";
import { dirname, resolve } from "node:path";
import { messageOf, UserError } from "../../../platform/errors.ts";
import type { Plan } from "./plan.ts";
import { hookStatus } from "./status.ts";

/** Beside settings.json: the file as it last was without our hooks. */
export const BACKUP_SUFFIX = ".cc-ledger-backup";
/** Beside settings.json: the file before the newest change, where it already held our hooks. */
export const LATEST_SUFFIX = ".cc-ledger-backup.latest";

/** Symbolic links followed in a row. */
const MAX_LINKS = 40;
const ANY_WRITE = 0o222;

/** What applying needs of the file system; handed in, so that a test can make it fail. */
export type Files = Pick<
  typeof nodeFs,
  | "accessSync"
  | "chmodSync"
  | "chownSync"
  | "closeSync"
  | "fsyncSync"
  | "lstatSync"
  | "mkdirSync"
  | "openSync"
  | "readFileSync"
  | "readlinkSync"
  | "realpathSync"
  | "renameSync"
  | "rmSync"
  | "statSync"
  | "writeFileSync"
>;

interface Owner {
  mode: number;
  uid: number;
  gid: number;
}

/** Carries a plan out and answers which file was written and where its copy lies (null where there was nothing to copy). The file behind
 *  a symbolic link is written, all at once, with the mode it had and, as root, the owner; a new one is 0600, in a folder that may be made
 *  if its parent exists (0700). Throws a {@link UserError}, with nothing written, where the file changed since it was planned, is no UTF-8,
 *  or cannot be written. */
export function applyPlan(plan: Plan, path: string, fs: Files = nodeFs): { target: string; backup: string | null } {
  try {
    const target = targetOf(path, fs);
    refuseChanged(plan, target, fs);
    if (!plan.changed) return { target, backup: null };
    const owner = prepare(target, fs);
    const bytes = Buffer.from(plan.before, "utf8");
    const backup = bytes.length === 0 ? null : target + (hasOwn(plan.before) ? LATEST_SUFFIX : BACKUP_SUFFIX);
    if (backup !== null) writeWhole(backup, bytes, owner, fs);
    writeWhole(target, Buffer.from(plan.after, "utf8"), owner, fs, () => refuseChanged(plan, target, fs));
    return { target, backup };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot write ${path}: ${messageOf(error)}`, "Nothing was changed there.");
  }
}

function hasOwn(text: string): boolean {
  const { wired, statusline } = hookStatus(text);
  return wired.length > 0 || statusline !== null;
}

/** The file that a path means: behind all symbolic links, also where the last one points to nothing yet. */
function targetOf(path: string, fs: Files): string {
  let target = resolve(path);
  for (let links = 0; links < MAX_LINKS; links++) {
    const info = fs.lstatSync(target, { throwIfNoEntry: false });
    if (info === undefined) return target;
    if (!info.isSymbolicLink()) return fs.realpathSync(target);
    target = resolve(fs.realpathSync(dirname(target)), fs.readlinkSync(target));
  }
  throw new UserError(`${path} is a circle of symbolic links`, "Nothing was written.");
}

/** Throws where the file does not hold the bytes that were planned with. */
function refuseChanged(plan: Plan, target: string, fs: Files): void {
  const info = fs.statSync(target, { throwIfNoEntry: false });
  if (info !== undefined && !info.isFile()) throw new UserError(`${target} is no file`, "Nothing was written.");
  const current = info === undefined ? Buffer.alloc(0) : fs.readFileSync(target);
  if (current.equals(Buffer.from(plan.before, "utf8"))) return;
  if (current.toString("utf8") === plan.before)
    throw new UserError(`${target} is not valid UTF-8`, "Save it as UTF-8 first; nothing was written.");
  throw new UserError(`${target} changed in the meantime; nothing was written`, "Run the command again.");
}

/** Sees to the folder, and answers mode and owner that the file shall have. */
function prepare(target: string, fs: Files): Owner {
  const folder = dirname(target);
  const info = fs.statSync(target, { throwIfNoEntry: false });
  if (info !== undefined && (info.mode & ANY_WRITE) === 0)
    throw new UserError(
      `${target} is read-only`,
      "If another program makes this file, add the hooks there; nothing was written.",
    );
  if (fs.statSync(folder, { throwIfNoEntry: false }) === undefined) {
    const parent = fs.statSync(dirname(folder), { throwIfNoEntry: false });
    if (!parent?.isDirectory())
      throw new UserError(`neither ${folder} nor the folder above it exists`, "Is CLAUDE_CONFIG_DIR right?");
    fs.mkdirSync(folder, { mode: 0o700 });
    if (isRoot()) fs.chownSync(folder, parent.uid, parent.gid);
  }
  fs.accessSync(folder, nodeFs.constants.W_OK);
  if (info !== undefined) fs.accessSync(target, nodeFs.constants.W_OK);
  const { uid, gid } = info ?? fs.statSync(folder);
  return { mode: info === undefined ? 0o600 : info.mode & 0o777, uid, gid };
}

/** Writes beside the file and renames over it. `check` is asked at the last moment. A failure leaves nothing behind. */
function writeWhole(target: string, bytes: Buffer, owner: Owner, fs: Files, check?: () => void): void {
  const temporary = `${target}.${process.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`;
  const fd = fs.openSync(temporary, "wx", 0o600);
  try {
    try {
      fs.writeFileSync(fd, bytes);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    if (isRoot()) fs.chownSync(temporary, owner.uid, owner.gid);
    fs.chmodSync(temporary, owner.mode);
    check?.();
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target), fs);
}

/** Makes the rename last over a power cut. Windows opens no folders. */
function syncFolder(folder: string, fs: Files): void {
  if (process.platform === "win32") return;
  const fd = fs.openSync(folder, "r");
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
