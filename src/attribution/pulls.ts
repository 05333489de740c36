import type { Database } from "bun:sqlite";
import { parsePullUrl, parseRemote } from "../forge/remote.ts";
import { branchNameOf, pullNumberOf, type RepoRefs } from "../git/refs.ts";
import type { CommitGraph } from "./graph.ts";
import { HeadTimeline } from "./heads.ts";
import { countPulls, savePullCommits } from "./pullCommits.ts";
import type { ScannedRepo } from "./repos.ts";

/** What a forge says of a pull request. */
export interface ForgePull {
  number: number;
  url: string;
  title: string;
  state: "open" | "closed" | "merged";
  branch: string;
  headSha: string;
  mergeSha: string;
  openedMs: number | null;
  endedMs: number | null;
}

interface PullRow {
  id: number;
  number: number;
  branch: string;
  state: string;
  head_sha: string;
  merge_sha: string;
  opened_ms: number | null;
  ended_ms: number | null;
}

/** Repo of an operation `g` of a session `s`: where it was done, else where the session stood just then. A link says no folder. */
export const REPO_OF_LINK = `coalesce(g.repo_id,
  (SELECT b.repo_id FROM calls c JOIN branches b ON b.id = c.branch_id
   WHERE c.run_id IN (SELECT id FROM runs WHERE session_id = g.session_id) AND c.at_ms <= g.at_ms ORDER BY c.at_ms DESC LIMIT 1), s.repo_id)`;

/** Finds the pull requests of a repo and their commits, by all that is known: what sessions linked and created, merge and squash subjects,
 *  refs, what a forge said. Call inside a transaction. Sessions whose allocation may change are added to `dirty`. */
export class PullBook {
  readonly #db: Database;
  readonly #repo: ScannedRepo;
  readonly #graph: CommitGraph;
  readonly #refs: RepoRefs;
  /** Pull request -> its commits with the method that found them. */
  readonly #sets = new Map<number, Map<number, string>>();

  constructor(db: Database, repo: ScannedRepo, graph: CommitGraph, refs: RepoRefs) {
    this.#db = db;
    this.#repo = repo;
    this.#graph = graph;
    this.#refs = refs;
  }

  /** Brings pull requests, their commits and `commits.pr_id` up to date. Messages are read of commits from id `freshFrom` on. */
  settle(said: readonly ForgePull[], freshFrom: number, dirty: Set<number>): void {
    for (const pull of said) this.#fromForge(pull);
    this.#fromSessions();
    this.#fromMessages(freshFrom);
    this.#fromRefs();
    this.#fromBranches();
    this.#fromOperations();
    this.#branchesByContent();
    this.#fromBranches();
    this.#fromOperations();
    this.#endings();
    const grown = savePullCommits(this.#db, this.#repo.id, this.#sets, dirty);
    countPulls(this.#db, this.#repo.id, grown, freshFrom);
  }

  #pull(number: number): PullRow {
    const sql =
      "SELECT id, number, branch, state, head_sha, merge_sha, opened_ms, ended_ms FROM pull_requests WHERE repo_id = ? AND number = ?";
    const known = this.#db.query<PullRow, [number, number]>(sql).get(this.#repo.id, number);
    if (known !== null) return known;
    this.#db.query("INSERT INTO pull_requests (repo_id, number) VALUES (?, ?)").run(this.#repo.id, number);
    return this.#db.query<PullRow, [number, number]>(sql).get(this.#repo.id, number) as PullRow;
  }

  #pulls(): PullRow[] {
    return this.#db
      .query<PullRow, [number]>(
        "SELECT id, number, branch, state, head_sha, merge_sha, opened_ms, ended_ms FROM pull_requests WHERE repo_id = ? ORDER BY number",
      )
      .all(this.#repo.id);
  }

  #set(pullId: number, values: Record<string, string | number | null>): void {
    const names = Object.keys(values);
    if (names.length === 0) return;
    this.#db
      .query(`UPDATE pull_requests SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`)
      .run(...Object.values(values), pullId);
  }

