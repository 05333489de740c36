type Fs = typeof import("node:fs");
type Os = typeof import("node:os");
type Path = typeof import("node:path");

let loadedFs: Fs | undefined;
let loadedOs: Os | undefined;
let loadedPath: Path | undefined;

/** The file system module, loaded at the first call: that costs a process almost two milliseconds, and most hooks do without. */
export function fs(): Fs {
  loadedFs ??= process.getBuiltinModule("node:fs");
  return loadedFs;
}

/** The operating system module, loaded at the first call. */
export function os(): Os {
  loadedOs ??= process.getBuiltinModule("node:os");
  return loadedOs;
}

/** The path module, loaded at the first call. */
export function path(): Path {
  loadedPath ??= process.getBuiltinModule("node:path");
  return loadedPath;
}

/** What a file or folder is: size, inode, times. Null where there is none. Needs no file system module. */
export async function identityOf(path: string): Promise<import("node:fs").Stats | null> {
  try {
    return await Bun.file(path).stat();
  } catch {
    return null;
  }
}
