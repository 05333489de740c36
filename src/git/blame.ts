import { UserError } from "../platform/errors.ts";
import { unquote } from "./log.ts";
import { type GitPlace, git } from "./run.ts";

/** One line as `git blame` tells it. */
export interface BlamedLine {
  line: number;
  /** Commit that the line came with; zeros where it is not committed. */
  sha: string;
  /** Path and line number in that commit. */
  path: string;
  originalLine: number;
  text: string;
}

const BLAME_TIMEOUT_MS = 60_000;

/** Blames a file, or the lines `range` ("from,to") of it. Throws a {@link UserError} with git's own words. */
export async function blameFile(place: GitPlace, file: string, range: string | null): Promise<BlamedLine[]> {
  const args = ["blame", "--line-porcelain", ...(range === null ? [] : ["-L", range]), "--", file];
  const answer = await git(place, args, { timeoutMs: BLAME_TIMEOUT_MS });
  if (answer.code === -1) throw new UserError(`git blame took longer than ${BLAME_TIMEOUT_MS / 1000} s`);
  if (answer.code === -2) throw new UserError("git is not installed or cannot be started");
  if (answer.code !== 0) throw new UserError(answer.err.trim().replace(/^fatal: /, "") || "git blame failed");
  return parseBlame(answer.out);
}

/** Reads the porcelain format. */
export function parseBlame(text: string): BlamedLine[] {
  const lines: BlamedLine[] = [];
  let head: { sha: string; originalLine: number; line: number } | null = null;
  let path = "";
  for (const row of text.split("\n")) {
    if (row.startsWith("\t")) {
      if (head !== null) lines.push({ ...head, path, text: row.slice(1) });
      head = null;
      continue;
    }
    const match: RegExpExecArray | null = head === null ? /^([0-9a-f]{40,64}) (\d+) (\d+)/.exec(row) : null;
    if (match !== null) head = { sha: match[1] as string, originalLine: Number(match[2]), line: Number(match[3]) };
    else if (row.startsWith("filename ")) path = unquote(row.slice("filename ".length));
  }
  return lines;
}
