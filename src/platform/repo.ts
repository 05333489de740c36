import { fs, path } from "./builtins.ts";

/** What repository a folder belongs to. Without git it is the folder itself. */
export interface Place {
  /** Stable identity: the git common directory, or the folder. */
  identity: string;
  /** What a person calls it: `owner/name` of the remote, else the folder's name. */
  name: string;
  commonDir: string | null;
  /** Top folder of the work tree, null without git. */
  root: string | null;
  /** URL of `origin` without credentials, or null. */
  remote: string | null;
}

const MAX_FILE = 1 << 20;
/** A drive or a share of Windows: histories are read on other systems too, where nothing of that folder can be looked at. */
const WINDOWS_PATH = /^(?:[A-Za-z]:[\\/]|\\\\[^\\])/;

/** Finds the repository of a folder by reading git's own files; no process is started. The folder may be gone:
 *  a worktree inside a repository that still exists is found through its parents. */
export function placeOf(cwd: string): Place {
  if (!path().isAbsolute(cwd) && WINDOWS_PATH.test(cwd)) return withoutGit(cwd);
  if (cwd === "" || !path().isAbsolute(cwd))
    return { identity: cwd || "(unknown)", name: cwd || "(unknown)", commonDir: null, root: null, remote: null };
  const found = gitOf(cwd);
  if (found === null) return withoutGit(cwd);
  const { commonDir, root } = found;
  const remote = remoteOf(commonDir);
  return { identity: commonDir, name: nameOf(remote, commonDir), commonDir, root, remote };
}

/** Worktrees that the agent makes stand under `.claude/worktrees/`; the part before names the project even when it is gone. */
function withoutGit(cwd: string): Place {
  const project = cwd.replace(/[\\/]\.claude[\\/]worktrees[\\/].*$/, "");
  const name = WINDOWS_PATH.test(project) ? path().win32.basename(project) : path().basename(project);
  return { identity: project, name: name || project, commonDir: null, root: null, remote: null };
}

function gitOf(start: string): { commonDir: string; root: string } | null {
  for (let folder = start; ; folder = path().dirname(folder)) {
    const dotGit = path().join(folder, ".git");
    const info = fs().statSync(dotGit, { throwIfNoEntry: false });
    if (info?.isDirectory() && fs().statSync(path().join(dotGit, "HEAD"), { throwIfNoEntry: false }))
      return { commonDir: fs().realpathSync(dotGit), root: folder };
    if (info?.isFile()) {
      const commonDir = linkedDir(dotGit, folder);
      return commonDir === null ? null : { commonDir, root: folder };
    }
    if (path().dirname(folder) === folder) return null;
  }
}

/** A `.git` file points to a worktree's or a submodule's own directory; a worktree's names the common one. */
function linkedDir(dotGit: string, folder: string): string | null {
  const pointer = /^gitdir:\s*(.+)$/m.exec(read(dotGit))?.[1]?.trim();
  if (pointer === undefined) return null;
  const gitDir = path().resolve(folder, pointer);
  const common = read(path().join(gitDir, "commondir")).trim();
  const target = common === "" ? gitDir : path().resolve(gitDir, common);
  return fs().statSync(target, { throwIfNoEntry: false })?.isDirectory() ? fs().realpathSync(target) : target;
}

function read(path: string): string {
  const info = fs().statSync(path, { throwIfNoEntry: false });
  if (!info?.isFile() || info.size > MAX_FILE) return "";
  return fs().readFileSync(path, "utf8");
}

function remoteOf(commonDir: string): string | null {
  let section = "";
  for (const line of read(path().join(commonDir, "config")).split("\n")) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) section = header.replace(/\s+/g, " ");
    const url = section === 'remote "origin"' ? /^\s*url\s*=\s*(.+?)\s*$/.exec(line)?.[1] : undefined;
    if (url !== undefined) return withoutCredentials(url);
  }
  return null;
}

/** Removes user names, passwords and tokens from a remote's URL; the `git@` of an ssh address is no secret but goes too. */
export function withoutCredentials(url: string): string {
  const bare = url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1").replace(/[?#].*$/, "");
  return bare.replace(/^[^/@:]+@([^/:]+:)/, "$1").slice(0, 500);
}

function nameOf(remote: string | null, commonDir: string): string {
  const named = remote === null ? undefined : /[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?$/.exec(remote)?.[1];
  if (named !== undefined) return named;
  const folder = path().basename(commonDir) === ".git" ? path().dirname(commonDir) : commonDir;
  return (
    path()
      .basename(folder)
      .replace(/\.git$/, "") || folder
  );
}

/** Name of the branch that is checked out around a folder, read from git's own files; null without git or on a detached head. */
export function readHead(cwd: string): string | null {
  for (let folder = cwd; ; folder = path().dirname(folder)) {
    const dotGit = path().join(folder, ".git");
    const info = fs().statSync(dotGit, { throwIfNoEntry: false });
    const pointer = info?.isFile() ? /^gitdir:\s*(.+)$/m.exec(read(dotGit))?.[1]?.trim() : undefined;
    const gitDir = info?.isDirectory() ? dotGit : pointer === undefined ? null : path().resolve(folder, pointer);
    if (gitDir !== null) return /^ref: refs\/heads\/(.+)$/.exec(read(path().join(gitDir, "HEAD")).trim())?.[1] ?? null;
    if (path().dirname(folder) === folder) return null;
  }
}
