import type { Line } from "./lines.ts";
import { type Commit, git, type Owner, type Repository } from "./repository.ts";
import type { Call } from "./transcript.ts";
import type { World } from "./world.ts";

/** Who wrote a line that a commit adds. */
export interface TruthLine {
  /** Its number in the new file. */
  line: number;
  /** The line as `git show` prints it: in a CRLF file it ends with a carriage return. */
  text: string;
  /** The session that wrote it; null: a person. */
  session: string | null;
  /** The text equals what the agent wrote, line ends apart; false after a formatter pass, and for people's lines. */
  exact: boolean;
}

/** A live non-merge commit. */
export interface TruthCommit {
  sha: string;
  /** The (lowest) pull request that the commit is part of. */
  pr: number | null;
  files: { path: string; lines: TruthLine[] }[];
}

/** What is known about a simulated history. Sums are exact: the parts make up the total. */
export interface Truth {
  /** Every added line of every live non-merge commit, in order of the new file: who wrote it. */
  commits: TruthCommit[];
  pullRequests: {
    number: number;
    costNanoUsd: number;
    state: "open" | "closed" | "merged";
    sessions: string[];
  }[];
  /** Work that no pull request holds. */
  branches: { branch: string; costNanoUsd: number }[];
  /** Sessions outside any git repository. */
  unattributedNanoUsd: number;
  totalNanoUsd: number;
  sessions: { id: string; costNanoUsd: number }[];
}

/** A file's added lines as git sees them. */
export interface AddedFile {
  path: string;
  lines: { line: number; text: string }[];
}

