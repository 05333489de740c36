import { path } from "./builtins.ts";

/** What processes that are waited for need of paths. Most paths are plain: from the root, with nothing in them to resolve. Those need no path module,
 *  which takes a process half a millisecond to load; all others, and those of Windows, are left to it. */

const PLAIN = /^(?:\/(?!\.{0,2}(?:\/|$))[^/\0]*)+$/;

/** Whether a path stays as it is when it is resolved. */
function isPlain(file: string): boolean {
  return process.platform !== "win32" && PLAIN.test(file);
}

/** As `path.isAbsolute`. */
export function isRooted(file: string): boolean {
  return isPlain(file) || path().isAbsolute(file);
}

/** As `path.resolve`. */
export function resolved(file: string): string {
  return isPlain(file) ? file : path().resolve(file);
}

/** As `path.join`. */
export function under(folder: string, name: string): string {
  const file = `${folder}/${name}`;
  return folder !== "" && isPlain(file) ? file : path().join(folder, name);
}

/** As `path.dirname`. */
export function folderOf(file: string): string {
  return isPlain(file) ? file.slice(0, file.lastIndexOf("/")) || "/" : path().dirname(file);
}

/** As `path.basename`. */
export function nameOf(file: string): string {
  return isPlain(file) ? file.slice(file.lastIndexOf("/") + 1) : path().basename(file);
}
