import { readdirSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { AgentAdapter, SourceFile } from "../agents/adapter.ts";
import type { Env } from "../platform/paths.ts";

/** Logs that grew this lately are looked at every time. Milliseconds. */
const HOT_MS = 3_600_000;
const MAX_HOT = 64;
const MAX_FOLDERS = 512;
/** How often all logs are listed where no folder says that it changed: a session that goes on after days is found by that. Milliseconds. */
const LIST_MS = 20_000;

/** Tells which logs of an agent grew, with few questions to the file system: those in use are looked at every time, and every folder that a
 *  new one may appear in, for a new file changes its folder's time; all the others now and then. */
export class LogWatch {
  readonly #adapter: AgentAdapter;
  readonly #env: Env;
  #known = new Map<string, SourceFile>();
  #hot: SourceFile[] = [];
  #folders = new Map<string, number>();
  #listedMs = 0;
  readonly #listMs: number;
  /** How often all logs were listed, for tests. */
  listings = 0;

  /** What stands there now counts as known. */
  constructor(adapter: AgentAdapter, env: Env, nowMs: number, listMs = LIST_MS) {
    this.#adapter = adapter;
    this.#env = env;
    this.#listMs = listMs;
    this.#list(nowMs);
  }

  /** All logs as they were at the last look. */
  files(): SourceFile[] {
    return [...this.#known.values()];
  }

  /** Files that are new, or other than at the last look. */
  grown(nowMs: number): SourceFile[] {
    const grown: SourceFile[] = [];
    for (const file of this.#hot) {
      const info = statSync(file.path, { throwIfNoEntry: false });
      if (info === undefined) continue;
      const found = { inode: info.ino, size: info.size, mtimeMs: info.mtimeMs };
      if (!isOther(file, found)) continue;
      Object.assign(file, found);
      grown.push({ ...file });
    }
    // Where there is no root yet, no folder can tell of one.
    const isDue = this.#folders.size === 0 || nowMs - this.#listedMs >= this.#listMs || nowMs < this.#listedMs;
    return isDue || this.#foldersChanged() ? [...grown, ...this.#list(nowMs)] : grown;
  }

  #foldersChanged(): boolean {
    for (const [folder, mtimeMs] of this.#folders) if (timeOf(folder) !== mtimeMs) return true;
    return false;
  }

  /** Lists all logs, answers those that are new or other, and settles what is looked at every time. */
  #list(nowMs: number): SourceFile[] {
    const roots = this.#adapter.roots(this.#env);
    const { files } = this.#adapter.list(roots);
    const other = files.filter((file) => {
      const known = this.#known.get(file.path);
      return known === undefined || isOther(known, file);
    });
    this.#listedMs = nowMs;
    this.listings++;
    this.#known = new Map(files.map((file) => [file.path, file]));
    this.#hot = files
      .filter((file) => file.mtimeMs >= nowMs - HOT_MS)
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
      .slice(0, MAX_HOT);
    const folders = new Set([...roots, ...this.#hot.flatMap(({ path }) => [dirname(path), ...foldersBelow(path)])]);
    // A new session may begin in any project, also in one that has no log yet.
    for (const root of roots) for (const folder of foldersIn(root)) folders.add(folder);
    this.#folders = new Map([...folders].slice(0, MAX_FOLDERS).map((folder) => [folder, timeOf(folder)]));
    return other;
  }
}

/** A session's sub-agents log in folders below one that bears the name of its log. */
function foldersBelow(path: string): string[] {
  const folder = path.slice(0, path.length - extname(path).length);
  return timeOf(folder) === 0 ? [] : [folder, ...foldersIn(folder)];
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function isOther(known: SourceFile, found: Pick<SourceFile, "inode" | "size" | "mtimeMs">): boolean {
  return known.size !== found.size || known.mtimeMs !== found.mtimeMs || known.inode !== found.inode;
}

/** When a folder last gained or lost an entry; 0 where there is none. */
function timeOf(folder: string): number {
  const info = statSync(folder, { throwIfNoEntry: false });
  return info?.isDirectory() ? info.mtimeMs : 0;
}
