import { basename, dirname, join } from "node:path";
import { fs } from "../platform/builtins.ts";

/** What git noted of HEAD in a work tree: which branch was checked out when, and what was committed. Read from git's own files. */
export interface HeadMove {
  /** Top folder of the work tree. */
  root: string;
  /** Milliseconds, whole seconds. */
  atMs: number;
  /** Line of the log: moves of one second keep their order. */
  place: number;
  kind: "checkout" | "commit";
  /** Branch after the move, "" for none; where it is a commit, "". */
  branch: string;
  sha: string;
}

const MAX_LOG = 16 << 20;
const LINE = /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) .*?> (\d{1,12}) [+-]\d{4}\t(.*)$/;
const CHECKOUT = /^checkout: moving from .+ to (.+)$/;
const COMMIT = /^(?:commit|cherry-pick|revert|am|merge|rebase)\b/;

/** Moves in all work trees of a repository, each in order. */
export function readHeadMoves(commonDir: string): HeadMove[] {
  const moves = basename(commonDir) === ".git" ? movesOf(join(commonDir, "logs", "HEAD"), dirname(commonDir)) : [];
  const trees = join(commonDir, "worktrees");
  if (!fs().existsSync(trees)) return moves;
  for (const name of fs().readdirSync(trees)) {
    const pointer = read(join(trees, name, "gitdir")).trim();
    if (pointer !== "") moves.push(...movesOf(join(trees, name, "logs", "HEAD"), dirname(pointer)));
  }
  return moves;
}

function movesOf(path: string, root: string): HeadMove[] {
  const moves: HeadMove[] = [];
  for (const [place, line] of read(path).split("\n").entries()) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, sha = "", seconds = "0", message = ""] = match;
    const atMs = Number(seconds) * 1000;
    const branch = CHECKOUT.exec(message)?.[1];
    // A detached checkout names a commit: that is no branch.
    if (branch !== undefined)
      moves.push({ root, atMs, place, kind: "checkout", branch: /^[0-9a-f]{7,64}$/.test(branch) ? "" : branch, sha });
    else if (COMMIT.test(message)) moves.push({ root, atMs, place, kind: "commit", branch: "", sha });
  }
  return moves;
}

function read(path: string): string {
  const info = fs().statSync(path, { throwIfNoEntry: false });
  return info?.isFile() && info.size <= MAX_LOG ? fs().readFileSync(path, "utf8") : "";
}