/** Reads the patches that `git log -p` prints with commits as `commit <sha>` lines. */
export function parsePatches(output: string): Map<string, AddedFile[]> {
  const commits = new Map<string, AddedFile[]>();
  let files: AddedFile[] = [];
  let file: AddedFile | null = null;
  let oldLeft = 0;
  let newLeft = 0;
  let next = 0;
  for (const row of output.split("\n")) {
    if (oldLeft > 0 || newLeft > 0) {
      const mark = row.charAt(0);
      if (mark === "+") file?.lines.push({ line: next, text: row.slice(1) });
      if (mark === "+" || mark === " ") {
        next++;
        newLeft--;
      }
      if (mark === "-" || mark === " ") oldLeft--;
    } else if (row.startsWith("commit ")) {
      files = [];
      commits.set(row.slice(7), files);
    } else if (row.startsWith("+++ ")) {
      file = { path: row.replace(/^\+\+\+ b\//, ""), lines: [] };
      if (row !== "+++ /dev/null") files.push(file);
    } else if (row.startsWith("@@ ")) {
      const found = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row);
      oldLeft = Number(found?.[1] ?? 1);
      next = Number(found?.[2] ?? 1);
      newLeft = Number(found?.[3] ?? 1);
    }
  }
  return commits;
}

/** The truth about a world whose repository is written. */
export function truthOf(world: World, home: string): Truth {
  const { repository } = world;
  const live = repository.ancestors([...repository.refs.values()]);
  const output = git(home, world.main.path, ["log", "--all", "--no-merges", "-p", "--format=commit %H"]);
  const commits: TruthCommit[] = [];
  for (const [sha, files] of parsePatches(output)) {
    if (!live.has(sha)) throw new Error(`git knows ${sha} as live, the simulator does not`);
    const commit = repository.commit(sha);
    const added = files.filter((file) => file.lines.length > 0);
    commits.push({
      sha,
      pr: commit.owner?.pr ?? null,
      files: added.map((file) => attribute(repository, commit, file)),
    });
  }
  return { commits, ...costs(world, survivors(repository, live)) };
}

/** Git may show a repeated line (`}`) as new where the one beside it is; each goes to who wrote the new one. */
function attribute(repository: Repository, commit: Commit, file: AddedFile): TruthCommit["files"][number] {
  const fresh = new Map((repository.added(commit).get(file.path) ?? []).map(({ line, number }) => [number, line]));
  const all = [...commit.files.values()].find((known) => known.path === file.path)?.lines ?? [];
  const shown = new Set(file.lines.map(({ line }) => line));
  const spare = [...fresh].filter(([number]) => !shown.has(number));
  const lines = file.lines.map(({ line, text }) => {
    const writer = fresh.get(line) ?? takeNearest(spare, line, text.replace(/\r$/, "")) ?? all[line - 1];
    return { line, text, session: writer?.session ?? null, exact: writer?.exact ?? false };
  });
  return { path: file.path, lines };
}

function takeNearest(spare: [number, Line][], line: number, text: string): Line | undefined {
  let best: [number, Line] | undefined;
  for (const one of spare) {
    if (one[1].text !== text) continue;
    if (best === undefined || Math.abs(one[0] - line) < Math.abs(best[0] - line)) best = one;
  }
  if (best !== undefined) spare.splice(spare.indexOf(best), 1);
  return best?.[1];
}

/** How many lines of each shared call came into each owner's commits. */
function survivors(repository: Repository, live: ReadonlySet<string>): Map<object, Map<Owner, Set<Line>>> {
  const calls = new Map<object, Map<Owner, Set<Line>>>();
  for (const sha of live) {
    const commit = repository.commit(sha);
    if (commit.owner === null) continue;
    for (const { line } of [...repository.added(commit).values()].flat()) {
      if (line.call === null) continue;
      const owners = calls.get(line.call) ?? new Map<Owner, Set<Line>>();
      owners.set(commit.owner, (owners.get(commit.owner) ?? new Set<Line>()).add(line));
      calls.set(line.call, owners);
    }
  }
  return calls;
}

function costs(world: World, survived: Map<object, Map<Owner, Set<Line>>>): Omit<Truth, "commits"> {
  const byOwner = new Map<Owner, { cost: number; sessions: Set<string> }>();
  const bySession = new Map<string, number>();
  let unattributedNanoUsd = 0;
  let totalNanoUsd = 0;
  const calls = world.threads.filter(({ thread }) => thread.agentId === null).flatMap(({ thread }) => thread.calls);
  for (const call of calls) {
    totalNanoUsd += call.costNanoUsd;
    bySession.set(call.session, (bySession.get(call.session) ?? 0) + call.costNanoUsd);
    if (call.owners.length === 0) unattributedNanoUsd += call.costNanoUsd;
    for (const [owner, cost] of shares(call, survived.get(call))) {
      const sum = byOwner.get(owner) ?? { cost: 0, sessions: new Set<string>() };
      sum.cost += cost;
      sum.sessions.add(call.session);
      byOwner.set(owner, sum);
    }
  }
  const pullRequests = [...world.pulls].map(([number, { owner, state }]) => {
    const sum = byOwner.get(owner);
    return { number, costNanoUsd: sum?.cost ?? 0, state, sessions: [...(sum?.sessions ?? [])] };
  });
  const branches = [...byOwner]
    .filter(([owner]) => owner.pr === null)
    .map(([owner, sum]) => ({ branch: owner.branch, costNanoUsd: sum.cost }));
  const sessions = [...bySession].map(([id, costNanoUsd]) => ({ id, costNanoUsd }));
  return { pullRequests, branches, unattributedNanoUsd, totalNanoUsd, sessions };
}

/** A call's cost for each of its owners: by the lines that survived, or evenly where none did. */
function shares(call: Call, lines: Map<Owner, Set<Line>> | undefined): [Owner, number][] {
  const weights = call.owners.map((owner) => lines?.get(owner)?.size ?? 0);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let left = call.costNanoUsd;
  return call.owners.map((owner, index) => {
    const last = index === call.owners.length - 1;
    const part = all === 0 ? 1 / call.owners.length : (weights[index] ?? 0) / all;
    const cost = last ? left : Math.round(call.costNanoUsd * part);
    left -= cost;
    return [owner, cost];
  });
}