  #add(pullId: number, commitIds: Iterable<number>, method: string): void {
    const known = this.#sets.get(pullId) ?? new Map<number, string>();
    for (const id of commitIds) if (!known.has(id)) known.set(id, method);
    this.#sets.set(pullId, known);
  }

  #fromForge(pull: ForgePull): void {
    const row = this.#pull(pull.number);
    this.#set(row.id, {
      url: pull.url,
      title: pull.title,
      state: pull.state,
      branch: pull.branch,
      head_sha: pull.headSha,
      merge_sha: pull.mergeSha,
      opened_ms: pull.openedMs,
      ended_ms: pull.endedMs,
    });
  }

  /** A link that a session holds counts for this repo where its address names one of its remotes, or a fork of it by the same name on the
   *  same host; without a remote its number has to do. */
  #isOurs(url: string): boolean {
    if (url === "") return true;
    const pull = parsePullUrl(url);
    if (pull === null) return false;
    const remote = this.#repo.remote === null ? null : parseRemote(this.#repo.remote);
    return remote === null || (remote.host === pull.host && remote.repo.toLowerCase() === pull.repo.toLowerCase());
  }

  #fromSessions(): void {
    const members = this.#repo.members.join(",");
    const rows = this.#db
      .query<
        {
          session_id: number;
          at_ms: number;
          kind: string;
          number: number;
          url: string;
          action: string;
          cwd: string | null;
          made: string | null;
          branch: string | null;
        },
        []
      >(
        `SELECT g.session_id, g.at_ms, g.kind, g.number, g.url, g.action, s.cwd,
           (SELECT o.branch FROM git_operations o WHERE o.session_id = g.session_id AND o.kind IN ('commit', 'push') AND o.branch <> ''
              AND o.at_ms <= g.at_ms ORDER BY o.at_ms DESC LIMIT 1) AS made,
           (SELECT b.name FROM calls c JOIN branches b ON b.id = c.branch_id
            WHERE c.run_id IN (SELECT id FROM runs WHERE session_id = g.session_id) AND c.at_ms <= g.at_ms ORDER BY c.at_ms DESC LIMIT 1) AS branch
         FROM git_operations g JOIN sessions s ON s.id = g.session_id
         WHERE g.kind IN ('pull-request', 'link') AND g.number > 0 AND ${REPO_OF_LINK} IN (${members})
         ORDER BY g.kind = 'link', g.at_ms`,
      )
      .all();
    const trunk = this.#trunkName();
    const heads = new HeadTimeline(this.#db);
    for (const { at_ms, kind, number, url, action, cwd, made, branch: told } of rows) {
      // What was committed or pushed last, where git says the work tree stood, then what the client said when it began.
      const branch = made ?? heads.branchAt(cwd, at_ms) ?? told;
      if (!this.#isOurs(url)) continue;
      const pull = this.#pull(number);
      const values: Record<string, string | number | null> = {};
      if (url !== "") values.url = url;
      if (pull.opened_ms === null || at_ms < pull.opened_ms) values.opened_ms = at_ms;
      const speaks = kind === "link" || action === "created" || action === "edited";
      if (pull.branch === "" && speaks && branch !== null && branch !== "" && branch !== trunk) values.branch = branch;
      if (action === "closed" && pull.state === "open") Object.assign(values, { state: "closed", ended_ms: at_ms });
      if (action === "reopened" && pull.state === "closed") Object.assign(values, { state: "open", ended_ms: null });
      if (action === "merged" && pull.state === "open") Object.assign(values, { state: "merged", ended_ms: at_ms });
      this.#set(pull.id, values);
    }
  }

  #trunkName(): string {
    return this.#refs.trunk === null ? "main" : (branchNameOf(this.#refs.trunk.name) ?? "main");
  }

  #fromMessages(freshFrom: number): void {
    const rows = this.#db
      .query<
        {
          id: number;
          sha: string;
          parents: string;
          subject: string;
          committed_ms: number;
          named_pr: number;
          named_how: string;
          named_branch: string;
        },
        [number, number]
      >(
        `SELECT id, sha, parents, subject, committed_ms, named_pr, named_how, named_branch FROM commits
         WHERE repo_id = ? AND id >= ? AND named_pr > 0 AND live = 1 ORDER BY id`,
      )
      .all(this.#repo.id, freshFrom);
    for (const row of rows) {
      const pull = this.#pull(row.named_pr);
      const values: Record<string, string | number | null> = { state: "merged", merge_sha: row.sha };
      if (pull.ended_ms === null || pull.state !== "merged") values.ended_ms = row.committed_ms;
      if (pull.branch === "" && row.named_branch !== "") values.branch = row.named_branch;
      if (row.named_how === "squash") {
        this.#db
          .query("UPDATE pull_requests SET title = ? WHERE id = ? AND title = ''")
          .run(row.subject.replace(/\s*\(#\d+\)\s*$/, ""), pull.id);
      }
      this.#set(pull.id, values);
      if (row.named_how === "squash") this.#add(pull.id, [row.id], "squash");
      else {
        const [first, second] = row.parents.split(" ").map((sha) => this.#graph.ids.get(sha));
        if (second !== undefined)
          this.#add(pull.id, first === undefined ? [second] : this.#graph.between(first, second), "merge");
        this.#add(pull.id, [row.id], "merge");
      }
    }
  }

  /** Heads that the forge keeps as refs, where they were fetched. */
  #fromRefs(): void {
    for (const { name, sha } of this.#refs.refs) {
      const number = pullNumberOf(name);
      if (number === 0) continue;
      const pull = this.#pull(number);
      if (pull.head_sha !== sha) this.#set(pull.id, { head_sha: sha });
      this.#branchOfHead(pull, sha);
    }
  }

  /** A branch whose tip is the head of a pull request is its branch. */
  #branchOfHead(pull: PullRow, sha: string): void {
    if (pull.branch !== "") return;
    const names = this.#refs.refs
      .filter((ref) => ref.sha === sha)
      .map((ref) => branchNameOf(ref.name))
      .filter((name) => name !== null && name !== this.#trunkName());
    const [name] = new Set(names);
    if (name != null && new Set(names).size === 1) this.#set(pull.id, { branch: name });
  }

  /** Commits between the trunk and the head of a pull request or the tips of its branch. */
  #fromBranches(): void {
    const trunk = this.#refs.trunk === null ? undefined : this.#graph.ids.get(this.#refs.trunk.sha);
    const tips = new Map<string, Set<number>>();
    for (const { name, sha } of this.#refs.refs) {
      const branch = branchNameOf(name);
      const id = this.#graph.ids.get(sha);
      if (branch === null || id === undefined) continue;
      tips.set(branch, (tips.get(branch) ?? new Set()).add(id));
    }
    const pulls = this.#pulls();
    const namesakes = new Map<string, number>();
    for (const { branch } of pulls) namesakes.set(branch, (namesakes.get(branch) ?? 0) + 1);
    for (const pull of pulls) {
      const heads: [number, string][] = [];
      const head = pull.head_sha === "" ? undefined : this.#graph.resolve(pull.head_sha);
      if (head !== undefined) heads.push([head, "head-ref"]);
      const alone = namesakes.get(pull.branch) === 1 || pull.state === "open";
      if (pull.branch !== "" && pull.branch !== this.#trunkName() && alone)
        for (const id of tips.get(pull.branch) ?? []) heads.push([id, "branch"]);
      for (const [id, method] of heads) {
        if (trunk === undefined) continue;
        const ids = this.#graph.between(trunk, id);
        if (ids.length > 0) this.#add(pull.id, ids, method);
      }
    }
  }

  /** Commits that a session made on the branch of a pull request. */
  #fromOperations(): void {
    const members = this.#repo.members.join(",");
    const rows = this.#db
      .query<{ sha: string; branch: string; at_ms: number }, []>(
        `SELECT g.sha, g.branch, g.at_ms FROM git_operations g JOIN sessions s ON s.id = g.session_id
         WHERE g.kind = 'commit' AND g.branch <> '' AND coalesce(g.repo_id, s.repo_id) IN (${members})`,
      )
      .all();
    const pulls = this.#pulls();
    for (const { sha, branch, at_ms } of rows) {
      const id = this.#graph.resolve(sha);
      const pull = id === undefined ? null : pullOfBranch(pulls, branch, at_ms);
      if (id !== undefined && pull !== null) this.#add(pull.id, [id], "session");
    }
  }

  /** A pull request whose branch nobody names is known by its lines: the branch that the sessions stood on which wrote most of them. */
  #branchesByContent(): void {
    const rows = this.#db.query<{ name: string; n: number }, [number]>(
      `SELECT b.name, sum(l.count) AS n FROM commit_lines l JOIN edits e ON e.id = l.edit_id JOIN tool_calls t ON t.key = e.key
       JOIN calls c ON c.id = t.call_id JOIN branches b ON b.id = c.branch_id
       WHERE l.commit_id = ? AND b.name <> '' GROUP BY b.name`,
    );
    const trunk = this.#trunkName();
    for (const pull of this.#pulls()) {
      if (pull.branch !== "") continue;
      const counts = new Map<string, number>();
      for (const commitId of this.#sets.get(pull.id)?.keys() ?? [])
        for (const { name, n } of rows.all(commitId)) counts.set(name, (counts.get(name) ?? 0) + n);
      const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
      const [name, most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
      if (name !== "" && name !== trunk && most * 2 > total) this.#set(pull.id, { branch: name });
    }
  }

  /** A pull request that is still held open has been merged where its head became part of the trunk, or where the trunk holds every line
   *  that agents wrote for it: that is what merging by rebasing leaves. */
  #endings(): void {
    const trunk = this.#refs.trunk === null ? undefined : this.#graph.ids.get(this.#refs.trunk.sha);
    if (trunk === undefined) return;
    const isIn = (id: number): boolean => this.#graph.isAncestor(id, trunk);
    for (const pull of this.#pulls()) {
      if (pull.state !== "open") continue;
      const commits = [...(this.#sets.get(pull.id)?.keys() ?? [])];
      const merged = commits.filter(isIn);
      const last =
        commits.length > 0 && merged.length === commits.length
          ? Math.max(...merged)
          : this.#copiesIn(pull, commits, isIn);
      if (last === null) continue;
      const row = this.#db
        .query<{ sha: string; committed_ms: number }, [number]>("SELECT sha, committed_ms FROM commits WHERE id = ?")
        .get(last);
      if (row !== null) this.#set(pull.id, { state: "merged", merge_sha: row.sha, ended_ms: row.committed_ms });
    }
  }

  /** The last commit of the trunk that holds lines of a branch, where the trunk holds all of them; null elsewhere. */
  #copiesIn(pull: PullRow, commits: readonly number[], isIn: (id: number) => boolean): number | null {
    if (pull.branch === "") return null;
    const holders = this.#db
      .query<{ edit_id: number; edit_line: number; count: number; commit_id: number }, [string, number]>(
        `SELECT l.edit_id, l.edit_line, l.count, l.commit_id FROM branches b JOIN calls c ON c.branch_id = b.id
         JOIN tool_calls t ON t.call_id = c.id JOIN edits e ON e.key = t.key JOIN commit_lines l ON l.edit_id = e.id
         JOIN commits k ON k.id = l.commit_id
         WHERE b.name = ? AND k.live = 1 AND k.repo_id = ?`,
      )
      .all(pull.branch, this.#repo.id);
    const onBranch = new Set<string>();
    const onTrunk = new Set<string>();
    let last: number | null = null;
    for (const { edit_id, edit_line, count, commit_id } of holders) {
      const there = isIn(commit_id) && !commits.includes(commit_id);
      if (there) last = Math.max(last ?? 0, commit_id);
      for (let n = 0; n < count; n++) (there ? onTrunk : onBranch).add(`${edit_id} ${edit_line + n}`);
    }
    return onTrunk.size > 0 && [...onBranch].every((line) => onTrunk.has(line)) ? last : null;
  }
}

/** The pull request of a branch at a moment: the first that had not ended by then, else the last. */
export function pullOfBranch<
  Pull extends { branch: string; opened_ms: number | null; ended_ms: number | null; number: number },
>(pulls: readonly Pull[], branch: string, atMs: number): Pull | null {
  if (branch === "") return null;
  const own = pulls
    .filter((pull) => pull.branch === branch)
    .sort((a, b) => (a.opened_ms ?? 0) - (b.opened_ms ?? 0) || a.number - b.number);
  return own.find((pull) => pull.ended_ms === null || pull.ended_ms >= atMs) ?? own.at(-1) ?? null;
}
