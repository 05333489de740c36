/** What a commit message says of pull requests and reverts. */

export interface NamesInMessage {
  /** Number of the pull request that the commit merges, 0 for none. */
  number: number;
  how: "" | "merge" | "squash";
  /** Branch that a merge names, without its owner. */
  branch: string;
  /** Commit that is reverted, "" for none. */
  reverts: string;
}

const MERGES: readonly { pattern: RegExp; branch: (match: RegExpExecArray) => string }[] = [
  { pattern: /^Merge pull request #(\d{1,9}) from (\S+)/, branch: (match) => withoutOwner(match[2] ?? "") },
  { pattern: /^Merged in (\S+) \(pull request #(\d{1,9})\)/, branch: (match) => match[1] ?? "" },
  { pattern: /^Merged PR (\d{1,9}):/, branch: () => "" },
];

function withoutOwner(text: string): string {
  const slash = text.indexOf("/");
  return slash < 0 ? text : text.slice(slash + 1);
}

/** Reads subject and body. Numbers that a revert or a cherry-pick quotes are another pull request's: only the last one at the end of the
 *  subject counts, and none in a revert that a person's own commit did not add to. */
export function namesInMessage(commit: { subject: string; body: string; parents: readonly string[] }): NamesInMessage {
  const { subject, body, parents } = commit;
  const reverts = /^This reverts commit ([0-9a-f]{7,64})/m.exec(body)?.[1] ?? "";
  for (const { pattern, branch } of MERGES) {
    const match = pattern.exec(subject);
    if (match === null) continue;
    const number = Number(match.slice(1).find((group) => /^\d+$/.test(group ?? "")) ?? 0);
    return { number, how: parents.length > 1 ? "merge" : "squash", branch: branch(match), reverts };
  }
  const gitlab = /^See merge request \S*!(\d{1,9})\s*$/m.exec(body);
  if (gitlab !== null) {
    const branch = /^Merge branch '([^']+)'/.exec(subject)?.[1] ?? "";
    return { number: Number(gitlab[1]), how: parents.length > 1 ? "merge" : "squash", branch, reverts };
  }
  const squash = /\(#(\d{1,9})\)\s*$/.exec(subject);
  const quoted = /^(?:Revert|Reapply) ".*\(#\d+\)"\s*$/.test(subject) || /^\(cherry picked from commit /m.test(body);
  if (squash !== null && !quoted && parents.length <= 1)
    return { number: Number(squash[1]), how: "squash", branch: "", reverts };
  return { number: 0, how: "", branch: "", reverts };
}
