import type { Dirent } from "node:fs";
import { join } from "node:path";
import { fs } from "../platform/builtins.ts";
import { type GitPlace, git } from "./run.ts";

/** A ref and the commit it leads to. */
export interface Ref {
  name: string;
  sha: string;
}

/** Everything that names a commit in a repo. */
export interface RepoRefs {
  refs: Ref[];
  head: string | null;
  /** Branch that others are merged into, as a ref; null where none can be told. */
  trunk: Ref | null;
}

const SHA = /^[0-9a-f]{40,64}$/;

/** All refs of a repo in one process; null where the folder is no repo or git does not answer in time. Tags do not count: they keep what
 *  was thrown away. */
export async function readRefs(place: GitPlace): Promise<RepoRefs | null> {
  const format = "%(objectname)%09%(refname)%09%(symref)%09%(HEAD)";
  const answer = await git(place, [
    "for-each-ref",
    `--format=${format}`,
    "refs/heads",
    "refs/remotes",
    "refs/pull",
    "refs/merge-requests",
    "refs/notes/ai",
  ]);
  if (answer.code !== 0) return null;
  const refs: Ref[] = [];
  let trunkName = "";
  for (const line of answer.out.split("\n")) {
    const [sha = "", name = "", target = ""] = line.split("\t");
    if (!SHA.test(sha)) continue;
    if (target !== "" && name.endsWith("/HEAD")) trunkName = target;
    else refs.push({ name, sha });
  }
  const head = (await git(place, ["rev-parse", "--verify", "--quiet", "HEAD"])).out.trim();
  return { refs, head: SHA.test(head) ? head : null, trunk: trunkOf(refs, trunkName) };
}

const TRUNKS = ["main", "master", "trunk", "develop"];

/** The remote's own word, else the usual names; the local branch where it is further on is the caller's business. */
function trunkOf(refs: readonly Ref[], named: string): Ref | null {
  const byName = new Map(refs.map((ref) => [ref.name, ref]));
  const wanted = [named, ...TRUNKS.flatMap((name) => [`refs/heads/${name}`, `refs/remotes/origin/${name}`])];
  for (const name of wanted) {
    const ref = byName.get(name);
    if (ref !== undefined) return ref;
  }
  return null;
}

/** Name of a branch that a ref stands for, without its remote; null for other refs. */
export function branchNameOf(ref: string): string | null {
  if (ref.startsWith("refs/heads/")) return ref.slice("refs/heads/".length);
  return /^refs\/remotes\/[^/]+\/(.+)$/.exec(ref)?.[1] ?? null;
}

/** Number of the pull request that a ref is the head of, 0 for none: GitHub, Gitea, GitLab, and the usual local copies of them. */
export function pullNumberOf(ref: string): number {
  const number =
    /^refs\/(?:pull|merge-requests|remotes\/[^/]+\/(?:pr|pull|merge-requests))\/(\d{1,9})(?:\/head)?$/.exec(ref)?.[1];
  return Number(number ?? 0);
}

/** Younger changes may be followed by others that leave the same times behind. */
const SETTLED_MS = 2_000;

/** A text that changes whenever a ref, HEAD or a work tree's HEAD moves, read from git's own files and without starting git: times of the
 *  folders that refs lie in, for a ref is replaced and never written over. Null where it cannot be told, or not yet. */
export function refsFingerprint(commonDir: string, nowMs: number): string | null {
  const parts: string[] = [];
  const note = (path: string): boolean => {
    const info = fs().statSync(path, { throwIfNoEntry: false });
    if (info === undefined) return true;
    parts.push(`${path} ${info.mtimeMs} ${info.isDirectory() ? "" : info.size}`);
    return nowMs - info.mtimeMs > SETTLED_MS;
  };
  const folders = [join(commonDir, "refs")];
  let settled = ["HEAD", "packed-refs", "logs/HEAD", "reftable/tables.list"].every((name) =>
    note(join(commonDir, name)),
  );
  for (let folder = folders.pop(); folder !== undefined && settled; folder = folders.pop()) {
    settled = note(folder);
    if (folders.length > 5_000) return null;
    for (const entry of list(folder)) if (entry.isDirectory()) folders.push(join(folder, entry.name));
  }
  const trees = join(commonDir, "worktrees");
  for (const entry of list(trees))
    settled &&= note(join(trees, entry.name, "HEAD")) && note(join(trees, entry.name, "logs/HEAD"));
  return settled ? parts.join("\n") : null;
}

function list(folder: string): Dirent[] {
  try {
    return fs().readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
